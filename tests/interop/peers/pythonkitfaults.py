"""The Python kit among damaged segments and nonsense: python3 pythonkitfaults.py KIT_FOLDER FOLDER packages|bare CHECK
[PROTOCOL]. Makes files in FOLDER. Ends with 1 at the first thing that is neither a result nor a sentence."""
import contextlib
import io
import os
import random
import resource
import shutil
import struct
import sys
import time
import zlib

bare = sys.argv[3] == "bare"
if bare:
    for name in ("numpy", "PIL", "cv2"):
        sys.modules[name] = None
sys.path.insert(0, sys.argv[1])
import shmpix

random.seed(16)
PATH = os.path.join(sys.argv[2], "faults")
KEY = "file:" + PATH
HUGE = int("9" * 5000) if not hasattr(sys, "set_int_max_str_digits") else 10 ** 5000
noise = shmpix.Picture(13, 11, 3, bytes(random.randrange(256) for _ in range(13 * 11 * 3)))
CODES = range(shmpix.OTHER, shmpix.TIMED_OUT + 1)


class Hasty:
    """Replaces the kit's clock, so that no test waits a second for each damaged ring."""

    monotonic = staticmethod(lambda: time.monotonic() * 200)

    def __getattr__(self, name):
        return getattr(time, name)


def sentence(action, *arguments, **named):
    """Runs the action and returns the sentence of its refusal, or None."""
    try:
        action(*arguments, **named)
        return None
    except shmpix.Error as error:
        text = str(error)
        assert error.code in CODES and text.isprintable() and text.endswith(".") and (". " in text or ": " in text), text
        assert 20 < len(text) < 600 and "invalid literal" not in text, text
        return text


def refused(action, *arguments, **named):
    text = sentence(action, *arguments, **named)
    assert text is not None, f"taken: {str(arguments)[:200]} {str(named)[:200]}"
    return text


def put(data):
    with open(PATH + ".new", "wb") as file:
        file.write(data)
    os.rename(PATH + ".new", PATH)


def read_live(data):
    with shmpix.LiveReader(KEY) as reader:
        frame = reader.read(0)
        if frame is not None:
            repr(frame), frame.whole, frame.damaged, frame.picture(), frame.pixels


def read_everywhere(data, protocol):
    put(data)
    sentence(shmpix.decode, data, protocol, "13x11:bgr8" if protocol == "pixels" else None)
    sentence(shmpix.read, KEY)
    sentence(shmpix.read, KEY, layout="13x11:bgr8")
    sentence(shmpix.save, KEY, PATH + ".npy")
    if protocol in ("live", "auto"):
        sentence(read_live, data)


def sound(protocol):
    if protocol != "live":
        return shmpix.encode(noise, protocol)
    with shmpix.LiveWriter(KEY, replace=True, slots=3) as writer:
        writer.write(noise, text="noise")
        with open(PATH, "rb") as file:
            return file.read()


def sealed(data, protocol):
    """Corrects the checksums of the headers, so that the protected data are reached."""
    data = bytearray(data)
    if protocol == "live" and len(data) >= 128:
        struct.pack_into("<I", data, 124, zlib.crc32(data[:124]))
    at = data.find(b"IHDR") - 4
    while protocol in ("png", "datastream") and 0 <= at <= len(data) - 12:
        length, = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            break
        struct.pack_into(">I", data, at + 8 + length, zlib.crc32(data[at + 4:at + 8 + length]))
        at += 12 + length
    return bytes(data)


def damaged_bytes(protocol):
    good = sound(protocol)
    read_everywhere(good, protocol)
    shmpix.time = Hasty()
    reach = min(len(good), 900)
    for turn in range(120):
        data = bytearray(good)
        for _ in range(random.randrange(1, 4)):
            at = random.randrange(reach)
            data[at] ^= 1 << random.randrange(8)
        if turn % 4 == 0:
            del data[random.randrange(len(data)):]
        if turn % 5 == 0:
            data += bytes(random.randrange(5000))
        read_everywhere(bytes(data) if turn % 3 == 0 else sealed(data, protocol), protocol)


