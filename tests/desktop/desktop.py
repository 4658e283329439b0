"""Drives real windows on an X server: finds controls by role and accessible name (AT-SPI), clicks and types with xdotool,
takes screenshots. Run under `dbus-run-session`; see run.sh."""
import os
import subprocess
import tempfile
import time

import pyatspi
from PIL import ImageGrab

DEADLINE = 60  # seconds; windows are slow under a sanitiser


class Failed(Exception):
    pass


def wait_for(what, question, deadline=DEADLINE):
    """Repeats the question until the answer is true, and returns the answer."""
    end = time.monotonic() + deadline
    while True:
        try:
            answer = question()
        except Exception:  # the control disappeared during the question
            answer = None
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failed(f"{what} did not happen within {deadline} s")
        time.sleep(0.05)


def _below(node):
    yield node
    for child in node:
        if child is not None:
            yield from _below(child)


class Program:
    """A started program and its controls."""

    def __init__(self, path, *arguments, stderr=None):
        self._config = tempfile.TemporaryDirectory()
        environment = dict(os.environ, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_QPA_PLATFORM="xcb",
                           XDG_CONFIG_HOME=self._config.name, LC_ALL="C.UTF-8")
        self.name = os.path.basename(path)
        # Qt looks for the accessibility bus only once at its start, so a program that starts before the bus stays
        # unknown.
        wait_for("the accessibility bus", lambda: pyatspi.Registry.getDesktop(0).childCount >= 0)
        self.process = subprocess.Popen([path, *arguments], env=environment, stderr=stderr)

    def _application(self):
        for application in pyatspi.Registry.getDesktop(0):
            if application is not None and application.get_process_id() == self.process.pid:
                return application
        return None

    def _find(self, role, name, prefix=False):
        for node in _below(self._application()):
            matches = node.name.startswith(name) if prefix else node.name == name
            if matches and (role is None or node.getRole() == role):
                if node.getState().contains(pyatspi.STATE_SHOWING):
                    return node
        return None

    def wait_for_control(self, name, role=None):
        if self.process.poll() is not None:
            raise Failed(f"{self.name} has ended with {self.process.returncode}")
        return wait_for(f"{self.name}: {role or 'control'} “{name}”", lambda: self._find(role, name))

    def wait_for_text(self, start):
        """Waits for a control whose name begins with the text, and returns the full name."""
        return wait_for(f"{self.name}: text “{start}…”", lambda: self._find(None, start, prefix=True)).name

    def texts(self):
        return [node.name for node in _below(self._application()) if node.name]

    def click(self, name, role=pyatspi.ROLE_PUSH_BUTTON):
        control = self.wait_for_control(name, role)
        wait_for(f"{self.name}: “{name}” enabled",
                 lambda: control.getState().contains(pyatspi.STATE_ENABLED))
        box = control.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        xdo("mousemove", box.x + box.width // 2, box.y + box.height // 2, "click", 1)

    def window(self):
        """Returns the id of the program's main window."""
        def ids():
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                                   capture_output=True, text=True)
            return found.stdout.split()
        return wait_for(f"{self.name}: a window", ids)[0]

    def place(self, x, y, width, height):
        window = self.window()
        xdo("windowsize", window, width, height)
        xdo("windowmove", window, x, y)

    def choose_file(self, path):
        """Enters the path into the open file dialog and accepts the dialog."""
        name = self.wait_for_control("File name:", pyatspi.ROLE_TEXT)
        # Without a window manager, a new window may get the focus a moment after it appears.
        wait_for(f"{self.name}: the file dialog has the keyboard", lambda: name.getState().contains(pyatspi.STATE_FOCUSED))
        # Typed text would open the list of completions, which takes the next Return while it is visible.
        name.queryEditableText().setTextContents(path)
        wait_for(f"{self.name}: {path} entered", lambda: name.queryText().getText(0, -1) == path)
        xdo("key", "Return")
        wait_for(f"{self.name}: the file dialog closed", lambda: self._find(pyatspi.ROLE_TEXT, "File name:") is None)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise Failed(f"{self.name} did not end when it was told to")
        return self.process.returncode


def xdo(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True)


def screenshot():
    return ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).convert("RGB")
