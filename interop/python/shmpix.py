"""Shmpix for Python: pictures in named shared memory. One file to copy; needs Python 3.8 or later and no other package.

    import shmpix

    with shmpix.Segment("my_share_mem") as segment:      # removed at the end of the block
        segment.write(array)                             # NumPy array, or shmpix.Picture
        ...                                              # write() again whenever there is a new picture

    array = shmpix.read("my_share_mem")                  # detects the protocol
    array = shmpix.read("K", layout="640x480:bgr8")      # pixels without a header

    with shmpix.LiveWriter("camera") as writer:          # live frames, on Linux
        writer.write(array, order="bgr")                 # or fill view = writer.begin(shape), then writer.publish()

    for frame in shmpix.LiveReader("camera", timeout=5): # the newest frame, until none arrives for 5 seconds
        print(frame.number, frame.pixels.shape)

Without NumPy, pictures are Picture objects. JPEG and the less common kinds of PNG need Pillow or OpenCV.
Channels are in the order R, G, B, A or, with order="bgr", in OpenCV's order.

Keys:       NAME or posix:/NAME   same as SharedMemory(name=NAME)        file:/PATH     a mapped file
            qt:KEY                QSharedMemory::setKey(KEY)             systemv:/FILE  Qt's native key before 6.6
            (qt: and systemv: on Linux only; windows:NAME on Windows)
Protocols:  datastream (QDataStream << QImage), rawsize (width, height, RGBA), bmp, png, jpeg, npy, live, and pixels,
            which has no header: its readers need the layout, WxH:FORMAT[,stride=N][,offset=N][,bottom-up].

Every failure raises Error with a one-line message; its .code is the exit code of the programs. On the command line:
    python3 shmpix.py share KEY FILE [--protocol P] [--layout L] [--mode 0644] [--group G]
    python3 shmpix.py save KEY FILE
    python3 shmpix.py create|load|flip|clear|clear-all|list             python3 shmpix.py --help

Reading never changes or removes a segment. Except on Windows, this module does not use multiprocessing.shared_memory,
which before Python 3.13 removes at exit even the segments that it only opened.
"""
import argparse
import array as _array
import atexit
import contextlib
import ctypes
import errno
import functools
import hashlib
import io
import json
import math
import mmap
import operator
import os
import re
import signal
import stat
import struct
import sys
import threading
import time
import warnings
import weakref
import zlib

try:
    import fcntl
    import grp
    import pwd
except ImportError:  # Windows
    fcntl = grp = pwd = None
try:
    import numpy
except ImportError:
    numpy = None

MAX_SIDE = 65535
"""The largest accepted width or height, in pixels."""
MAX_BYTES = 1 << 30
"""The largest size of a picture in bytes."""
LOCK_SECONDS = 2.0
"""How long to wait for a Qt program's lock."""
PROTOCOLS = ("datastream", "rawsize", "bmp", "png", "jpeg", "pixels", "npy", "live")

OTHER, USAGE, NOT_FOUND, NOT_PERMITTED, BAD_DATA, NO_SPACE, TIMED_OUT = 1, 2, 3, 4, 5, 6, 7


class Error(Exception):
    """A failure. The message states the cause and the remedy, and .code is the matching exit code of the programs:
    USAGE (2), NOT_FOUND (3), NOT_PERMITTED (4; also if a segment is not ours or is in use), BAD_DATA (5), NO_SPACE (6),
    TIMED_OUT (7), OTHER (1)."""

    def __init__(self, code, text):
        super().__init__(_line(text))
        self.code = code


def _line(text):
    """Escapes non-printable characters, such as line breaks and direction marks, so that the text stays on one line and
    a file name cannot change anything else on the screen."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _shown(value):
    """Returns a short repr() for messages. A number of 5000 digits is no help there, and even makes repr() fail."""
    try:
        text = repr(value)
    except (ValueError, RecursionError, MemoryError):
        text = f"a very long {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def _whole(value, what, least=-(1 << 63), most=(1 << 64) - 1):
    """Returns an integer, which may be from NumPy, as an int. Raises Error if it is not whole or is out of range."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        limits = f" from {least} to {most}" if most >> 32 == 0 else "" if number is None else " of fewer digits"
        raise Error(USAGE, f"{what} cannot be {_shown(value)}. Give a whole number{limits}.")
    return number


def _seconds(value):
    """Returns a time in seconds; negative times become 0."""
    try:
        seconds = math.nan if isinstance(value, (bool, str, bytes, bytearray)) else float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if math.isnan(seconds):
        raise Error(USAGE, f"A time cannot be {_shown(value)}. Give a number of seconds.")
    return max(0.0, seconds)


def _error_for(error):
    """Returns the Error for an exception that Python raised."""
    if isinstance(error, Error):
        return error
    if isinstance(error, MemoryError):
        return Error(NO_SPACE, "There is not enough memory for the picture. Share a smaller picture, or close other programs.")
    if isinstance(error, OSError):
        name = f" at {_shown(error.filename)}" if isinstance(error.filename, str) else ""
        return Error(NO_SPACE if error.errno in _NO_ROOM else OTHER,
                     f"The operation failed{name}: {error.strerror or type(error).__name__}. Remove the cause, then try "
                     "again.")
    return Error(BAD_DATA, f"The input cannot be used: {str(error)[:200] or type(error).__name__}. Check the arguments, or "
                           "share the picture again.")


_NO_ROOM = (errno.ENOSPC, errno.ENOMEM, errno.EFBIG, errno.EDQUOT)
_ODDITIES = (MemoryError, OSError, ValueError, OverflowError, RecursionError, struct.error)


def _told(call):
    """Decorates the public functions. As a safety net behind the checks, it turns exceptions that Python still raises
    for the given bytes, numbers or files into an Error."""
    @functools.wraps(call)
    def told(*arguments, **named):
        try:
            return call(*arguments, **named)
        except Error:
            raise
        except _ODDITIES as error:
            raise _error_for(error) from None
    return told


# ---------------------------------------------------------------------------------------------------- pictures

_SAMPLE_BYTES = {"u1": 1, "b1": 1, "u2": 2, "i2": 2, "f2": 2, "u4": 4, "f4": 4, "f8": 8}

FORMATS = {name + bits: (len(name.replace("gray", "g")), sample)
           for names, bits, sample in (("gray rgb bgr rgba bgra rgbx bgrx", "8", "u1"), ("gray rgb rgba", "16", "u2"),
                                       ("gray rgb rgba", "16f", "f2"), ("gray rgb rgba", "32f", "f4"),
                                       ("gray rgb rgba", "64f", "f8"), ("gray rgb rgba", "16i", "i2"),
                                       ("gray rgb rgba", "32u", "u4"))
           for name in names.split()}
FORMATS.update({name: (1, "u1") for name in ("nv12", "rggb8", "bggr8", "gbrg8", "grbg8")}, yuyv=(2, "u1"),
               bool8=(1, "b1"))
"""Pixel format -> (channels, NumPy's name of a channel's type; always little-endian)."""

_MOSAICS = ("nv12", "yuyv", "rggb8", "bggr8", "gbrg8", "grbg8")  # formats without one complete colour per pixel


def _check_size(width, height, pixel_bytes):
    if width <= 0 or height <= 0:
        raise Error(BAD_DATA, f"The picture is empty: its size is given as {width} x {height}. Share a picture that has "
                              "pixels.")
    if width > MAX_SIDE or height > MAX_SIDE:
        raise Error(BAD_DATA, f"A picture of {width} x {height} is too large: each side is limited to {MAX_SIDE} pixels. "
                              "Share a smaller picture.")
    if width * height * pixel_bytes > MAX_BYTES:
        raise Error(BAD_DATA, f"A picture of {width} x {height} is too large: it needs {width * height * pixel_bytes} bytes, "
                              f"and the limit is {MAX_BYTES}. Share a smaller picture.")


def _moved(data, item, source, picks, filler=b""):
    """Rearranges the channels of pixels. For each channel of the result, picks has the index of the source channel, or
    None for the filler. item is the size of a channel in bytes, and source the number of channels per pixel in data."""
    if picks == list(range(source)):
        return data
    pixels, count = len(data) // (item * source), len(picks)
    if numpy is not None:
        old = numpy.frombuffer(data, numpy.uint8).reshape(pixels, source, item)
        new = numpy.empty((pixels, count, item), numpy.uint8)
        for to, pick in enumerate(picks):
            new[:, to] = numpy.frombuffer(filler, numpy.uint8) if pick is None else old[:, pick]
        return new.tobytes()
    new = bytearray(pixels * count * item)
    for to, pick in enumerate(picks):
        for byte in range(item):
            new[to * item + byte::count * item] = (filler[byte:byte + 1] * pixels if pick is None
                                                   else data[pick * item + byte::source * item])
    return new


def _view_of(data):
    """Returns the bytes of an object as a contiguous memoryview."""
    try:
        view = memoryview(data)
    except TypeError:
        raise Error(USAGE, f"{_shown(data)} does not hold bytes. Give bytes, a bytearray or an array.") from None
    return view.cast("B") if view.c_contiguous and view.nbytes else memoryview(view.tobytes())


class Picture:
    """A picture: rows from top to bottom without padding, with 1 (grey), 3 or 4 channels in the order R, G, B, A,
    little-endian. dtype is NumPy's name for the type of a channel: u1 (the usual one), u2, i2, u4, f2, f4, f8, b1."""

    @_told
    def __init__(self, width, height, channels, data, dtype="u1"):
        width, height = _whole(width, "The width"), _whole(height, "The height")
        channels = _whole(channels, "The number of channels", 1, 4)
        if not isinstance(dtype, str) or dtype not in _SAMPLE_BYTES:
            raise Error(USAGE, f"Unknown type {_shown(dtype)} of a picture. Use one of " + ", ".join(_SAMPLE_BYTES) + ".")
        _check_size(width, height, channels * _SAMPLE_BYTES[dtype])
        self.width, self.height, self.channels, self.dtype = width, height, channels, dtype
        view = _view_of(data)
        if view.nbytes != self.row_bytes * height:
            raise Error(USAGE, f"A picture of {width} x {height} with {channels} channels of type {dtype} has "
                               f"{self.row_bytes * height} bytes, but {view.nbytes} were given. Give all of its bytes.")
        self.data = data if isinstance(data, bytes) else bytes(view)

    @property
    def pixel_bytes(self):
        return self.channels * _SAMPLE_BYTES[self.dtype]

    @property
    def row_bytes(self):
        return self.width * self.pixel_bytes

    def __eq__(self, other):
        return isinstance(other, Picture) and all(
            getattr(self, name) == getattr(other, name) for name in ("width", "height", "channels", "dtype", "data"))

    __hash__ = None

    def __repr__(self):
        return f"Picture({self.width}, {self.height}, {self.channels}, dtype={self.dtype!r})"

    @classmethod
    @_told
    def of(cls, value, order="rgb", counts=(1, 3, 4)):
        """Returns the picture in a Picture, a Pillow image, or anything that numpy.asarray() accepts: (h, w), (h, w,
        1), (h, w, 3) or (h, w, 4), with any strides and byte order. counts: the accepted numbers of channels."""
        _check_order(order)
        if isinstance(value, cls):
            return value
        if hasattr(value, "getbands") and hasattr(value, "tobytes"):
            return _of_pillow(value)
        if numpy is None or value is None or isinstance(value, (str, bytes, dict)):
            way = "install NumPy" if numpy is None else "an array"
            raise Error(USAGE, f"A {type(value).__name__} is not a picture. Give a shmpix.Picture(width, height, channels, "
                               f"data), or {way}.")
        try:
            array = numpy.asarray(value)
        except (TypeError, ValueError, OverflowError, RecursionError):
            raise Error(USAGE, f"{_shown(value)} is not a picture. Give rows of the same number of pixels.") from None
        if array.size == 0 and array.ndim in (2, 3):
            raise Error(BAD_DATA, f"The picture is empty: its array has the shape {array.shape}. Share a picture that has "
                                  "pixels.")
        if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in counts):
            hint = ("Convert it to height x width x channels with np.moveaxis(a, 0, -1)"
                    if array.ndim == 3 and array.shape[0] in (1, 3, 4) else
                    "Give height x width, or height x width x 1, 3 or 4 channels")
            raise Error(USAGE, f"An array of shape {array.shape} is not a picture. {hint}.")
        sample = array.dtype.kind + str(array.dtype.itemsize)
        if sample not in _SAMPLE_BYTES:
            raise Error(USAGE, f"An array of {array.dtype} is not a picture. Scale its numbers to 0 to 255, and then convert "
                               "it with a.astype(np.uint8).")
        height, width = array.shape[:2]
        channels = 1 if array.ndim == 2 else array.shape[2]
        _check_size(width, height, channels * array.dtype.itemsize)
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()  # also packs rows of any stride
        picture = cls(width, height, channels, data, sample)
        return picture._reordered() if order == "bgr" else picture

    @_told
    def array(self, order="rgb"):
        """Returns a new NumPy array of shape (height, width) or (height, width, channels)."""
        _check_order(order)
        if numpy is None:
            raise Error(USAGE, "NumPy is not installed. Use the picture's data, or install NumPy.")
        picture = self._reordered() if order == "bgr" else self
        shape = (self.height, self.width) + ((self.channels,) if self.channels > 1 else ())
        type_ = numpy.dtype("?" if self.dtype == "b1" else self.dtype).newbyteorder("<")
        return numpy.frombuffer(picture.data, type_).reshape(shape).astype(type_.newbyteorder("="))

    @_told
    def flipped(self, code):
        """Returns the picture mirrored as cv2.flip() does: 0 top to bottom, 1 left to right, -1 both."""
        code = _whole(code, "A flip (0 is top to bottom, 1 left to right, -1 both)", -1, 1)
        data = self.data
        if code != 0:  # reversing all pixels mirrors both ways
            reverse = bytearray(len(data))
            for byte in range(self.pixel_bytes):
                reverse[byte::self.pixel_bytes] = data[byte::self.pixel_bytes][::-1]
            data = bytes(reverse)
        if code != -1:
            data = self._rows_reversed(data)
        return Picture(self.width, self.height, self.channels, data, self.dtype)

    def _rows_reversed(self, data):
        row = self.row_bytes
        return b"".join(data[at:at + row] for at in range(len(data) - row, -1, -row))

    def _reordered(self):
        """Converts between R, G, B, A and B, G, R, A."""
        if self.channels < 3:
            return self
        picks = [2, 1, 0, 3][:self.channels]
        return self._with(self.channels, _moved(self.data, _SAMPLE_BYTES[self.dtype], self.channels, picks))

    def _with(self, channels, data, dtype=None):
        return Picture(self.width, self.height, channels, data, dtype or self.dtype)

    def _of_type(self, dtype, what):
        """Converts the samples to that type if the conversion is well-defined."""
        if self.dtype == dtype:
            return self
        if self.dtype == "b1" and dtype == "u1":
            return self._with(self.channels, self.data.translate(bytes([0]) + bytes([255]) * 255), "u1")
        if self.dtype == "b1" and dtype == "u2":
            return self._of_type("u1", what)._of_type("u2", what)
        if self.dtype == "u2" and dtype == "u1":
            if numpy is not None:
                wide = numpy.frombuffer(self.data, "<u2").astype(numpy.uint32) + 128  # rounds as Qt does
                return self._with(self.channels, ((wide - (wide >> 8)) >> 8).astype(numpy.uint8).tobytes(), "u1")
            table = bytes((v - (v >> 8)) >> 8 for v in range(128, 65536 + 128))
            return self._with(self.channels, bytes(map(table.__getitem__, _little_endian("H", self.data))), "u1")
        if self.dtype == "u1" and dtype == "u2":
            return self._with(self.channels, _moved(self.data, 1, 1, [0, 0]), "u2")
        fix = "(a * 255).clip(0, 255).astype(np.uint8)" if self.dtype[0] == "f" else "a.clip(0, 255).astype(np.uint8)"
        raise Error(USAGE, f"The picture's numbers are of type {self.dtype}, which {what} does not support. Share {fix}, or "
                           "use the protocol npy.")

    def _of_channels(self, count, what):
        """Converts to count channels. Grey becomes colour, and missing alpha opaque; colour never becomes grey."""
        if self.channels == count:
            return self
        if self.channels == 2 or count == 1:
            raise Error(USAGE, f"The picture has {self.channels} channels, but {what} holds {count}. Convert it first, or "
                               "choose another format.")
        sources = {1: [0, 0, 0, None], 3: [0, 1, 2, None], 4: [0, 1, 2, 3]}[self.channels]
        one = {"u1": b"\xff", "u2": b"\xff\xff", "b1": b"\x01", "i2": b"\xff\x7f", "u4": b"\xff" * 4,
               "f2": b"\x00\x3c", "f4": struct.pack("<f", 1), "f8": struct.pack("<d", 1)}[self.dtype]
        return self._with(count, _moved(self.data, _SAMPLE_BYTES[self.dtype], self.channels, sources[:count], one))

    def _simple(self, what):
        if self.channels == 2:
            raise Error(USAGE, f"The picture has 2 channels, which {what} does not support. Convert it first.")
        return self


def _check_order(order):
    if not isinstance(order, str) or order not in ("rgb", "bgr"):
        raise Error(USAGE, f"Unknown order {_shown(order)}. Give order='rgb', or order='bgr' as in OpenCV.")


def _of_pillow(image):
    """Returns the picture in a Pillow image. Pillow may read its file only now, and may find it damaged."""
    _check_size(_whole(image.width, "The width"), _whole(image.height, "The height"), 4)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _picture_of_pillow(image)
    except (Error, MemoryError):
        raise
    except Exception as error:  # Pillow's plug-ins can raise anything
        raise Error(BAD_DATA, f"Pillow cannot load the picture: {str(error)[:200] or type(error).__name__}. Use an undamaged "
                              "copy of its file.") from None


def _picture_of_pillow(image):
    mode = image.mode if image.mode in ("L", "RGB", "RGBA") else \
        "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
    if image.mode == "1" or image.mode == "LA":
        mode = "L" if image.mode == "1" else "RGBA"
    if image.mode.startswith("I;16") or image.mode == "I" and image.format == "PNG":  # 16-bit values in 32 bits
        values = image.convert("I").tobytes()
        return Picture(image.width, image.height, 1, _moved(values, 1, 4, [0, 1]), "u2")
    if image.mode in ("I", "F"):
        raise Error(USAGE, f"A Pillow image of mode {image.mode} cannot be shared directly. Give numpy.asarray(image).")
    return Picture(image.width, image.height, len(mode), image.convert(mode).tobytes())


