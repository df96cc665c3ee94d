"""What a frontend implements, and the changes by which it keeps its lists."""

import pytest

from chatcore import (
    Change,
    Insert,
    Move,
    Remove,
    Reset,
    Update,
    apply_changes,
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Insert(0, "x"), ["x", "a", "b", "c"]),
        (Insert(3, "x"), ["a", "b", "c", "x"]),
        (Update(1, "x"), ["a", "x", "c"]),
        (Move(0, 2, "x"), ["b", "c", "x"]),
        (Move(2, 0, "x"), ["x", "a", "b"]),
        (Remove(1), ["a", "c"]),
        (Reset(("x", "y")), ["x", "y"]),
    ],
    ids=repr,
)
def test_a_change_does_what_it_says(change: Change[str], expected: list[str]) -> None:
    shown = ["a", "b", "c"]

    apply_changes(shown, [change])

    assert shown == expected


def test_changes_are_applied_in_their_order() -> None:
    shown: list[str] = []

    apply_changes(shown, [Insert(0, "a"), Insert(0, "b"), Move(1, 0, "c"), Remove(1)])

    assert shown == ["c"]
