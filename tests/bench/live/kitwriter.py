"""kitwriter.py KEY WIDTH HEIGHT: measures how often NumPy copies an RGBA frame into a ring of four arrays, prints
"numpy FRAMES_PER_SECOND", then sends such frames with the kit as fast as it goes, until standard input ends. Each is
stamped as framestamp.h says."""
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "interop" / "python"))

import numpy
import shmpix

STAMPS, SLOTS, SECONDS = 64, 4, 0.3


def numpy_rate(frame):
    ring = [numpy.ones_like(frame) for _ in range(SLOTS)]
    begun, copies = time.perf_counter(), 0
    while time.perf_counter() < begun + SECONDS:
        numpy.copyto(ring[copies % SLOTS], frame)
        copies += 1
    return copies / (time.perf_counter() - begun)


def main():
    key, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    frame = numpy.ones((height, width, 4), "uint8")
    words = frame.reshape(-1).view("uint64")
    places = numpy.arange(STAMPS) * (words.size - 1) // (STAMPS - 1)
    print("numpy", numpy_rate(frame), flush=True)

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
