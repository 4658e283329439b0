"""The Python kit's live frames in one process: python3 pythonkitlive.py KIT_FOLDER FOLDER [bare]. Makes files in FOLDER.
Ends with 1 at the first failure."""
import os
import random
import struct
import sys
import time
import zlib

bare = sys.argv[3:] == ["bare"]
if bare:
    for name in ("numpy", "PIL", "cv2"):
        sys.modules[name] = None
sys.path.insert(0, sys.argv[1])
import shmpix

random.seed(4)
PATH = os.path.join(sys.argv[2], "ring")
KEY = "file:" + PATH
noise = shmpix.Picture(13, 11, 3, bytes(random.randrange(256) for _ in range(13 * 11 * 3)))


def ring(checksums=False, frames=1):
    """Returns the bytes of a ring whose newest frame is the noise."""
    with shmpix.LiveWriter(KEY, checksums=checksums, replace=True) as writer:
        for _ in range(frames):
            writer.write(noise, text="noise")
        with open(PATH, "rb") as file:
            return bytearray(file.read())


def changed(data, offset, form, value, sealed=True):
    """Changes a field and corrects the checksum of the header."""
    data = bytearray(data)
    struct.pack_into(form, data, offset, value)
    if sealed and offset < 124:
        struct.pack_into("<I", data, 124, zlib.crc32(data[:124]))
    return data


def put(data):
    with open(PATH + ".new", "wb") as file:
        file.write(data)
    os.rename(PATH + ".new", PATH)


def refused(data, words):
    """Expects that the general read and the live reader both refuse the ring with a sentence that has these words."""
    put(data)
    with shmpix.LiveReader(KEY) as reader:
        for read in (lambda: shmpix.read_picture(KEY), lambda: reader.read(0)):
            try:
                read()
            except shmpix.Error as error:
                assert error.code == shmpix.BAD_DATA and words in str(error), (words, str(error))
                assert str(error).endswith("."), str(error)
            else:
                raise AssertionError(f"taken: {words}")


def dropped(data):
    """Expects that only the frame is dropped: the reader waits for the next one."""
    put(data)
    with shmpix.LiveReader(KEY) as reader:
        assert reader.read(0) is None and reader.statistics.damaged == 1, reader.statistics
        assert reader.read(0) is None and reader.statistics.damaged == 1, reader.statistics
    try:
        shmpix.read_picture(KEY)
    except shmpix.Error as error:
        assert error.code == shmpix.BAD_DATA, error
    else:
        raise AssertionError("taken")


def frame_of(data):
    put(data)
    with shmpix.LiveReader(KEY) as reader:
        frame = reader.read(5)
        assert frame.picture() == noise and shmpix.read_picture(KEY) == (noise, "live")
        return frame


def a_sound_ring_is_read():
    frame = frame_of(ring(checksums=True))
    assert (str(frame.layout), frame.number, frame.serial, frame.text) == ("13x11:rgb8", 1, 1, "noise")
    assert shmpix.decode(ring()) == noise


def a14_newer_versions():
    data = changed(ring(), 10, "<H", 7)  # a minor version, with a larger table and larger entries
    moved = data[:256] + bytes(64) + b"".join(data[256 + i * 512:768 + i * 512] + bytes(8) for i in range(4))
    moved += bytes(-len(moved) % 64)
    size = len(moved) + len(data) - 2304
    for offset, form, value in ((12, "<I", 320), (16, "<I", 520), (32, "<Q", len(moved)), (48, "<Q", size)):
        moved = changed(moved, offset, form, value)
    frame_of(moved + data[2304:])
    refused(changed(ring(), 8, "<H", 2), "version 2.0")


def a15_other_byte_order_is_named():
    refused(changed(ring(), 0, "8s", b"eviLpmhS"), "byte order")


def a16_checksums():
    refused(changed(ring(), 123, "B", 1, sealed=False), "checksum")
    data = ring(checksums=True)
    data[2304] ^= 1
    dropped(data)


def headers_that_cannot_be_are_refused():
    for offset, form, value in ((12, "<I", 248), (12, "<I", 260), (16, "<I", 504), (16, "<I", 516), (20, "<I", 2),
                                (20, "<I", 65), (24, "<Q", 0), (24, "<Q", (1 << 30) + 1), (24, "<Q", 1 << 63),
                                (32, "<Q", 2240), (40, "<Q", 64), (48, "<Q", 1 << 62), (32, "<Q", (1 << 64) - 64)):
        refused(changed(ring(), offset, form, value), "contradicts")
    data = ring()
    for length in (64, 127, 200, 1000, len(data) - 1):
        refused(data[:length], "")
    refused(b"\0" * 4096, "")
    refused(b"no ring at all" * 100, "")


