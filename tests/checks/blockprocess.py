"""A program that a code block of a page starts, or that runs beside one."""
import os
import shlex
import signal
import subprocess
import threading
import time

from pagetext import Failure

SECONDS = 60


class Process:
    """A program in a separate process group, whose output is stored."""

    def __init__(self, words, folder, environment):
        self.name, self.output, self._news = shlex.join(map(str, words)), "", threading.Condition()
        self.process = subprocess.Popen([str(word) for word in words], cwd=folder, env=environment,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        start_new_session=True, text=True, errors="replace")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self.process.stdout:
            with self._news:
                self.output += line
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait_for(self, text):
        with self._news:
            self._news.wait_for(lambda: text in self.output or not self._thread.is_alive()
                                or self.process.poll() is not None, SECONDS)
            if text not in self.output:
                raise Failure(f"{self.name} did not print “{text}”:\n{self.output}")

    def press_enter(self):
        try:
            self.process.stdin.write("\n")
            self.process.stdin.close()
        except OSError:
            pass  # the program does not read its input

    def succeed(self):
        try:
            code = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} did not end within {SECONDS} s:\n{self.output}") from None
        if code:
            self._thread.join(1)  # a program in the background may keep the pipe open
            raise Failure(f"{self.name} ended with {code}:\n{self.output}")

    def end(self):
        """Ends the whole group, which then removes its segments."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + 10
            try:
                os.killpg(self.process.pid, number)
                while time.monotonic() < deadline:
                    self.process.poll()
                    os.killpg(self.process.pid, 0)
                    time.sleep(0.01)
            except ProcessLookupError:
                break
        self._thread.join(SECONDS)
