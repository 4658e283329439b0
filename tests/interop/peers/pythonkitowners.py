"""The ownership of segments and files: the Python kit beside other users, other process namespaces and its successors.
python3 pythonkitowners.py KIT_FOLDER FOLDER CHECK [ARGUMENT...]. Makes files in FOLDER, and segments with its name.
Ends with 1 at the first failure."""
import os
import signal
import stat
import subprocess
import sys
import threading

sys.path.insert(0, sys.argv[1])
import shmpix

FOLDER = sys.argv[2]
NAME = "shmpix-test-" + os.path.basename(FOLDER)
NOBODY = 65534
IS_ROOT = os.geteuid() == 0
GROUP = NOBODY if IS_ROOT else os.getgroups()[-1]
small, large = shmpix.Picture(2, 2, 3, bytes(12)), shmpix.Picture(100, 100, 3, bytes(30000))


def key_of(scheme):
    return {"file": f"file:{FOLDER}/{NAME}", "posix": NAME, "qt": f"qt:{NAME}", "systemv": f"systemv:{FOLDER}/{NAME}"}[scheme]


def path_of(scheme):
    return f"{FOLDER}/{NAME}" if scheme == "file" else f"/dev/shm/{NAME}"


def refused(action, *arguments, **named):
    try:
        action(*arguments, **named)
    except shmpix.Error as error:
        assert str(error).isprintable() and str(error).endswith("."), str(error)
        return error
    raise AssertionError("taken")


def access_of(key):
    """Returns (mode, group)."""
    address = shmpix._Address(key)
    if address.is_file:
        status = os.stat(address.path)
        return status.st_mode & 0o777, status.st_gid
    file = shmpix._system_v_files(address)[0]
    row = shmpix._system_v_table("shm")[shmpix._C.shmget(shmpix._ftok(file), 0, 0)]
    return int(row["perms"], 8) & 0o777, int(row["gid"])


def give_access(key, mode, group):
    """Changes the access like a user who types chmod and chgrp, or uses a program for System V memory."""
    address = shmpix._Address(key)
    if address.is_file:
        os.chown(address.path, -1, group)
        os.chmod(address.path, mode)
    else:
        id_ = shmpix._C.shmget(shmpix._ftok(shmpix._system_v_files(address)[0]), 0, 0)
        status = shmpix.ctypes.create_string_buffer(256)
        assert shmpix._C.shmctl(id_, 2, status) == 0
        shmpix.struct.pack_into("=I", status, 8, group)
        shmpix.struct.pack_into("=H", status, 20, mode)
        assert shmpix._C.shmctl(id_, 1, status) == 0


def nothing_left(scheme):
    left = [name for name in os.listdir(FOLDER if scheme == "file" else "/dev/shm") if NAME in name]
    hidden = [path for stem in shmpix._hidden_stems(path_of(scheme)) for path in (stem + ".owner", stem + ".spare")
              if os.path.lexists(path) and os.lstat(path).st_uid == os.geteuid() and stat.S_ISREG(os.lstat(path).st_mode)]
    assert not left and not hidden, (left, hidden)


# 11

def access_lasts(scheme, protocol):
    with shmpix.Segment(key_of(scheme)) as segment:
        segment.write(small, protocol)
        assert access_of(key_of(scheme))[0] == 0o600
        give_access(key_of(scheme), 0o644, GROUP)
        segment.write(large, protocol)
        assert access_of(key_of(scheme)) == (0o644, GROUP), access_of(key_of(scheme))
        if scheme in ("file", "posix"):
            os.unlink(path_of(scheme))
            segment.write(large, protocol)
            assert access_of(key_of(scheme)) == (0o644, GROUP), access_of(key_of(scheme))
    nothing_left(scheme)