def huge_numbers(protocol):
    good = sound(protocol)
    shmpix.time = Hasty()
    for at in range(0, min(len(good) - 8, 400), 4 if protocol == "live" else 2):
        for number in (b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"\xff" * 7 + b"\x7f", b"\0" * 7 + b"\x80"):
            data = bytearray(good)
            data[at:at + 8] = number
            read_everywhere(sealed(data, protocol), protocol)
        if at % 4 == 0:
            data = bytearray(good)
            data[at:at + 4] = b"\0" * 4
            read_everywhere(sealed(data, protocol), protocol)


def npy(text, version=b"\x01\x00"):
    text = text.encode("latin-1") if isinstance(text, str) else text
    length = struct.pack("<H" if version[0] == 1 else "<I", len(text))
    return b"\x93NUMPY" + version + length + text + bytes(4096)


def hostile_npy_headers():
    plain = "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3), }"
    assert sentence(shmpix.decode, npy(plain)) is None
    shapes = ["9" * 5000, "(%s, 4)" % ("9" * 5000), "(0x%s, 4)" % ("f" * 5000), "(4, 0x%s)" % ("f" * 9000), "(-1, 4)",
              "(2.5, 4)", "(True, True)", "(None, 4)", "()", "(4,)", "[4, 3]", "(1e400, 3)", "(1j, 3)", "('a', 3)", "{4, 3}",
              "(" * 150 + ")" * 150, "(" * 9000 + ")" * 9000, "[" * 30000, "-" * 30000 + "1", "1+" * 20000 + "1",
              "(1,) * 999999999", "(2**60, 4)", "(1152921504606846976, 4)", "(65535, 65535)", "(5, 3, 7)", "(0, 0)"]
    for shape in shapes:
        for version in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
            refused(shmpix.decode, npy("{'descr': '|u1', 'fortran_order': False, 'shape': %s}" % shape, version))
    for descr in ("''", "'u'", "'<'", "'|u99'", "0x" + "f" * 5000, "[('a', '<f4')]", "None", "'" + "u" * 5000 + "'",
                  "b'|u1'", "'|O'", "'\\x00'"):
        refused(shmpix.decode, npy("{'descr': %s, 'fortran_order': False, 'shape': (4, 3)}" % descr))
    for fortran in ("None", "[", "0x" + "f" * 5000, "'yes'", "{}", "float"):
        refused(shmpix.decode, npy("{'descr': '|u1', 'fortran_order': %s, 'shape': (4, 3)}" % fortran))
    for text in ("", "{", "[]", "{}", "'descr'", "\x00" * 50, "\xff\xfe", "\ud800".encode("utf-8", "surrogatepass"),
                 "__import__('os')", "lambda: 0", "{" * 60000, "9" * 60000):
        refused(shmpix.decode, npy(text))


def hostile_texts():
    """Layouts and keys, which other programs and people provide."""
    texts = ["9" * 5000, "9" * 5000 + "x4:bgr8", "4x" + "9" * 5000 + ":bgr8", "4x4:bgr8,stride=" + "9" * 5000,
             "4x4:bgr8,offset=-" + "9" * 5000, "4x4:" + "b" * 5000, "4x4:\n", "\0", "٤x٤:bgr8", "4x4:bgr8,\ud800", "4x4:bgr8,,",
             "-4x4:bgr8", "1e3x4:bgr8", "2.5x4:bgr8", "0x0:bgr8", "999999999999999999x999999999999999999:rgba64f"]
    put(bytes(5000))
    for text in texts + [b"4x4:bgr8", 7, 4.5, ["4x4:bgr8"], {"a": 1}, object()]:
        refused(shmpix.read, KEY, layout=text)
        refused(shmpix.decode, bytes(5000), "pixels", text)
        refused(shmpix.encode, noise, "pixels", text)
        refused(lambda: shmpix.Layout.parse(text).extent())
        refused(shmpix.flip, KEY, text, 1)
        refused(shmpix.load, KEY, noise, text)
    for key in ("", "\0", "a\0b", "\ud800", "qt:\ud800", "file:\ud800", "file:relative", "a/b", "x" * 300, "file:/" + "x" * 300,
                "file:/" + "x/" * 5000 + "y", "qt:" + "", "systemv:/", "systemv:/no/such", None, 7, 4.5, True, b"bytes", ["a"],
                object(), HUGE, "nobody\nshared\x1b[31mthis\u202e"):
        refused(shmpix.read, key)
        refused(shmpix.read_picture, key, timeout=0.01)
        refused(shmpix.clear, key)
        refused(shmpix.save, key, PATH + ".png")
        refused(shmpix.load, key, noise)
        refused(shmpix.flip, key, "4x4:bgr8", 1)
        if (key[:7] if isinstance(key, str) else "") not in ("nobody\n", "systemv", "file:/x"):  # else the error appears on use
            refused(shmpix.Segment, key)
            refused(shmpix.LiveReader, key)
        if (key[:7] if isinstance(key, str) else "") != "nobody\n":
            refused(shmpix.write, key, noise)
            refused(shmpix.create, key)
            refused(lambda: shmpix.LiveWriter(key, capacity=9))


