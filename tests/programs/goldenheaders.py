"""The first bytes of each protocol, packed field by field with a stated size and byte order, for a picture of WIDTH x
HEIGHT without alpha that has 3780 x 2835 pixels per metre. Prints a line "PROTOCOL HEX" for each protocol."""
import struct
import sys
import zlib

width, height = map(int, sys.argv[1:])


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png():
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def bmp():
    row = (3 * width + 3) // 4 * 4
    file = struct.pack("<2sIHHI", b"BM", 54 + row * height, 0, 0, 54)
    return file + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, row * height, 3780, 2835, 0, 0)


def npy():
    text = "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, %d, 3), }" % (height, width)
    padded = (10 + len(text) + 1 + 63) // 64 * 64 - 10
    return struct.pack("<6sBBH", b"\x93NUMPY", 1, 0, padded) + text.ljust(padded - 1).encode() + b"\n"


headers = {
    "datastream": struct.pack(">i", 1) + png(),
    "rawsize": struct.pack("<BBBB", width & 255, height & 255, width >> 8, height >> 8),
    "bmp": bmp(),
    "png": png(),
    "jpeg": struct.pack(">HHH", 0xFFD8, 0xFFE0, 16) + b"JFIF\0",
    "npy": npy(),
}
for protocol, header in headers.items():
    print(protocol, header.hex())
