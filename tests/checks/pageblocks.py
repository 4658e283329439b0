"""pageblocks.py ROOT BIN [--cxx COMPILER] [--qt=FLAG;...] [--only PAGE]: runs the code blocks of the .md pages below ROOT with
the programs in BIN. The language of a block says what happens to it:

    sh        runs in bash; a line that begins with ./dev is not run: `./dev help` has to list its command
    python    runs
    cpp       is compiled with Qt and runs; without main() it becomes the body of one
    csharp    is compiled with the kit by Mono and runs; without Main() it becomes the body of one
    text      is not run

A block runs in a folder of its own that has photo.png, shmpix.py, Shmpix.cs, interop and build/bin. It says "my_picture",
"my_array" or "camera" where it needs a key; these become keys of this run. Comments directly above the block say what runs beside it:

    <!-- sender: COMMAND -->     runs before the block, which begins when COMMAND has printed "shared ..."
    <!-- receiver: COMMAND -->   starts before the block, and has to succeed before the block ends; Enter is pressed then
    <!-- prints: TEXT -->        stands somewhere in what the block prints
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import string
import struct
import subprocess
import sys
import tempfile
import threading
import zlib

from blockprocess import Process
from pagetext import Failure, pages, split

LANGUAGES = ("sh", "python", "cpp", "csharp", "text")
KEYS = re.compile(r"\b(my_picture|my_array|camera)\b")


def picture():
    """A PNG file of 64x48 pixels."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(value for x in range(64) for value in (4 * x, 5 * y, 99)) for y in range(48))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def body_of(text, heads, before, after):
    """Returns the text as a complete program: first the lines that belong at the top, then the others in the middle."""
    lines = text.splitlines()
    first = [line for line in lines if re.match(heads, line)]
    rest = [line for line in lines if not re.match(heads, line)]
    return "\n".join(first + [before] + rest + [after]) + "\n"


