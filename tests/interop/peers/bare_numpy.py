"""A NumPy program without Shmpix: maps arrays from the file of a segment. Requests and answers are those of
pythonkit.py, for rawsize, pixels (WIDTHxHEIGHT:bgr8 or gray8) and npy."""
import os
import sys

import numpy as np
from PIL import Image


def path(key):
    return "/dev/shm/" + key


def write(key, protocol, file, layout):
    image = Image.open(file)
    array = np.asarray(image if image.mode == "L" else image.convert("RGB"))
    height, width = array.shape[:2]
    if protocol == "npy":
        np.lib.format.open_memmap(path(key), "w+", array.dtype, array.shape)[:] = array
    elif protocol == "pixels":
        np.memmap(path(key), np.uint8, "w+", shape=array.shape)[:] = array[..., ::-1] if array.ndim == 3 else array
    else:
        pixels = np.asarray(image.convert("RGBA"))
        memory = np.memmap(path(key), np.uint8, "w+", shape=4 + pixels.size)
        memory[4:] = pixels.ravel()
        memory[:4] = width & 255, height & 255, width >> 8, height >> 8
    return layout


def read(key, protocol, layout, file):
    if protocol == "npy":
        array = np.load(path(key), mmap_mode="r")
    elif protocol == "pixels":
        size, name = layout.split(":")
        width, height = map(int, size.split("x"))
        shape = (height, width, 3) if name == "bgr8" else (height, width)
        array = np.memmap(path(key), np.uint8, "r", shape=shape)
        array = array[..., ::-1] if name == "bgr8" else array
    else:
        memory = np.memmap(path(key), np.uint8, "r")
        width, height = (int(memory[i]) | int(memory[i + 2]) << 8 for i in (0, 1))
        array = memory[4:4 + height * width * 4].reshape(height, width, 4)[..., :3]
    Image.fromarray(np.ascontiguousarray(array)).save(file)
    return f"{array.shape[1]}x{array.shape[0]}"


def close(key):
    os.unlink(path(key))
    return ""


for line in sys.stdin:
    words = line.rstrip("\n").split("\t")
    print("ok", {"write": write, "read": read, "close": close}[words[0]](*words[1:]), flush=True)
