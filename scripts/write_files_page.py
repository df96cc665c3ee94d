"""Write docs/files.md: what every module is, in the first sentence of its docstring.

`--check` writes nothing and exits 1 where the page is stale.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import page_parts
from page_parts import ROOT

PAGE = ROOT / "docs" / "files.md"
PACKAGES = ("chatcore", "chatcore_server", "frontends/*/chatcore_*")

INTRODUCTION = """\
# Files

What every module is, in its own words. `make docs` writes this page from the modules' docstrings.
"""


def page(root: Path) -> str:
    """Return the text of the page for the packages below `root`."""
    packages = sorted(folder for pattern in PACKAGES for folder in root.glob(pattern) if folder.is_dir())
    return "\n".join([INTRODUCTION, *(section(root, folder) for package in packages for folder in folders(package))])


def folders(package: Path) -> Iterator[Path]:
    """Return the package and the folders in it that hold modules, from the top down."""
    yield from sorted({path.parent for path in package.rglob("*.py")})


def section(root: Path, folder: Path) -> str:
    """Return one folder's part of the page: its own sentence, then a line for each module."""
    modules = sorted(folder.glob("*.py"))
    init = folder / "__init__.py"
    lines = [f"## {folder.relative_to(root).as_posix()}/", ""]
    if init in modules:
        modules.remove(init)
        lines += [sentence(init), ""]
    lines += [f"- `{path.name}`: {sentence(path)}" for path in modules]
    if modules:
        lines.append("")
    return "\n".join(lines)


def sentence(path: Path) -> str:
    """Return the first sentence of a module's docstring, safe to stand in Markdown."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not docstring:
        return "(says nothing of itself yet)"
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    first = re.split(r"(?<=[.!?])\s+(?=[A-Z`])", paragraph, maxsplit=1)[0]
    return "".join(part if part.startswith("`") else escaped(part) for part in re.split(r"(`+[^`]+`+)", first))


def escaped(text: str) -> str:
    """Keep Markdown from reading more into a text than its writer did."""
    return re.sub(r"([\\*_<>\[\]{}$|])", r"\\\1", text)


if __name__ == "__main__":
    sys.exit(page_parts.whole(PAGE, page(ROOT), sys.argv[1:]))