def access_is_given(scheme):
    key = key_of(scheme)
    for named, expected in (({"mode": 0o644}, 0o644), ({"mode": 0o660, "group": GROUP}, 0o660), ({"group": str(GROUP)}, 0o640)):
        with shmpix.Segment(key, **named) as segment:
            for picture in (small, large):
                segment.write(picture)
                assert access_of(key)[0] == expected and ("group" not in named or access_of(key)[1] == GROUP), access_of(key)
        with shmpix.create(key, 500, **named):
            assert access_of(key)[0] == expected
        with shmpix.write(key, small, **named):
            assert access_of(key)[0] == expected
        if scheme in ("file", "posix"):
            with shmpix.LiveWriter(key, **named) as writer:
                for picture in (small, large):
                    writer.write(picture)
                    assert access_of(key)[0] == expected and ("group" not in named or access_of(key)[1] == GROUP)
    for mode in (644, 0o7777, 0o444, 0o755, -1, "0644", 6.0, True, 0):
        assert refused(shmpix.Segment, key, mode=mode).code == shmpix.USAGE
    for group in ("no such group", "", "\0", -1, 2 ** 40, True, 1.5, b"x"):
        assert refused(shmpix.LiveWriter, key, group=group).code == shmpix.USAGE
    nothing_left(scheme)


def the_command_gives_access():
    shmpix.write_file(small, f"{FOLDER}/small.png")
    command = subprocess.Popen([sys.executable, shmpix.__file__, "share", NAME, f"{FOLDER}/small.png", "--mode", "0640", "--group",
                                str(GROUP)], stdout=subprocess.PIPE)
    assert command.stdout.readline().startswith(b"shared 2x2")
    assert access_of(NAME) == (0o640, GROUP)
    command.send_signal(signal.SIGTERM)
    assert command.wait() == 0
    nothing_left("posix")


def a_groups_bits_go_to_no_other_group():
    key, fchown = key_of("file"), os.fchown

    def forbidden(*_):
        raise PermissionError(shmpix.errno.EPERM, "Operation not permitted")

    with shmpix.Segment(key) as segment:
        segment.write(small)
        give_access(key, 0o664, 12345 if IS_ROOT else GROUP)
        os.fchown = forbidden
        real, os.fstat = os.fstat, lambda fd: type("Other", (), {"st_gid": -5, **{
            name: getattr(real(fd), name) for name in dir(real(fd)) if name.startswith("st_") and name != "st_gid"}})
        try:
            segment.write(large)
        finally:
            os.fchown, os.fstat = fchown, real
        assert access_of(key)[0] == 0o604, oct(access_of(key)[0])
    nothing_left("file")


def a_reader_that_may_not_follow_says_so():
    """The reader is another user if we are root. Otherwise nobody may open the segment."""
    key, path = key_of("file"), path_of("file")
    os.chmod(FOLDER, 0o755)
    with shmpix.LiveWriter(key, mode=0o644) as writer:
        writer.write(small)
        to_child, from_parent = os.pipe()
        to_parent, from_child = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                if IS_ROOT:
                    os.setgroups([])
                    os.setgid(NOBODY)
                    os.setuid(NOBODY)
                with shmpix.LiveReader(key) as reader:
                    assert reader.read(20) is not None
                    os.write(from_child, b"1")
                    os.read(to_child, 1)
                    error = refused(lambda: [reader.read(20) for _ in range(3)])
                assert error.code == shmpix.NOT_PERMITTED and "new segment" in str(error) and "--mode" in str(error), str(error)
                assert refused(shmpix.read, key).code == shmpix.NOT_PERMITTED
                assert not IS_ROOT or "root" in str(refused(shmpix.read, key))
                code = 0
            finally:
                os._exit(code)
        os.read(to_parent, 1)
        publish, writer._store._publish = writer._store._publish, None

        def hidden(fd, *spare):
            os.chmod(path, 0)  # before the new segment gets the name, so that it takes over the mode
            publish(fd, *spare)
            os.chmod(path, 0)

        writer._store._publish = hidden
        writer.write(large)
        os.write(from_parent, b"1")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    nothing_left("file")


# 12

def apart(*words):
    """Returns the command that runs the program in a separate process namespace."""
    return ["unshare", *([] if IS_ROOT else ["-Ur"]), "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, __file__,
            sys.argv[1], FOLDER, *words]


def holds(scheme):
    """Shares until standard input ends."""
    with shmpix.Segment(key_of(scheme)) as segment:
        segment.write(small)
        print("holds", flush=True)
        sys.stdin.read()


def is_refused(scheme):
    """Expects that the kit finds a living sender there."""
    for replace in (False, True):
        error = refused(shmpix.write, key_of(scheme), large, replace=replace)
        assert error.code == shmpix.NOT_PERMITTED and "in use" in str(error) and "another container" in str(error), str(error)
    error = refused(shmpix.clear, key_of(scheme), force=True)
    assert "in use" in str(error) and "another container" in str(error), str(error)


