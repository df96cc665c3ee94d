"""The page of promises is complete, and each promise has a test with its number."""

import re
from functools import cache
from pathlib import Path

import pytest

from prove import figures
from prove.parts import PARTS

ROOT = Path(__file__).parent.parent.parent
NUMBERS = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 21, 22, 23, 24, 25, 36]
"""Of one server; P8 is of edits, P15 of a cluster, P20 and P26 to P32 are of bad input and security."""

pytestmark = pytest.mark.checkout


def page(name: str = "promises.md") -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@cache
def names_of_tests() -> set[str]:
    """Return the names of all tests, those of the contracts among them."""
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "chatcore" / "testing").rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"^ *(?:async )?def (test_\w+)", code, re.MULTILINE))


@pytest.mark.parametrize("number", NUMBERS)
def test_each_promise_has_a_line_with_mechanism_and_test_and_a_test_with_its_number(number: int) -> None:
    (line,) = [line for line in page().splitlines() if line.startswith(f"| P{number} |")]
    _, _, promise, mechanism, tests, _, _ = line.split("|")

    assert promise.strip()
    assert mechanism.strip()
    assert f"p{number}_" in tests
    assert any(re.match(rf"test_(p\d+_)*p{number}_", name) for name in names_of_tests())


def test_each_part_of_the_proof_is_explained_and_measures_some_promise() -> None:
    lines = page().splitlines()
    measured = {part for line in lines if line.startswith("| P") for part in line.split("|")[-2].strip().split(", ")}

    assert {part.name for part in PARTS} == measured - {""}
    for part in PARTS:
        assert any(line.startswith(f"| {part.name} |") for line in lines)


@pytest.mark.parametrize("name", ["promises.md", "security.md"])
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", page(name))

    assert len(named) > 10
    assert [file for file in named if not (ROOT / file).exists()] == []


def test_each_promise_of_security_has_a_test() -> None:
    table = page("security.md").partition("## What is promised")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("|")][2:]

    assert len(rows) > 10
    assert [promise for _, promise, tests, _ in rows if not re.search(r"`tests/[\w/]+\.py`", tests)] == []


def test_each_part_of_the_proof_that_security_names_is_there() -> None:
    named = set(re.findall(r"the part `(\w+)` of `make prove`", page("security.md")))

    assert named
    assert named <= {part.name for part in PARTS}


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", page()))

    assert len(named) > 10
    assert named <= names_of_tests()


def test_a_figure_is_added_at_the_end_with_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "promises.md"
    copy.write_text(page(), encoding="utf-8")
    monkeypatch.setattr(figures, "PAGE", copy)

    figures.note("kill", "9 kills, 0 lost", "abc1234")

    assert copy.read_text(encoding="utf-8").splitlines()[-1].startswith("| kill | 9 kills, 0 lost | abc1234 | 2")