def _little_endian(code, data):
    numbers = _array.array(code, bytes(data))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class Layout:
    """Where the pixels of a picture without a header are. Text form: WxH:FORMAT[,stride=N][,offset=N][,bottom-up].

    The first row begins at byte offset, and each further row begins stride bytes after the previous one (before it if
    stride is negative). With bottom_up, the first row is the bottom row of the picture. Samples are little-endian."""

    def __init__(self, width, height, format, stride=0, offset=0, bottom_up=False):
        if not isinstance(format, str) or format not in FORMATS:
            raise Error(USAGE, f"Unknown pixel format {_shown(format)}. Use one of {', '.join(FORMATS)}.")
        self.width, self.height, self.format = _whole(width, "The width"), _whole(height, "The height"), format
        self.stride, self.offset, self.bottom_up = _whole(stride, "The stride"), _whole(offset, "The offset"), bottom_up

    @classmethod
    def parse(cls, text, picture=None):
        """Parses a layout. With a picture, the size may be left out: "bgr8,stride=2048"."""
        if not isinstance(text, str):
            raise Error(USAGE, f"{_shown(text)} is not a layout. Write WxH:FORMAT, such as 640x480:bgr8.")
        words = text.split(",")
        size, colon, format_ = words[0].rpartition(":")
        match = re.fullmatch(r"(\d{1,18})x(\d{1,18})", size, re.ASCII)
        if not match and (picture is None or colon):
            raise Error(USAGE, f"{_shown(text)} is not a layout. Write WxH:FORMAT, such as 640x480:bgr8.")
        width, height = (int(match[1]), int(match[2])) if match else (picture.width, picture.height)
        layout = cls(width, height, format_)
        for word in words[1:]:
            match = re.fullmatch(r"(stride|offset)=(-?\d{1,18})", word, re.ASCII)
            if match:
                setattr(layout, match[1], int(match[2]))
            elif word == "bottom-up":
                layout.bottom_up = True
            else:
                raise Error(USAGE, f"{_shown(word)} is not part of a layout. Write stride=N, offset=N or bottom-up.")
        return layout

    def __str__(self):
        return (f"{self.width}x{self.height}:{self.format}" + (f",stride={self.stride}" if self.stride else "")
                + (f",offset={self.offset}" if self.offset else "") + (",bottom-up" if self.bottom_up else ""))

    @property
    def shape(self):
        """The shape of the array that holds the samples: (rows, pixels per row, channels). Formats without one complete
        colour per pixel use the array that cv2.cvtColor() takes: nv12 has 1.5 times the rows, and yuyv two channels."""
        even = (self.width + 1) // 2 * 2 if self.format in ("nv12", "yuyv") else self.width
        rows = self.height + (self.height + 1) // 2 if self.format == "nv12" else self.height
        return rows, even, FORMATS[self.format][0]

    @property
    def row_bytes(self):
        return self.shape[1] * self.shape[2] * _SAMPLE_BYTES[FORMATS[self.format][1]]

    def extent(self, size=None):
        """Returns the offsets of the first byte and of the end. Raises Error if they are invalid or exceed size."""
        _check_size(self.width, self.height, FORMATS[self.format][0] * _SAMPLE_BYTES[FORMATS[self.format][1]])
        step = self.stride or self.row_bytes
        if abs(step) < self.row_bytes:
            raise Error(BAD_DATA, f"The stride of {self.stride} bytes is shorter than a row of {self.row_bytes}. Use a longer "
                                  "stride.")
        last = self.offset + step * (self.shape[0] - 1)
        begin, end = min(self.offset, last), max(self.offset, last) + self.row_bytes
        if begin < 0:
            raise Error(BAD_DATA, f"The pixels would begin {-begin} bytes before the segment. Use another offset or stride.")
        if size is not None and end > size:
            raise Error(BAD_DATA, f"The layout {self} needs {end} bytes, but the segment has {size}. Use the size and the "
                                  "format of its writer.")
        return begin, end


# --------------------------------------------------------------------------------------------------- protocols
#
# An encoder returns the bytes of a picture, and a decoder the picture in a source. The bytes of a source are untrusted
# and are checked before use. A source has a size and read(offset, count).

class _Bytes:
    """A source in memory."""

    def __init__(self, data):
        self.data = _view_of(data)
        self.size = self.data.nbytes

    def read(self, offset, count):
        if offset < 0 or count < 0 or offset + count > self.size:
            raise Error(BAD_DATA, "The segment ends before the picture does. Share the picture again.")
        return bytes(self.data[offset:offset + count])

    def close(self):
        self.data.release()


def _head(source, count):
    return source.read(0, min(count, source.size))


def _encode_pixels(picture, layout):
    if picture.channels == 2 and layout.format != "yuyv":
        picture._simple(layout.format)
    channels, dtype = FORMATS[layout.format]
    rows, columns, _ = layout.shape
    if (picture.height, picture.width) != (rows, columns):
        raise Error(USAGE, f"The layout {layout} is for an array of {rows} rows and {columns} columns, but the picture has "
                           f"{picture.height} rows and {picture.width} columns. Use the picture's size.")
    begin, end = layout.extent()
    if end > 2 * MAX_BYTES:
        raise Error(USAGE, f"The layout {layout} needs a segment of {end} bytes, and the limit is {2 * MAX_BYTES}. Use a "
                           "smaller stride or offset.")
    picture = picture._of_type(dtype, layout.format)
    if layout.format not in _MOSAICS:
        picture = picture._of_channels(channels, layout.format)
        if layout.format.startswith("bgr"):
            picture = picture._reordered()
    data, row = picture.data, picture.row_bytes
    if layout.format[3:4] == "x":
        data = _moved(data, 1, 4, [0, 1, 2, None], b"\xff")
    if layout.bottom_up:
        data = picture._rows_reversed(data)
    step = layout.stride or row
    if step == row and layout.offset == 0:
        return data
    out = bytearray(end)
    for index in range(rows):
        at = layout.offset + index * step
        out[at:at + row] = data[index * row:(index + 1) * row]
    return out


def _decode_pixels(source, layout):
    begin, end = layout.extent(source.size)
    rows, columns, channels = layout.shape
    row, step = layout.row_bytes, layout.stride or layout.row_bytes
    if step == row:
        data = source.read(begin, end - begin)
    elif end - begin <= 2 * row * rows:
        block, first = source.read(begin, end - begin), layout.offset - begin
        data = b"".join(block[first + i * step:first + i * step + row] for i in range(rows))
    else:
        data = b"".join(source.read(layout.offset + i * step, row) for i in range(rows))
    if layout.format[3:4] == "x":
        data, channels = _moved(data, 1, 4, [0, 1, 2]), 3
    picture = Picture(columns, rows, channels, data, FORMATS[layout.format][1])
    if layout.bottom_up:
        picture = picture._with(channels, picture._rows_reversed(picture.data))
    return picture._reordered() if layout.format.startswith("bgr") else picture


def _layout_for(picture, text):
    """Returns the picture's layout from text. Without text, keeps all bits, and 8-bit channels have OpenCV's order."""
    if text:
        layout = text if isinstance(text, Layout) else Layout.parse(text, picture)
        if layout.format == "nv12" and ":" not in str(text):
            layout.height = picture.height * 2 // 3
        return layout
    names = {"u1": {1: "gray8", 3: "bgr8", 4: "bgra8"}, "b1": {1: "bool8"}}.get(picture.dtype) or {
        FORMATS[name][0]: name for name in FORMATS if FORMATS[name][1] == picture.dtype}
    if picture.channels not in names:
        raise Error(USAGE, f"There is no pixel format with {picture.channels} channels of type {picture.dtype}. Convert the "
                           "picture first.")
    return Layout(picture.width, picture.height, names[picture.channels])


def _encode_rawsize(picture):
    width, height = picture.width, picture.height
    pixels = picture._simple("rawsize")._of_type("u1", "rawsize")._of_channels(4, "rawsize").data
    return bytes([width & 255, height & 255, width >> 8, height >> 8]) + pixels


_USUAL_SIZES = {(320, 240), (400, 300), (512, 512), (640, 360), (640, 480), (720, 480), (720, 576), (768, 576), (800, 600),
                (1024, 576), (1024, 768), (1280, 720), (1280, 960), (1280, 1024), (1600, 1200), (1920, 1080), (1920, 1200),
                (2048, 1536), (2560, 1440), (2592, 1944), (3840, 2160), (7680, 4320)}


