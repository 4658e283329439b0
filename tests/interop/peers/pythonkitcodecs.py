"""The Python kit's protocols in memory: python3 pythonkitcodecs.py KIT_FOLDER [bare]. Ends with 1 at the first failure."""
import ast
import io
import random
import struct
import sys
import time

bare = sys.argv[2:] == ["bare"]
if bare:
    for name in ("numpy", "PIL", "cv2"):
        sys.modules[name] = None
sys.path.insert(0, sys.argv[1])
import shmpix

random.seed(20261121)
SIZES = ((1, 1), (1, 9), (7, 5), (33, 20))


def noise(width, height, channels, dtype="u1"):
    count = width * height * channels * shmpix._SAMPLE_BYTES[dtype]
    data = bytes(random.randrange(2) if dtype == "b1" else random.randrange(256) for _ in range(count))
    return shmpix.Picture(width, height, channels, data, dtype)


def refused(code, action, *arguments, **named):
    """Fails unless the action raises an Error with the code whose sentence says what to do. Returns the error."""
    try:
        result = action(*arguments, **named)
    except shmpix.Error as error:
        assert error.code == code, (code, error.code, str(error))
        assert str(error).endswith(".") and str(error).count(". ") + str(error).count(": ") >= 1, str(error)
        return str(error)
    raise AssertionError(f"not refused: {arguments} gave {result}")


def sound_pictures_come_back():
    for width, height in SIZES:
        for channels in (1, 3, 4):
            picture = noise(width, height, channels)
            for protocol in ("datastream", "png", "bmp", "npy"):
                for tail in (b"", b"\0" * 4096, b"\xff" * 5):
                    got = shmpix.decode(shmpix.encode(picture, protocol) + tail)
                    assert got == picture, (protocol, width, height, channels)
            data = shmpix.encode(picture, "rawsize")
            assert data[:4] == bytes([width, height, 0, 0])
            assert shmpix.decode(data) == picture._of_channels(4, "rawsize")
        for dtype in ("u2", "i2", "u4", "f2", "f4", "f8"):
            picture = noise(width, height, 3, dtype)
            assert shmpix.decode(shmpix.encode(picture, "npy")) == picture, dtype
        assert shmpix.decode(shmpix.encode(noise(width, height, 3, "u2"), "png")).dtype == "u2"


def every_layout_comes_back():
    for width, height in SIZES:
        for name, (channels, dtype) in shmpix.FORMATS.items():
            if name in shmpix._MOSAICS:
                continue
            picture = noise(width, height, 3 if "x" in name else channels, dtype)
            row = width * channels * shmpix._SAMPLE_BYTES[dtype]
            for extra in ("", f",stride={row + 3}", ",offset=5", ",bottom-up", f",stride={-row},offset={row * (height - 1)}",
                          f",stride={row + 7},offset=11,bottom-up"):
                data = shmpix.encode(picture, "pixels", name + extra)
                got = shmpix.decode(data + b"tail", "pixels", f"{width}x{height}:{name}{extra}")
                assert got == picture, (name, extra)
    assert str(shmpix.Layout.parse("7x5:bgrx8,offset=3,stride=40,bottom-up")) == "7x5:bgrx8,stride=40,offset=3,bottom-up"


def wrong_layouts_are_refused():
    data = bytes(1000)
    for text in ("", "10x10", "10x10:what8", "-1x5:gray8", "10x10:gray8,", "10x10:gray8,stride=x", "10x10:gray8,up"):
        refused(shmpix.USAGE, shmpix.decode, data, "pixels", text or ",")
    for text in ("0x5:gray8", "65536x65536:rgba8", "99999999999x99999999999:rgba64f", "10x10:gray8,stride=9",
                 "10x10:gray8,offset=-1", "10x10:gray8,offset=901", "10x10:gray8,stride=-10", "100x100:gray8",
                 "2x2:gray8,stride=461168601842738790", "2x2:gray8,offset=999999999999999999"):
        refused(shmpix.BAD_DATA, shmpix.decode, data, "pixels", text)
    refused(shmpix.USAGE, shmpix.decode, data, "pixels")
    refused(shmpix.USAGE, shmpix.decode, data, "bmp", "10x10:gray8")


def both_s1_variants_of_bmp_are_read():
    for channels in (1, 3):
        picture = noise(64, 30, channels)
        file = shmpix.encode(picture, "bmp")
        length = struct.pack("<i", len(file))
        assert shmpix.decode(length + file) == picture
        assert shmpix.decode(length + file[4:]) == picture


def wrapped_rawsize_is_read():
    for width, height in ((640, 480), (256, 256), (300, 200), (1600, 1200)):
        data = bytes([width & 255, height & 255, 0, 0]) + bytes([1, 2, 3, 4]) * (width * height)
        got = shmpix.decode(data)
        assert (got.width, got.height) == (width, height), got
        if any(data[:4]):  # otherwise every blank segment would match
            got = shmpix.decode(data + bytes(-len(data) % 4096))
        assert (got.width, got.height) == (width, height), got


