"""tidyunits.py BUILD_FOLDER FOLDER [FILE...]: prepares the sources for clang-tidy and prints the files to read.

Without files these are units: reading Qt's headers takes clang-tidy most of its time, so it reads the sources of a folder together,
except those that use the same names for themselves. FOLDER gets a file for each unit, which includes its sources, and the checks for
the tests. With files, the sources among them are read alone, which also finds what one of them forgets to include. FOLDER gets a
compile_commands.json in either case. Sources that are not built here, such as the test of what only a newer Qt has, are left out.
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


def without_precompiled(entry):
    """clang cannot read the headers that GCC has precompiled."""
    return {**entry, "command": re.sub(r" -Winvalid-pch -include \S+", "", entry["command"])}


def of_unit(entry, unit):
    """The entry of one of its sources for the unit, in which names in one source do not really shadow those in another."""
    command = entry["command"].replace(" -Wshadow", "").replace(entry["file"], str(unit))
    return {"directory": entry["directory"], "file": str(unit), "command": command}


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


def write_units(entries, folder):
    """Writes the units, and returns their entries."""
    folders = defaultdict(list)
    for source, entry in sorted(entries.items(), key=lambda item: str(item[0])):
        target = re.search(r" -o \S*CMakeFiles/(\w[^/]*)\.dir/", entry["command"])[1]
        folders[source.parent.relative_to(ROOT), target].append(source)
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests/.clang-tidy", folder / "tests")
    written = []
    for (name, target), sources in folders.items():
        for number, members in enumerate(units(sources)):
            place = folder / "tests" if name.parts[0] == "tests" else folder
            unit = place / f"{'-'.join(name.parts)}-{target}-{number}.cpp"
            unit.write_text(unit_text(members), encoding="utf-8")
            written.append(of_unit(entries[members[0]], unit))
    return written


def main(build, folder, files):
    tracked = subprocess.run(["git", "ls-files", "*.cpp"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    wanted = {str(ROOT / name) for name in (set(tracked).intersection(files) if files else tracked)}
    entries = {Path(entry["file"]): without_precompiled(entry)
               for entry in json.loads((build / "compile_commands.json").read_text()) if entry["file"] in wanted}
    folder.mkdir()
    chosen = list(entries.values()) if files else write_units(entries, folder)
    (folder / "compile_commands.json").write_text(json.dumps(chosen, indent=1), encoding="utf-8")
    for entry in chosen:  # only now: who reads this needs the commands
        print(entry["file"])


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:])