def _rawsize_sizes(header, size):
    """Returns the sizes that the four header bytes can mean in a segment of that size, likeliest first, as (rank,
    oddness, width, height). Rank 0 fills the segment, and rank 1 fills it except for part of its last page. Ranks 2 and
    3 are the same for sides that wrapped modulo 256. Rank 4 fits, but does not fill the segment."""
    width, height = header[0] | header[2] << 8, header[1] | header[3] << 8
    whole_pages = size % 4096 == 0

    def oddness(w, h):
        if (w, h) in _USUAL_SIZES or (h, w) in _USUAL_SIZES:
            return 0.0 if (w, h) in _USUAL_SIZES else 0.05
        return 0.1 + abs(math.log(w / h / 1.4))

    found = []
    needed = 4 + width * height * 4
    if width and height and needed <= size and needed <= MAX_BYTES:
        rank = 0 if needed == size else 1 if whole_pages and size - needed < 4096 else 4
        found.append((rank, oddness(width, height), width, height))
    if header[2] == header[3] == 0 and size <= MAX_BYTES:
        most = (size - 4) // 4
        least = max(1, -(-(size - (4095 if whole_pages else 0) - 4) // 4))
        for w in range(width or 256, MAX_SIDE + 1, 256):
            if w > most:
                break
            h = most // w
            while h > 0 and h * w >= least:
                if h <= MAX_SIDE and h % 256 == height and (w, h) != (width, height):
                    found.append((2 if 4 + w * h * 4 == size else 3, oddness(w, h), w, h))
                h -= 1
    return sorted(found, key=lambda entry: entry[:2])


def _decode_rawsize(source):
    header = source.read(0, 4)
    sizes = _rawsize_sizes(header, source.size)
    if not sizes:
        raise Error(BAD_DATA, f"The header bytes {' '.join(map(str, header))} give no size that fits a segment of "
                              f"{source.size} bytes. Read it with protocol='auto'.")
    _, _, width, height = sizes[0]
    return Picture(width, height, 4, source.read(4, width * height * 4))


def _is_rawsize(source):
    if source.size <= 4:
        return False
    header = source.read(0, 4)
    sizes = _rawsize_sizes(header, source.size)
    return bool(sizes) and (sizes[0][0] in (0, 2) or sizes[0][0] in (1, 3) and any(header))


# BMP

def _encode_bmp(picture):
    picture = picture._simple("bmp")._of_type("u1", "bmp")
    width, height, bits = picture.width, picture.height, picture.channels * 8
    palette = b"".join(bytes([v, v, v, 0]) for v in range(256)) if bits == 8 else b""
    header = 108 if bits == 32 else 40
    row = picture.row_bytes
    padding = b"\0" * (-row % 4)
    data = picture._reordered().data
    rows = b"".join(data[at:at + row] + padding for at in range(len(data) - row, -1, -row))
    begin = 14 + header + len(palette)
    head = struct.pack("<2sIIIIiiHHIIiiII", b"BM", begin + len(rows), 0, begin, header, width, height, 1, bits,
                       3 if bits == 32 else 0, len(rows), 2835, 2835, len(palette) // 4, 0)
    if bits == 32:
        head += struct.pack("<IIII4s48x", 0xff0000, 0xff00, 0xff, 0xff000000, b"BGRs")
    return head + palette + rows


def _bad_bmp(why):
    return Error(BAD_DATA, f"The BMP is not valid: {why}. Use an undamaged copy.")


def _bmp_begin(source):
    """Returns the offset of a BMP: 0, 4 after a length, or None. A length may also replace its first four bytes."""
    head = _head(source, 64)
    if len(head) < 26:
        return None
    known = (12, 40, 52, 56, 108, 124)
    if head[:2] == b"BM" and 12 <= struct.unpack_from("<I", head, 14)[0] <= 124:
        return 0
    length = struct.unpack_from("<I", head)[0]
    if head[4:6] == b"BM" and len(head) >= 30 and struct.unpack_from("<I", head, 18)[0] in known:
        return 4
    offset, size = struct.unpack_from("<II", head, 10)
    if size == 40 and 54 <= offset <= length <= source.size and len(head) >= 54:
        planes, bits = struct.unpack_from("<HH", head, 26)
        if planes == 1 and bits in (1, 4, 8, 16, 24, 32) and head[6:10] == b"\0\0\0\0":
            return 0
    return None


def _decode_bmp(source):
    start = _bmp_begin(source)
    if start is None:
        raise _bad_bmp("it does not start with BM and a header")
    base = start
    begin, header = struct.unpack("<II", source.read(base + 10, 8))
    if header == 12:
        width, height, planes, bits = struct.unpack("<HHHH", source.read(base + 18, 8))
        compression = used = 0
    elif header in (40, 52, 56, 108, 124):
        width, height, planes, bits, compression, _, _, _, used = struct.unpack("<iiHHIIiiI", source.read(base + 18, 32))
    else:
        raise _bad_bmp(f"headers of {header} bytes are not supported")
    if planes != 1 or (bits, compression) not in {(1, 0), (4, 0), (8, 0), (16, 0), (24, 0), (32, 0), (16, 3), (32, 3)}:
        if compression in (1, 2):
            raise Error(BAD_DATA, "The BMP is run-length encoded, which shmpix.py does not support. Save it uncompressed.")
        raise _bad_bmp(f"{planes} planes of {bits} bits with compression {compression} are not supported")
    top_down, height = height < 0, abs(height)
    _check_size(width, height, 4)
    least = 14 + header + (12 if compression == 3 and header == 40 else 0)
    colors = used or (1 << bits if bits <= 8 else 0)
    entry = 3 if header == 12 else 4
    if bits <= 8:
        if colors > 1 << bits:
            raise _bad_bmp(f"its palette has {colors} colours for {bits} bits")
        palette = source.read(base + least, colors * entry)
        least += colors * entry
    if begin < least:
        raise _bad_bmp(f"its pixels would begin inside its header, at byte {begin}")
    stride = (width * bits + 31) // 32 * 4
    if base + begin + stride * height > source.size:
        raise Error(BAD_DATA, f"The BMP is truncated: it needs {base + begin + stride * height} bytes, and only {source.size} "
                              "are available. Use a complete copy, in a segment that is large enough.")
    data = source.read(base + begin, stride * height)
    rows = range(0, stride * height, stride) if top_down else range(stride * (height - 1), -1, -stride)
    tight = b"".join(data[at:at + (width * bits + 7) // 8] for at in rows)
    if bits <= 8:
        return _bmp_palette(tight, width, height, bits, palette, entry)
    if bits == 24:
        return Picture(width, height, 3, _moved(tight, 1, 3, [2, 1, 0]))
    masks = (0x7c00, 0x3e0, 0x1f, 0) if bits == 16 else (0xff0000, 0xff00, 0xff, 0)
    if compression == 3:
        masks = struct.unpack("<III", source.read(base + 54, 12)) + (
            struct.unpack("<I", source.read(base + 66, 4)) if header >= 56 else (0,))
    return Picture(width, height, 4 if masks[3] else 3, _bmp_masks(tight, bits, masks))


def _bmp_palette(tight, width, height, bits, palette, entry):
    if bits < 8:  # expand to one index per byte
        per = 8 // bits
        spread = bytearray(len(tight) * per)
        for part in range(per):
            shift, mask = 8 - bits * (part + 1), (1 << bits) - 1
            spread[part::per] = tight.translate(bytes(v >> shift & mask for v in range(256)))
        row = len(tight) * per // height
        tight = b"".join(spread[at:at + width] for at in range(0, len(spread), row))
    if max(tight) >= len(palette) // entry:
        raise _bad_bmp(f"it uses colour {max(tight)} of a palette of {len(palette) // entry}")
    tables = [palette[channel::entry].ljust(256, b"\0") for channel in (2, 1, 0)]
    if tables[0] == tables[1] == tables[2]:
        return Picture(width, height, 1, tight.translate(tables[0]))
    pixels = bytearray(3 * len(tight))
    for channel, table in enumerate(tables):
        pixels[channel::3] = tight.translate(table)
    return Picture(width, height, 3, pixels)


def _bmp_masks(tight, bits, masks):
    """Returns the channels that the masks select, each scaled to 8 bits."""
    item, channels = bits // 8, 4 if masks[3] else 3
    shifts = [(mask & -mask).bit_length() - 1 for mask in masks[:channels]]
    if any(mask == 0 or mask >> bits or (mask >> shift) + 1 & mask >> shift for mask, shift in zip(masks, shifts)):
        raise _bad_bmp("its colour masks are not contiguous bits")
    if all(mask >> shift == 255 and shift % 8 == 0 for mask, shift in zip(masks, shifts)):
        return _moved(tight, 1, item, [shift // 8 for shift in shifts])
    numbers = _little_endian("H" if item == 2 else "I", tight)
    pixels = bytearray(len(numbers) * channels)
    for channel, (mask, shift) in enumerate(zip(masks, shifts)):
        most = mask >> shift
        if most < 65536:
            table = bytes((v * 255 * 2 + most) // (2 * most) for v in range(most + 1))
            pixels[channel::channels] = bytes(table[n >> shift & most] for n in numbers)
        else:
            pixels[channel::channels] = bytes((n >> shift & most) * 255 // most for n in numbers)
    return pixels


# PNG

_PNG = b"\x89PNG\r\n\x1a\n"


def _encode_png(picture, level=0):
    picture = picture._simple("png")
    picture = picture._of_type("u2" if picture.dtype == "u2" else "u1", "png")
    data, deep = picture.data, picture.dtype == "u2"
    if deep:
        data = _moved(data, 1, 2, [1, 0])
    row = picture.row_bytes
    rows = b"".join(b"\0" + data[at:at + row] for at in range(0, len(data), row))
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 16 if deep else 8, {1: 0, 3: 2, 4: 6}[picture.channels],
                         0, 0, 0)
    return _PNG + b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
                           for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, level)), (b"IEND", b"")))


def _bad_png(why):
    return Error(BAD_DATA, f"The PNG is not valid: {why}. Use an undamaged copy, or share it again.")


def _decode_png(source, start=0):
    if source.read(start, 8) != _PNG:
        raise _bad_png("its signature is missing")
    at, header, palette, transparent, parts, kept = start + 8, None, b"", None, [], 0
    for chunks in range(100001):
        if chunks == 100000:
            raise _bad_png("it has too many chunks")
        if at + 12 > source.size:
            raise _bad_png("it is truncated")
        length, kind = struct.unpack(">I4s", source.read(at, 8))
        if at + 12 + length > source.size:
            raise _bad_png("it is truncated")
        if kind == b"IEND":
            at += 12
            break
        if kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT"):
            if header is None and kind != b"IHDR" or kind == b"IHDR" and (header or length != 13):
                raise _bad_png("its header is not the first chunk")
            kept += length
            if kept > MAX_BYTES:
                raise _bad_png(f"its chunks have more than {MAX_BYTES} bytes")
            body = source.read(at + 8, length)
            if zlib.crc32(kind + body) != struct.unpack(">I", source.read(at + 8 + length, 4))[0]:
                raise _bad_png("a checksum is wrong")
            if kind == b"IHDR":
                header = struct.unpack(">IIBBBBB", body)
                _check_size(header[0], header[1], 8 if header[2] == 16 else 4)
            elif kind == b"PLTE":
                palette = body
            elif kind == b"tRNS":
                transparent = body
            else:
                parts.append(body)
        at += 12 + length
    if header is None or not parts:
        raise _bad_png("it has no pixels")
    width, height, bits, color, compression, filters, interlaced = header
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(color)
    if (bits not in {0: (1, 2, 4, 8, 16), 3: (1, 2, 4, 8)}.get(color, (8, 16)) or not channels or compression or filters
            or interlaced > 1):
        raise _bad_png("its header holds values that are not allowed")
    raw = _inflated(parts, sum((1 + (w * channels * bits + 7) // 8) * h for w, h in _png_passes(width, height, interlaced)))
    if bits < 8 or interlaced or transparent is not None and color != 3:
        if _has_unknown_filter(raw, channels * bits, _png_passes(width, height, interlaced)):
            raise _bad_png("a row has an unknown filter")
        return _by_package(_png_of(header, palette, transparent, parts), "this kind of PNG", keep_depth=True)
    if any(raw[::1 + width * channels * bits // 8]):
        picture = None
        if color in (0, 2, 6) and bits == 8 and not _has_unknown_filter(raw, channels * bits, [(width, height)]):
            picture = _by_opencv(_png_of(header, palette, None, parts))
        if picture:
            return picture
    data = _unfiltered(raw, width * channels * bits // 8, channels * bits // 8)
    if color == 3:
        return _png_palette(data, width, height, palette, transparent)
    if bits == 16:
        data = _moved(data, 1, 2, [1, 0])
    if color == 4:
        data, channels = _moved(data, bits // 8, 2, [0, 0, 0, 1]), 4
    return Picture(width, height, channels, data, "u2" if bits == 16 else "u1")


def _png_passes(width, height, interlaced):
    """Returns the sizes of the pictures in a PNG: up to seven if it is interlaced (Adam7), otherwise one."""
    if not interlaced:
        return [(width, height)]
    passes = [((width - x + dx - 1) // dx, (height - y + dy - 1) // dy) for x, y, dx, dy in
              ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))]
    return [(w, h) for w, h in passes if w > 0 and h > 0]


def _has_unknown_filter(raw, bits, passes):
    at = 0
    for width, height in passes:
        row = 1 + (width * bits + 7) // 8
        if max(raw[at:at + row * height:row]) > 4:
            return True
        at += row * height
    return False


def _png_of(header, palette, transparent, parts):
    """Builds the PNG file for Pillow or OpenCV from checked chunks only: libpng reports faults to standard error."""
    color = header[3]
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", *header))]
    if color == 3:
        if not palette or len(palette) % 3 or len(palette) > 768 or len(transparent or b"") > len(palette) // 3:
            raise _bad_png("its palette is damaged")
        chunks.append((b"PLTE", palette))
    if transparent is not None and color in (0, 2, 3):
        numbers = [] if color == 3 else [a << 8 | b for a, b in zip(transparent[::2], transparent[1::2])]
        if color != 3 and (len(transparent) != {0: 2, 2: 6}[color] or max(numbers) >> header[2]):
            raise _bad_png("its transparent colour is damaged")
        chunks.append((b"tRNS", transparent))
    chunks += [(b"IDAT", b"".join(parts)), (b"IEND", b"")]
    return _PNG + b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
                           for kind, body in chunks)


def _inflated(parts, size):
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(b"".join(parts), size)
        inflater.decompress(inflater.unconsumed_tail, 1)  # verifies the checksum at the end
    except zlib.error:
        raise _bad_png("its compressed pixels are damaged") from None
    if len(raw) != size or not inflater.eof:
        raise _bad_png("its number of rows differs from its header")
    return raw


def _unfiltered(raw, row, pixel):
    """Reverses the filters (PNG specification, section 9). row and pixel are sizes in bytes."""
    if not any(raw[::row + 1]):
        return b"".join(raw[at + 1:at + 1 + row] for at in range(0, len(raw), row + 1))
    rows, above = [], bytearray(row)
    for at in range(0, len(raw), row + 1):
        kind, line = raw[at], bytearray(raw[at + 1:at + 1 + row])
        if kind == 1:
            for i in range(pixel, row):
                line[i] = line[i] + line[i - pixel] & 255
        elif kind == 2:
            line = bytearray((a + b) & 255 for a, b in zip(line, above))
        elif kind == 3:
            for i in range(row):
                line[i] = line[i] + ((line[i - pixel] if i >= pixel else 0) + above[i] >> 1) & 255
        elif kind == 4:
            for i in range(row):
                a, c = (line[i - pixel], above[i - pixel]) if i >= pixel else (0, 0)
                b = above[i]
                pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
                line[i] = line[i] + (a if pa <= pb and pa <= pc else b if pb <= pc else c) & 255
        elif kind:
            raise _bad_png(f"a row has the filter {kind}")
        rows.append(line)
        above = line
    return b"".join(rows)


def _png_palette(data, width, height, palette, transparent):
    if not palette or len(palette) % 3 or max(data) >= len(palette) // 3:
        raise _bad_png("it uses colours that its palette does not have")
    tables = [palette[channel::3].ljust(256, b"\0")[:256] for channel in range(3)]
    if transparent is not None:
        tables.append(transparent.ljust(256, b"\xff")[:256])
    pixels = bytearray(len(tables) * len(data))
    for channel, table in enumerate(tables):
        pixels[channel::len(tables)] = data.translate(table)
    return Picture(width, height, len(tables), pixels)


# Packages

def _pillow():
    try:
        from PIL import Image, ImageOps
        return Image, ImageOps
    except ImportError:
        return None


def _opencv():
    try:
        import cv2
        return cv2 if numpy is not None else None
    except ImportError:
        return None


def _by_opencv(data, flags=None):
    cv2 = _opencv()
    pixels = None
    if cv2:
        try:
            pixels = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_UNCHANGED if flags is None else flags(cv2))
        except cv2.error:
            pass
    return None if pixels is None else Picture.of(pixels, "bgr")


def _by_package(data, what, keep_depth=False):
    """Decodes a file with Pillow or OpenCV."""
    pillow = _pillow()
    if keep_depth and data[24] == 16 and _opencv():
        picture = _by_opencv(data)
        if picture:
            return picture
    if pillow:
        try:
            with warnings.catch_warnings():  # Pillow would warn on standard error
                warnings.simplefilter("ignore")
                image = pillow[0].open(io.BytesIO(data))
                _check_size(image.width, image.height, 4)
                image.load()
                return _of_pillow(pillow[1].exif_transpose(image))
        except (Error, MemoryError):
            raise
        except Exception:  # Pillow's plug-ins can raise anything for damaged files
            raise Error(BAD_DATA, "The picture's file is damaged. Use an undamaged copy.") from None
    picture = _by_opencv(data, lambda cv2: cv2.IMREAD_ANYCOLOR)
    if picture:
        return picture
    if _opencv():
        raise Error(BAD_DATA, "The picture's file is damaged. Use an undamaged copy.")
    raise Error(OTHER, f"Pillow or OpenCV is required for {what}. Install python3-pil or python3-opencv.")


def _encode_jpeg(picture):
    picture = picture._simple("jpeg")._of_type("u1", "jpeg")
    if picture.channels == 4:
        picture = picture._with(3, _moved(picture.data, 1, 4, [0, 1, 2]))
    pillow, cv2 = _pillow(), _opencv()
    if pillow:
        out = io.BytesIO()
        image = pillow[0].frombytes("L" if picture.channels == 1 else "RGB", (picture.width, picture.height), picture.data)
        image.save(out, "JPEG", quality=95, subsampling=2)
        return out.getvalue()
    if cv2:
        return cv2.imencode(".jpg", picture.array("bgr"), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    raise Error(OTHER, "Pillow or OpenCV is required for JPEG. Install python3-pil or python3-opencv.")


def _jpeg_end(source):
    """Follows the segments of a JPEG and returns where it ends. Raises Error if it is truncated; ignores any data after
    the end. Searches in place, and only as far as a file with a picture of the stated size can extend."""
    bad = Error(BAD_DATA, "The JPEG is truncated or damaged: its end marker is missing. Use a complete copy, or share it "
                          "again.")
    beside, of_pixel = 64 << 20, 32  # in bytes: a coefficient takes at most 27 bits, plus stuffing
    at, most = 2, beside
    if _head(source, 3) != b"\xff\xd8\xff":
        raise bad
    marker, end_of_scan = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL), re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]", re.DOTALL)

    def piece(count):
        if at > most:
            raise bad
        return source.read(at, max(0, min(count, source.size - at)))

    sized = False
    while True:
        part = piece(4096)
        match = marker.match(part)
        if not match:
            if len(part) < 2 or part.strip(b"\xff"):
                raise bad
            at += len(part) - 1  # fill bytes
            continue
        kind, at = match[1][0], at + match.end()
        if kind == 0xd9:
            break
        if kind == 0x01 or 0xd0 <= kind <= 0xd7:
            continue
        part = piece(7)
        length = struct.unpack_from(">H", part)[0] if len(part) >= 2 else 0
        if length < 2 or at + length > source.size:
            raise bad
        if 0xc0 <= kind <= 0xcf and kind not in (0xc4, 0xc8, 0xcc) and length >= 8:
            height, width = struct.unpack_from(">HH", part, 3)
            _check_size(width, height, 4)
            sized, most = True, min(MAX_BYTES, beside + of_pixel * width * height)
        at += length
        while kind == 0xda:  # entropy-coded data ends at the first marker that is not part of it
            part = piece(1 << 20)
            match = end_of_scan.search(part)
            if match or len(part) < 2:
                break
            at += len(part) - 1
        if kind == 0xda:
            if not match:
                raise bad
            at += match.start()
    if not sized:
        raise bad
    return at


def _decode_jpeg(source):
    return _by_package(source.read(0, _jpeg_end(source)), "JPEG")


# NumPy's file format

def _encode_npy(picture):
    shape = (picture.height, picture.width) + ((picture.channels,) if picture.channels > 1 else ())
    descr = ("|" if _SAMPLE_BYTES[picture.dtype] == 1 else "<") + picture.dtype
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}"
    text += " " * (-(11 + len(text)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("ascii") + picture.data


_NPY_FIELD = re.compile(r"""['"](descr|fortran_order|shape)['"]\s*:\s*"""
                        r"""('[^'\\]*'|"[^"\\]*"|True|False|\([\d\s,L]*\))""", re.ASCII)
_NPY_HEADER = re.compile(r"\s*\{(?:\s*" + _NPY_FIELD.pattern + r"\s*,?){3}\s*\}\s*", re.ASCII)
"""The header is a Python literal. It is not passed to Python's parser, which some literals overwhelm."""


def _decode_npy(source):
    def bad(why):
        return Error(BAD_DATA, f"The .npy array is not a picture: {why}. Save numbers as height x width, or height x width x "
                               "1, 3 or 4 channels.")

    head = source.read(0, 10)
    if head[:6] != b"\x93NUMPY" or head[6] not in (1, 2, 3):
        raise bad("it does not start like versions 1 to 3 of the format")
    length, begin = (struct.unpack_from("<H", head, 8)[0], 10) if head[6] == 1 else (
        struct.unpack("<I", source.read(8, 4))[0], 12)
    if length > 65536:
        raise bad(f"its header has {length} bytes")
    text = source.read(begin, length).decode("latin-1")
    header = _NPY_HEADER.fullmatch(text) and dict(_NPY_FIELD.findall(text))
    if (not header or set(header) != {"descr", "fortran_order", "shape"} or header["descr"][0] not in "'\""
            or header["fortran_order"] not in ("True", "False") or header["shape"][0] != "("):
        raise bad("its header cannot be read")
    descr, fortran = header["descr"][1:-1], header["fortran_order"] == "True"
    if descr[1:] not in _SAMPLE_BYTES or descr[0] not in "<>|=":
        raise bad(f"numbers of type {_shown(descr)} are not supported")
    numbers = re.findall(r"\d+", header["shape"])
    shape = tuple(int(n) for n in numbers if len(n) < 10)
    while len(shape) > 3 and shape[0] == 1:
        shape = shape[1:]  # a batch of one picture
    if (len(shape) not in (2, 3) or len(numbers) != header["shape"].count(",") + (not re.search(r",\s*\)", header["shape"]))
            or any(len(n) >= 10 for n in numbers) or not all(0 < n <= MAX_SIDE for n in shape)
            or len(shape) == 3 and shape[2] not in (1, 3, 4) and shape[0] not in (1, 3, 4)):
        raise bad(f"its shape is {_line(header['shape'][:60])}")
    dtype, planar = descr[1:], len(shape) == 3 and shape[2] not in (1, 3, 4)
    height, width, channels = (shape[1], shape[2], shape[0]) if planar else (shape + (1,))[:3]
    item = _SAMPLE_BYTES[dtype]
    _check_size(width, height, channels * item)
    data = source.read(begin + length, width * height * channels * item)
    if descr[0] == ">" and item > 1 or descr[0] == "=" and sys.byteorder == "big":
        data = _moved(data, 1, item, list(range(item - 1, -1, -1)))
    axes = (channels, height, width) if planar else (height, width, channels)
    if fortran:
        data = _first_axis_last(data, item, axes)
    if planar:
        data = _turned(data, item, channels, width * height)
    return Picture(width, height, channels, data, dtype)


def _turned(data, item, rows, columns):
    """Transposes a matrix of items."""
    out = bytearray(len(data))
    for row in range(rows):
        for byte in range(item):
            out[row * item + byte::rows * item] = data[row * columns * item + byte:(row + 1) * columns * item:item]
    return bytes(out)


def _first_axis_last(data, item, axes):
    """Converts an array from Fortran order to C order."""
    a, b, c = axes
    planes = [data[k * a * b * item:(k + 1) * a * b * item] for k in range(c)]
    return _turned(b"".join(_turned(plane, item, b, a) for plane in planes), item, c, a * b)


# Choosing

def _decode_datastream(source):
    marker = source.read(0, 4)
    if marker == b"\0\0\0\0":
        raise Error(BAD_DATA, "The segment holds a null image: its writer has not put a picture there yet. Read again later.")
    return _decode_png(source, 4)


_DECODERS = {"datastream": _decode_datastream, "rawsize": _decode_rawsize, "bmp": _decode_bmp, "png": _decode_png,
             "jpeg": _decode_jpeg, "npy": _decode_npy, "live": lambda source: _decode_live(source)}


def _detect(source):
    if source.size == 0:
        raise Error(BAD_DATA, "The segment is empty: its writer has not put a picture there yet. Read again later.")
    head = _head(source, 16)
    if head[:8] in (_LIVE, _LIVE[::-1]):
        return "live"
    if head[4:12] == _PNG and head[:4] != b"\0\0\0\0":
        return "datastream"
    if head[:8] == _PNG:
        return "png"
    if head[:6] == b"\x93NUMPY":
        return "npy"
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if _bmp_begin(source) is not None:
        return "bmp"
    if _is_rawsize(source):
        return "rawsize"
    if not any(head):
        raise Error(BAD_DATA, f"The segment ({source.size} bytes) starts with zeros: its writer has not put a picture there "
                              "yet, or the picture has no header. Read again later, or give its layout.")
    raise Error(BAD_DATA, f"The segment ({source.size} bytes, starts with {head.hex()}) does not hold a picture in a known "
                          "format. Give its protocol, or layout='WxH:FORMAT' if it has no header.")


def _check_protocol(protocol):
    if not isinstance(protocol, str) or protocol not in PROTOCOLS + ("auto",):
        raise Error(USAGE, f"Unknown protocol {_shown(protocol)}. Use one of {', '.join(PROTOCOLS)}.")


def _check_layout(layout):
    if layout is not None and not isinstance(layout, (str, Layout)):
        raise Error(USAGE, f"{_shown(layout)} is not a layout. Write WxH:FORMAT, such as 640x480:bgr8.")


def _decode_source(source, protocol, layout):
    _check_protocol(protocol)
    _check_layout(layout)
    if protocol == "pixels" or protocol == "auto" and layout:
        if not layout:
            raise Error(USAGE, "Pixels without a header can only be read with their layout. Give layout='640x480:bgr8', for "
                               "example.")
        layout = layout if isinstance(layout, Layout) else Layout.parse(layout)
        return _decode_pixels(source, layout), "pixels"
    if layout:
        raise Error(USAGE, f"A layout is for the protocol pixels, not for {protocol}. Leave out one of them.")
    protocol = _detect(source) if protocol == "auto" else protocol
    return _DECODERS[protocol](source), protocol


@_told
def decode(data, protocol="auto", layout=None):
    """Returns the Picture encoded in the given bytes, such as the contents of a file."""
    return _decode_source(_Bytes(data), protocol, layout)[0]


@_told
def encode(picture, protocol="datastream", layout=None):
    """Encodes a Picture in a protocol and returns the bytes."""
    _check_protocol(protocol)
    _check_layout(layout)
    picture = Picture.of(picture)
    if layout and protocol != "pixels":
        raise Error(USAGE, f"A layout is for the protocol pixels, not for {protocol}. Leave out one of them.")
    if protocol == "pixels":
        return _encode_pixels(picture, _layout_for(picture, layout))
    if protocol == "datastream":
        return b"\0\0\0\1" + _encode_png(picture)
    encoders = {"rawsize": _encode_rawsize, "bmp": _encode_bmp, "png": _encode_png, "jpeg": _encode_jpeg, "npy": _encode_npy}
    if protocol == "live":
        raise Error(USAGE, "Live frames exist in shared memory only. Use LiveWriter or Segment.write().")
    if protocol not in encoders:
        raise Error(USAGE, f"The protocol {protocol} cannot write a picture. Use one of {', '.join(PROTOCOLS)}.")
    return encoders[protocol](picture)


# ------------------------------------------------------------------------------------------------------- keys

_ON_LINUX = sys.platform.startswith("linux")
_SHM_FOLDER = "/dev/shm"


class _Address:
    """A parsed key: .scheme is posix, windows, systemv, qt or file, and .name is the name in that scheme."""

    def __init__(self, text):
        if not isinstance(text, str):
            raise Error(USAGE, f"{_shown(text)} is not a key. Give a name as text, such as 'shmpix'.")
        self.scheme, self.name = "windows" if os.name == "nt" else "posix", text
        match = re.match(r"(posix|windows|systemv|qt|file):", text)
        if match:
            self.scheme, self.name = match[1], text[match.end():].replace("%00", "\0").replace("%25", "%")
        if not self.name:
            raise Error(USAGE, "The key is empty. Give a name, such as shmpix.")
        if "\0" in self.name:
            raise Error(USAGE, "The key contains a NUL character, which no system accepts. Remove it.")
        try:
            os.fsencode(self.name)
        except UnicodeEncodeError:
            raise Error(USAGE, f"The key {_shown(self.name)} contains characters that names on this system cannot have. "
                               "Remove them.") from None
        if self.scheme == "qt" and not self.name.isprintable() and any("\ud800" <= c <= "\udfff" for c in self.name):
            raise Error(USAGE, f"The key {_shown(self.name)} contains characters that no Qt string can have. Remove them.")
        if self.scheme == "posix":
            self._check_posix()
        elif self.scheme in ("file", "systemv"):
            if not os.path.isabs(self.name) or self.name.endswith("/"):
                raise Error(USAGE, f"{_shown(self.name)} is not the full path of a file. Write {self.scheme}:/full/path.")
            self.name = os.path.normpath(self.name)
        if (self.scheme == "windows") != (os.name == "nt") or self.scheme in ("qt", "systemv") and not _ON_LINUX:
            raise Error(USAGE, f"This system does not support {self.scheme}: keys. Give a plain name.")

    def _check_posix(self):
        self.name = self.name[1:] if self.name.startswith("/") else self.name
        if self.name in ("", ".", ".."):
            raise Error(USAGE, f"{self.name!r} cannot be a key. Give a name, such as shmpix.")
        if "/" in self.name:
            raise Error(USAGE, f"The key {_shown(self.name)} contains a slash, which is not allowed in the name of shared "
                               "memory. Remove it, or write file:/path for a mapped file.")
        if len(os.fsencode(self.name)) > 255:
            raise Error(USAGE, f"The key is {len(os.fsencode(self.name))} bytes long, and the system allows at most 255. "
                               "Choose a shorter key.")

    def __str__(self):
        slash = "/" if self.scheme == "posix" else ""
        return f"{self.scheme}:{slash}" + self.name.replace("%", "%25").replace("\0", "%00")

    @property
    def path(self):
        """The file behind a posix: or file: key."""
        return self.name if self.scheme == "file" else os.path.join(_SHM_FOLDER, self.name)

    @property
    def is_file(self):
        return self.scheme == "file" or self.scheme == "posix" and _ON_LINUX

    def missing(self):
        return Error(NOT_FOUND, f"Nothing is shared under {self}. Share a picture there first, or check the key.")

    def foreign(self, size):
        return Error(NOT_PERMITTED, f"{self} already exists ({size} bytes) and was not created by Shmpix. Replace it "
                                    "(replace=True), or choose another key.")

    def in_use(self, pid):
        return self.in_use_by(_process_name(pid))

    def in_use_by(self, who):
        return Error(NOT_PERMITTED, f"{self} is in use: {who} shares a picture there. Stop sharing in that program, or choose "
                                    "another key.")

    def blocked(self, path):
        """Returns the Error for something in the place of one of our hidden files that prevents sharing."""
        status = _status(path)
        if status is None:
            return Error(NOT_PERMITTED, f"{self} cannot be shared: something else was in the place of {path}, which Shmpix "
                                        "reserves for its own file. Share again.")
        kind = "a folder" if stat.S_ISDIR(status.mode) else "a symbolic link" if stat.S_ISLNK(status.mode) else "a file" \
            if stat.S_ISREG(status.mode) else "a pipe, socket or device"
        if status.uid == os.geteuid():
            return Error(NOT_PERMITTED, f"{self} cannot be shared: {path}, which Shmpix reserves for its own file, is {kind} "
                                        "that belongs to you. Remove it, or choose another key.")
        return Error(NOT_PERMITTED, f"{self} cannot be shared: {path}, which Shmpix reserves for its own file, is {kind} that "
                                    f"belongs to user {_user_name(status.uid)}. Ask that user or an administrator to remove "
                                    "it, or choose another key.")

    def _forbidden(self):
        """Returns the Error for a file that this user may not open."""
        try:
            status = _status(self.path) if self.is_file else None
        except OSError:
            status = None
        if status is None or status.uid == os.geteuid():
            return Error(NOT_PERMITTED, f"You do not have permission to open {self}. Ask its owner for permission, or choose "
                                        "another key.")
        return Error(NOT_PERMITTED, f"{self} belongs to user {_user_name(status.uid)}, who does not let you read it (mode "
                                    f"{status.mode & 0o7777:04o}). Ask that user to share it with --mode 0644, or with "
                                    "--group NAME for one of your groups, or choose another key.")

    def failed(self, error):
        """Returns the Error for an OSError."""
        if error.errno == errno.ENOENT:
            return self.missing()
        if error.errno in _NO_ROOM:
            if error.errno == errno.EFBIG:
                return Error(NO_SPACE, f"There is not enough space for the picture under {self}: it would exceed the limit on "
                                       "file sizes. Raise the limit (ulimit -f), or share a smaller picture.")
            return Error(NO_SPACE, f"There is not enough space for the picture under {self}. Free some space there, or make "
                                   "it larger (in a container: --shm-size).")
        if error.errno in (errno.EACCES, errno.EPERM):
            return self._forbidden()
        if error.errno in (errno.EMFILE, errno.ENFILE):
            return Error(OTHER, f"{self} cannot be opened: too many files are open. Close some, or raise the limit (ulimit "
                                "-n).")
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.ENODEV):
            return Error(NOT_PERMITTED, f"{self} is not a segment. Choose another key, or remove it.")
        if error.errno == errno.ENAMETOOLONG:
            return Error(USAGE, f"The name {str(self)[:60]}... is longer than the system allows. Choose a shorter name.")
        return Error(OTHER, f"{self} cannot be opened: {os.strerror(error.errno or 0)}. Choose another key.")


def _user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, AttributeError):
        return str(uid)


def _process_name(pid):
    try:
        with open(f"/proc/{pid}/comm") as file:
            return f"{file.read().strip()} (process {pid})"
    except OSError:
        return f"process {pid}" if pid else "another program"


# ------------------------------------------------------------------------- POSIX memory on Linux, mapped files
#
# A writer fills a second, hidden file and then gives it the segment's name, so that a reader sees either the old or the
# new picture. The record beside the segment identifies its owner, and is locked while the owner lives. The Shmpix
# programs use the same records.

_C = ctypes.CDLL(None, use_errno=True) if _ON_LINUX else None


class _FileStatus:
    """The status of an open file or of a path, without following links. .id is (device, inode, time of birth), because
    some file systems reuse inode numbers immediately."""

    def __init__(self, target):
        plain = os.fstat(target) if isinstance(target, int) else os.lstat(target)
        self.id = (plain.st_dev, plain.st_ino, 0)
        self.mode, self.uid, self.gid, self.size = plain.st_mode, plain.st_uid, plain.st_gid, plain.st_size
        self.is_own_file = stat.S_ISREG(self.mode) and self.uid == os.geteuid()
        if hasattr(_C, "statx"):
            buffer = ctypes.create_string_buffer(256)
            place = (target, b"", 0x1000) if isinstance(target, int) else (-100, os.fsencode(target), 0x100)
            if _C.statx(place[0], place[1], place[2], 0xfff, buffer) != 0:
                raise OSError(ctypes.get_errno(), "statx")
            mask, inode = struct.unpack_from("=I28xQ", buffer)
            seconds, nanoseconds = struct.unpack_from("=qI", buffer, 80)
            major, minor = struct.unpack_from("=II", buffer, 136)
            self.id = (major << 32 | minor, inode, seconds * 1000000000 + nanoseconds if mask & 0x800 else 0)


def _status(target):
    """Returns the status, or None if there is no such file."""
    try:
        return _FileStatus(target)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        raise


_HIDDEN_NAMES = 9


def _hidden_stems(path):
    """Returns the possible paths of our hidden files beside a segment, without suffix, in the order in which they are
    tried. Another user may have occupied the first one."""
    folder, name = os.path.split(path)
    digest = hashlib.sha1(os.fsencode(name)).hexdigest()[:16]
    first = os.path.join(folder, f".shmpix.{os.geteuid()}.{digest}")
    return [first] + [f"{first}.{number}" for number in range(2, _HIDDEN_NAMES + 1)]


def _is_safe(folder):
    """Returns whether only we can replace our files in the folder. If so, paths that others occupy can be skipped."""
    mode = os.stat(folder).st_mode
    return bool(mode & stat.S_ISVTX) or not mode & (stat.S_IWGRP | stat.S_IWOTH)


def _process_namespace():
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return None


class _Record:
    """The hidden file beside a segment that identifies its owner. It is locked while the owner lives. Only the lock
    shows this, because the process ID may belong to another container."""

    def __init__(self, address):
        self.address, self.stems = address, _hidden_stems(address.path)
        self._may_come_again = address.scheme == "file"
        for _ in range(100):  # owners may come and go meanwhile
            try:
                if self._acquire():
                    return
            except FileNotFoundError:
                raise Error(NOT_FOUND, f"The folder of {address} does not exist. Create it first, or choose another "
                                       "place.") from None
            except OSError as error:
                raise address.failed(error) from None
        raise Error(NOT_PERMITTED, f"{address} cannot be shared: its record {self.stems[0]}.owner is replaced again and "
                                   "again. Quit the programs that share there, or choose another key.")

    def _acquire(self):
        """Locks all our records that dead owners left, or a new one, and keeps the first. Returns False to retry."""
        held = []  # (path, descriptor, files)
        try:
            free, blocked = self._lock_all(held)
            if free is False:
                return False
            if not held:
                if blocked and (free is None or not _is_safe(os.path.dirname(blocked))):
                    raise self.address.blocked(blocked)
                try:
                    os.close(os.open(free, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
                except FileExistsError:
                    return False
                if self._lock_all(held)[0] is False or not held:  # the new one, and any others created meanwhile
                    return False
            self.path, self.fd, _ = held[0]
            self.id = _FileStatus(self.fd).id
            self.write([id_ for _, _, ids in held for id_ in ids])
            for path, fd, _ in held[1:]:
                _unlink_if(path, _FileStatus(fd).id)
            held[:] = [(path, fd, ids) for path, fd, ids in held if fd != self.fd]
            return True
        finally:
            for path, fd, ids in held:
                if not ids:  # lists no files, so nothing is lost
                    _unlink_if(path, _FileStatus(fd).id)
                os.close(fd)

    def _lock_all(self, held):
        """Locks our records. Returns the first free path (False: try again) and the first path that others occupy."""
        free = blocked = None
        for stem in self.stems:
            path = stem + ".owner"
            status = _status(path)
            if status is None:
                free = free or path
            elif not status.is_own_file:
                blocked = blocked or path
            elif not self._lock(path, held):
                return False, blocked
        return free, blocked

    def _lock(self, path, held):
        """Locks a record and returns whether it is ours now. Raises Error if its owner lives."""
        try:
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise Error(NOT_PERMITTED, f"{self.address} cannot be shared: its record {path} cannot be opened "
                                       f"({error.strerror}). Remove it, or choose another key.") from None
        taken = False
        try:
            opened, text = _FileStatus(fd), os.pread(fd, 512, 0)
            if opened.is_own_file:
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise self.address.in_use_by(self._owner_in(text)) from None
                named = _status(path)
                taken = named is not None and named.id == opened.id  # otherwise, its last owner has just removed it
        finally:
            if not taken:
                os.close(fd)
        if taken:
            held.append((path, fd, self._files_in(os.pread(fd, 512, 0))))
        return taken

    @staticmethod
    def _owner_in(text):
        pid = re.match(rb"pid (\d{1,9})\n", text)
        namespace = re.search(rb"^namespace (\d{1,19})$", text, re.MULTILINE)
        if namespace and int(namespace[1]) != _process_namespace():
            return "a program in another container or process namespace"
        return _process_name(int(pid[1]) if pid else 0)

    @staticmethod
    def _files_in(text):
        lines = [line.split(b" ") for line in text.split(b"\n")[1:]]
        return [tuple(map(int, line)) for line in lines if len(line) == 3 and b"".join(line).isdigit()]

    def lists(self, status):
        return status.id in self.ids and not (self._may_come_again and status.id[2] == 0)

    def write(self, ids):
        namespace = _process_namespace()
        text = f"pid {os.getpid()}\n" + (f"namespace {namespace}\n" if namespace else "")
        for id_ in ids:
            line = "%d %d %d\n" % id_
            text += line if len(text) + len(line) <= 512 else ""
        if os.pwrite(self.fd, text.encode().ljust(512, b"\n"), 0) != 512:
            raise OSError(errno.ENOSPC, "record")
        self.ids = list(ids)

    @property
    def is_named(self):
        """Whether nobody has removed or replaced the record."""
        named = _status(self.path)
        return named is not None and named.id == self.id

    def spare(self):
        """Removes unfinished files of dead owners. Creates a hidden file, and returns its path and descriptor."""
        self.remove_leftovers()
        for stem in self.stems:
            path = stem + ".spare"
            try:
                return path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            except FileExistsError:
                if not _is_safe(os.path.dirname(path)):
                    break
        raise self.address.blocked(self.stems[0] + ".spare")

    def remove_leftovers(self):
        """Removes unfinished files of dead owners. If the record was replaced, they may be our successor's."""
        for stem in self.stems if self.is_named else []:
            left = _status(stem + ".spare")
            if left and left.is_own_file:
                _unlink_if(stem + ".spare", left.id)

    def close(self, remove):
        if remove:
            _unlink_if(self.path, self.id)
        os.close(self.fd)


def _unlink(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def _unlink_if(path, id_):
    """Removes the name if it still refers to that file. No system call does both, but programs that respect the record
    create nothing there in between while its lock is held."""
    named = _status(path)
    if named and named.id == id_:
        _unlink(path)


class _Access:
    """The access of other users to a segment: permission bits and a group ID, each None if not given."""

    def __init__(self, mode=None, group=None):
        if mode is not None:
            mode = _whole(mode, "A mode", 0, 0o777)
            if mode & 0o600 != 0o600 or mode & 0o111:
                raise Error(USAGE, f"The mode {mode:04o} is not valid for a segment, which you must be able to read and write "
                                   "and which nobody executes. Use one such as 0644 (in Python 0o644).")
        self.mode, self.group, self.name = mode, None if group is None else self._number(group), group

    @staticmethod
    def _number(group):
        if grp is None:
            raise Error(USAGE, "This system has no groups. Leave out the group.")
        try:
            if isinstance(group, str) and group and "\0" not in group:
                return grp.getgrnam(group).gr_gid
        except (KeyError, UnicodeError):
            pass
        if isinstance(group, str) and re.fullmatch(r"\d{1,9}", group, re.ASCII):
            return int(group)
        if isinstance(group, str):
            raise Error(USAGE, f"There is no group {_shown(group)} on this system. The command id lists your groups.")
        return _whole(group, "A group", 0, (1 << 32) - 2)

    @property
    def bits(self):
        """The permission bits. A group that is given without a mode may read."""
        return self.mode if self.mode is not None else 0o640 if self.group is not None else 0o600

    @property
    def is_given(self):
        return self.mode is not None or self.group is not None

    def give(self, fd, address, like):
        """Sets the access of an open file. like: the status of the replaced file, whose access is kept, or None."""
        mode, group = (like.mode & 0o777 | 0o600, like.gid) if like else (self.bits, self.group)
        if group is not None and os.fstat(fd).st_gid != group:
            try:
                os.fchown(fd, -1, group)
            except OSError as error:
                if like is None:
                    raise Error(NOT_PERMITTED, f"The group of {address} cannot be set to {self.name}: {error.strerror}. Name "
                                               "one of your groups, or leave out the group.") from None
                mode &= ~0o070  # these bits are not meant for another group
        os.fchmod(fd, mode)


def _write_all(fd, data, offset=0):
    """Uses pwrite() instead of a mapping, so that a lack of space is an error and not a signal."""
    view = memoryview(data).cast("B")
    while len(view):
        count = os.pwrite(fd, view[:1 << 24], offset)
        view, offset = view[count:], offset + count


def _reserve(fd, offset, count):
    """Reserves space for a part of a file, without restoring the length of a truncated file. Storing through a mapping
    without reserved space kills the process if the disk is full."""
    _C.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
    while _C.fallocate(fd, 1, offset, count):  # FALLOC_FL_KEEP_SIZE
        failed = ctypes.get_errno()
        if failed == errno.EOPNOTSUPP:
            if os.fstat(fd).st_size >= offset + count:
                os.posix_fallocate(fd, offset, count)  # falls back to writing into each block
            return
        if failed != errno.EINTR:
            raise OSError(failed, "fallocate")


class _FileStore:
    """A named file that this process owns."""

    def __init__(self, address, replace, access):
        self.address, self.replace, self.access = address, replace, access
        self.record = self.fd = self.published = None

    def _named(self):
        """Returns the status of the file with the name, or None. Raises Error if it must not be replaced."""
        status = _status(self.address.path)
        if status is None:
            return None
        if not stat.S_ISREG(status.mode):
            raise self.address.failed(OSError(errno.ENXIO, ""))
        if status.uid != os.geteuid():
            raise Error(NOT_PERMITTED, f"{self.address} belongs to user {_user_name(status.uid)}, and Shmpix does not write "
                                       "to another user's segment. Choose another key.")
        if status.id == self.published or self.record.lists(status) or self.replace:
            return status
        raise self.address.foreign(status.size)

    def put(self, data):
        """Publishes a segment of exactly these bytes."""
        self.make(memoryview(data).nbytes, lambda fd: _write_all(fd, data))

    def create(self, size):
        """Publishes a segment of that many zeros."""
        self.make(size, lambda fd: None)

    def make(self, size, fill, in_parts=False):
        """Publishes a segment of zeros after fill(fd) has written to it. Nobody sees it earlier. in_parts: allocates
        memory only for the parts that fill() writes or reserves."""
        fd = spare = None
        try:
            self._hold_record()
            self._named()
            spare, fd = self.record.spare()
            if hasattr(os, "posix_fallocate") and not in_parts:
                os.posix_fallocate(fd, 0, size)
            else:
                os.ftruncate(fd, size)
            fill(fd)
            self._publish(fd, spare)
        except BaseException as error:
            if fd is not None:
                _unlink_if(spare, _FileStatus(fd).id)
                os.close(fd)
            if self.published is None:
                self._give_up()
            if isinstance(error, OSError):
                raise self.address.failed(error) from None
            raise

    def _hold_record(self):
        """Acquires the record, again if somebody has removed it."""
        if self.record is not None and not self.record.is_named:
            self.record.close(remove=False)
            self.record = None
        if self.record is None:
            self.record = _Record(self.address)

    def _publish(self, fd, spare):
        named, new = self._named(), _FileStatus(fd).id
        asked_for = self.fd is None and self.access.is_given  # only at first: the user may change it later
        self.access.give(fd, self.address, None if asked_for else named or (self.fd is not None and _FileStatus(self.fd)))
        self.record.write([new] + ([named.id] if named else []))
        if named:
            os.rename(spare, self.address.path)
        else:
            try:
                os.link(spare, self.address.path)
            except FileExistsError:
                raise self.address.foreign(0) from None
            os.unlink(spare)
        if self.fd is not None:
            os.close(self.fd)
        self.fd, self.published, self.replace = fd, new, False

    def _give_up(self):
        """Releases the record. Removes it unless it lists the segment that has the name."""
        if self.record is None:
            return
        named = _status(self.address.path)
        record, self.record = self.record, None
        record.close(remove=named is None or not (named.id == self.published or record.lists(named)))

    def close(self, keep):
        try:
            if self.published is not None and not keep:
                _unlink_if(self.address.path, self.published)
            self._give_up()
        except OSError as error:
            raise self.address.failed(error) from None
        finally:
            if self.fd is not None:
                os.close(self.fd)
            self.fd = self.published = None


class _FileSource:
    """Reads with pread(), so that a truncated segment is an error and not a signal."""

    def __init__(self, address, write=False):
        self.address = address
        flags = (os.O_RDWR if write else os.O_RDONLY) | os.O_NONBLOCK | os.O_CLOEXEC | (
            os.O_NOFOLLOW if address.scheme == "posix" or write else 0)
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                self.fd = os.open(address.path, flags)
                break
            except OSError as error:
                if error.errno != errno.EWOULDBLOCK or time.monotonic() > deadline:
                    raise address.failed(error) from None
                time.sleep(0.0001)  # the sender is filling it for the next exchange of names; look the name up again
        status = os.fstat(self.fd)
        self.size = status.st_size
        if not stat.S_ISREG(status.st_mode) or write and status.st_uid != os.geteuid():
            self.close()
            raise address.failed(OSError(errno.ENXIO if not stat.S_ISREG(status.st_mode) else errno.EPERM, ""))

    def read(self, offset, count):
        if offset < 0 or count < 0 or offset + count > self.size:
            raise Error(BAD_DATA, "The segment ends before the picture does. Share the picture again.")
        if count > MAX_BYTES + (1 << 20):
            raise Error(BAD_DATA, f"The picture takes {count} bytes, and the limit is {MAX_BYTES}. Share a smaller picture.")
        parts = []
        while count:
            try:
                part = os.pread(self.fd, min(count, 1 << 30), offset)
            except OSError as error:
                raise self.address.failed(error) from None
            if not part:
                raise Error(BAD_DATA, "The segment was truncated while it was being read. Read it again.")
            parts.append(part)
            offset, count = offset + len(part), count - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self):
        os.close(self.fd)


# ------------------------------------------------------------------------------------- System V memory (Linux)

class _SemOperation(ctypes.Structure):
    _fields_ = [("number", ctypes.c_ushort), ("operation", ctypes.c_short), ("flags", ctypes.c_short)]


class _Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


_IPC_CREAT, _IPC_EXCL, _IPC_RMID, _IPC_SET, _IPC_STAT, _SETVAL, _GETPID = 0o1000, 0o2000, 0, 1, 2, 16, 11
_SEM_UNDO, _SHM_RDONLY = 0x1000, 0o10000

if _ON_LINUX:
    _C.shmat.restype = ctypes.c_void_p
    _C.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
    _C.shmdt.argtypes = [ctypes.c_void_p]
    _C.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
    _C.shmctl.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p]


def _qt_file(kind, key):
    """Returns the key file that Qt derives from a key (makePlatformSafeKey)."""
    letters = "".join(c for c in key if c.isascii() and c.isalpha())
    folder = os.path.normpath(os.environ.get("TMPDIR") or "/tmp")
    return os.path.join(folder, f"qipc_{kind}_{letters}{hashlib.sha1(key.encode()).hexdigest()}")


def _system_v_files(address):
    """Returns the files from which the System V keys of the segment and of the lock are derived."""
    if address.scheme == "qt":
        return _qt_file("sharedmemory", address.name), _qt_file("systemsem", address.name)
    return address.name, address.name


def _ftok(path):
    """Returns ftok(path, 'Q'), or None if there is no such file."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    key = ord("Q") << 24 | (status.st_dev & 0xff) << 16 | status.st_ino & 0xffff
    return key


def _system_v_table(kind):
    """Reads /proc/sysvipc/shm or sem as {id: {column: text}}."""
    with open(f"/proc/sysvipc/{kind}") as file:
        names = file.readline().split()
        rows = [dict(zip(names, line.split())) for line in file]
    return {int(row["shmid" if kind == "shm" else "semid"]): row for row in rows}


def _ran_already(pid, since):
    """Returns whether the process lives and lived at that time (seconds since 1970), or True if this is unknown."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            ticks = float(file.read().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return not os.path.exists("/proc/self/stat")
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return boot + ticks / os.sysconf("SC_CLK_TCK") <= since + 2


class _Lock:
    """Holds the lock of QSharedMemory::lock(), if there is one: a semaphore that is released when its holder dies."""

    def __init__(self, path):
        self.path, self.semaphore = path, -1
        deadline = time.monotonic() + LOCK_SECONDS
        while self._exists():
            operation = _SemOperation(0, -1, _SEM_UNDO)
            left = max(0.0, deadline - time.monotonic())
            wait = _Timespec(int(left), int(left % 1 * 1e9))
            if _C.semtimedop(self.semaphore, ctypes.byref(operation), ctypes.c_size_t(1), ctypes.byref(wait)) == 0:
                return
            failed = ctypes.get_errno()
            if failed == errno.EAGAIN:
                row = _system_v_table("sem").get(self.semaphore)
                if row and row["otime"] == "0" and _C.semctl(self.semaphore, 0, _SETVAL, 1) == 0:
                    continue  # its creator died before setting its value
                holder = _C.semctl(self.semaphore, 0, _GETPID)
                self.semaphore = -1
                raise Error(TIMED_OUT, f"{_process_name(max(0, holder))} holds the segment's lock and does not release it. "
                                       "Wait until it does, or quit that program.")
            if failed not in (errno.EINTR, errno.EIDRM, errno.EINVAL):
                self.semaphore = -1
                raise Error(NOT_PERMITTED if failed == errno.EACCES else OTHER,
                            f"The segment's lock cannot be acquired: {os.strerror(failed)}. Ask its owner to give you access "
                            "to it.")

    def _exists(self):
        key = _ftok(self.path)
        self.semaphore = -1 if key is None else _C.semget(key, 1, 0)
        return self.semaphore != -1

    @staticmethod
    def make(path):
        """Creates the lock, unlocked, and returns its ID, or None if it exists or cannot be created."""
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o640))
        except OSError:
            return None
        key = _ftok(path)
        semaphore = -1 if key is None else _C.semget(key, 1, _IPC_CREAT | _IPC_EXCL | 0o600)
        return semaphore if semaphore != -1 and _C.semctl(semaphore, 0, _SETVAL, 1) == 0 else None

    def remove(self):
        if self.semaphore != -1:
            _C.semctl(self.semaphore, 0, _IPC_RMID)
            self.semaphore = -1
            _unlink(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.semaphore != -1:
            operation = _SemOperation(0, 1, _SEM_UNDO)
            _C.semop(self.semaphore, ctypes.byref(operation), ctypes.c_size_t(1))
            self.semaphore = -1


class _SystemVSource:
    """Attaches the segment read-only, and holds its lock until close()."""

    def __init__(self, address):
        segment, semaphore = _system_v_files(address)
        self.memory, self.lock = None, _Lock(semaphore)
        try:
            key = _ftok(segment)
            id_ = -1 if key is None else _C.shmget(key, 0, 0)
            if id_ == -1:
                raise address.missing() if key is None else address.failed(OSError(ctypes.get_errno(), ""))
            memory = _C.shmat(id_, None, _SHM_RDONLY)
            if memory is None or memory == ctypes.c_void_p(-1).value:
                raise address.failed(OSError(ctypes.get_errno(), ""))
            self.memory = memory
            row = _system_v_table("shm").get(id_)  # still there, because it is attached
            if row is None:
                raise address.missing()
            self.size = int(row["size"])
        except BaseException:
            self.close()
            raise

    def read(self, offset, count):
        if offset < 0 or count < 0 or offset + count > self.size:
            raise Error(BAD_DATA, "The segment ends before the picture does. Share the picture again.")
        return ctypes.string_at(self.memory + offset, count)

    def close(self):
        if self.memory is not None:
            _C.shmdt(self.memory)
            self.memory = None
        self.lock.__exit__()


def _semaphore_control(id_, command, argument):
    return _C.semctl(id_, 0, command, argument)


def _set_access(control, id_, bits, group):
    """Sets the permission bits and the group of a segment or a semaphore, and returns whether it has them now. Both
    structures begin with key, uid, gid, cuid, cgid, mode."""
    status = ctypes.create_string_buffer(256)
    if control(id_, _IPC_STAT, status) != 0:
        return False
    now = struct.unpack_from("=I", status, 8)[0], struct.unpack_from("=H", status, 20)[0]
    wanted = now[0] if group is None else group, now[1] & ~0o777 | bits
    struct.pack_into("=I", status, 8, wanted[0])
    struct.pack_into("=H", status, 20, wanted[1])
    return now == wanted or control(id_, _IPC_SET, status) == 0


class _SystemVStore:
    """A System V segment that this process owns. It is filled in place under the lock; the first bytes, by which
    readers recognise the protocol, are written last."""

    def __init__(self, address, replace, access):
        self.address, self.id, self.memory, self.size, self.made_lock = address, None, None, 0, None
        self.access, self.bits, self.group = access, access.bits, access.group
        self.segment_file, self.semaphore_file = _system_v_files(address)

    def create(self, size):
        self._fill(size, b"\0" * min(size, 1 << 30))

    def put(self, data):
        self._fill(memoryview(data).nbytes, data)

    def _fill(self, size, data):
        self._check_key_file()
        if self.address.scheme == "qt":
            self.made_lock = _Lock.make(self.semaphore_file) or self.made_lock
        with _Lock(self.semaphore_file):
            key = _ftok(self.segment_file)
            if self.id is None or key is None or _C.shmget(key, 0, 0) != self.id or self.size != size:
                self._keep_access()
                self._remove()
                self._make(size)
                self._share_lock()
            view = memoryview(data).cast("B")
            ctypes.memset(self.memory, 0xff, min(16, size))  # no protocol begins like this
            for at in list(range(16, size, 1 << 24)):
                part = bytes(view[at:at + (1 << 24)])
                ctypes.memmove(self.memory + at, part, len(part))
            ctypes.memmove(self.memory, bytes(view[:16]), min(16, size))

    def _check_key_file(self):
        try:
            fd = os.open(self.segment_file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o640)
        except OSError as error:
            if error.errno == errno.ENOENT:
                raise Error(NOT_FOUND, f"The key file {self.segment_file} cannot be created: its folder does not exist. "
                                       "Choose another place.") from None
            raise self.address.failed(error) from None
        status = os.fstat(fd)
        os.close(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_size:
            raise Error(NOT_PERMITTED, f"The key file {self.segment_file} would be deleted when sharing ends, but it is not "
                                       "an empty file that belongs to you. Choose another key.")

    def _keep_access(self):
        """Keeps the access that the user has granted since the segment was created."""
        row = _system_v_table("shm").get(self.id)
        if row:
            self.bits, self.group = int(row["perms"], 8) & 0o777 | 0o600, int(row["gid"])

    def _share_lock(self):
        """Lets everybody who may read the segment take the lock."""
        key = _ftok(self.semaphore_file)
        semaphore = -1 if key is None else _C.semget(key, 1, 0)
        row = _system_v_table("sem").get(semaphore)
        wanted = sum(6 << shift for shift in (0, 3) if self.bits >> shift & 4)
        if row and int(row["uid"]) == os.geteuid():
            _set_access(_semaphore_control, semaphore, int(row["perms"], 8) & 0o777 | wanted, self.group)

    def clear_name(self):
        """Removes a segment of a dead creator, and returns whether there was one. Raises Error for any other one."""
        key = _ftok(self.segment_file)
        id_ = -1 if key is None else _C.shmget(key, 0, 0)
        row = _system_v_table("shm").get(id_)
        if row is None:
            return False
        if int(row["uid"]) != os.geteuid():
            raise Error(NOT_PERMITTED, f"{self.address} belongs to user {row['uid']}, and Shmpix does not write to another "
                                       "user's segment. Choose another key.")
        # A creator in another process namespace has the ID 0; only its mapping shows whether it lives.
        maker = int(row["cpid"])
        if maker == 0 and int(row["nattch"]):
            raise self.address.in_use_by("a program in another container or process namespace")
        if maker not in (0, os.getpid()) and _ran_already(maker, int(row["ctime"])):
            raise self.address.in_use(maker)
        _C.shmctl(id_, _IPC_RMID, None)
        return True

    def _make(self, size):
        self._check_key_file()  # creates it
        self.clear_name()
        id_ = _C.shmget(_ftok(self.segment_file), size, _IPC_CREAT | _IPC_EXCL | self.bits)
        if id_ == -1:
            raise self.address.failed(OSError(ctypes.get_errno(), ""))
        if self.group is not None and not _set_access(_C.shmctl, id_, self.bits, self.group):
            _C.shmctl(id_, _IPC_RMID, None)
            raise Error(NOT_PERMITTED, f"The group of {self.address} cannot be set to {self.access.name or self.group}. Name "
                                       "one of your groups, or leave out the group.")
        memory = _C.shmat(id_, None, 0)
        if memory is None or memory == ctypes.c_void_p(-1).value:
            failed = ctypes.get_errno()
            _C.shmctl(id_, _IPC_RMID, None)
            raise self.address.failed(OSError(failed, ""))
        self.id, self.memory, self.size = id_, memory, size

    def _remove(self, keep=False):
        if self.memory is not None:
            _C.shmdt(self.memory)
            if not keep:
                _C.shmctl(self.id, _IPC_RMID, None)
        self.id = self.memory = None

    def close(self, keep):
        if self.memory is None or keep:
            self._remove(keep=True)
            return
        try:
            lock = _Lock(self.semaphore_file)
        except Error:
            lock = None  # a program that never releases it must not block us
        key = _ftok(self.segment_file)
        ours = key is not None and _C.shmget(key, 0, 0) == self.id
        free = ours or key is None or _C.shmget(key, 0, 0) == -1  # otherwise a successor uses the key and the lock
        self._remove()
        if ours:
            _unlink(self.segment_file)
        if lock and self.semaphore_file != self.segment_file and (ours or free and lock.semaphore == self.made_lock):
            lock.remove()
        elif lock:
            lock.__exit__()


# --------------------------------------------------------------------------- Windows, and POSIX memory elsewhere

def _open_mapping(address, size=0, mode=0o600):
    """Opens named memory on Windows, or with shm_open() where it is not a file. With a size, creates it."""
    if address.scheme == "windows":
        if size:
            return mmap.mmap(-1, size, tagname=address.name)
        from multiprocessing import shared_memory  # has no resource tracker on Windows
        memory = shared_memory.SharedMemory(address.name)
        copy = bytes(memory.buf)
        memory.close()
        return copy
    import _posixshmem
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL if size else os.O_RDONLY
    fd = _posixshmem.shm_open("/" + address.name, flags, mode=mode)
    try:
        if size:
            os.ftruncate(fd, size)
        return mmap.mmap(fd, size or os.fstat(fd).st_size, access=mmap.ACCESS_WRITE if size else mmap.ACCESS_READ)
    finally:
        os.close(fd)


class _MappingStore:
    def __init__(self, address, replace, access):
        self.address, self.replace, self.map, self.size, self.access = address, replace, None, 0, access
        if access.group is not None or access.mode is not None and address.scheme == "windows":
            raise Error(USAGE, f"This system does not support a mode or a group for {address}. Leave out the mode and the "
                               "group.")

    def create(self, size):
        if self.map is None or self.size < size:
            self.close(keep=False)
            if self.replace and self.address.scheme == "posix":
                self._unlink()
            try:
                self.map, self.size = _open_mapping(self.address, size, self.access.bits), size
            except FileExistsError:
                raise self.address.foreign(0) from None
            except OSError as error:
                raise self.address.failed(error) from None

    def put(self, data):
        size = memoryview(data).nbytes
        self.create(size)
        self.map[:min(16, size)] = b"\xff" * min(16, size)
        self.map[16:size] = data[16:]
        self.map[:min(16, size)] = bytes(data[:16])

    def _unlink(self):
        import _posixshmem
        try:
            _posixshmem.shm_unlink("/" + self.address.name)
        except FileNotFoundError:
            pass

    def close(self, keep):
        if self.map is not None:
            self.map.close()
            self.map = None
            if not keep and self.address.scheme == "posix":
                self._unlink()


def _source(key):
    address = key if isinstance(key, _Address) else _Address(key)
    if address.is_file:
        return _FileSource(address)
    if address.scheme in ("qt", "systemv"):
        return _SystemVSource(address)
    try:
        return _Bytes(_open_mapping(address))
    except OSError as error:
        raise address.failed(error) from None


# ------------------------------------------------------------------------------------------ writing and reading

class Segment:
    """A named shared memory segment that this program creates, replaces and finally removes: at the end of a `with`
    block, in close(), or when Python exits. keep=True leaves it in place. replace=True also replaces a segment that
    another program created. A segment that a running Shmpix program shares is never replaced; one that a killed Shmpix
    program left behind is taken over.

    mode=0o644 lets everybody read the segment, and group="NAME" lets that group read it (mode 0o640); by default, only
    your own user can. If you change the access later with chmod or chgrp, the change is kept.

    A program that attaches sees either the old picture or the new one; under qt:, if it takes QSharedMemory's lock."""

    @_told
    def __init__(self, key, replace=False, keep=False, mode=None, group=None):
        self.address, self.keep, self._pid, access = _Address(key), keep, os.getpid(), _Access(mode, group)
        kind = (_FileStore if self.address.is_file else
                _SystemVStore if self.address.scheme in ("qt", "systemv") else _MappingStore)
        self._store, self._live = kind(self.address, replace, access), None
        self.layout = ""
        """The layout of the picture that was last written with the protocol pixels, which its readers need."""
        _open_segments.append(self)

    @_told
    def create(self, size):
        """Creates the segment with size bytes, all zero, to be filled by load() or by another program."""
        self._store.create(_whole(size, "The size of a segment", 1, MAX_BYTES * 2))
        return self

    @_told
    def write(self, picture, protocol="datastream", layout=None, order="rgb"):
        """Shares a picture: a NumPy array, a Pillow image or a Picture. layout is for pixels: a format such as "bgr8"
        (the default), or a complete WxH:FORMAT[,stride=N][,offset=N][,bottom-up]. Returns the number of bytes."""
        _check_protocol(protocol)
        _check_layout(layout)
        if protocol == "live":
            return self._write_live(picture, layout, order)
        picture = Picture.of(picture, order, (2,) if str(layout).split(",")[0].endswith("yuyv") else (1, 3, 4))
        if protocol == "pixels":
            layout = _layout_for(picture, layout)
        data = encode(picture, protocol, layout)
        self._store.put(data)
        self._end_live()
        self.layout = str(layout) if layout else ""
        return memoryview(data).nbytes

    def _write_live(self, picture, layout, order):
        """Publishes a frame in a live stream, which lasts until a picture in another protocol is written."""
        if self._live is None:
            _live_address(self.address)
            self._live = LiveWriter._over(self._store)
        self._live.write(picture, layout=layout, order=order)
        self.layout = ""
        return self._live.bytes

    def _end_live(self):
        if self._live is not None:
            self._live._end()
            self._live = None

    @_told
    def close(self):
        if self in _open_segments:
            _open_segments.remove(self)
            if os.getpid() == self._pid:  # not in a forked child
                self._end_live()
                self._store.close(self.keep)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


_open_segments = []


@atexit.register
def _close_segments():
    for segment in list(_open_segments):
        with contextlib.suppress(Error):  # at exit, nobody can handle an error
            segment.close()


# ------------------------------------------------------------------------------------------- live frames (Linux)
#
# A ring of slots as described in common/live/FORMAT.md, which defines the fields and the order in which they are stored
# and read. An aligned memoryview element takes a single access, and x86 preserves the order of accesses. On other
# processors, let the writer set checksums.

_LIVE = b"ShmpLive"
_HEADER = struct.Struct("<8sHHIIIQQQQ16sQQQQI16xI")
_ENTRY = struct.Struct("<QQIIqQQ16sIIQQI4x")
_TABLE_BYTES, _ENTRY_BYTES, _TEXT_BYTES = 256, 512, 416
_STATE, _WAKE, _NEWEST, _HEARTBEAT = 128 // 4, 132 // 4, 136 // 8, 144 // 8  # indices of 4-byte and 8-byte elements
_NOT_READY, _OPEN, _CLOSED, _MOVED = 0, 1, 2, 3
_WAKES, _BOTTOM_UP, _CHECKED = 1, 1, 2  # one header flag, two entry flags

_FUTEX = {"x86_64": 202, "aarch64": 98, "riscv64": 98, "ppc64le": 221, "loongarch64": 98}.get(
    os.uname().machine) if _ON_LINUX and ctypes.sizeof(ctypes.c_void_p) == 8 else None


class _Ring:
    """The first part of a ring's header, which is checked because it is not trusted."""

    def __init__(self, head, size):
        def bad(why):
            return Error(BAD_DATA, f"The live frames are damaged: {why}. Restart their writer.")

        if head[:8] == _LIVE[::-1]:
            raise bad("they are in big-endian byte order")
        if len(head) < _HEADER.size or head[:8] != _LIVE:
            raise Error(BAD_DATA, "The segment does not hold live frames. Read it with shmpix.read(), or check the key.")
        (_, major, minor, self.table, self.entry_bytes, self.slots, self.capacity, self.data, self.pitch, self.size,
         self.session, self.generation, _, _, _, self.flags, checksum) = _HEADER.unpack(head)
        if major != 1:
            raise Error(BAD_DATA, f"The live frames have version {major}.{minor} of their format, and shmpix.py supports "
                                  "version 1. Use a newer shmpix.py.")
        if zlib.crc32(head[:124]) != checksum:
            raise bad("the checksum of their header is wrong")
        if (self.table < _TABLE_BYTES or self.entry_bytes < _ENTRY_BYTES or self.table % 8 or self.entry_bytes % 8
                or not 3 <= self.slots <= 64 or not 1 <= self.capacity <= min(self.pitch, MAX_BYTES)
                or self.data < self.table + self.slots * self.entry_bytes
                or self.size != self.data + self.slots * self.pitch):
            raise bad("the header contradicts itself")
        if self.size > size:
            raise bad(f"they need {self.size} bytes, but the segment has {size}")

    @staticmethod
    def header(slots, capacity, session, generation):
        """Returns bytes 0 to 127 of a new ring."""
        data, pitch = _TABLE_BYTES + slots * _ENTRY_BYTES, -(-capacity // 64) * 64
        try:
            with open("/proc/self/stat") as file:
                started = int(file.read().rpartition(")")[2].split()[19])
        except (OSError, ValueError, IndexError):
            started = 0
        head = _HEADER.pack(_LIVE, 1, 0, _TABLE_BYTES, _ENTRY_BYTES, slots, capacity, data, pitch, data + slots * pitch,
                            session, generation, os.getpid(), started, time.time_ns(), _WAKES if _FUTEX else 0, 0)
        return head[:124] + struct.pack("<I", zlib.crc32(head[:124]))

    def entry(self, serial):
        """Returns the offset of that frame's entry."""
        return self.table + (serial - 1) % self.slots * self.entry_bytes

    def pixels(self, serial):
        return self.data + (serial - 1) % self.slots * self.pitch


class Frame:
    """One frame from a LiveReader. Unless it was read with copy=False, its pixels do not change while you hold them.

    .layout                the layout of the pixels as they were sent
    .number                the number given by the source; gaps mean that the source skipped frames
    .serial                counts the frames that the writer published
    .captured, .published  times in nanoseconds of time.monotonic_ns(), or 0 if unknown
    .latency               seconds from publishing to reading, or None
    .text                  a line of text for people
    .session               identifies the writer's session (bytes)
    .data                  the bytes of the frame"""

    def __init__(self, ring, serial, entry, order):
        (_, self.number, width, height, stride, offset, self.bytes, name, flags, self._checksum, self.captured,
         self.published, text) = _ENTRY.unpack_from(entry)
        self.serial, self.session, self.order, self.data, self._pixels = serial, ring.session, order, None, None
        name = name.rstrip(b"\0").decode("ascii", "replace")
        if not 1 <= self.bytes <= ring.capacity or text > _TEXT_BYTES or name not in FORMATS:
            raise Error(BAD_DATA, f"A frame of the format {name!r} with {self.bytes} bytes is not valid. Restart its writer.")
        self.layout = Layout(width, height, name, stride, offset, bool(flags & _BOTTOM_UP))
        self.layout.extent(self.bytes)
        self.checked = bool(flags & _CHECKED)
        self.text = entry[96:96 + text].decode("utf-8", "replace")

    def _take(self, data, origin=None):
        self.data, self._origin = data, origin
        now = time.monotonic_ns()
        self.latency = (now - self.published) / 1e9 if 0 < self.published <= now else None
        return self

    @property
    def whole(self):
        """Whether a frame that was read with copy=False is still unchanged."""
        if self._origin is None:
            return True
        memory, at = self._origin
        return not self.damaged and memory.longs[at // 8] == 2 * self.serial and not memory.cut

    @property
    def damaged(self):
        """Whether the frame does not match the writer's checksum."""
        return self.checked and zlib.crc32(self.data) != self._checksum

    @property
    @_told
    def pixels(self):
        """A NumPy array as from shmpix.read(), with the reader's order of channels, or a Picture if NumPy is not
        installed. No bytes are copied if the frame was sent in that order."""
        if self._pixels is None:
            self._pixels = self.picture() if numpy is None else self._array()
        return self._pixels

    @_told
    def picture(self):
        """Returns the frame as a Picture."""
        return _decode_pixels(_Bytes(self.data), self.layout)

    def _array(self):
        channels = FORMATS[self.layout.format][0]
        array = _array_on(self.data, self.layout)
        if self.layout.bottom_up:
            array = array[::-1]
        if self.layout.format[3:4] == "x":
            array, channels = array[:, :, :3], 3
        if channels > 2 and (self.order == "bgr") != self.layout.format.startswith("bgr"):
            swapped = numpy.empty(array.shape, array.dtype)
            _copy_swapped(swapped, array)
            return swapped
        usual = array.strides[0] > 0 and (channels == 1 or array.strides[1] == channels * array.itemsize)
        return array if usual else numpy.ascontiguousarray(array)

    def __repr__(self):
        return f"<Frame {self.serial}: {self.layout}, number {self.number}>"


def _copy_swapped(to, of):
    """Copies pixels, converting between R, G, B, A and B, G, R, A."""
    for channel, other in enumerate([2, 1, 0, 3][:of.shape[2]]):
        to[:, :, channel] = of[:, :, other]


def _array_on(buffer, layout):
    """Returns the pixels in the buffer as an array of shape (rows, columns) or (rows, columns, channels)."""
    dtype = numpy.dtype(FORMATS[layout.format][1].replace("b1", "?")).newbyteorder("<")
    rows, columns, channels = layout.shape
    strides = (layout.stride or layout.row_bytes, channels * dtype.itemsize, dtype.itemsize)
    dimensions = 2 if channels == 1 else 3
    return numpy.ndarray((rows, columns, channels)[:dimensions], dtype, buffer, layout.offset, strides[:dimensions])


# Other programs can truncate the mapped file at any time, and touching the missing part raises SIGBUS. The handler here
# maps zeros in its place and notes it, and the copy continues. This is three times as fast as pread(), which needs no
# handler.

class _SignalAction(ctypes.Structure):
    _fields_ = [("handler", ctypes.c_void_p), ("mask", ctypes.c_ubyte * 128), ("flags", ctypes.c_int),
                ("restorer", ctypes.c_void_p)]


class _Guard:
    """The SIGBUS handler, installed once per process with the first mapping. Leaves SIGBUS elsewhere to the old one."""

    def __init__(self):
        self.spans = {}  # first address -> [one past the last, whether something was cut off]
        self._old, new = _SignalAction(), _SignalAction()
        _C.mmap.restype = ctypes.c_void_p
        _C.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
        _C.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        self._callback = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(self._handle)
        new.handler, new.flags = ctypes.cast(self._callback, ctypes.c_void_p), 4  # SA_SIGINFO
        _C.sigaction(signal.SIGBUS, ctypes.byref(new), ctypes.byref(self._old))

    def _handle(self, _, info, __):
        at = ctypes.c_size_t.from_address(info + 2 * ctypes.sizeof(ctypes.c_size_t)).value
        for first, span in list(self.spans.items()):
            if first <= at < span[0]:
                span[1] = True
                page = at - at % mmap.PAGESIZE
                _C.mmap(page, span[0] - page, mmap.PROT_READ | mmap.PROT_WRITE,
                        mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x10, -1, 0)  # MAP_FIXED
                return
        _C.sigaction(signal.SIGBUS, ctypes.byref(self._old), None)  # raised again at once, for the old handler

    def unmap(self, first, size):
        del self.spans[first]
        _C.munmap(first, size)


_guard = []


class _Mapping:
    """A file that stays mapped into memory as long as a view of it exists."""

    def __init__(self, fd, size, write):
        if not _guard:
            _guard.append(_Guard())
        access = mmap.PROT_READ | mmap.PROT_WRITE if write else mmap.PROT_READ
        self.address = _C.mmap(None, size, access, mmap.MAP_SHARED, fd, 0)
        if self.address in (None, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), "mmap")
        self._span = _guard[0].spans[self.address] = [self.address + size, False]
        memory = (ctypes.c_ubyte * size).from_address(self.address)
        weakref.finalize(memory, _guard[0].unmap, self.address, size).atexit = False
        view = memoryview(memory).cast("B")
        self.bytes = view if write else view.toreadonly()
        self.words, self.longs = self.bytes[:_TABLE_BYTES].cast("I"), self.bytes[:size // 8 * 8].cast("Q")

    @property
    def cut(self):
        return self._span[1]

    def wake(self):
        """Wakes the readers after the state or the frames have changed."""
        self.words[_WAKE] = self.words[_WAKE] + 1 & 0xffffffff
        if _FUTEX:
            _C.syscall(ctypes.c_long(_FUTEX), ctypes.c_void_p(self.address + 4 * _WAKE), 1, 0x7fffffff, None, None, 0)

    def wait(self, word, seconds):
        """Waits until the wake word differs from word, but for no longer than that time."""
        if word is not None and _FUTEX:
            limit = _Timespec(int(seconds), int(seconds % 1 * 1e9))
            _C.syscall(ctypes.c_long(_FUTEX), ctypes.c_void_p(self.address + 4 * _WAKE), 0, ctypes.c_uint(word),
                       ctypes.byref(limit), None, 0)
        else:
            time.sleep(seconds)


def _copy(to, of):
    """Copies bytes, without the interpreter's lock if NumPy is installed. Touches every page of the next two megabytes
    before copying them: the processor handles many pages at once, which makes it a quarter faster."""
    if numpy is None:
        to[:] = of
        return
    to, of = numpy.frombuffer(to, numpy.uint8), numpy.frombuffer(of, numpy.uint8)
    for at in range(0, len(to), 1 << 21):
        parts = to[at:at + (1 << 21)], of[at:at + (1 << 21)]
        for part in parts:
            part[::mmap.PAGESIZE].max()
        numpy.copyto(*parts)


def _live_address(key):
    address = key if isinstance(key, _Address) else _Address(key)
    if not address.is_file or not _ON_LINUX or sys.byteorder != "little":
        raise Error(USAGE, f"Live frames cannot be shared under {address}. On Linux, use a plain name, posix: or file:.")
    return address


class LiveWriter:
    """Shares live frames. Readers see only complete frames, and the writer and its readers never wait for each other.

        with shmpix.LiveWriter("camera") as writer:
            writer.write(array, order="bgr")             # an array in OpenCV's order of channels: one copy
            view = writer.begin((1080, 1920, 3))         # or fill the next frame in place: no copy
            view[:] = 0
            writer.publish(text="black")

    Size and type may change with each frame. slots: 3 to 64. checksums: lets readers detect damaged frames, at the cost
    of a second pass over the bytes. capacity: the size of the largest frame in bytes, if known. replace, keep, mode and
    group are the same as for Segment. Write from one thread only, and do not keep a view after publish(). While the
    memory is mapped, it needs its SIGBUS handler: do not call faulthandler.enable() later."""

    @_told
    def __init__(self, key, slots=4, checksums=False, capacity=0, replace=False, keep=False, mode=None,
                 group=None):
        self._init(_FileStore(_live_address(key), replace, _Access(mode, group)), slots, checksums, keep)
        _open_segments.append(self)
        try:
            capacity = _whole(capacity, "The capacity of a frame", 0, MAX_BYTES)
            if capacity:
                self._move(capacity)
        except BaseException:
            self.close()
            raise

    def _init(self, store, slots=4, checksums=False, keep=False):
        slots = _whole(slots, "The number of slots", 3, 64)
        self.address, self.slots, self.checksums, self.keep = store.address, slots, checksums, keep
        self.number, self.bytes = 0, 0
        """The number and the size in bytes of the last published frame."""
        self._store, self._pid, self._session, self._generation, self._serial = store, os.getpid(), os.urandom(16), 0, 0
        self._ring = self._memory = self._begun = None
        self._unnamed, self._lock, self._ended = False, threading.RLock(), threading.Event()
        return self

    @classmethod
    def _over(cls, store):
        """Creates a writer for a store that the caller closes."""
        return cls.__new__(cls)._init(store)

    @_told
    def write(self, picture, number=None, captured=0, text="", layout=None, order="rgb"):
        """Publishes a frame: anything that Segment.write() accepts. An array is sent as it is, and order gives the
        order of its channels. With a layout such as "nv12" or "1920x1080:bgr8,stride=6144", the frame is sent in that
        form. number: the number given by the source; by default, frames are counted from 1. captured:
        time.monotonic_ns() when the frame was captured. text: one line for people, at most 416 bytes."""
        self._check_entry(number, captured)
        data, layout = self._plain(picture, layout, order)
        while True:
            target = self._place(layout, layout.extent()[1])
            if isinstance(data, (bytes, bytearray)):
                _copy(target, data)
            elif order == "rgb" or data.ndim == 2 or layout.format.startswith("bgr"):
                if data.flags.c_contiguous and data.dtype.isnative:
                    _copy(target, data)
                else:
                    numpy.copyto(_array_on(target, layout), data)
            else:
                _copy_swapped(_array_on(target, layout), data)
            if self._publish(number, captured, text):
                return

    @_told
    def begin(self, shape, dtype="uint8", order="rgb", layout=None):
        """Returns the memory of the next frame, to be filled and then published: an array of that shape, (height,
        width) or (height, width, channels), or of a layout such as "1920x1080:nv12" (with None as the shape). Without
        NumPy, returns a memoryview. The contents are undefined until you fill them."""
        if layout is None:
            _check_order(order)
            layout = self._layout_of_shape(shape, dtype, order)
        layout = layout if isinstance(layout, Layout) else Layout.parse(layout)
        view = self._place(layout, layout.extent()[1])
        if numpy is not None:
            view = _array_on(view, layout)
            try:
                view = view.reshape(shape) if shape is not None else view
            except (TypeError, ValueError):
                raise Error(USAGE, f"The shape {_shown(shape)} does not match the layout {layout}. Leave it out "
                                   "(None).") from None
        self._begun = (layout, view)
        return view

    @staticmethod
    def _layout_of_shape(shape, dtype, order):
        try:
            sides = tuple(shape)
            sample = str(dtype) if numpy is None else numpy.dtype(dtype).kind + str(numpy.dtype(dtype).itemsize)
        except (TypeError, ValueError):
            sides, sample = (), ""
        sides = tuple(_whole(side, "A side of a frame") for side in sides)
        height, width, channels = (sides + (1,))[:3] if len(sides) in (2, 3) else (0, 0, 0)
        name = _format_of({"uint8": "u1"}.get(sample, sample), channels, order)
        if name is None:
            raise Error(USAGE, f"A frame cannot have the shape {_shown(shape)} of {_shown(dtype)} in the order {order}. Give "
                               "height, width and 1, 3 or 4 channels.")
        return Layout(width, height, name)

    @_told
    def publish(self, number=None, captured=0, text=""):
        """Publishes the frame that begin() returned. Returns False if the frame is lost because another program
        truncated the segment in the meantime; the next begin() creates the segment again."""
        if self._begun is None:
            raise Error(USAGE, "No frame was begun. Call begin() and fill the view that it returns.")
        self._check_entry(number, captured)
        view = self._begun[1]
        if numpy is not None:
            view.setflags(write=False)
        return self._publish(number, captured, text)

    @staticmethod
    def _check_entry(number, captured):
        if number is not None:
            _whole(number, "A frame's number", -(1 << 1000), 1 << 1000)  # only the low 64 bits are used
        _whole(captured, "The time when a frame was captured", 0, (1 << 64) - 1)

    @_told
    def close(self):
        """Tells the readers that the stream is closed, and removes the segment unless keep is true."""
        if self in _open_segments:
            _open_segments.remove(self)
            if os.getpid() == self._pid:  # not in a forked child
                self._end()
                self._store.close(self.keep)

    def _end(self):
        """Tells the readers that no more frames will come."""
        self._ended.set()
        with self._lock:
            if self._memory is not None:
                self._memory.words[_STATE] = _CLOSED
                self._memory.wake()
            self._memory = self._begun = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _plain(self, picture, layout, order):
        """Returns an array to be copied as it is, or bytes, and the layout."""
        _check_order(order)
        _check_layout(layout)
        if layout is None and numpy is not None and isinstance(picture, numpy.ndarray):
            array = picture[:, :, 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture
            channels = 1 if array.ndim == 2 else array.shape[2] if array.ndim == 3 else 0
            sample = array.dtype.kind + str(array.dtype.itemsize)
            name = _format_of(sample, channels, order) or (sample != "u1" and _format_of(sample, channels, "rgb"))
            if name:
                return array, Layout(array.shape[1], array.shape[0], name)
        named = str(layout or "").split(":")[-1].split(",")[0]
        picture = Picture.of(picture, order, (2,) if named == "yuyv" else (1, 3, 4))
        name = _format_of(picture.dtype, picture.channels, "rgb")
        layout = _layout_for(picture, Layout(picture.width, picture.height, name) if name and layout is None else layout)
        return _encode_pixels(picture, layout), layout

    def _place(self, layout, count):
        """Marks the next frame's slot as being written, and returns the memory for its bytes."""
        if os.getpid() != self._pid or self._ended.is_set():
            raise Error(USAGE, f"The writer of {self.address} is closed or belongs to another process. Create a new one.")
        _whole(layout.stride, "The stride of a frame", -MAX_BYTES, MAX_BYTES)
        if count > MAX_BYTES:
            raise Error(USAGE, f"A frame of {count} bytes is too large: the limit is {MAX_BYTES}. Share a smaller frame.")
        with self._lock:
            if self._ring is None or count > self._ring.capacity or not self._holds():
                self._move(max(count, self._ring.capacity if self._ring else 0), count)
            serial = self._serial + 1
            self._reserve(serial, count)
            self._memory.longs[self._ring.entry(serial) // 8] = 2 * serial - 1
            self._begun = (layout, None)
            at = self._ring.pixels(serial)
            return self._memory.bytes[at:at + count]

    def _reserve(self, serial, count):
        """Reserves memory for that frame if its slot has less: a single picture takes only what it needs."""
        slot = (serial - 1) % self.slots
        before = self._reserved[slot]
        if count > before:
            try:
                _reserve(self._store.fd, self._ring.pixels(serial) + before, count - before)
            except OSError as error:
                raise self.address.failed(error) from None
            self._reserved[slot] = count

    def _publish(self, number, captured, text):
        """Publishes the frame. Returns False if the segment was truncated in the meantime."""
        (layout, _), self._begun = self._begun, None
        words = str(text).replace("\n", " ").encode("utf-8", "replace")[:_TEXT_BYTES]
        words = words.decode("utf-8", "ignore").encode("utf-8")
        with self._lock:
            memory, ring, serial = self._memory, self._ring, self._serial + 1
            at, begin, count = ring.entry(serial), ring.pixels(serial), layout.extent()[1]
            checksum = zlib.crc32(memory.bytes[begin:begin + count]) if self.checksums else 0
            number = serial if number is None else number
            flags = (_BOTTOM_UP if layout.bottom_up else 0) | (_CHECKED if self.checksums else 0)
            now = time.monotonic_ns()
            memory.bytes[at + 8:at + 96] = _ENTRY.pack(0, number & 0xffffffffffffffff, layout.width, layout.height,
                                                       layout.stride, layout.offset, count, layout.format.encode("ascii"),
                                                       flags, checksum, captured, now, len(words))[8:]
            memory.bytes[at + 96:at + 96 + len(words)] = words
            if memory.cut:
                return False
            memory.longs[at // 8] = 2 * serial
            memory.longs[_HEARTBEAT] = now
            memory.longs[_NEWEST] = serial
            memory.wake()
            self._serial, self.number, self.bytes = serial, number, count
        return True

    def _holds(self):
        """Returns whether the segment is complete and still has its name."""
        status = os.fstat(self._store.fd)
        return not self._unnamed and not self._memory.cut and status.st_nlink > 0 and status.st_size >= self._ring.size

    def _move(self, capacity, count=0):
        """Publishes a new segment of that capacity with the newest frame. Reserves count bytes for the next frame."""
        old, frame = self._memory, None
        if old is not None and self._serial:
            at, begin = self._ring.entry(self._serial), self._ring.pixels(self._serial)
            frame = bytes(old.bytes[at:at + _ENTRY_BYTES]), bytes(old.bytes[begin:begin + self.bytes])
        if old is not None and old.cut:  # the newest frame is lost
            frame, self._session, self._generation, self._serial = None, os.urandom(16), 0, 0
        head = _Ring.header(self.slots, capacity, self._session, self._generation + 1)
        ring = _Ring(head, 1 << 63)

        def fill(fd):
            if count:
                _reserve(fd, ring.pixels(self._serial + 1), count)
            state = struct.pack("<IIQQ", _OPEN, 0, self._serial, time.monotonic_ns())
            _write_all(fd, (head + state).ljust(ring.data, b"\0"))
            if frame:
                _write_all(fd, frame[0], ring.entry(self._serial))
                _write_all(fd, frame[1], ring.pixels(self._serial))

        self._store.make(ring.size, fill, in_parts=True)
        self._reserved = [0] * self.slots  # bytes reserved in each slot
        self._reserved[self._serial % self.slots] = count
        if frame:
            self._reserved[(self._serial - 1) % self.slots] = self.bytes
        try:
            self._memory = _Mapping(self._store.fd, ring.size, write=True)
        except OSError as error:
            raise self.address.failed(error) from None
        self._ring, self._generation, self._unnamed = ring, self._generation + 1, False
        if old is not None:
            old.words[_STATE] = _MOVED
            old.wake()
        else:
            threading.Thread(target=self._live, daemon=True).start()

    def _live(self):
        """Updates the heartbeat once a second, and creates the segment again if somebody removed it."""
        while not self._ended.wait(1.0):
            with self._lock:
                if self._memory is None:
                    return
                self._memory.longs[_HEARTBEAT] = time.monotonic_ns()
                named = _status(self.address.path)
                self._unnamed = named is None or named.id != self._store.published
                if self._begun is None and not self._holds():
                    try:
                        self._move(self._ring.capacity)
                    except (Error,) + _ODDITIES:
                        pass  # the next write() reports it


_FORMAT_OF = {(sample, channels, "rgb"): name for name, (channels, sample) in FORMATS.items()
              if name.startswith(("gray", "rgb", "bool")) and not name.startswith(("rgbx", "rggb"))}
_FORMAT_OF.update({("u1", 3, "bgr"): "bgr8", ("u1", 4, "bgr"): "bgra8"})


def _format_of(sample, channels, order):
    """Returns the name of the pixel format, or None."""
    return _FORMAT_OF.get((sample, channels, order if channels > 1 else "rgb"))


class LiveStatistics:
    """Counts the frames of a LiveReader. frames: returned; missed: skipped because newer ones were available; torn:
    overwritten while being read, and read again; duplicates: numbered like the previous frame; damaged: dropped."""

    def __init__(self):
        self.frames = self.missed = self.torn = self.duplicates = self.damaged = 0

    def __repr__(self):
        return "<LiveStatistics " + ", ".join(f"{name} {value}" for name, value in vars(self).items()) + ">"


class LiveReader:
    """Reads live frames: always the newest one, and each only once.

        for frame in shmpix.LiveReader("camera", order="bgr", timeout=5):
            cv2.imshow("camera", frame.pixels)

    The reader waits for a writer that has not started yet, and continues when the writer restarts or moves to a larger
    segment. timeout: the loop ends after this many seconds without a new frame; None: never.

    copy=False returns frames in place, without a copy, for immediate use. The writer overwrites them when it has gone
    round the ring, so your results are valid only if frame.whole is true afterwards. Read from one thread only."""

    @_told
    def __init__(self, key, order="rgb", timeout=None, copy=True):
        _check_order(order)
        timeout = None if timeout is None else _seconds(timeout)
        self.address, self.order, self.timeout, self.copy = _live_address(key), order, timeout, copy
        self.statistics = LiveStatistics()
        self._fd = self._ring = self._memory = None
        self._last = self._last_number = self._session = None
        self._new = self._looked = self._odd_since = 0.0
        self._odd = None  # the Error for the segment that has the name
        self._buffers = [bytearray(1)]  # the first is never used: it shows the reference count of a free one

    @property
    def state(self):
        """The writer's state: "missing", "open" or "closed"."""
        if self._memory is None:
            return "missing"
        return "closed" if self._memory.words[_STATE] == _CLOSED else "open"

    @_told
    def read(self, timeout=None):
        """Returns the next new frame, or None after timeout seconds. timeout=None waits forever; 0 does not wait."""
        deadline = math.inf if timeout is None else time.monotonic() + _seconds(timeout)
        while True:
            word = self._memory.words[_WAKE] if self._memory is not None else None
            frame = self._newest() if self._memory is not None else None
            now = time.monotonic()
            if frame is not None:
                self._new = now
                return frame
            if self._look_up(now):
                continue
            if now >= deadline:
                if self._odd is not None and self._memory is None:
                    raise self._odd
                return None
            if self._memory is None:
                time.sleep(min(0.02, deadline - now))
            elif self._ring.flags & _WAKES and _FUTEX:
                soon = self._memory.words[_STATE] != _OPEN
                self._memory.wait(word, min(0.02 if soon else 0.1, deadline - now))
            else:
                time.sleep(min(0.001 if now - self._new < 1 else 0.01, deadline - now))

    def __iter__(self):
        return self

    def __next__(self):
        frame = self.read(self.timeout)
        if frame is None:
            raise StopIteration
        return frame

    def close(self):
        if self._fd is not None:
            os.close(self._fd)
        self._fd = self._ring = self._memory = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _newest(self):
        memory, ring = self._memory, self._ring
        for _ in range(3):
            serial = memory.longs[_NEWEST]
            if serial in (0, self._last):
                return None
            at = ring.entry(serial)
            if memory.longs[at // 8] != 2 * serial:
                self.statistics.torn += 1
                continue
            entry, frame = bytes(memory.bytes[at:at + _ENTRY_BYTES]), None
            try:
                frame = Frame(ring, serial, entry, self.order)
                begin = ring.pixels(serial)
                data = memory.bytes[begin:begin + frame.bytes]
                if self.copy:
                    frame._take(self._copied(data))
                else:
                    frame._take(data, (memory, at))
            except Error:
                frame = None
            if memory.longs[at // 8] != 2 * serial or memory.cut:
                self.statistics.torn += 1
                continue
            last, self._last = self._last, serial
            if frame is None or self.copy and frame.damaged:
                self.statistics.damaged += 1
                return None
            self.statistics.frames += 1
            self.statistics.missed += max(0, serial - last - 1) if last is not None else 0
            self.statistics.duplicates += frame.number == self._last_number
            self._last_number = frame.number
            return frame
        return None

    def _copied(self, data):
        """Copies into memory that is no longer in use, because new memory costs as much as the copy."""
        free = None
        for buffer in self._buffers if hasattr(sys, "getrefcount") else []:
            references = sys.getrefcount(buffer)
            if free is None:
                free = references
            elif references == free and len(buffer) >= len(data):
                break
        else:
            buffer = bytearray(len(data))
            self._buffers = self._buffers[:1] + self._buffers[1:][-3:] + [buffer]
        view = memoryview(buffer)[:len(data)]
        _copy(view, data)
        return view

    def _look_up(self, now):
        """Opens the segment that has the name if it is a new one. Returns whether it did."""
        soon = self._memory is None or self._memory.cut or self._memory.words[_STATE] != _OPEN
        if now - max(self._looked, 0 if soon else self._new) < (0.02 if soon else 0.5):
            return False
        self._looked = now
        try:
            status = os.stat(self.address.path, follow_symlinks=self.address.scheme == "file")
            if self._fd is not None and not self._memory.cut and os.path.samestat(status, os.fstat(self._fd)):
                return False
            source = _FileSource(self.address)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self.address.failed(error) from None
        except Error as error:
            if error.code == NOT_FOUND:
                return False
            if error.code == NOT_PERMITTED and self._memory is not None:
                raise Error(NOT_PERMITTED, f"The frames under {self.address} continue in a new segment that you do not have "
                                           "permission to open. Restart the sender with --mode 0644, or with --group NAME for "
                                           "one of your groups.") \
                    from None
            raise
        try:
            ring, memory = self._opened(source)
        except (Error, OSError) as error:
            source.close()
            self._odd_since = self._odd_since if self._odd else now
            self._odd = error if isinstance(error, Error) else self.address.failed(error)
            if now - self._odd_since > 1:
                raise self._odd from None
            return False  # its writer may be about to fill or recreate it
        self._odd = None
        if self._fd is not None:
            os.close(self._fd)
        self._fd, self._ring, self._memory = source.fd, ring, memory
        if ring.session != self._session:
            self._session, self._last, self._last_number = ring.session, None, None
        return True

    def _opened(self, source):
        ring = _Ring(_head(source, _HEADER.size), source.size)
        memory = _Mapping(source.fd, ring.size, write=False)
        if memory.words[_STATE] == _NOT_READY:
            raise Error(BAD_DATA, f"The live frames under {self.address} are not ready: their writer is starting, or ended "
                                  "before it had started. Restart the writer.")
        return ring, memory


def _decode_live(source):
    """Returns the newest frame as a Picture."""
    ring = _Ring(_head(source, _HEADER.size), source.size)
    deadline = time.monotonic() + 1
    while True:
        serial, = struct.unpack("<Q", source.read(8 * _NEWEST, 8))
        if serial >= 1 << 63:
            raise Error(BAD_DATA, f"The live frames are damaged: frame number {serial} is not valid. Restart their writer.")
        if serial == 0:
            raise Error(BAD_DATA, "The writer has not published a frame yet. Read again later.")
        at, sequence = ring.entry(serial), struct.pack("<Q", 2 * serial)
        entry, frame = source.read(at, _ENTRY_BYTES), None
        if entry[:8] == sequence:
            try:
                frame = Frame(ring, serial, entry, "rgb")
                frame._take(source.read(ring.pixels(serial), frame.bytes))
            except Error:
                if source.read(at, 8) == sequence:
                    raise
            if source.read(at, 8) == sequence:
                if frame.damaged:
                    raise Error(BAD_DATA, "The newest frame is damaged: its checksum is wrong. Read the next frame.")
                return frame.picture()
        if time.monotonic() > deadline:
            raise Error(TIMED_OUT, "The writer overwrites its frames faster than they can be read. Create the writer with "
                                   "more slots.")


@_told
def write(key, picture, protocol="datastream", layout=None, order="rgb", replace=False, mode=None, group=None):
    """Shares a picture until Python exits or the returned Segment is closed. mode and group are the same as for
    Segment, and apply only to the first picture under the key."""
    for segment in _open_segments:
        if isinstance(segment, Segment) and str(segment.address) == str(_Address(key)) and segment._pid == os.getpid():
            segment.write(picture, protocol, layout, order)
            return segment
    segment = Segment(key, replace, mode=mode, group=group)
    try:
        segment.write(picture, protocol, layout, order)
    except BaseException:
        segment.close()
        raise
    return segment


@_told
def read_picture(key, protocol="auto", layout=None, timeout=0.0):
    """Returns the Picture shared under the key, and its protocol. Waits for it up to timeout seconds."""
    address, timeout = _Address(key), _seconds(timeout)
    deadline = time.monotonic() + timeout
    layout = Layout.parse(layout) if isinstance(layout, str) and layout else layout
    while True:
        try:
            source = _source(address)
            try:
                return _decode_source(source, protocol, layout)
            finally:
                source.close()
        except Error as error:
            if error.code not in (NOT_FOUND, BAD_DATA, TIMED_OUT) or timeout <= 0:
                raise
            if time.monotonic() > deadline:
                if error.code != NOT_FOUND:
                    raise
                raise Error(TIMED_OUT, f"Nothing was shared under {address} within {timeout:g} seconds. Share a picture "
                                       "there, or check the key.") from None
            time.sleep(0.02)


@_told
def read(key, protocol="auto", layout=None, order="rgb", timeout=0.0):
    """Returns the picture shared under the key: a NumPy array, or without NumPy a Picture. Changes nothing."""
    _check_order(order)
    picture, _ = read_picture(key, protocol, layout, timeout)
    return picture if numpy is None else picture.array(order)


def _path_of(path):
    try:
        text = os.fsdecode(path)
        os.fsencode(text)
    except (TypeError, UnicodeError):
        text = ""
    if not text or "\0" in text:
        raise Error(USAGE, f"{_shown(path)} is not the path of a file. Give its name as text.")
    return text


@_told
def read_file(path):
    """Returns the Picture in a file. This module decodes PNG, BMP and .npy; all other formats need Pillow or OpenCV."""
    path = _path_of(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _file_failed(f"{path} cannot be read", error) from None
    known = data[:8] == _PNG or data[:2] == b"BM" or data[:6] == b"\x93NUMPY" or data[:3] == b"\xff\xd8\xff"
    return decode(data) if known else _by_package(data, "this kind of file")


@_told
def write_file(picture, path):
    """Saves a Picture as .png, .bmp, .npy or .jpg. An existing file is replaced once the new one is complete; a device
    or a named pipe is written to directly."""
    picture, path = Picture.of(picture), _path_of(path)
    ending = os.path.splitext(path)[1].lower()
    protocol = {".png": "png", ".bmp": "bmp", ".npy": "npy", ".jpg": "jpeg", ".jpeg": "jpeg"}.get(ending)
    if protocol is None:
        raise Error(USAGE, f"{path} has an unknown file name extension. Save as .png, .bmp, .npy or .jpg.")
    data = _encode_png(picture, level=6) if protocol == "png" else encode(picture, protocol)
    try:
        target, status = _target_of(path)
        if status is None or stat.S_ISREG(status.st_mode):
            _replace_file(target, status, data)
        else:
            _write_into(target, data)
    except OSError as error:
        raise _file_failed(f"{path} was not saved", error) from None


def _target_of(path):
    """Returns the path to which a save is written, and its status, or None if nothing is there. Follows symbolic links,
    except one that another user created in a world-writable folder such as /tmp."""
    for _ in range(40):
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            return path, None
        if not stat.S_ISLNK(status.st_mode):
            return path, status
        folder = os.path.dirname(path) or "."
        around = os.stat(folder)
        if hasattr(os, "geteuid") and around.st_mode & stat.S_ISVTX and around.st_mode & stat.S_IWOTH and (
                status.st_uid not in (os.geteuid(), around.st_uid)):
            raise Error(NOT_PERMITTED, f"{path} was not saved: user {_user_name(status.st_uid)} created this symbolic link in "
                                       "a world-writable folder. Choose another name.")
        path = os.path.join(folder, os.readlink(path))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _replace_file(target, old, data):
    """Replaces the target with a new file once that is complete, and keeps its mode and group."""
    if old and not os.access(target, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    temporary = os.path.join(os.path.dirname(target), f".shmpix-{os.urandom(8).hex()}.part")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0),
                 0o666)
    try:
        with open(fd, "wb") as file:
            if old and hasattr(os, "fchown"):
                mode = old.st_mode & 0o777
                try:
                    os.fchown(fd, old.st_uid if os.geteuid() == 0 else -1, old.st_gid)
                except OSError:
                    mode &= ~0o070  # these bits are not meant for another group
                os.fchmod(fd, mode)
            file.write(data)
        os.replace(temporary, target)
    except BaseException:
        _unlink(temporary)
        raise


def _write_into(target, data):
    """Writes into a device or a named pipe. Waits for a reader of the pipe."""
    flags = [getattr(os, name, 0) for name in ("O_NOCTTY", "O_CLOEXEC", "O_NOFOLLOW")]
    fd = os.open(target, os.O_WRONLY | sum(flags))
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))  # replaced by a file that another program is writing
        view = memoryview(data).cast("B")
        while len(view):
            view = view[os.write(fd, view[:1 << 20]):]
    finally:
        os.close(fd)


def _file_failed(what, error):
    """Returns the Error for an OSError while reading or writing a file. what begins the message."""
    code, text = {
        errno.ENOSPC: (NO_SPACE, "there is no space left. Free some space there, or choose another place."),
        errno.EDQUOT: (NO_SPACE, "your disk quota is exhausted. Free some space there, or choose another place."),
        errno.EFBIG: (NO_SPACE, "it would exceed the limit on file sizes. Raise the limit (ulimit -f), or choose another "
                                "format."),
        errno.EMFILE: (OTHER, "too many files are open. Close some, or raise the limit (ulimit -n)."),
        errno.EPIPE: (NO_SPACE, "the program that reads it has ended. Let it read to the end."),
        errno.ENXIO: (NOT_PERMITTED, "it is a socket or a device that does not exist. Choose another place."),
        errno.EISDIR: (NOT_PERMITTED, "it is a folder. Choose the name of a file."),
        errno.ENOENT: (NOT_FOUND, "it, or its folder, does not exist. Check the path."),
        errno.ENOTDIR: (NOT_FOUND, "a part of its path is not a folder. Check the path."),
        errno.ENAMETOOLONG: (USAGE, "its name is longer than the system allows. Choose a shorter name."),
        errno.EACCES: (NOT_PERMITTED, "permission is denied. Choose another place, or ask for permission."),
        errno.EPERM: (NOT_PERMITTED, "permission is denied. Choose another place, or ask for permission."),
    }.get(error.errno, (NOT_PERMITTED, f"{error.strerror or type(error).__name__}. Choose another place."))
    return Error(code, f"{what}: {text}")


# ------------------------------------------------------------------------------ one segment, pixels of any size
#
# These functions follow image loaders that share one large segment without a header and pass height, width and channels
# in some other way: here as the layout that load() returns, such as 640x480:bgr8.

LOADER_BYTES = 3840 * 2160 * 3


@_told
def create(key, size=LOADER_BYTES, replace=False, keep=False, mode=None, group=None):
    """Creates a segment of size bytes, for pictures up to that size. It exists until clear() or, unless keep is true,
    until the end of a `with create(...)` block or until Python exits."""
    segment = Segment(key, replace, keep, mode, group)
    try:
        return segment.create(size)
    except BaseException:
        segment.close()
        raise


@_told
def load(key, picture, layout="bgr8", order="bgr"):
    """Puts a picture (the path of a file, an array or a Picture) into an existing segment, and returns its layout as
    text. Readers need that layout."""
    _check_layout(layout)
    picture = read_file(picture) if isinstance(picture, (str, os.PathLike)) else Picture.of(picture, order)
    layout = _layout_for(picture, layout)
    if layout.format.startswith(("bgr", "rgb")) and FORMATS[layout.format][0] == 3 and picture.channels == 4:
        picture = picture._with(3, _moved(picture.data, _SAMPLE_BYTES[picture.dtype], 4, [0, 1, 2]))
    _put_pixels(key, picture, layout)
    return str(layout)


@_told
def flip(key, layout, code):
    """Mirrors the picture in the segment, in place, as cv2.flip() does: 0 top to bottom, 1 left to right, -1 both."""
    layout = layout if isinstance(layout, Layout) else Layout.parse(layout)
    if layout.format in _MOSAICS:
        raise Error(USAGE, f"A picture of the format {layout.format} cannot be flipped. Convert it first.")
    picture, _ = read_picture(key, "pixels", layout)
    _put_pixels(key, picture.flipped(code), layout)


@_told
def save(key, path, protocol="auto", layout=None):
    """Saves the picture in a segment, of any protocol, as a .png, .bmp, .npy or .jpg file."""
    write_file(read_picture(key, protocol, layout)[0], path)


@_told
def clear(key, force=False):
    """Removes a segment that was created by this program or by a Shmpix program that has ended. With force, also
    removes a segment that another program created. Never removes one that another running Shmpix program shares."""
    address = _Address(key)
    is_cleared = False
    for segment in list(_open_segments):
        if str(segment.address) == str(address):
            segment.keep, is_cleared = False, True
            segment.close()
    if address.scheme in ("qt", "systemv"):
        store = _SystemVStore(address, False, _Access())
        if store.clear_name():
            _unlink(store.segment_file)
        elif not is_cleared:
            raise address.missing()
        return
    if not address.is_file and is_cleared:
        return
    if not address.is_file:
        raise Error(USAGE, f"{address} is removed automatically when no program has it open any longer. Close the programs "
                           "that use it.")
    try:
        if _status(address.path) is None:
            if is_cleared:
                return
            raise address.missing()
    except OSError as error:
        raise address.failed(error) from None
    record = _Record(address)
    remove = False
    try:
        status = _status(address.path)
        ours = status and record.lists(status)
        if status and not (ours or force and stat.S_ISREG(status.mode) and status.uid == os.geteuid()):
            raise Error(NOT_PERMITTED, f"{address} was not created by Shmpix. If it is yours and no program needs it, remove "
                                       "it with force=True (--force).")
        remove = True
        if status:
            _unlink_if(address.path, status.id)
        record.remove_leftovers()
    finally:
        record.close(remove or not record.ids)


def _shared_names():
    try:
        return sorted(os.listdir(_SHM_FOLDER)) if _ON_LINUX else []
    except FileNotFoundError:
        return []


@_told
def clear_all():
    """Removes all segments of this program, and all segments under plain names that were created by Shmpix programs
    that have ended. Returns the names."""
    cleared = []
    names = _shared_names()
    for name in names:
        stems = _hidden_stems(os.path.join(_SHM_FOLDER, name))
        if any(os.path.basename(stem) + ".owner" in names for stem in stems):
            try:
                clear("posix:/" + name.replace("%", "%25"))
                cleared.append(name)
            except Error:
                pass  # belongs to another user, or its owner lives
    for segment in list(_open_segments):
        cleared.append(str(segment.address))
        segment.keep = False
        segment.close()
    return cleared


def _put_pixels(key, picture, layout):
    """Writes pixels into a segment of our own user, without changing its size or the bytes around the pixels."""
    address = _Address(key)
    if not address.is_file:
        raise Error(USAGE, f"Pixels cannot be changed in place under {address}. Use a plain name, posix: or file:.")
    source = _FileSource(address, write=True)
    try:
        begin, end = layout.extent(source.size)
        data = memoryview(_encode_pixels(picture, layout))
        row, step = layout.row_bytes, layout.stride or layout.row_bytes
        if step == row:
            _write_all(source.fd, data[-(end - begin):], begin)
        else:
            for at in range(layout.offset, layout.offset + step * layout.shape[0], step):
                _write_all(source.fd, data[at:at + row], at)
    except OSError as error:
        raise address.failed(error) from None
    finally:
        source.close()


@_told
def segments():
    """Lists the segments under plain names as dictionaries with name, address, bytes, uid, mode and protocol, which is
    None if it is not recognised. Changes nothing, and reads only the first bytes."""
    found = []
    for name in _shared_names():
        if name.startswith((".shmpix.", "sem.")):
            continue
        address = _Address("posix:/" + name.replace("%", "%25"))
        status = _status(address.path)
        if status is None or not stat.S_ISREG(status.mode):
            continue
        entry = {"name": name, "address": str(address), "bytes": status.size, "uid": status.uid,
                 "mode": oct(status.mode & 0o7777)[2:], "protocol": None}
        try:
            source = _FileSource(address)
            try:
                entry["protocol"] = _detect(source)
            finally:
                source.close()
        except Error as error:
            entry["note"] = str(error)
        found.append(entry)
    return found


# ------------------------------------------------------------------------------------------------- as a command

def _say(text):
    """Prints a line to standard output. Raises Error if it cannot be written."""
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except OSError as error:
        with contextlib.suppress(OSError, ValueError, AttributeError):  # otherwise Python tries again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Error(NO_SPACE, f"Standard output cannot be written: {error.strerror}. Redirect it to a place with enough "
                              "space, or to a program that reads all of it.") from None


def _share(options):
    seconds = math.inf if options.seconds is None else _seconds(options.seconds)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # set first: a signal while sharing must leave nothing behind
        signal.signal(number, lambda *_: stop.set())
    picture = read_file(options.file)
    with Segment(options.key, options.replace, options.keep, options.mode, options.group) as segment:
        count = segment.write(picture, options.protocol, options.layout)
        layout = f" ({segment.layout})" if segment.layout else ""
        _say(f"shared {picture.width}x{picture.height} as {options.protocol}{layout} under {_line(str(segment.address))}: "
             f"{count} bytes")
        deadline = time.monotonic() + seconds
        while not stop.is_set() and time.monotonic() < deadline:
            stop.wait(min(3600.0, deadline - time.monotonic()))


def _save(options):
    picture, protocol = read_picture(options.key, options.protocol, options.layout, options.timeout)
    if options.flip is not None:
        picture = picture.flipped(options.flip)
    write_file(picture, options.file)
    _say(f"saved {picture.width}x{picture.height} from {protocol} as {_line(options.file)}")


def _create(options):
    create(options.key, options.bytes, options.replace, True, options.mode, options.group)
    _say(f"created {_line(str(_Address(options.key)))}: {options.bytes} bytes")


def _load(options):
    _say("loaded " + load(options.key, options.file, options.layout))


def _flip(options):
    flip(options.key, options.layout, options.code)
    _say("flipped " + options.layout)


def _clear(options):
    clear(options.key, options.force)
    _say("cleared " + _line(str(_Address(options.key))))


def _clear_all(_):
    for name in clear_all():
        _say("cleared " + _line(name))


def _list(options):
    found = segments()
    if options.json:
        _say(json.dumps(found, indent=1))
    else:
        for entry in found:
            _say(f"{entry['bytes']:>12}  {entry['protocol'] or '-':<11}{_line(entry['address'])}")


def _octal(text):
    if not re.fullmatch("[0-7]{1,4}", text):
        raise argparse.ArgumentTypeError(f"{_shown(text)} is not a mode. Write octal digits such as 0644")
    return int(text, 8)


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Error(USAGE, f"The command line is not valid: {message[:200]}. Run shmpix.py --help for the options.")


def _arguments():
    parser = _Parser(prog="shmpix.py", description="Pictures in named shared memory.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.required = True

    def command(name, run, text, *arguments):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        for names, details in arguments:
            sub.add_argument(*names.split(), **details)

    key, file = ("key", {"help": "NAME, posix:/NAME, file:/PATH, qt:KEY or systemv:/FILE"}), ("file", {})
    layout = ("--layout", {"help": "WxH:FORMAT[,stride=N][,offset=N][,bottom-up]"})
    replace = ("--replace", {"action": "store_true", "help": "replace a segment that another program created"})
    access = (("--mode", {"type": _octal, "help": "permission bits in octal digits: 0644 lets everybody read"}),
              ("--group", {"help": "one of your groups that gets access, by name or number (with --mode 0640)"}))
    command("share", _share, "share a picture file until the command is stopped", key, file, layout, replace, *access,
            ("--protocol", {"default": "datastream", "choices": PROTOCOLS}),
            ("--for", {"dest": "seconds", "type": float, "help": "stop after this number of seconds"}),
            ("--keep", {"action": "store_true", "help": "leave the picture shared at the end"}))
    command("save", _save, "save the picture in a segment to a file", key, file, layout,
            ("--protocol", {"default": "auto", "choices": ("auto",) + PROTOCOLS}),
            ("--flip", {"type": int, "choices": (-1, 0, 1)}), ("--timeout", {"type": float, "default": 0.0}))
    command("create", _create, "create a segment for pixels without a header, and leave it there", key, replace, *access,
            ("--bytes", {"type": int, "default": LOADER_BYTES}))
    command("load", _load, "put a picture file into an existing segment and print its layout", key, file,
            ("--layout", {"default": "bgr8"}))
    command("flip", _flip, "mirror the pixels in a segment: 0 top to bottom, 1 left to right, -1 both", key,
            ("code", {"type": int, "choices": (-1, 0, 1)}), ("--layout", {"required": True}))
    command("clear", _clear, "remove a segment that a Shmpix program left behind", key,
            ("--force", {"action": "store_true", "help": "also remove a segment that another program created"}))
    command("clear-all", _clear_all, "remove all segments that Shmpix programs left behind")
    command("list", _list, "list what is shared", ("--json", {"action": "store_true"}))
    return parser


def main(arguments=None):
    """Runs the command and returns its exit code."""
    try:
        options = _arguments().parse_args(arguments)
        options.run(options)
        return 0
    except KeyboardInterrupt:
        return 130
    except (Error,) + _ODDITIES as error:
        told = _error_for(error)
        if sys.stderr is not None:
            print("shmpix:", told, file=sys.stderr)
        return told.code


if __name__ == "__main__":
    sys.exit(main())
