"""Runs Python programs, each in a fork of this process, which has already imported the slow modules. A line of JSON,
[script, argument...], starts a program. It uses the standard streams of this process; "exit STATUS" follows its end."""
import gc
import json
import os
import runpy
import sys

import cv2  # noqa: F401
import numpy  # noqa: F401
from PIL import Image

Image.init()
gc.freeze()  # otherwise each fork visits, and thereby copies, all imported objects when it ends


def next_line():
    """Reads byte by byte because everything after the line belongs to the program."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return b""
        line += byte
    return line


while words := next_line():
    child = os.fork()
    if child == 0:
        sys.argv = json.loads(words)
        sys.path.insert(0, os.path.dirname(sys.argv[0]))
        sys.stdin = open(0, closefd=False)
        runpy.run_path(sys.argv[0], run_name="__main__")
        break  # the end of the interpreter is the program's end
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(f"exit {status}", flush=True)