def who_lives_elsewhere_is_not_dead(scheme, place):
    here = [sys.executable, *sys.argv[:3]]
    holder = subprocess.Popen([*here, "holds", scheme] if place == "inside" else apart("holds", scheme),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"holds\n"
    before = access_of(key_of(scheme)) and shmpix.read_picture(key_of(scheme))
    subprocess.run(apart("is_refused", scheme) if place == "inside" else [*here, "is_refused", scheme], check=True)
    assert shmpix.read_picture(key_of(scheme)) == before
    holder.stdin.close()
    assert holder.wait() == 0
    if scheme in ("file", "posix"):
        nothing_left(scheme)


# 13

def block(path, kind):
    if kind == "folder":
        os.mkdir(path)
    elif kind == "link":
        os.symlink("nowhere", path)
    elif kind == "file" and IS_ROOT:
        open(path, "w").close()
        os.chown(path, NOBODY, NOBODY)
    else:
        os.mkfifo(path)


def blocked_names_are_passed_over(kind, ending):
    key, path = key_of("file"), path_of("file")
    os.chmod(FOLDER, 0o1777)
    stems = shmpix._hidden_stems(path)
    assert stems[1] == stems[0] + ".2" and stems[8] == stems[0] + ".9" and len(stems) == 9
    for count in (1, 2, 8):
        for stem in stems[:count]:
            if not os.path.lexists(stem + ending):
                block(stem + ending, kind)
        for live in (False, True):
            with (shmpix.LiveWriter if live else shmpix.Segment)(key) as segment:
                for picture in (small, large):
                    segment.write(picture)
                    assert shmpix.read_picture(key)[0] == picture
                assert os.path.exists(stems[count if ending == ".owner" else 0] + ".owner")
                other = refused(shmpix.Segment(key).write, small)
                assert "in use" in str(other), str(other)
        nothing_left("file")
    block(stems[8] + ending, kind)
    for share in (shmpix.write, lambda key, picture: shmpix.LiveWriter(key).write(picture)):
        error = refused(share, key, small)
        assert error.code == shmpix.NOT_PERMITTED and stems[0] + ending in str(error), str(error)
        owner = "user nobody" if kind == "file" and IS_ROOT else "belongs to you"
        assert owner in str(error) and "remove it" in str(error).lower(), str(error)
    nothing_left("file")
    assert all(os.path.lexists(stem + ending) for stem in stems)
    for stem in stems[1:]:
        (os.rmdir if kind == "folder" else os.unlink)(stem + ending)
    os.chmod(FOLDER, 0o777)  # another user could replace our files here
    assert stems[0] + ending in str(refused(shmpix.write, key, small))
    nothing_left("file")


def what_a_killed_one_left_is_found_under_any_name():
    key, path = key_of("file"), path_of("file")
    os.chmod(FOLDER, 0o1777)
    shmpix._SHM_FOLDER = FOLDER
    stems = shmpix._hidden_stems(path)
    for blocked in (1, 3):
        block(stems[blocked - 1] + ".owner", "folder")
        child = os.fork()
        if child == 0:
            try:
                shmpix.Segment(NAME).write(small)
            finally:
                os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
        assert os.path.exists(path) and os.path.exists(stems[1] + ".owner")
        os.rmdir(stems[0] + ".owner") if blocked == 1 else None
        if blocked == 1:
            with shmpix.Segment(NAME) as segment:  # though the first name is free now
                segment.write(large)
                assert "in use" in str(refused(shmpix.Segment(NAME).write, small))
            block(stems[0] + ".owner", "folder")
        else:
            assert shmpix.clear_all() == [NAME], "not found"
        nothing_left("file")


def the_record_says_its_namespace():
    with shmpix.write(key_of("file"), small):
        with open(shmpix._hidden_stems(path_of("file"))[0] + ".owner") as file:
            lines = file.read().split("\n")
    assert lines[:2] == [f"pid {os.getpid()}", f"namespace {os.stat('/proc/self/ns/pid').st_ino}"], lines
    assert len(lines[2].split()) == 3


# 14

def remove_all(scheme):
    address = shmpix._Address(key_of(scheme))
    if address.is_file:
        for path in [address.path] + [stem + end for stem in shmpix._hidden_stems(address.path) for end in (".owner", ".spare")]:
            shmpix._unlink(path)
        return
    segment, semaphore = shmpix._system_v_files(address)
    assert shmpix._C.shmctl(shmpix._C.shmget(shmpix._ftok(segment), 0, 0), 0, None) == 0
    if scheme == "qt":
        assert shmpix._C.semctl(shmpix._C.semget(shmpix._ftok(semaphore), 1, 0), 0, 0) == 0
        os.rename(semaphore, semaphore + ".was")  # prevents the inode from being reused
    os.rename(segment, segment + ".was")


def successors_are_left_alone(scheme, live):
    key = key_of(scheme)
    first = shmpix.LiveWriter(key) if live == "live" else shmpix.Segment(key)
    first.write(small)
    remove_all(scheme)
    second = shmpix.Segment(key)
    second.write(large)
    first.close()
    assert shmpix.read_picture(key)[0] == large
    code = f"import sys; sys.path.insert(0, sys.argv[1]); import shmpix; shmpix.write({key!r}, shmpix.Picture(1, 1, 1, b'1'))"
    other = subprocess.run([sys.executable, "-c", code, sys.argv[1]], stderr=subprocess.PIPE)
    assert b"is in use" in other.stderr, other.stderr
    if scheme == "qt":
        assert shmpix._C.semget(shmpix._ftok(shmpix._system_v_files(shmpix._Address(key))[1]), 1, 0) != -1, "its lock is gone"
    second.close()
    for path in shmpix._system_v_files(shmpix._Address(key)) if scheme in ("qt", "systemv") else ():
        shmpix._unlink(path + ".was")
        assert not os.path.exists(path), path
    nothing_left("file" if scheme == "systemv" else scheme)


def a_removed_record_is_made_anew():
    key = key_of("file")
    with shmpix.Segment(key) as segment:
        segment.write(small)
        remove_all("file")
        segment.write(large)
        assert "in use" in str(refused(shmpix.Segment(key).write, small))
    nothing_left("file")


# 6 and 7

def saving_writes_into_what_is_no_file(kind):
    shared = shmpix.write(key_of("file"), large)
    path, taken = f"{FOLDER}/out.png", []
    if kind == "fifo":
        os.mkfifo(path)
        inside = threading.Thread(target=lambda: taken.append(open(path, "rb").read()))
    else:
        primary, secondary = os.openpty()
        shmpix_tty = __import__("tty")
        shmpix_tty.setraw(secondary)
        os.symlink(os.ttyname(secondary), path)

        def read():
            data = b""
            while b"IEND" not in data[-8:]:
                data += os.read(primary, 65536)
            taken.append(data)
        inside = threading.Thread(target=read)
    before = os.lstat(path)
    inside.start()
    shmpix.save(key_of("file"), path)
    inside.join(30)
    assert os.lstat(path).st_ino == before.st_ino and stat.S_IFMT(os.lstat(path).st_mode) == stat.S_IFMT(before.st_mode)
    assert shmpix.decode(taken[0]) == large
    if IS_ROOT:
        for number, code in ((3, None), (7, shmpix.NO_SPACE)):
            device = f"{FOLDER}/device{number}.png"
            os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, number))
            if code is None:
                shmpix.save(key_of("file"), device)
            else:
                error = refused(shmpix.save, key_of("file"), device)
                assert error.code == code and device in str(error), str(error)
            assert stat.S_ISCHR(os.lstat(device).st_mode)
    shared.close()


