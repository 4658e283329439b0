"""An OpenCV program without Shmpix: mmap, cv2.imencode() and cv2.imdecode(). Requests and answers are those of
pythonkit.py, for bmp, png, jpeg and pixels (WIDTHxHEIGHT:bgr8 or gray8)."""
import mmap
import os
import sys

import cv2
import numpy as np


def path(key):
    return "/dev/shm/" + key


def write(key, protocol, file, layout):
    image = cv2.imread(file, cv2.IMREAD_UNCHANGED)
    if layout.endswith(":gray8") and image.ndim == 3:
        image = image[:, :, 0]
    ending = {"bmp": ".bmp", "png": ".png", "jpeg": ".jpg"}.get(protocol)
    data = cv2.imencode(ending, image)[1].tobytes() if ending else image.tobytes()
    with open(path(key), "w+b") as memory_file:
        memory_file.truncate(len(data))
        with mmap.mmap(memory_file.fileno(), 0) as memory:
            memory[:] = data
    return layout


def read(key, protocol, layout, file):
    with open(path(key), "rb") as memory_file, mmap.mmap(memory_file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        data = np.frombuffer(bytes(memory), np.uint8)
    if protocol == "pixels":
        size, name = layout.split(":")
        width, height = map(int, size.split("x"))
        image = data[:width * height * (3 if name == "bgr8" else 1)].reshape(height, width, -1)
    else:
        image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    cv2.imwrite(file, image)
    return f"{image.shape[1]}x{image.shape[0]}"


def close(key):
    os.unlink(path(key))
    return ""


for line in sys.stdin:
    words = line.rstrip("\n").split("\t")
    print("ok", {"write": write, "read": read, "close": close}[words[0]](*words[1:]), flush=True)