def entries_that_cannot_be_are_dropped():
    at = 256
    for offset, form, value in ((16, "<I", 0), (16, "<I", 65536), (16, "<I", 14), (20, "<I", 12), (24, "<q", 38),
                                (24, "<q", 40), (24, "<q", -39), (24, "<q", -1 << 63), (32, "<Q", 1), (32, "<Q", 1 << 63),
                                (40, "<Q", 0), (40, "<Q", 428), (40, "<Q", 1 << 40), (48, "16s", b"rgb9"),
                                (48, "16s", b"\xff" * 16), (88, "<I", 417)):
        dropped(changed(ring(), at + offset, form, value))


def a_frame_that_is_never_finished_is_none():
    data = changed(ring(), 256, "<Q", 1)
    put(data)
    with shmpix.LiveReader(KEY) as reader:
        begun = time.process_time()
        assert reader.read(0.5) is None and reader.statistics.frames == 0
        assert time.process_time() - begun < 0.25, "it waits busily"


def b1_any_byte_may_be_anything():
    data = ring(checksums=True, frames=6)
    for _ in range(400):
        broken = bytearray(data)
        for _ in range(random.randrange(1, 4)):
            broken[random.randrange(2304 if random.random() < 0.9 else len(broken))] = random.randrange(256)
        if random.random() < 0.5:
            struct.pack_into("<I", broken, 124, zlib.crc32(broken[:124]))
        put(broken)
        with shmpix.LiveReader(KEY) as reader:
            try:
                frame = reader.read(0)
                assert frame is None or frame.pixels is not None
            except shmpix.Error as error:
                assert error.code == shmpix.BAD_DATA, error


def b6_a_frame_that_was_cut_is_not_taken_along():
    large = shmpix.Picture(200, 100, 1, b"x" * 20000)
    with shmpix.LiveWriter(KEY) as writer:
        writer.write(large)
        before = os.stat(PATH).st_ino
        os.truncate(PATH, 8000)
        deadline = time.monotonic() + 20
        while os.stat(PATH).st_ino == before:  # the writer checks its segment once a second
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with shmpix.LiveReader(KEY) as reader:
            assert reader.read(0.2) is None
            writer.write(large)
            frame = reader.read(5)
            assert frame.picture() == large and frame.serial == 1  # a new session


def b8_a_moved_name_is_taken_again():
    with shmpix.LiveWriter(KEY) as writer, shmpix.LiveReader(KEY) as reader:
        writer.write(noise)
        assert reader.read(5).serial == 1
        os.rename(PATH, PATH + ".away")
        deadline = time.monotonic() + 20
        while not os.path.exists(PATH):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.unlink(PATH + ".away")
        assert shmpix.read_picture(KEY) == (noise, "live")  # the newest frame went along
        writer.write(noise)
        assert reader.read(5).serial == 2 and reader.statistics.missed == 0


def c8_numbers_that_go_back_are_frames_all_the_same():
    with shmpix.LiveWriter(KEY) as writer, shmpix.LiveReader(KEY) as reader:
        for number in (5, 5, 3, (1 << 64) - 1, 0, 1 << 70):
            writer.write(noise, number)
            assert reader.read(5).number == number % (1 << 64)
        assert (reader.statistics.duplicates, reader.statistics.missed, reader.statistics.frames) == (2, 0, 6)
        for _ in range(3):
            writer.write(noise)
        assert reader.read(5).serial == 9 and reader.statistics.missed == 2


def c10_a_restart_with_the_same_counters_is_another_session():
    with shmpix.LiveReader(KEY) as reader:
        for _ in range(3):
            with shmpix.LiveWriter(KEY) as writer:
                writer.write(noise)
                frame = reader.read(5)
                assert (frame.serial, frame.number, reader.statistics.missed) == (1, 1, 0)
                assert reader.read(0) is None
        assert reader.statistics.duplicates == 0 and reader.statistics.frames == 3


def what_becomes_of_a_segment_is_said_in_it():
    with shmpix.LiveWriter(KEY) as writer:
        writer.write(noise)
        with open(PATH, "rb") as first:
            def state():
                return struct.unpack("<II", os.pread(first.fileno(), 8, 128))
            assert state() == (1, 1)
            writer.write(shmpix.Picture(50, 50, 1, bytes(2500)))
            assert state() == (3, 2)  # moved, and woken
            with open(PATH, "rb") as second:
                writer.close()
                assert os.pread(second.fileno(), 8, 128) == struct.pack("<II", 2, 2)


