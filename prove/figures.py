"""The figures in docs/promises.md: one line for each long run, with the commit that was measured."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "promises.md"


def note(part: str, figure: str, commit: str) -> None:
    """Put a line at the end of the page's table of figures, which is the last thing on it."""
    day = datetime.now(UTC).date().isoformat()
    text = PAGE.read_text(encoding="utf-8").rstrip("\n")
    PAGE.write_text(f"{text}\n| {part} | {figure} | {commit} | {day} |\n", encoding="utf-8")


def commit_now() -> str:
    """Return the short name of what is checked out, with a + where more was changed than documentation and figures."""
    git = ("git", "-C", str(PAGE.parent))
    name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", ":/", ":!/docs", ":!/benchmarks/results.json"],
        capture_output=True,
        text=True,
        check=True,
    )
    return name.stdout.strip() + ("+" if changed.stdout.strip() else "")
