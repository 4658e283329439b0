"""Reads the ring of live frames in FILE as described in common/live/FORMAT.md, and prints each frame that is still in
it, oldest first: "SERIAL NUMBER CAPTURED CRC-32 LAYOUT TEXT". If the kit has a LiveReader, that must read the newest
frame in the same way."""
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "interop", "python"))
import shmpix  # noqa: E402


def frames(ring):
    (magic, major, _, table, entry, slots, capacity, data, pitch, size) = struct.unpack_from("<8sHHIIIQQQQ", ring)
    (checksum,) = struct.unpack_from("<I", ring, 124)
    assert magic == b"ShmpLive" and major == 1 and checksum == zlib.crc32(ring[:124])
    assert table >= 256 and entry >= 512 and table % 8 == entry % 8 == 0 and 3 <= slots <= 64
    assert 1 <= capacity <= 1 << 30 and capacity <= pitch and data >= table + slots * entry
    assert data + slots * pitch == size <= len(ring)
    (newest,) = struct.unpack_from("<Q", ring, 136)
    for n in range(max(1, newest - slots + 1), newest + 1):
        at, begin = table + (n - 1) % slots * entry, data + (n - 1) % slots * pitch
        (sequence, number, width, height, stride, offset, count, name, flags, crc, captured, _, text) = struct.unpack_from(
            "<QQIIqQQ16sIIQQI", ring, at)
        if sequence != 2 * n:
            continue
        pixels = ring[begin:begin + count]
        assert count <= capacity and text <= 416 and (not flags & 2 or crc == zlib.crc32(pixels))
        layout = "%dx%d:%s" % (width, height, name.rstrip(b"\0").decode())
        layout += ",stride=%d" % stride if stride else ""
        layout += ",offset=%d" % offset if offset else ""
        layout += ",bottom-up" if flags & 1 else ""
        yield n, number, captured, "%x" % zlib.crc32(pixels), layout, ring[at + 96:at + 96 + text].decode()


def newest_of_the_kit(path):
    frame = shmpix.LiveReader("file:" + path).read(timeout=10)
    return frame.serial, frame.number, frame.captured, "%x" % zlib.crc32(frame.data), str(frame.layout), frame.text


path = os.path.abspath(sys.argv[1])
with open(path, "rb") as file:
    found = list(frames(file.read()))
if hasattr(shmpix, "LiveReader"):
    read = newest_of_the_kit(path)
    assert read == found[-1], f"the kit reads {read}, and there is {found[-1]}"
for frame in found:
    print(*frame)