def the_pages_reader_and_writer_keep_its_rules():
    if bare:
        return
    import numpy as np
    import re
    page = {}
    with open(os.path.join(sys.argv[1], "../../common/live/FORMAT.md"), encoding="utf-8") as file:
        for block in re.findall(r"^```python\n(.*?)^```$", file.read(), re.DOTALL | re.MULTILINE):
            exec(block, page)
    small, large = np.full((3, 4, 3), 7, np.uint8), np.full((30, 40, 3), 8, np.uint8)
    frames = page["frames"](PATH)
    with shmpix.LiveReader(KEY) as reader:
        for _ in range(2):  # sessions with the same counters
            writer = page["Writer"](PATH, 10)
            writer.write(small, "bgr8", 5, text=b"page")
            frame = reader.read(5)
            assert (frame.serial, frame.number, frame.text) == (1, 5, "page") and frame.checked
            n, number, rows = next(frames)
            assert (n, number) == (1, 5) and np.array_equal(rows, small)
            writer.close()
        writer = page["Writer"](PATH, 10)
        writer.write(small, "bgr8")
        with open(PATH, "rb") as first:
            writer.make(20000)
            assert os.pread(first.fileno(), 8, 128) == struct.pack("<II", 3, 2)  # moved
        assert np.array_equal(shmpix.read(KEY), small)  # the newest frame went along
        writer.write(large, "bgr8")
        assert np.array_equal(reader.read(5).pixels, large) and np.array_equal(next(frames)[2], large)
        writer.close()
        damaged = ring(checksums=True)
        damaged[2304] ^= 1
        put(damaged)
        assert next(frames) == (1, 1, None)


def c11_times_that_cannot_be_are_unknown():
    for published in (0, time.monotonic_ns() + 10 ** 12, (1 << 64) - 1):
        assert frame_of(changed(ring(), 256 + 80, "<Q", published)).latency is None
    assert 0 <= frame_of(ring()).latency < 60


def a_frame_stays_while_it_is_held():
    with shmpix.LiveWriter(KEY) as writer, shmpix.LiveReader(KEY) as reader:
        held = []
        for value in range(12):
            writer.write(shmpix.Picture(50, 40, 1, bytes([value]) * 2000))
            held.append(reader.read(5).pixels)
        for value, pixels in enumerate(held):
            assert bytes(pixels.data) == bytes([value]) * 2000


def a_frame_in_place_says_when_it_is_overwritten():
    with shmpix.LiveWriter(KEY, slots=3) as writer, shmpix.LiveReader(KEY, copy=False) as reader:
        writer.write(noise)
        frame = reader.read(5)
        assert frame.whole and frame.picture() == noise
        writer.write(noise)
        writer.write(noise)
        assert frame.whole
        writer.begin((11, 13, 3))
        assert not frame.whole


def a_loop_ends_when_nothing_comes():
    with shmpix.LiveWriter(KEY) as writer:
        writer.write(noise)
        assert [frame.number for frame in shmpix.LiveReader(KEY, timeout=0.05)] == [1]
    assert list(shmpix.LiveReader(KEY, timeout=0.05)) == []


def the_writers_end_is_seen():
    with shmpix.LiveReader(KEY) as reader:
        assert reader.state == "missing"
        with shmpix.LiveWriter(KEY) as writer:
            writer.write(noise)
            frame = reader.read(5)
            assert reader.state == "open"
        assert reader.read(0.05) is None and reader.state == "closed" and frame.picture() == noise
    assert os.listdir(sys.argv[2]) == [], os.listdir(sys.argv[2])


def a_segment_may_be_live_or_not_by_turns():
    with shmpix.Segment(KEY) as segment:
        for protocol in ("live", "live", "png", "live", "bmp"):
            assert segment.write(noise, protocol) >= 13 * 11 * 3
            assert shmpix.read_picture(KEY) == (noise, protocol)
    assert os.listdir(sys.argv[2]) == []


def what_is_no_frame_is_refused():
    with shmpix.LiveWriter(KEY) as writer:
        for call in (lambda: writer.write("text"), lambda: writer.publish(), lambda: writer.begin((0, 5)),
                     lambda: writer.begin((5, 5, 2)), lambda: shmpix.LiveWriter(KEY, slots=2),
                     lambda: shmpix.LiveReader("qt:x"), lambda: shmpix.LiveReader(KEY, order="rbg"),
                     lambda: shmpix.encode(noise, "live")):
            try:
                call()
            except shmpix.Error as error:
                assert error.code in (shmpix.USAGE, shmpix.BAD_DATA), error
            else:
                raise AssertionError("taken")
        writer.write(noise)
    try:
        writer.write(noise)
    except shmpix.Error as error:
        assert "closed" in str(error), error


for name, test in list(globals().items()):
    if callable(test) and getattr(test, "__module__", "") == "__main__" and test.__code__.co_argcount == 0:
        if name == "ring":
            continue
        print(name, flush=True)
        if os.path.exists(PATH):
            os.unlink(PATH)
        test()
