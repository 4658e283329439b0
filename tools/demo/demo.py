"""demo.py BUILD_FOLDER: both windows with a sample, then the receiver with what a Python script shares.

With a display the windows stay until they are closed. Without one the same happens on a virtual screen, and screenshots go to
BUILD_FOLDER/demo. Ends with 1 when a picture that arrives differs from the one that was shared.
"""
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "tests/desktop"))
from pictures import find, same, sample  # noqa: E402
from virtualscreen import virtual_screen  # noqa: E402

DEADLINE = 60
WINDOW = (900, 600)


def colours(shot):
    return len(shot.getcolors(1 << 24))


def shows(shot, picture):
    """Whether the screenshot shows the picture, scaled down to fit: it must have all colours of the middle row."""
    wanted = {picture.getpixel((x, picture.height // 2)) for x in range(0, picture.width, 40)}
    there = {colour for _, colour in shot.getcolors(1 << 24)}
    near = [any(max(abs(a - b) for a, b in zip(colour, other)) < 12 for other in there) for colour in wanted]
    return all(near)


def say(text):
    print(text, flush=True)


class Demo:
    def __init__(self, build, folder, has_display):
        self.bin, self.folder, self.has_display = Path(build).resolve() / "bin", Path(folder), has_display
        self.shots = Path(build) / "demo"
        self.shots.mkdir(parents=True, exist_ok=True)
        self.started = []
        settings = self.folder / "settings"
        self.environment = dict(os.environ, XDG_CONFIG_HOME=str(settings), LC_ALL="C.UTF-8")

    def start(self, *words, **options):
        process = subprocess.Popen([str(word) for word in words], env=self.environment, **options)
        self.started.append(process)
        return process

    def place(self, process, x):
        """Places the window on the virtual screen, which has no window manager."""
        if self.has_display:
            return
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(process.pid)]
        window = subprocess.run(search, capture_output=True, text=True, timeout=DEADLINE).stdout.split()[0]
        subprocess.run(["xdotool", "windowmove", window, str(x), "0"], check=True)

    def check(self, key, wanted):
        """Loads the picture again without a window and compares it with the file."""
        saved = self.folder / "check.png"
        subprocess.run([self.bin / "shmpix-receiver", "--headless", "--key", key, "--timeout", str(DEADLINE),
                        "--save", saved], env=self.environment, check=True)
        if not same(saved, wanted):
            raise SystemExit(f"demo: the picture under {key} differs from {wanted}")

    def shoot(self, name, box, pictures):
        """Takes a screenshot as soon as it shows every picture exactly."""
        if self.has_display:
            return
        from PIL import ImageGrab
        end = time.monotonic() + DEADLINE
        while True:
            shot = ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).convert("RGB").crop(box)
            if all(find(picture, shot.crop(part)) for picture, part in pictures):
                break
            if time.monotonic() > end:
                shot.save(self.shots / f"{name}-failed.png")
                raise SystemExit(f"demo: the picture did not appear on {name}")
            time.sleep(0.1)
        shot.save(self.shots / f"{name}.png", optimize=True)
        say(f"  {self.shots / name}.png")

    def grab(self, box):
        from PIL import ImageGrab
        return ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).convert("RGB").crop(box)

    def press(self, process, keys):
        """Gives the program's window the focus and types keys into it."""
        search = ["xdotool", "search", "--onlyvisible", "--pid", str(process.pid)]
        window = subprocess.run(search, capture_output=True, text=True, timeout=DEADLINE).stdout.split()[0]
        subprocess.run(["xdotool", "windowfocus", "--sync", window, "key", keys], check=True)

    def shoot_panel(self, name, process, keys, box, has_come, again=False, moves=False):
        """Opens a panel and takes a screenshot as soon as it shows the wanted contents and has stopped changing, unless
        it always changes. Types the keys again because the window may not have been ready for them."""
        end, last, typed = time.monotonic() + DEADLINE, None, False
        while True:
            shot = self.grab(box)
            if (shot == last or moves) and typed and has_come(shot):
                break
            if shot == last and (again or not typed):
                self.press(process, keys)
                typed = True
            if time.monotonic() > end:
                shot.save(self.shots / f"{name}-failed.png")
                raise SystemExit(f"demo: the panel did not come on {name}")
            last = shot
            time.sleep(0.3)
        shot.save(self.shots / f"{name}.png", optimize=True)
        say(f"  {self.shots / name}.png")

    def panels(self, sender, key, box):
        """Shows the panels of the receiver and the sender, each with some contents."""
        pixels, name = sample(640, 480), f"headless-demo-{os.getpid()}"
        segment = Path("/dev/shm") / name
        segment.write_bytes(pixels.tobytes("raw", "BGR"))
        try:
            reader = self.start(self.bin / "shmpix-receiver", "--key", name, "--load")
            self.place(reader, box[0])
            # Loading fails because nothing describes the pixels. The button of the message accepts the first proposal.
            self.shoot_panel("interpret-as", reader, "alt+r", box, lambda shot: shows(shot, pixels), again=True)
            self.end_of(reader)
        finally:
            segment.unlink()
        lister = self.start(self.bin / "shmpix-receiver", "--key", key, "--load")
        self.place(lister, box[0])
        small_pictures = (0, WINDOW[1] * 2 // 3, 60, WINDOW[1])
        self.shoot_panel("segment-list", lister, "alt+s", box, lambda shot: colours(shot.crop(small_pictures)) > 50,
                         moves=True)  # the ages change
        self.end_of(lister)
        left = (0, 0) + WINDOW
        before = self.grab(left)
        self.shoot_panel("key-doctor", sender, "alt+d", left, lambda shot: shot != before)

    def live(self, both, right):
        """Shows a stream in both windows after it has run for two seconds."""
        key = f"live-demo-{os.getpid()}"
        sender = self.start(self.bin / "shmpix-sender", "--key", key, "--share", "--pattern", "--fps", "60", "--size", "960x540")
        self.place(sender, 0)
        receiver = self.start(self.bin / "shmpix-receiver", "--key", key, "--live")
        self.place(receiver, right[0])
        subprocess.run([self.bin / "shmpix-receiver", "--headless", "--key", key, "--live", "--count", "120", "--timeout",
                        str(DEADLINE)], env=self.environment, check=True)
        bars = [(192, 192, 0), (0, 192, 192), (0, 192, 0), (192, 0, 192), (192, 0, 0), (0, 0, 192)]

        def has_come(shot):
            there = {colour for _, colour in shot.crop(right).getcolors(1 << 24)}
            return all(any(max(abs(a - b) for a, b in zip(bar, colour)) < 12 for colour in there) for bar in bars)
        if not self.has_display:
            self.wait_for("live", both, has_come)
        return sender, receiver

    def wait_for(self, name, box, has_come):
        end = time.monotonic() + DEADLINE
        while not has_come(shot := self.grab(box)):
            if time.monotonic() > end:
                shot.save(self.shots / f"{name}-failed.png")
                raise SystemExit(f"demo: what was to be seen did not come on {name}")
            time.sleep(0.1)
        shot.save(self.shots / f"{name}.png", optimize=True)
        say(f"  {self.shots / name}.png")

    def end_of(self, process):
        process.terminate()
        process.wait(DEADLINE)

    def run(self):
        photo, drawing = self.folder / "landscape.png", self.folder / "from-python.png"
        picture, other = sample(480, 320), sample(400, 360).transpose(1)  # upside down, to tell them apart
        picture.save(photo)
        other.save(drawing)
        key, python_key = f"shmpix-demo-{os.getpid()}", f"python-demo-{os.getpid()}"

        width, height = WINDOW
        say(f"The sender shares a picture under the key {key}, and the receiver loads it.")
        sender = self.start(self.bin / "shmpix-sender", "--key", key, "--share", photo)
        self.place(sender, 0)
        self.check(key, photo)
        receiver = self.start(self.bin / "shmpix-receiver", "--key", key, "--load")
        self.place(receiver, width + 8)
        left, right = (0, 0, width, height), (width + 8, 0, 2 * width + 8, height)
        self.shoot("both-windows", (0, 0, 2 * width + 8, height), [(picture, left), (picture, right)])

        writer = self.start("/usr/bin/python3", SOURCE / "interop/python/write_picture.py", drawing, python_key,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        say("A Python script shares another one, and a receiver loads that: " + writer.stdout.readline().strip())
        self.check(python_key, drawing)
        reader = self.start(self.bin / "shmpix-receiver", "--key", python_key, "--load")
        self.place(reader, width + 8)
        self.shoot("receiver-python", right, [(other, (0, 0, width, height))])
        if not self.has_display:
            self.end_of(receiver)
            self.end_of(reader)
            say("The panels: plain pixels, the segments of this machine, the key doctor.")
            self.panels(sender, key, right)
            self.end_of(sender)
        say("A stream of 60 frames a second, from window to window.")
        streaming = self.live((0, 0, 2 * width + 8, height), right)
        if self.has_display:
            say("Close the windows to end the demo.")
            for process in (sender, receiver, reader, *streaming):
                process.wait()
        writer.communicate("\n", timeout=DEADLINE)

    def end(self):
        for process in reversed(self.started):
            if process.poll() is None:
                process.terminate()
                process.wait(DEADLINE)


def main(build):
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not has_display:
        say("There is no display: the windows open on a virtual screen.")
    with contextlib.nullcontext() if has_display else virtual_screen(), tempfile.TemporaryDirectory() as folder:
        demo = Demo(build, folder, has_display)
        try:
            demo.run()
        finally:
            demo.end()
    say("Every picture arrived as it was shared.")


main(*sys.argv[1:])
