"""The tables in docs/performance.md that a measurement writes: each between two comments that name it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from .curves import Growth, table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def tell(growths: Sequence[Growth], page: Path = PAGE) -> None:
    """Put the table of growth into the page, in the place of the former one."""
    text = page.read_text(encoding="utf-8")
    begin, end = "<!-- growth -->\n", "<!-- end of growth -->"
    written, count = re.subn(f"({begin}).*({end})", lambda m: f"{m[1]}{table(growths)}\n{m[2]}", text, flags=re.DOTALL)
    assert count == 1, f"{page} has no place for the table of growth"
    page.write_text(written, encoding="utf-8")
