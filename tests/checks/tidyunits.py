"""tidyunits.py BUILD_FOLDER FOLDER: combines the sources for clang-tidy.

Reading Qt's headers takes clang-tidy most of its time, so it reads the sources of a folder together, except those that use the same
names for themselves. FOLDER gets a file for each such unit, which includes its sources, a compile_commands.json, and the checks for
the tests. Prints the files to read.
"""
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Each source has a struct of this name of its own for its texts.
TEXT = re.compile(r"^struct Text$", re.MULTILINE)

# What a source declares outside classes and functions, where lines are not indented.
DEFINED = re.compile(r"^(?:(?:struct|class|enum class|using(?! namespace))\s+(\w+)\b(?!::)"
                     r"|(?!using|return|namespace|template)[\w\[][^\n({=;]*?(?<![:\w])(\w+)\s*(?:\[\w*\]\s*)?[({=;])", re.MULTILINE)
TEST_HEADER = re.compile(r'^#include "(tests/.*\.h)"', re.MULTILINE)
USED = re.compile(r"^using\s+([\w:]+::(\w+));", re.MULTILINE)


def command_for(entry, unit):
    """The entry's command for another file. clang cannot read the headers that GCC has precompiled, and names in one source do
    not really shadow those in another."""
    command = re.sub(r" -Winvalid-pch -include \S+", "", entry["command"]).replace(" -Wshadow", "")
    return command.replace(entry["file"], str(unit))


def unit_text(sources):
    lines = []
    for source in sources:
        own = f"Text_{source.stem}"
        renames = TEXT.search(source.read_text(encoding="utf-8"))
        include = f'#include "{source}"  // NOLINT(bugprone-suspicious-include)'
        lines += [f"#define Text {own}", include, "#undef Text"] if renames else [include]
    return "\n".join(lines) + "\n"


def defined_in(file):
    return {name for match in DEFINED.findall(file.read_text(encoding="utf-8")) for name in match if name and name != "Text"}


def names_in(source):
    """What each name at the top of a source, or of a header of the tests that it includes, stands for."""
    text = source.read_text(encoding="utf-8")
    names = {name: header for header in TEST_HEADER.findall(text) for name in defined_in(ROOT / header)}
    names.update({short: full for full, short in USED.findall(text)})
    names.update({name: str(source) for name in defined_in(source)})
    return names


def units(sources):
    """The sources in as few lists as their names allow."""
    lists = []
    for source in sources:
        names = names_in(source)
        for taken, members in lists:
            if all(taken.get(name, meaning) == meaning for name, meaning in names.items()):
                taken.update(names)
                members.append(source)
                break
        else:
            lists.append((names, [source]))
    return [members for _, members in lists]


def main(build, folder):
    entries = {Path(entry["file"]): entry for entry in json.loads((build / "compile_commands.json").read_text())}
    tracked = subprocess.run(["git", "ls-files", "*.cpp"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    folders = defaultdict(list)
    for source in (ROOT / name for name in tracked):
        if source in entries:  # others are not built here, such as the test of what only a newer Qt has
            target = re.search(r" -o \S*CMakeFiles/(\w[^/]*)\.dir/", entries[source]["command"])[1]
            folders[source.parent.relative_to(ROOT), target].append(source)
    (folder / "tests").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests/.clang-tidy", folder / "tests")
    commands = []
    for (name, target), sources in folders.items():
        for number, members in enumerate(units(sources)):
            place = folder / "tests" if name.parts[0] == "tests" else folder
            unit = place / f"{'-'.join(name.parts)}-{target}-{number}.cpp"
            unit.write_text(unit_text(members), encoding="utf-8")
            entry = entries[members[0]]
            commands.append({"directory": entry["directory"], "file": str(unit), "command": command_for(entry, unit)})
    (folder / "compile_commands.json").write_text(json.dumps(commands, indent=1), encoding="utf-8")
    print("\n".join(command["file"] for command in commands))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
