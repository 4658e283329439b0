"""kitwriter.py KEY WIDTH HEIGHT measures how often NumPy copies an RGBA frame into a ring of four in shared memory and
in private memory, and prints "numpy SHARED OWN" in frames per second. It then sends these frames with the kit at full
speed, until standard input ends. Each frame is stamped as described in framestamp.h."""
import mmap
import pathlib
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "interop" / "python"))

import numpy
import shmpix

STAMPS, SLOTS, SECONDS = 64, 4, 0.3


def rate(ring, frame):
    begun, copies = time.perf_counter(), -SLOTS
    while time.perf_counter() < begun + SECONDS:
        if copies == 0:
            begun = time.perf_counter()  # its pages are now allocated
        numpy.copyto(ring[copies % SLOTS], frame)
        copies += 1
    return copies / (time.perf_counter() - begun)


def numpy_rates(frame):
    own = numpy.empty((SLOTS,) + frame.shape, "uint8")
    with tempfile.TemporaryFile(dir="/dev/shm") as file:
        file.truncate(own.nbytes)
        memory = mmap.mmap(file.fileno(), own.nbytes)
        shared = numpy.frombuffer(memory, "uint8").reshape(own.shape)
        return rate(shared, frame), rate(own, frame)


def main():
    key, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    frame = numpy.ones((height, width, 4), "uint8")
    words = frame.reshape(-1).view("uint64")
    places = numpy.arange(STAMPS) * (words.size - 1) // (STAMPS - 1)
    print("numpy", *numpy_rates(frame), flush=True)

    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    number = 0
    with shmpix.LiveWriter(key) as writer:
        while not over.is_set():
            number += 1
            words[places] = number
            writer.write(frame)


if __name__ == "__main__":
    main()
