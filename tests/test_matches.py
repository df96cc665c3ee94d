"""A match knows all that may come: whoever adds a member of a union or an enum is told where it has to be thought of.

mypy tells of a match that leaves a member out, but not where a default takes it in silence, nor where the last case has
a condition. So a default has to be `assert_never`, or to say why whatever comes there is welcome.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ("chatcore", "chatcore_server", "frontends/cli/chatcore_cli", "frontends/tk/chatcore_tk")


def faults(source: str) -> Iterator[tuple[int, str]]:
    """Return the lines of a module at which a new member would be swallowed, and how."""
    lines = source.splitlines()
    for match in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Match)):
        if match.cases[-1].guard:
            yield match.lineno, "the last case has a condition: mypy does not tell then what is left out"
        for case in match.cases:
            line = case.pattern.lineno
            said = "  # " in lines[line - 1] or "  # " in lines[case.body[0].lineno - 1]
            if _takes_anything(case.pattern) and not _is_never(case.body) and not said:
                yield line, "a default says why, as `case _:  # …`, or calls assert_never"


def _takes_anything(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and (pattern.pattern is None or _takes_anything(pattern.pattern))


def _is_never(body: list[ast.stmt]) -> bool:
    match body:
        case [ast.Expr(ast.Call(ast.Name("assert_never")))]:
            return True
        case _:  # anything else is not it
            return False


@pytest.mark.checkout
def test_no_match_swallows_a_new_member_in_silence() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {fault}"
        for package in SHIPPED
        for path in sorted((ROOT / package).rglob("*.py"))
        for line, fault in faults(path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("cases", "is_fault"),
    [
        ("case A(): pass", False),
        ("case A() if a: pass\n    case A(): pass", False),
        ("case A() if a: pass", True),
        ("case A(): pass\n    case _: pass", True),
        ("case A(): pass\n    case other: print(other)", True),
        ("case A(): pass\n    case _ as other: print(other)", True),
        ("case A(): pass\n    case _:  # of others nobody wants to hear\n        pass", False),
        ("case A(): pass\n    case _:\n        pass  # of others nobody wants to hear", False),
        ("case A(): pass\n    case _:\n        assert_never(it)", False),
        ("case A(): pass\n    case never:\n        assert_never(never)", False),
        ("case _ if a: pass\n    case A(): pass", True),
    ],
)
def test_what_is_a_fault(cases: str, *, is_fault: bool) -> None:
    assert bool(list(faults(f"match it:\n    {cases}\n"))) == is_fault
