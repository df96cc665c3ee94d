"""The table of the requirements: each has tests at every level at which it means something, or a reason.

docs/requirements.md says what each asks for. A test proves requirements by its name, `test_T3b_…` (or `test_E2_E3_…`,
`test_T7b_and_c_…`), at the level of the folder that it stands in. `python tests/test_requirements.py` prints the table.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import pytest

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "requirements.md"
DEMO = HERE.parent / "examples" / "acts.py"

REQUIREMENTS = [
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
    **{(requirement, level): _BEHIND for requirement in ("E10", "E11") for level in ("terminal", "desktop")},
    **{(requirement, "desktop"): _INTERFACE for requirement in ("T3a", "T3b")},
    **{("T9", level): _NO_WINDOW for level in ("service", "server")},
}
"""Why a requirement means nothing at a level. Where there are tests all the same, they count."""

_named = re.compile(r"test((?:_[ETU]\d+[a-z]?)+)(?:_and_([a-z]))?_").match


def _requirements_of(name: str) -> list[str]:
    named = _named(name)
    if named is None:
        return []
    requirements = named[1].strip("_").split("_")
    if named[2]:
        requirements.append(requirements[-1][:-1] + named[2])
    return [
        requirement
        for requirement in REQUIREMENTS
        if requirement in requirements or (requirement[:-1] in requirements and requirement[-1].isalpha())
    ]


@attrs.frozen
class Proof:
    """A test that names requirements."""

    file: Path
    "Below the folder of all tests."
    name: str

    @property
    def requirements(self) -> list[str]:
        """The requirements that it names; T3 or T7 as a whole are all their parts."""
        return _requirements_of(self.name)

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
    (requirement, level): [proof for proof in PROOFS if proof.level == level and requirement in proof.requirements]
    for requirement in REQUIREMENTS
    for level in LEVELS
}


@pytest.mark.parametrize(
    ("requirement", "level"), list(CELLS), ids=[f"{requirement}-{level}" for requirement, level in CELLS]
)
def test_each_requirement_is_proved_at_each_level_or_there_is_a_reason(requirement: str, level: str) -> None:
    assert CELLS[requirement, level] or NOT_THERE.get((requirement, level)), (
        f"no test_{requirement}_… in tests/{LEVELS[level]}/"
    )


def test_each_requirement_is_proved_somewhere() -> None:
    assert [requirement for requirement in REQUIREMENTS if not any(CELLS[requirement, level] for level in LEVELS)] == []


def test_each_test_that_names_a_requirement_is_in_the_table() -> None:
    assert [proof for proof in PROOFS if proof.level is None or not proof.requirements] == []


def test_reasons_are_for_requirements_and_levels_that_there_are() -> None:
    assert set(NOT_THERE) <= set(CELLS)


@pytest.mark.checkout
def test_the_page_has_exactly_what_tests_are_named_for() -> None:
    assert list(_told()) == REQUIREMENTS
    assert {requirement for proof in PROOFS for requirement in proof.requirements} == set(_told())


@pytest.mark.checkout
def test_the_page_has_all_that_the_demo_prints() -> None:
    printed = {
        argument.value
        for node in ast.walk(ast.parse(DEMO.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tell"
        for argument in node.args[1:]
        if isinstance(argument, ast.Constant)
    }

    assert printed == set(_told())


@pytest.mark.checkout
def test_the_page_names_a_test_of_each_that_is_in_the_file_it_names() -> None:
    there = {(f"tests/{proof.file.as_posix()}", proof.name): proof.requirements for proof in PROOFS}

    for requirement, shown_by in _told().items():
        assert requirement in there.get(shown_by, []), (requirement, shown_by)


def _told() -> dict[str, tuple[str, str]]:
    """Return what the page has: by requirement the file and the name of the test beside it."""
    told = {}
    file = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        file = named[1] if (named := re.search(r"`(tests/\w+/\w+\.py)`", line)) else file
        if row := re.fullmatch(r"\| ([ETU]\w+) \| .* \| `(test_\w+)` \|", line):
            told[row[1]] = (file, row[2])
    return told


@pytest.mark.parametrize(
    ("name", "requirements"),
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
def test_a_name_says_its_requirements(name: str, requirements: list[str]) -> None:
    assert Proof(Path("service/test_it.py"), name).requirements == requirements


def main() -> None:
    """Print the table."""
    for (requirement, level), proofs in CELLS.items():
        said = [f"tests/{proof.file}::{proof.name}" for proof in proofs]
        for line in said or [f"- {NOT_THERE.get((requirement, level), 'NOTHING')}"]:
            print(f"{requirement:4} {level:9} {line}")  # noqa: T201 - what the program is for


if __name__ == "__main__":
    main()
