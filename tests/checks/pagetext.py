"""Markdown pages: finds them, and separates their code blocks from the other text."""
import re

FENCE = re.compile(r"^( *)(```+)(.*)$")
NOTE = re.compile(r"^ *<!-- (sender|receiver|prints): (.*?) -->$")


class Failure(Exception):
    pass


class Block:
    def __init__(self, page, line, language, notes):
        self.page, self.line, self.language, self.notes, self.lines = page, line, language, notes, []

    def all(self, kind):
        return [text for name, text in self.notes if name == kind]

    @property
    def text(self):
        return "\n".join(self.lines) + "\n"


def split(page, text):
    """Returns the code blocks of a page, and all lines of the page with those of the blocks replaced by empty lines."""
    blocks, prose, block, indent, notes = [], [], None, "", []
    for count, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if block is None and fence:
            indent, block = fence.group(1), Block(page, count, fence.group(3).strip(), notes)
            notes = []
            prose.append("")
        elif block is not None:
            if fence and not fence.group(3):
                blocks.append(block)
                block = None
            else:
                block.lines.append(line[len(indent):] if line.startswith(indent) else line)
            prose.append("")
        else:
            note = NOTE.match(line)
            notes = notes + [note.groups()] if note else []
            prose.append(line)
    if block is not None:
        raise Failure(f"{page}:{block.line}: the code block does not end.")
    return blocks, "\n".join(prose)


def pages(root):
    """Returns all pages of the project, except those in build folders and in hidden folders of other tools."""
    for path in sorted(root.rglob("*.md")):
        first = path.relative_to(root).parts[0]
        if not re.match(r"build(-|$)|\.(?!github$)", first):
            yield path
