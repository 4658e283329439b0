"""pagelinks.py ROOT: checks that every link and image of the .md pages below ROOT leads to a file, and to a heading where it
names one, and that README.md is short.
"""
import pathlib
import re
import sys

from pagetext import Failure, pages, split

README_LINES = 130
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)|^ *\[[^\]]+\]: (\S+)|<img [^>]*src=\"([^\"]+)\"", re.MULTILINE)


def anchors(text):
    """Returns the anchors that GitHub creates for the headings of a page."""
    found = {}
    _, prose = split("", text)
    for line in prose.splitlines():
        heading = re.match(r"^#{1,6} +(.*?) *#*$", line)
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).lower()
            slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            count = found.get(slug, -1) + 1
            found[slug] = count
            if count:
                found[f"{slug}-{count}"] = 0
    return set(found)


def broken_links(root, page, prose):
    # Code spans are removed, but their line breaks are kept.
    prose = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", lambda code: "\n" * code.group().count("\n"), prose, flags=re.DOTALL)
    for found in LINK.finditer(prose):
        target = next(group for group in found.groups() if group)
        if re.match(r"[a-z]+:", target):
            continue
        where = f"{page.relative_to(root)}:{prose.count(chr(10), 0, found.start()) + 1}"
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or root not in (file, *file.parents):
            yield f"{where}: {target} leads nowhere."
        elif anchor and (file.suffix != ".md" or anchor not in anchors(file.read_text(encoding="utf-8"))):
            yield f"{where}: {target}: there is no such heading in {file.relative_to(root)}."


def main():
    root, failures, count = pathlib.Path(sys.argv[1]).resolve(), [], 0
    for page in pages(root):
        name, text = str(page.relative_to(root)), page.read_text(encoding="utf-8")
        lines = len(text.splitlines())
        if name == "README.md" and lines > README_LINES:
            failures.append(f"README.md has {lines} lines; {README_LINES} are allowed.")
        try:
            failures += broken_links(root, page, split(name, text)[1])
        except Failure as failure:
            failures.append(str(failure))
        count += 1
    print("\n".join(failures + [f"{count} pages, {len(failures)} failures"]))
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