def a_cut_picture_is_refused():
    for protocol in ("datastream", "png", "bmp", "npy", "jpeg"):
        if protocol == "jpeg" and bare:
            assert "Pillow or OpenCV is required" in refused(shmpix.OTHER, shmpix.encode, noise(3, 2, 3), "jpeg")
            continue
        data = shmpix.encode(noise(9, 5, 3), protocol)
        for length in range(len(data)):
            refused(shmpix.BAD_DATA, shmpix.decode, data[:length], protocol)


def hostile_bytes_end_in_a_picture_or_a_sentence():
    sound = [shmpix.encode(noise(9, 5, 3), p) for p in ("datastream", "rawsize", "bmp", "png", "npy")]
    sound += [shmpix.encode(noise(9, 5, 3), "jpeg")] if not bare else []
    began = time.monotonic()
    for _ in range(1500):
        data = bytearray(random.choice(sound))
        for _ in range(random.randrange(1, 4)):
            data[random.randrange(min(len(data), 80))] = random.choice((0, 255, 127, random.randrange(256)))
        del data[random.choice((len(data), random.randrange(len(data)))):]
        for protocol in ("auto",) + tuple(p for p in shmpix.PROTOCOLS if p != "pixels"):
            try:
                shmpix.decode(bytes(data), protocol)
            except shmpix.Error as error:
                assert error.code in (shmpix.BAD_DATA, shmpix.OTHER), (error.code, str(error))
    assert time.monotonic() - began < 60
    for data in (b"", b"\0", bytes(4096), b"\xff" * 5000, bytes(range(256)) * 3):
        refused(shmpix.BAD_DATA, shmpix.decode, data)


def a_bomb_is_refused_before_it_takes_memory():
    header = struct.pack(">IIBBBBB", 65535, 65535, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", shmpix.zlib.crc32(b"IHDR" + header))
    assert "too large" in refused(shmpix.BAD_DATA, shmpix.decode, shmpix._PNG + chunk)
    more = shmpix.zlib.compress(bytes(50_000_000))
    small = shmpix._encode_png(shmpix.Picture(4, 4, 1, bytes(16)))
    at = small.index(b"IDAT") - 4
    forged = (small[:at] + struct.pack(">I", len(more)) + b"IDAT" + more
              + struct.pack(">I", shmpix.zlib.crc32(b"IDAT" + more)) + small[-12:])
    refused(shmpix.BAD_DATA, shmpix.decode, forged)


def npy_of_every_order_is_read():
    import numpy as np
    for shape in ((5, 7), (5, 7, 3), (3, 5, 7), (5, 7, 1), (1, 5, 7, 4)):
        for dtype in ("u1", ">u2", "<i2", "u4", ">f4", "f8", "?"):
            for order in "CF":
                array = np.asarray(np.random.rand(*shape) * 200).astype(dtype)
                file = io.BytesIO()
                np.save(file, np.asfortranarray(array) if order == "F" else array)
                got = shmpix.decode(file.getvalue()).array()
                want = array[0] if len(shape) == 4 else np.moveaxis(array, 0, -1) if shape == (3, 5, 7) else array
                assert np.array_equal(got, want.squeeze()), (shape, dtype, order)


def other_programs_read_and_write_the_same_files():
    import cv2
    import numpy as np
    from PIL import Image
    for width, height in SIZES:
        for channels, mode in ((1, "L"), (3, "RGB"), (4, "RGBA")):
            picture = noise(width, height, channels)
            for protocol in ("png", "bmp"):
                image = Image.open(io.BytesIO(shmpix.encode(picture, protocol)))
                assert image.convert(mode).tobytes() == picture.data, (protocol, mode)
            file = io.BytesIO()
            Image.frombytes(mode, (width, height), picture.data).save(file, "PNG")  # uses the filters
            assert shmpix.decode(file.getvalue()) == picture
            raw = cv2.imdecode(np.frombuffer(shmpix.encode(picture, "png"), np.uint8), cv2.IMREAD_UNCHANGED)
            assert shmpix.Picture.of(raw, "bgr") == picture
            for code in (-1, 0, 1):
                flipped = cv2.flip(picture.array().reshape(height, width, channels), code)
                assert picture.flipped(code).data == flipped.tobytes()
        for mode in ("1", "P", "L", "RGB"):
            image = Image.frombytes("RGB", (width, height), noise(width, height, 3).data).convert(mode)
            file = io.BytesIO()
            image.save(file, "BMP")
            assert shmpix.decode(file.getvalue())._of_channels(3, "").data == image.convert("RGB").tobytes(), mode


def python_3_8_understands_the_source():
    with open(shmpix.__file__) as file:
        ast.parse(file.read(), feature_version=(3, 8))


for check in (sound_pictures_come_back, every_layout_comes_back, wrong_layouts_are_refused, both_s1_variants_of_bmp_are_read,
              wrapped_rawsize_is_read, a_cut_picture_is_refused, hostile_bytes_end_in_a_picture_or_a_sentence,
              a_bomb_is_refused_before_it_takes_memory, npy_of_every_order_is_read,
              other_programs_read_and_write_the_same_files, python_3_8_understands_the_source):
    if not (bare and {"np", "cv2"} & set(check.__code__.co_varnames)):  # these checks need the packages
        check()
        print("passed", check.__name__)
