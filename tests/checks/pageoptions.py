"""pageoptions.py ROOT BIN: checks that docs/command-line.md has the options that --help of both programs lists, and no others."""
import os
import pathlib
import re
import subprocess
import sys


def main():
    page = (pathlib.Path(sys.argv[1]) / "docs/command-line.md").read_text(encoding="utf-8")
    failures, count = [], 0
    for program in ("shmpix-sender", "shmpix-receiver"):
        words = [str(pathlib.Path(sys.argv[2]) / program), "--help"]
        listed = subprocess.run(words, capture_output=True, text=True, check=True,
                                env=dict(os.environ, QT_QPA_PLATFORM="offscreen")).stdout
        known = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", listed, re.MULTILINE))
        section = page.partition(f"\n## {program}\n")[2].partition("\n## ")[0]
        described = re.findall(r"^\| `(--[a-z-]+)", section, re.MULTILINE)
        failures += [f"{program} has {name}, and docs/command-line.md does not." for name in sorted(known - set(described))]
        failures += [f"docs/command-line.md has {name}, and {program} does not." for name in sorted(set(described) - known)]
        count += len(known)
    print("\n".join(failures + [f"{count} options, {len(failures)} failures"]))
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
