"""Live frames as tests/peers/livepeer.cpp writes and reads them: python3 livepython.py WHO WHERE ...

WHO: kit, bare (the kit without NumPy), place (the kit; frames are filled and looked at where they lie), page (the code
blocks of common/live/FORMAT.md). WHERE: the folder of shmpix.py; FORMAT.md.

    ... write KEY FPS LAYOUT...         frames of these layouts in turn until standard input has a line; "writing" with the
                                        first one
    ... read KEY COUNT SECONDS [LAYOUT...]  "frame SERIAL NUMBER LAYOUT" for each frame, then "done ..."; "violation ..."
                                        for one that is not its number's, or of another layout than it is to have

Each frame is the pattern of its number (tests/support/framepattern.h).
"""
import os
import re
import select
import sys
import time

if sys.argv[1] == "bare":
    sys.modules["numpy"] = None
else:
    import numpy as np


def pattern(number, size):
    if sys.argv[1] != "bare":
        words = np.arange((size + 7) // 8, dtype=np.uint64) * np.uint64(8) * np.uint64(0xc2b2ae3d27d4eb4f)
        return (words ^ np.uint64((number + 1) * 0x9e3779b97f4a7c15 & 0xffffffffffffffff)).tobytes()[:size]
    first, mask = (number + 1) * 0x9e3779b97f4a7c15, (1 << 64) - 1
    return b"".join(((first ^ at * 0xc2b2ae3d27d4eb4f) & mask).to_bytes(8, "little") for at in range(0, size, 8))[:size]


def turn(number, layouts):
    """Returns the layout and all bytes of a frame."""
    layout = shmpix.Layout.parse(layouts[number % len(layouts)])
    return layout, pattern(number, layout.extent()[1])


def picture_in(data, layout):
    """Returns the expected array of the rows, from the top, in the order R, G, B."""
    dtype = np.dtype(shmpix.FORMATS[layout.format][1].replace("b1", "?"))
    rows, columns, channels = layout.shape
    strides = (layout.stride or layout.row_bytes, channels * dtype.itemsize, dtype.itemsize)
    array = np.ndarray((rows, columns, channels), dtype, data, layout.offset, strides)[::-1 if layout.bottom_up else 1]
    array = array[:, :, :3] if layout.format[3:4] == "x" else array
    array = array[:, :, [2, 1, 0, 3][:array.shape[2]]] if layout.format.startswith("bgr") else array
    return array[:, :, 0] if channels == 1 else array


class KitWriter:
    def __init__(self, key):
        self.writer = shmpix.LiveWriter(key)
        self.write = {"kit": self.write_array, "bare": self.write_picture, "place": self.fill}[sys.argv[1]]

    def write_array(self, number, layout, data):
        if layout.format[3:4] == "x":
            return self.fill(number, layout, data)
        array, is_bgr = picture_in(data, layout), layout.format.startswith("bgr")
        direct = layout.format.startswith(("gray", "rgb", "bgr", "bool")) and not layout.bottom_up
        if is_bgr:
            array = array[:, :, [2, 1, 0, 3][:array.shape[2]]]
        self.writer.write(array, number, 0, str(number), None if direct else layout, "bgr" if is_bgr else "rgb")

    def write_picture(self, number, layout, data):
        self.writer.write(shmpix.decode(data, layout=layout), number, 0, str(number), layout)

    def fill(self, number, layout, data):
        view = self.writer.begin(None, layout=layout)
        view[:] = np.frombuffer(data, view.dtype).reshape(view.shape)
        self.writer.publish(number, 0, str(number))

    def close(self):
        self.writer.close()


class PageWriter:
    def __init__(self, key):
        self.writer = page["Writer"](path(key), 16)

    def write(self, number, layout, data):
        channels, sample = page["KINDS"][layout.format]
        array = np.frombuffer(data, sample).reshape(layout.height, layout.width, channels)
        self.writer.write(array, layout.format, number, 0, str(number).encode())

    def close(self):
        self.writer.close()


def path(key):
    return key.replace("posix:", "/dev/shm").replace("file:", "")


def write(key, fps, *layouts):
    writer = PageWriter(key) if sys.argv[1] == "page" else KitWriter(key)
    number = 0
    while not select.select([sys.stdin], [], [], 1 / float(fps) if float(fps) and number else 0)[0]:
        number += 1
        writer.write(number, *turn(number, layouts))
        if number == 1:
            print("writing", flush=True)
    writer.close()


def kit_frames(key, seconds, layouts):
    """Returns (serial, number, layout, whether the contents match the number)."""
    deadline = time.monotonic() + seconds
    with shmpix.LiveReader(key, copy=sys.argv[1] != "place") as reader:
        while time.monotonic() < deadline:
            frame = reader.read(max(0.0, deadline - time.monotonic()))
            if frame is None:
                return
            layout, data = turn(frame.number, layouts or [str(frame.layout)])
            right = str(layout) == str(frame.layout) and frame.text == str(frame.number) and bytes(frame.data) == data
            if right and sys.argv[1] == "bare":
                right = frame.pixels == shmpix.decode(data, layout=layout)
            elif right:
                right = np.array_equal(frame.pixels, picture_in(data, layout), equal_nan="f" in str(frame.pixels.dtype))
            if frame.whole:
                yield frame.serial, frame.number, frame.layout, right
    print(reader.statistics)


def page_frames(key, seconds, layouts):
    deadline = time.monotonic() + seconds
    for serial, number, rows in page["frames"](path(key)):
        if rows is None:
            continue  # damaged: somebody made the segment shorter
        layout, data = turn(number, layouts or [f"{rows.shape[1]}x{rows.shape[0]}:rgb8"])
        wanted = picture_in(data, layout)
        if layout.format.startswith("bgr"):
            rows = rows[:, :, [2, 1, 0, 3][:3 if layout.format[3] == "x" else rows.shape[2]]]
        right = np.array_equal(rows.reshape(wanted.shape), wanted, equal_nan="f" in str(wanted.dtype))
        yield serial, number, layout, right
        if time.monotonic() > deadline:
            return


def read(key, count, seconds, *layouts):
    clean, left = True, int(count)
    for serial, number, layout, right in (page_frames if sys.argv[1] == "page" else kit_frames)(key, float(seconds), layouts):
        clean, left = clean and right, left - 1
        print("frame" if right else "violation", serial, number, layout, flush=True)
        if left == 0:
            break
    print("done", int(count) - left, flush=True)
    sys.exit(0 if clean and left == 0 else 1)


if sys.argv[1] == "page":
    sys.path.insert(0, os.path.join(os.path.dirname(sys.argv[2]), "../../interop/python"))  # for the meaning of layouts
    page = {}
    with open(sys.argv[2], encoding="utf-8") as file:
        for block in re.findall(r"^```python\n(.*?)^```$", file.read(), re.DOTALL | re.MULTILINE):
            exec(block, page)
else:
    sys.path.insert(0, sys.argv[2])
import shmpix

{"write": write, "read": read}[sys.argv[3]](*sys.argv[4:])