NUMBERS = [None, -1, 0, 2 ** 60, 2 ** 64, -2 ** 70, HUGE, -HUGE, 2.5, float("nan"), float("inf"), True, "4", b"4", [4], (), {},
           object(), 1j]


def nonsense_pictures():
    for number in NUMBERS:
        refused(shmpix.Picture, number, 4, 3, bytes(48))
        refused(shmpix.Picture, 4, number, 3, bytes(48))
        refused(shmpix.Picture, 4, 4, number, bytes(48))
        refused(shmpix.Picture, 4, 4, 3, bytes(48), number)
        if not isinstance(number, bytes):
            refused(shmpix.Picture, 4, 4, 3, number)
        if number not in (0, -1, False, True) or isinstance(number, bool):
            refused(noise.flipped, number)
        refused(lambda: shmpix.Layout(number, 4, "bgr8").extent())
        refused(lambda: shmpix.Layout(4, number, "bgr8").extent())
        refused(shmpix.Layout, 4, 4, number)
        if number not in (0, False) or isinstance(number, bool):
            refused(lambda: shmpix.Layout(4, 4, "bgr8", number).extent(1000))
        if number not in (0,) or isinstance(number, bool):
            refused(lambda: shmpix.Layout(4, 4, "bgr8", 0, number).extent(100000))
        if not isinstance(number, bytes):
            refused(shmpix.decode, number)
        refused(shmpix.decode, shmpix.encode(noise), number)
        refused(shmpix.encode, noise, number)
        for protocol in ("datastream", "pixels", "npy", "rawsize", "bmp", "png"):
            if bare or isinstance(number, (tuple, list, bool, int, float, complex, str, bytes, dict)) or number is None:
                refused(shmpix.encode, number, protocol)
        refused(shmpix.write_file, number, PATH + ".png")
        if not (isinstance(number, bytes) or number in (0, 1, -1)):
            refused(shmpix.write_file, noise, number)
            refused(shmpix.read_file, number)
        refused(shmpix.Picture.of, noise, number)
        if shmpix.numpy is not None:
            refused(noise.array, number)
    for path in ("", "\0", "a\0b.png", "\ud800.png", "/no/such/folder/a.png", sys.argv[2], sys.argv[2] + "/x.what",
                 sys.argv[2] + "/" + "x" * 300 + ".png", "a\nb", b"\xff\xfe"):
        refused(shmpix.write_file, noise, path)
        refused(shmpix.read_file, path)


def nonsense_arrays():
    import numpy as np
    segment, writer = shmpix.Segment(KEY), shmpix.LiveWriter(KEY + ".live")
    zero = np.uint8(0)
    arrays = [np.broadcast_to(zero, (2 ** 31, 4)), np.broadcast_to(zero, (2 ** 60, 4)), np.broadcast_to(zero, (4, 2 ** 60)),
              np.empty((0, 4), "u1"), np.empty((4, 0, 3), "u1"), np.empty((4, 4, 0), "u1"), np.array(5), np.array([]),
              np.zeros((4, 4), complex), np.zeros((4, 4), object), np.array([["a"]]), np.zeros((4, 4), "datetime64[s]"),
              np.zeros((4, 4), [("a", "u1")]), np.zeros((4, 4), "f16" if hasattr(np, "float128") else object),
              np.zeros((2, 2, 2, 2, 2), "u1"), [[1, 2], [3]], [[HUGE]], {"a": 1}, "text", None, object(), iter([1]),
              np.broadcast_to(zero, (65535, 65535)), np.full((4, 4), None), np.zeros((4, 4), "V3")]
    for array in arrays:
        for protocol in shmpix.PROTOCOLS:
            refused(segment.write, array, protocol)
            refused(shmpix.write, KEY, array, protocol)
        refused(writer.write, array)
        for layout in ("bgr8", "4x4:gray8", "nv12", "9" * 5000, 7):
            refused(segment.write, array, "pixels", layout)
            refused(writer.write, array, layout=layout)
    segment.close()
    writer.close()


