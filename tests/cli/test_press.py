"""A press of the mouse counts on what stood under it when it began."""

import pytest
from chatcore_cli.press import Mouse, Press
from prompt_toolkit.data_structures import Point
from prompt_toolkit.mouse_events import MouseButton, MouseEvent, MouseEventType

DOWN, UP, MOVE = MouseEventType.MOUSE_DOWN, MouseEventType.MOUSE_UP, MouseEventType.MOUSE_MOVE
LEFT, RIGHT, NONE = MouseButton.LEFT, MouseButton.RIGHT, MouseButton.NONE


def event(kind: MouseEventType, row: int, button: MouseButton = LEFT) -> MouseEvent:
    return MouseEvent(Point(0, row), kind, button, frozenset())


def before(row: int) -> str | None:
    return ["bob", "carol"][row] if row < 2 else None


def after(row: int) -> str | None:
    return ["carol", "bob"][row] if row < 2 else None


@pytest.fixture
def press() -> Press[str]:
    return Press(Mouse())


def test_what_is_pressed_and_let_go_is_meant(press: Press[str]) -> None:
    assert press.ended(event(DOWN, 1), before) is None
    assert press.ended(event(UP, 1), before) == "carol"


def test_what_stood_there_at_the_press_is_meant_wherever_it_has_gone_meanwhile(press: Press[str]) -> None:
    press.ended(event(DOWN, 0), before)

    assert press.ended(event(UP, 0), after) == "bob"


def test_who_lets_go_elsewhere_has_thought_better_of_it(press: Press[str]) -> None:
    press.ended(event(DOWN, 0), before)

    assert press.ended(event(UP, 1), before) is None


@pytest.mark.parametrize("button", [RIGHT, MouseButton.MIDDLE])
def test_another_button_means_nothing(press: Press[str], button: MouseButton) -> None:
    press.ended(event(DOWN, 0, button), before)

    assert press.ended(event(UP, 0, button), before) is None


def test_a_press_in_one_part_of_the_screen_does_not_end_in_another() -> None:
    mouse = Mouse()
    rows, messages = Press[str](mouse), Press[str](mouse)
    messages.ended(event(DOWN, 0), before)
    messages.ended(event(UP, 0), before)
    rows.ended(event(DOWN, 0), before)

    assert messages.ended(event(UP, 0), before) is None


def test_a_button_that_was_let_go_where_nobody_heard_of_it_is_up(press: Press[str]) -> None:
    press.ended(event(DOWN, 0), before)
    press.ended(event(MOVE, 0, NONE), before)

    assert press.ended(event(UP, 0), before) is None
