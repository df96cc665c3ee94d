"""Which of the things that stand one below the other is at a height."""

import pytest

from chatcore.view.stack import Stack

STACK = Stack(("bob", "carol", "dora"), (-1, 2, 3, 5))


@pytest.mark.parametrize(
    ("height", "thing"),
    [(-2, None), (-1, "bob"), (1, "bob"), (2, "carol"), (3, "dora"), (4, "dora"), (5, None), (99, None)],
)
def test_a_thing_stands_from_its_edge_to_the_next(height: int, thing: str | None) -> None:
    assert STACK.under(height) == thing


def test_where_nothing_stands_nothing_is_found() -> None:
    assert (Stack[str]().place(0), Stack[str]((), (0,)).under(0)) == (None, None)
