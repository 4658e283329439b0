"""faults.py ROOT [NUMBER...]: compares the numbers that begin test names with the tables of tests/FAULTS.md, in both
directions. With numbers it lists the tests that have them.

A number is a letter and one or two digits, such as A3. It begins the name of a test function (void A3_..., def A3_...),
of a data row ("A3 ..." or "A3_...") or of a CTest entry; several numbers may begin one name.
"""
import collections
import pathlib
import re
import sys

NUMBERS = r"((?:[A-Z]\d{1,2}_)+)"
ROW = r"((?:[A-Z]\d{1,2}[ _])+)"
FUNCTION = re.compile(rf"\b(?:void|def)\s+(?:\w+::)?{NUMBERS}\w")
NAMED_ROW = re.compile(rf'\b(?:newRow|addRow|row|add)\(\s*"{ROW}')
ANY_LITERAL = re.compile(rf'"{ROW}')
ENTRY = re.compile(rf"\b(?:[a-z]+_)?{NUMBERS}[a-z]")
TABLE_ROW = re.compile(r"^\| ([A-Z]\d{1,2}) \|")


def numbers_in(text):
    return re.findall(r"[A-Z]\d{1,2}", text)


def used_numbers(root, letters):
    """Maps each number to the places that use it."""
    used = collections.defaultdict(list)
    for path in sorted((root / "tests").rglob("*")):
        if path.samefile(__file__):
            continue
        if path.suffix in (".cpp", ".h", ".py"):
            # Any string may name a row somewhere; with a letter of the table it does ("P6 2 1 255" is a picture's header).
            patterns = [(FUNCTION, None), (NAMED_ROW, None), (ANY_LITERAL, letters)]
        elif path.name == "CMakeLists.txt":
            patterns = [(ENTRY, None)]
        else:
            continue
        for count, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for pattern, allowed in patterns:
                for found in pattern.finditer(line):
                    for number in numbers_in(found.group(1)):
                        if allowed is None or number[0] in allowed:
                            used[number].append(f"{path.relative_to(root)}:{count}")
    return used


def main():
    root = pathlib.Path(sys.argv[1])
    rows = []
    for line in (root / "tests/FAULTS.md").read_text(encoding="utf-8").splitlines():
        rows += TABLE_ROW.findall(line)
    used = used_numbers(root, {row[0] for row in rows})
    if sys.argv[2:]:
        print("\n".join(place for number in sys.argv[2:] for place in used[number]))
        return 0
    failures = [f"tests/FAULTS.md has {number} {rows.count(number)} times." for number in sorted(set(rows))
                if rows.count(number) > 1]
    failures += [f"{used[number][0]}: {number} begins a test name and is not in tests/FAULTS.md."
                 for number in sorted(set(used) - set(rows))]
    failures += [f"tests/FAULTS.md: no test name begins with {number}." for number in rows if number not in used]
    for failure in failures:
        print(failure)
    print(f"{len(rows)} faults in the table, {len(used)} in test names, {len(failures)} failures")
    return 1 if failures or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
