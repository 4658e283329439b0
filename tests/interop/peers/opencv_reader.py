"""Reads a picture file in shared memory with OpenCV and without Shmpix: opencv_reader.py SEGMENT_FILE PNG"""
import mmap
import sys

import cv2
import numpy as np

with open(sys.argv[1], "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
    image = cv2.imdecode(np.frombuffer(memory, np.uint8).copy(), cv2.IMREAD_COLOR)
cv2.imwrite(sys.argv[2], image)