class Runner:
    def __init__(self, root, bin_folder, compiler, qt_flags, folder):
        self.root, self.bin, self.compiler, self.qt_flags, self.folder = root, bin_folder, compiler, qt_flags, folder
        self.tag = "pages" + "".join(random.choices(string.ascii_lowercase, k=12))
        self.commands = {"help", *re.findall(r"^\./dev ([a-z0-9-]+)", self.output(root / "dev", "help"), re.MULTILINE)}
        self.python = self.python_with_numpy()
        self.mono = shutil.which("mcs") and shutil.which("mono")
        self.kit = threading.Lock()
        (folder / "tools").mkdir()
        (folder / "tools/python3").symlink_to(self.python)

    @staticmethod
    def output(*words):
        return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout

    @staticmethod
    def python_with_numpy():
        for python in (sys.executable, "/usr/bin/python3"):
            if subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode == 0:
                return python
        raise Failure("No Python here can import numpy, which the pages use.")

    def run(self, block, number):
        """Returns None, or the reason why the block was not run. Raises Failure."""
        if block.language not in LANGUAGES:
            raise Failure(f"the language “{block.language}” is none of {', '.join(LANGUAGES)}.")
        needs_mono = block.language == "csharp" or re.search(r"^(mcs|mono) ", block.text, re.MULTILINE)
        if block.language == "text" or (needs_mono and not self.mono):
            return None if block.language == "text" else "there is no Mono"
        key = re.sub("[0-9]", lambda digit: "abcdefghij"[int(digit.group())], f"{self.tag}{number}")  # Qt keeps letters
        def own(text):
            return KEYS.sub(lambda word: f"{key}{word.group().replace('_', '')}", text)
        folder = self.folder / f"block{number}"
        (folder / "build").mkdir(parents=True)
        (folder / "temporary").mkdir()
        (folder / "build/bin").symlink_to(self.bin)
        (folder / "interop").symlink_to(self.root / "interop")
        shutil.copy(self.root / "interop/python/shmpix.py", folder)
        shutil.copy(self.root / "interop/csharp/Shmpix.cs", folder)
        (folder / "photo.png").write_bytes(picture())
        environment = dict(os.environ, PATH=f"{self.folder / 'tools'}:{self.bin}:{os.environ['PATH']}",
                           TMPDIR=str(folder / "temporary"), QT_QPA_PLATFORM="offscreen", LC_ALL="C.UTF-8",
                           PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE="1", MONO_PATH=str(self.folder))
        words = getattr(self, f"prepare_{block.language}")(own(block.text), folder)
        if words is None:
            return None
        processes = []
        def start(words):
            processes.append(Process(words, folder, environment))
            return processes[-1]
        try:
            for command in block.all("sender"):
                start(["bash", "-c", "exec " + own(command)]).wait_for("shared ")
            receivers = [start(["bash", "-c", "exec " + own(command)]) for command in block.all("receiver")]
            program = start(words)
            for receiver in receivers:
                receiver.succeed()
            program.press_enter()
            program.succeed()
        finally:
            for process in reversed(processes):
                process.end()
        for text in map(own, block.all("prints")):
            if text not in program.output:
                raise Failure(f"“{text}” is not in what was printed:\n{program.output}")
        left = [path.name for path in (folder / "temporary").iterdir() if path.name.startswith("qipc")]
        for path in pathlib.Path("/dev/shm").iterdir():
            if key in path.name:
                path.unlink()
                left.append(path.name)
        if left:
            raise Failure(f"something is left: {', '.join(left)}")
        return None

    def prepare_sh(self, text, folder):
        lines = []
        for line in text.splitlines():
            command = re.match(r"\./dev(?: +([a-z0-9-]+))?", line)
            if command and command.group(1) not in self.commands:
                raise Failure(f"./dev help does not list “{command.group(1)}”.")
            if not command:
                lines.append(line)
            if re.search(r"shmpix-(sender|receiver)\b(?!.*--(headless|list|clean|doctor|help|version))", line):
                raise Failure(f"this opens a window: {line}")
            if re.search(r"shmpix-(sender|receiver)\b.*--headless(?!.*--key)", line):
                raise Failure(f"this uses the key that everybody uses: {line}")
        script = "\n".join(lines)
        return ["bash", "-euo", "pipefail", "-c", script] if script.strip() else None

    def prepare_python(self, text, folder):
        (folder / "block.py").write_text(text, encoding="utf-8")
        return [self.python, "-u", "block.py"]

    def prepare_cpp(self, text, folder):
        if not self.compiler:
            raise Failure("a C++ block needs --cxx and --qt.")
        if "int main(" not in text:
            text = body_of(text, "#include", "int main()\n{", "return 0;\n}")
        (folder / "block.cpp").write_text(text, encoding="utf-8")
        self.compile([self.compiler, "-std=c++20", "-O0", "-fPIC", "block.cpp", "-o", "block", *self.qt_flags], folder)
        return ["./block"]

    def prepare_csharp(self, text, folder):
        with self.kit:
            if not (self.folder / "Shmpix.dll").exists():
                self.compile(["mcs", "-t:library", "-r:System.Core", f"-out:{self.folder / 'Shmpix.dll'}",
                              self.root / "interop/csharp/Shmpix.cs"], folder)
        if "static void Main(" not in text:
            text = body_of(text, r"using [\w.]+;", "static class Block\n{\nstatic void Main()\n{", "}\n}")
        (folder / "block.cs").write_text(text, encoding="utf-8")
        self.compile(["mcs", "-r:System.Core", f"-r:{self.folder / 'Shmpix.dll'}", "-out:block.exe", "block.cs"], folder)
        return ["mono", "block.exe"]

    @staticmethod
    def compile(words, folder):
        done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"it does not compile:\n{done.stdout}{done.stderr}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("bin", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--cxx")
    parser.add_argument("--qt", default="", help="the flags to compile and link with Qt, separated by semicolons")
    parser.add_argument("--only", default="", help="only pages whose path contains this")
    given = parser.parse_args()
    failures, blocks = [], []
    for page in pages(given.root):
        name = str(page.relative_to(given.root))
        if given.only in name:
            blocks += split(name, page.read_text(encoding="utf-8"))[0]
    counts, skipped = dict.fromkeys(LANGUAGES, 0), []
    with tempfile.TemporaryDirectory(prefix="shmpix-pages-") as folder:
        runner = Runner(given.root, given.bin, given.cxx, [flag for flag in given.qt.split(";") if flag], pathlib.Path(folder))

        def run(number):
            block = blocks[number]
            try:
                reason = runner.run(block, number)
                if reason:
                    skipped.append(f"{block.page}:{block.line}: not run: {reason}.")
                elif block.language in counts:
                    counts[block.language] += 1
            except (Failure, subprocess.SubprocessError, OSError) as failure:
                failures.append(f"{block.page}:{block.line}: {failure}")

        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            slowest_first = sorted(range(len(blocks)), key=lambda number: blocks[number].language not in ("cpp", "csharp"))
            list(pool.map(run, slowest_first))
    print("\n".join(skipped + failures))
    print(", ".join(f"{count} {language}" for language, count in counts.items()) + f", {len(failures)} failures")
    return 1 if failures or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