def saving_keeps_what_a_file_had():
    path, link = f"{FOLDER}/a.png", f"{FOLDER}/link.png"
    shmpix.write_file(small, path)
    os.chmod(path, 0o664)
    os.chown(path, -1, GROUP)
    os.symlink("a.png", link)
    shmpix.write_file(large, link)
    assert os.path.islink(link) and shmpix.read_file(path) == large
    status = os.stat(path)
    assert status.st_mode & 0o777 == 0o664 and status.st_gid == GROUP, oct(status.st_mode)
    os.symlink("new.png", f"{FOLDER}/dangling.png")
    shmpix.write_file(small, f"{FOLDER}/dangling.png")
    assert shmpix.read_file(f"{FOLDER}/new.png") == small
    sticky = f"{FOLDER}/sticky"
    os.mkdir(sticky)
    os.chmod(sticky, 0o1777)
    os.symlink(path, f"{sticky}/out.png")
    real = os.lstat  # so that the test of another user's link needs no other user

    def theirs(name, *rest, **named):
        status = real(name, *rest, **named)
        return os.stat_result(list(status[:4]) + [NOBODY] + list(status[5:])) if str(name).endswith("/out.png") else status

    os.lstat = theirs
    try:
        error = refused(shmpix.write_file, small, f"{sticky}/out.png")
    finally:
        os.lstat = real
    assert error.code == shmpix.NOT_PERMITTED and "sticky/out.png" in str(error) and "nobody" in str(error), str(error)
    assert shmpix.read_file(path) == large
    os.unlink(f"{sticky}/out.png")
    os.rmdir(sticky)
    assert not [name for name in os.listdir(FOLDER) if name.endswith(".part")]


