"""Share a picture with Shmpix: python3 write_picture.py photo.png my_share_mem"""
import sys
from multiprocessing.shared_memory import SharedMemory

import numpy as np
from PIL import Image

path, name = sys.argv[1:3]
pixels = np.asarray(Image.open(path).convert("RGBA"))
height, width = pixels.shape[:2]
memory = SharedMemory(name, create=True, size=4 + pixels.nbytes)
np.frombuffer(memory.buf, np.uint8, pixels.nbytes, 4).reshape(pixels.shape)[:] = pixels
memory.buf[:4] = bytes([width & 255, height & 255, width >> 8, height >> 8])
print(f"shared {width}x{height} under {name}; press Enter to stop", flush=True)
sys.stdin.readline()
memory.close()
memory.unlink()
