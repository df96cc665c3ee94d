"""What is made from the code: whole files, and parts of pages that are written by hand.

A part stands between `<!-- made from the code: NAME -->` and `<!-- end -->`. `--check` writes nothing and exits 1 where
something is stale.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PART = re.compile(r"(?<=<!-- made from the code: )(\w+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)

Parts = Mapping[str, Callable[[], str]]


def main(pages: Mapping[str, Parts], arguments: list[str]) -> int:
    """Write the parts of pages (by their names below docs/), or check them; give the exit status."""
    if arguments not in ([], ["--check"]):
        return _misused()
    paths = {ROOT / "docs" / name: parts for name, parts in pages.items()}
    stale = [path for path, parts in paths.items() if not _renew(path, parts, write=not arguments)]
    return max(map(_told_stale, stale), default=0)


def whole(path: Path, text: str, arguments: list[str]) -> int:
    """Write a file that is made from the code altogether, or check it; give the exit status."""
    if arguments not in ([], ["--check"]):
        return _misused()
    if not arguments:
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        return _told_stale(path)
    return 0


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """Return the lines of a table."""
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |"


def _misused() -> int:
    print(f"usage: {Path(sys.argv[0]).name} [--check]", file=sys.stderr)
    return 2


def _told_stale(path: Path) -> int:
    print(f"{path.relative_to(ROOT)} is stale: run `make docs`", file=sys.stderr)
    return 1


def _renew(path: Path, parts: Parts, *, write: bool) -> bool:
    """Bring a page up to date; False where it is not, and is not to be written."""
    old = path.read_text(encoding="utf-8")
    new = PART.sub(lambda found: f"{found[1]}{found[2]}\n{parts[found[1]]().strip()}\n\n", old)
    if write:
        path.write_text(new, encoding="utf-8")
    return write or new == old