def failing_saves_name_the_path():
    shared, key = shmpix.write(key_of("file"), large), key_of("file")
    os.mkdir(f"{FOLDER}/folder.png")
    os.symlink("round.png", f"{FOLDER}/round.png")
    import socket
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{FOLDER}/socket.png")
        for name, code in (("folder.png", 4), ("none/a.png", 3), ("round.png", 4), ("socket.png", 4), ("a.what", 2),
                           ("x" * 300 + ".png", 2)):
            for action in (lambda path: shmpix.save(key, path), lambda path: shmpix.write_file(small, path)):
                error = refused(action, f"{FOLDER}/{name}")
                assert error.code == code and f"{FOLDER}/{name}" in str(error) and key not in str(error), (error.code, str(error))
                assert "chmod" not in str(error)
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    error = refused(shmpix.save, key, f"{FOLDER}/long.png")
    assert error.code == shmpix.NO_SPACE and "long.png" in str(error) and "ulimit -f" in str(error), str(error)
    assert not os.path.exists(f"{FOLDER}/long.png")
    shared.close()


def the_command_says_one_line(*_):
    """The command fails with one sentence for every error, including lost output."""
    shared, key = shmpix.write(key_of("file"), small), key_of("file")
    listed = shmpix.write(key_of("posix") + "-listed", small)  # so that there is something to list
    closed, full = os.pipe(), os.open("/dev/full", os.O_WRONLY)
    os.close(closed[0])
    long = "9" * 5000
    cases = [(6, full, ["list"]), (6, full, ["list", "--json"]), (6, full, ["save", key, f"{FOLDER}/a.png"]), (6, closed[1], ["list"]),
             (6, full, ["share", key_of("posix"), f"{FOLDER}/a.png", "--for", "0"]), (2, None, []), (2, None, ["paint"]),
             (2, None, ["save"]), (2, None, ["create", NAME, "--bytes", long]), (2, None, ["create", NAME, "--bytes", "-1"]),
             (2, None, ["create", NAME, "--bytes", "1" + "0" * 30]), (2, None, ["save", NAME, "a.png", "--timeout", "nan"]),
             (2, None, ["share", NAME, f"{FOLDER}/a.png", "--for", "nan"]), (2, None, ["share", NAME, "a.png", "--mode", long]),
             (2, None, ["share", NAME, f"{FOLDER}/a.png", "--mode", "0777"]), (2, None, ["share", NAME, "a.png", "--mode", "rw"]),
             (2, None, ["share", NAME, f"{FOLDER}/a.png", "--group", "no such"]), (2, None, ["flip", key, "9", "--layout", long]),
             (2, None, ["flip", key, "1", "--layout", long]), (3, None, ["save", "a\nb\u202e", "a.png"]),
             (3, None, ["save", key, f"{FOLDER}/none/a\nb.png"]), (2, None, ["save", "\udcff/\udcfe", "a.png"]),
             (3, None, ["share", NAME, f"{FOLDER}/\udcff\n.png"]), (3, None, ["save", "\udcff", "a.png"])]
    for code, output, words in cases:
        for environment in ({}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}):
            ended = subprocess.run([sys.executable, shmpix.__file__, *words], stdout=output or subprocess.PIPE,
                                   stderr=subprocess.PIPE, env={**os.environ, **environment})
            lines = ended.stderr.decode("utf-8").split("\n")
            assert ended.returncode == code and len(lines) == 2 and not lines[1], (words, ended.returncode, ended.stderr[:2000])
            assert lines[0].startswith("shmpix: ") and lines[0].endswith(".") and len(lines[0]) < 700, (words, lines)
    shared.close()
    listed.close()
    nothing_left("posix")


globals()[sys.argv[3]](*sys.argv[4:])
