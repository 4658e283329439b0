"""A program that uses the Python kit. python3 pythonkit.py KIT_FOLDER [bare], then a line of tab-separated words for
each request, answered by one line: "ok ..." or "error CODE sentence". With bare, NumPy, Pillow and OpenCV cannot be
imported.

    write KEY PROTOCOL FILE LAYOUT     shares a picture file, LAYOUT may be empty; ok BYTES LAYOUT
    close KEY
    read KEY PROTOCOL LAYOUT FILE      saves what is shared; ok WIDTHxHEIGHT
    array KEY PROTOCOL ORDER FILE SENT EXPECTED     shares the array SENT, an expression of a, which is FILE's array, and
                                       writes the array EXPECTED (in the order R, G, B) over FILE
    numbers KEY PROTOCOL LAYOUT ARRAY  shares an array, an expression, and reads it again; ok LAYOUT
    limit BYTES                        lets no file of this process become longer
"""
import sys

if sys.argv[2:] == ["bare"]:
    for name in ("numpy", "PIL", "cv2"):
        sys.modules[name] = None
sys.path.insert(0, sys.argv[1])
import shmpix

segments, pictures = {}, {}


def picture(path):
    if path not in pictures:
        read = shmpix.read_file(path)
        pictures[path] = read if shmpix.numpy is None else read.array()
    return pictures[path]


def write(key, protocol, path, layout):
    segment = segments.setdefault(key, None) or shmpix.Segment(key)
    try:
        count = segment.write(picture(path), protocol, layout or None)
    except shmpix.Error:
        if segments[key] is None:
            segment.close()
        raise
    segments[key] = segment
    return f"{count} {segment.layout}"


def close(key):
    segments.pop(key).close()


def read(key, protocol, layout, path):
    got = shmpix.Picture.of(shmpix.read(key, protocol, layout or None))
    shmpix.write_file(got, path)
    return f"{got.width}x{got.height}"


def array(key, protocol, order, path, sent, expected):
    import numpy as np
    names = {"np": np, "a": shmpix.read_file(path).array()}
    with_fix = eval(sent, names)
    segments[key] = shmpix.write(key, with_fix, protocol, order=order)
    from PIL import Image
    Image.fromarray(np.ascontiguousarray(eval(expected, names))).save(path)


def numbers(key, protocol, layout, expression):
    import numpy as np
    sent = eval(expression, {"np": np})
    segments[key] = segment = shmpix.Segment(key)
    segment.write(sent, protocol, layout or None)
    got = shmpix.read(key, layout=segment.layout or None)
    assert got.dtype == sent.dtype.newbyteorder("=") and np.array_equal(got, sent), (got.dtype, got.shape)
    return segment.layout


def limit(count):
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(count), int(count)))


verbs = {"write": write, "close": close, "read": read, "array": array, "numbers": numbers, "limit": limit}
for line in sys.stdin:
    words = line.rstrip("\n").split("\t")
    try:
        print("ok", verbs[words[0]](*words[1:]) or "", flush=True)
    except shmpix.Error as error:
        print("error", error.code, error, flush=True)
for segment in segments.values():
    segment.close()