def nonsense_to_writers():
    key = KEY + ".live"
    with shmpix.LiveWriter(key) as writer, shmpix.Segment(KEY) as segment:
        for shape in ((2 ** 60, 4), (4, 2 ** 60), (HUGE, 4), (4, 4, HUGE), (-4, 4), (4, -4, 3), (True, 4), (None, 4), (2.5, 4),
                      (4,), (), (4, 4, 3, 1), (0, 0), ("4", 4), "44", 7, 2.5, None, object(), [[4], 4], (4, 4, 2), {},
                      (float("nan"), 4)):
            refused(writer.begin, shape)
        for type_ in ("what", 7, None, object(), "u99", HUGE, [], "c16", "O", "M8"):
            if type_ is not None or shmpix.numpy is None:
                refused(writer.begin, (4, 4), type_)
        for layout in ("9" * 5000, "4x4:what", 7, [], "bgr8", "99999x4:bgr8", "4x4:bgr8,stride=-9999"):
            refused(writer.begin, None, layout=layout)
        refused(writer.begin, (4, 4), order="up")
        if not bare:
            refused(writer.begin, (5, 5, 3), layout="4x4:gray8")
        writer.begin((4, 4))
        writer.publish()
        refused(writer.publish)
        for number in NUMBERS:
            if number is not None and not (type(number) is int and abs(number) <= 2 ** 70):
                refused(writer.write, noise, number=number)
            if not (type(number) is int and 0 <= number < 2 ** 64):
                refused(writer.write, noise, captured=number)
            if isinstance(number, bool) or number not in (0, 4):
                refused(shmpix.LiveWriter, key + "2", slots=number)
                refused(shmpix.LiveWriter, key + "2", capacity=number)
            refused(segment.create, number)
            refused(shmpix.create, KEY + "3", number)
            refused(segment.write, noise, number)
            refused(segment.write, noise, order=number)
            if number not in (None, 0, (), {}) or isinstance(number, bool):
                refused(segment.write, noise, "pixels", number)
            if not (type(number) in (int, float) and abs(number) <= 2 ** 70 or number == float("inf")):
                refused(shmpix.read, KEY + "3", timeout=number)
                with shmpix.LiveReader(KEY + "3") as reader:
                    refused(reader.read, number) if number is not None else None
                refused(shmpix.LiveReader, key, timeout=number) if number is not None else None
            refused(shmpix.LiveReader, key, number)
        assert sentence(writer.write, noise, text="\ud800" * 500) is None
        assert sentence(writer.write, noise, text="é" * 500) is None
        with shmpix.LiveReader(key) as reader:
            assert reader.read(0).text == "é" * 208


def libraries_say_nothing():
    """Damaged files, about which libpng and libjpeg would write to standard error."""
    import cv2
    import numpy as np
    from PIL import Image
    files = []
    for kind, options in (("PNG", {"icc_profile": b"x" * 300}), ("PNG", {"transparency": (1, 2, 3)}), ("JPEG", {})):
        file = io.BytesIO()
        Image.frombytes("RGB", (40, 30), bytes(range(180)) * 20).save(file, kind, **options)
        files.append(file.getvalue())
    files.append(cv2.imencode(".png", np.arange(1800, dtype="u2").reshape(20, 30, 3) * 36)[1].tobytes())
    for passes in (0, 1):
        files.append(interlaced(noise, passes))
    path = os.path.join(sys.argv[2], "said")
    before, said = os.dup(2), os.open(path, os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 2)
    try:
        for good in files:
            for turn in range(250):
                data = bytearray(good)
                for _ in range(random.randrange(1, 4)):
                    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
                sentence(shmpix.decode, sealed(data, "png") if turn % 3 else bytes(data))
    finally:
        os.dup2(before, 2)
    with open(path) as file:
        assert file.read() == ""


