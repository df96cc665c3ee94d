"""The table of the requirements: each row has tests at every level at which it means something, or a reason.

A test proves rows by its name, `test_T3b_…` (or `test_E2_E3_…`, `test_T7b_and_c_…`), at the level of the folder that it
stands in.
`python tests/test_rows.py` prints the table.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import pytest

HERE = Path(__file__).parent

ROWS = [
    *(f"E{number}" for number in range(1, 12)),
    *("T1", "T2", "T3a", "T3b", "T4", "T5", "T6", "T7a", "T7b", "T7c", "T7d", "T7e", "T8", "T9", "U1", "U2"),
]

LEVELS = {"service": "service", "server": "server", "terminal": "cli", "desktop": "tk"}
"""The levels, and the folders of their tests: the service with storage in memory; `chatcore.connect` against a
`chatcore-server` process with SQLite; the terminal client's screen; the desktop client's window."""

_BEHIND = "the database is behind the server: proved at its level, where it is killed and restarted"
_ONE_SCREEN = "what the server does for others does not show on one screen: proved at the level of the server"
_NO_WINDOW = "there is no window; what it is made of (sender, time, status) is proved with E3 and T2"
_INTERFACE = "it is about programs: proved for service and server; what a window shows of it is T5 and T8"

NOT_THERE: Mapping[tuple[str, str], str] = {
    ("E8", "service"): "client and server are in one process here: proved at the level of the server",
    ("E8", "terminal"): "a client alone cannot show it: proved at the level of the server",
    ("E8", "desktop"): "a client alone cannot show it: proved at the level of the server",
    **{("E9", level): _ONE_SCREEN for level in ("terminal", "desktop")},
    **{(row, level): _BEHIND for row in ("E10", "E11") for level in ("terminal", "desktop")},
    **{(row, "desktop"): _INTERFACE for row in ("T3a", "T3b")},
    **{("T9", level): _NO_WINDOW for level in ("service", "server")},
}
"""Why a row means nothing at a level. Where there are tests all the same, they count."""

_named = re.compile(r"test((?:_[ETU]\d+[a-z]?)+)(?:_and_([a-z]))?_").match


def _rows_of(name: str) -> list[str]:
    named = _named(name)
    if named is None:
        return []
    rows = named[1].strip("_").split("_")
    if named[2]:
        rows.append(rows[-1][:-1] + named[2])
    return [row for row in ROWS if row in rows or (row[:-1] in rows and row[-1].isalpha())]


@attrs.frozen
class Proof:
    """A test that names rows."""

    file: Path
    "Below the folder of all tests."
    name: str

    @property
    def rows(self) -> list[str]:
        """The rows that it names; T3 or T7 as a whole are all their parts."""
        return _rows_of(self.name)

    @property
    def level(self) -> str | None:
        """The level of the folder."""
        return next((level for level, folder in LEVELS.items() if folder == self.file.parts[0]), None)


def _proofs() -> Iterator[Proof]:
    for path in sorted(HERE.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _named(node.name):
                yield Proof(path.relative_to(HERE), node.name)


PROOFS = list(_proofs())

CELLS = {
    (row, level): [proof for proof in PROOFS if proof.level == level and row in proof.rows]
    for row in ROWS
    for level in LEVELS
}


@pytest.mark.parametrize(("row", "level"), list(CELLS), ids=[f"{row}-{level}" for row, level in CELLS])
def test_each_row_is_proved_at_each_level_or_there_is_a_reason(row: str, level: str) -> None:
    assert CELLS[row, level] or NOT_THERE.get((row, level)), f"no test_{row}_… in tests/{LEVELS[level]}/"


def test_each_row_is_proved_somewhere() -> None:
    assert [row for row in ROWS if not any(CELLS[row, level] for level in LEVELS)] == []


def test_each_test_that_names_a_row_is_in_the_table() -> None:
    assert [proof for proof in PROOFS if proof.level is None or not proof.rows] == []


def test_reasons_are_for_rows_and_levels_that_there_are() -> None:
    assert set(NOT_THERE) <= set(CELLS)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("test_E1_something", ["E1"]),
        ("test_E11_something", ["E11"]),
        ("test_T3b_something", ["T3b"]),
        ("test_T3_something", ["T3a", "T3b"]),
        ("test_T7b_and_c_something", ["T7b", "T7c"]),
        ("test_T1_and_something", ["T1"]),
        ("test_E1_E11_U1_something", ["E1", "E11", "U1"]),
        ("test_T7a_T7b_T7c_something", ["T7a", "T7b", "T7c"]),
        ("test_T10_something", []),
        ("test_T7f_something", []),
        ("test_something_of_T1", []),
    ],
)
def test_a_name_says_its_rows(name: str, rows: list[str]) -> None:
    assert Proof(Path("service/test_it.py"), name).rows == rows


def main() -> None:
    """Print the table."""
    for (row, level), proofs in CELLS.items():
        said = [f"tests/{proof.file}::{proof.name}" for proof in proofs]
        for line in said or [f"- {NOT_THERE.get((row, level), 'NOTHING')}"]:
            print(f"{row:4} {level:9} {line}")  # noqa: T201 - what the program is for


if __name__ == "__main__":
    main()
