"""Save a picture that Shmpix shares as rawsize: python3 read_picture.py shmpix out.png"""
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

import numpy as np
from PIL import Image

name, path = sys.argv[1:3]
memory = SharedMemory(name)
resource_tracker.unregister(memory._name, "shared_memory")  # or Python removes the sender's segment at exit
width, height = memory.buf[0] | memory.buf[2] << 8, memory.buf[1] | memory.buf[3] << 8
Image.fromarray(np.ndarray((height, width, 4), np.uint8, memory.buf, 4).copy()).save(path)
print(f"saved {width}x{height} as {path}")
memory.close()