def interlaced(picture, filtering):
    """Makes an interlaced PNG (Adam7)."""
    rows, row = [], picture.row_bytes
    for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for line in range(y, picture.height, dy):
            pixels = [picture.data[line * row + at * 3:line * row + at * 3 + 3] for at in range(x, picture.width, dx)]
            if pixels and not filtering:
                rows.append(b"\0" + b"".join(pixels))
            elif pixels:  # each pixel minus the previous one
                tight = b"\0\0\0" + b"".join(pixels)
                rows.append(b"\1" + bytes((a - b) & 255 for a, b in zip(tight[3:], tight)))
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 1)
    return shmpix._PNG + b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for
                                  kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")))


def interlaced_pictures_are_read():
    for width, height in ((1, 1), (2, 1), (1, 2), (5, 3), (8, 8), (9, 9), (13, 11)):
        picture = shmpix.Picture(width, height, 3, bytes(random.randrange(256) for _ in range(width * height * 3)))
        for filtering in (0, 1):
            assert shmpix.decode(interlaced(picture, filtering)) == picture, (width, height, filtering)
    data = interlaced(noise, 0)
    for at in range(45, len(data) - 12):
        refused(shmpix.decode, data[:at])


def too_little_memory():
    """Pixels of a sparse segment, in a process that may not use so much memory."""
    with open(PATH, "wb") as file:
        file.truncate(900_000_000)
    taken = int(open("/proc/self/statm").read().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (taken + (200 << 20),) * 2)
    for layout in ("30000x30000:gray8", "17000x17000:bgr8", "8000x8000:rgb32f,bottom-up"):
        assert "memory" in refused(shmpix.read, KEY, layout=layout)
        assert "memory" in refused(shmpix.save, KEY, PATH + ".png", layout=layout)
    assert "memory" in refused(shmpix.decode, memoryview(bytes(10)).__class__(bytearray(150_000_000)), "pixels",
                               "10000x15000:gray8")


def memory_is_the_pictures(protocol):
    """A small picture in front of a gigabyte of holes, and a JPEG whose data continue through the holes."""
    data = sound(protocol)
    endless = data[:-2] if protocol == "jpeg" else None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for content in filter(None, (data, endless)):
        put(content)
        os.truncate(PATH, 1 << 30)
        if content is endless:
            assert "end marker is missing" in refused(shmpix.read, KEY)
        else:
            assert shmpix.read(KEY, protocol, "13x11:bgr8" if protocol == "pixels" else None) is not None
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    assert grown < 64, f"{grown} MB"


def other_peoples_names():
    """Files in the folder of segments may have any name and any type."""
    folder = os.fsencode(sys.argv[2]) + b"/shm"
    os.mkdir(folder)
    shmpix._SHM_FOLDER = os.fsdecode(folder)
    for name in (b"\xff\xfe", b"new\nline", b"\x1b[31mred", "\u202ereversed".encode(), b"%00", b"%", b"a:b", b"x" * 255, b" "):
        with open(folder + b"/" + name, "wb") as file:
            file.write(shmpix.encode(noise))
    os.mkdir(folder + b"/folder")
    os.mkfifo(folder + b"/pipe")
    os.symlink(b"loop", folder + b"/loop")
    os.mkdir(folder + b"/.shmpix.0.aaaaaaaaaaaaaaaa.owner")
    found = shmpix.segments()
    assert len(found) == 9 and all(entry["protocol"] == "datastream" for entry in found), found
    for words in (["list"], ["list", "--json"], ["clear-all"]):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            assert shmpix.main(words) == 0
        out.getvalue().encode("utf-8")
        assert "\x1b" not in out.getvalue() and "\u202e" not in out.getvalue() and not err.getvalue()
        assert words != ["list"] or out.getvalue().count("\n") == 9, out.getvalue()
    for name in ("folder", "pipe", "loop"):
        refused(shmpix.read, name)
        refused(shmpix.write, name, noise)
        refused(shmpix.clear, name)
    shutil.rmtree(folder)  # a Qt program cannot remove these names
    shmpix._SHM_FOLDER += "/none"
    assert shmpix.segments() == [] and shmpix.clear_all() == []


check = globals()[sys.argv[4]]
check(*sys.argv[5:])
