"""virtualscreen.py COMMAND [ARGUMENT...]: runs the command on an X server without a screen."""
import contextlib
import os
import subprocess
import sys


@contextlib.contextmanager
def virtual_screen():
    """The server chooses its number itself, so that two that start at the same time never share one."""
    number, told = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(told), "-screen", "0", "1840x700x24", "-nolisten", "tcp"],
                              pass_fds=[told], stderr=subprocess.DEVNULL)
    os.close(told)
    try:
        with os.fdopen(number) as line:
            os.environ["DISPLAY"] = ":" + line.readline().strip()
        if os.environ["DISPLAY"] == ":":
            raise SystemExit("Xvfb did not start")
        yield
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    with virtual_screen():
        sys.exit(subprocess.run(sys.argv[1:]).returncode)
