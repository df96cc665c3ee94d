"""What a button of the mouse was pressed on: it counts when the button is let go on the same thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from prompt_toolkit.mouse_events import MouseButton, MouseEvent, MouseEventType

T = TypeVar("T")

BUTTONS = (MouseButton.LEFT, MouseButton.UNKNOWN)
"""Terminals that do not tell which one it was mean the left one."""


class Mouse:
    """Knows in which part of the screen a button was pressed last; none where it was let go again."""

    def __init__(self) -> None:
        self.pressed: object = None


class Press(Generic[T]):
    """The press that has begun in one part of the screen. What moves meanwhile makes no difference."""

    def __init__(self, mouse: Mouse) -> None:
        self._mouse = mouse
        self._under: Callable[[int], T | None] = lambda _height: None
        "What stood where at the press."
        self._pressed: T | None = None

    def ended(self, event: MouseEvent, under: Callable[[int], T | None]) -> T | None:
        """Return what was pressed, once the button is let go there; `under` tells what stands at a height now."""
        match event.event_type:
            case MouseEventType.MOUSE_DOWN:
                self._mouse.pressed, self._under = self, under
                self._pressed = under(event.position.y) if event.button in BUTTONS else None
            case MouseEventType.MOUSE_UP:
                began_here, self._mouse.pressed = self._mouse.pressed is self, None
                return self._pressed if began_here and self._pressed == self._under(event.position.y) else None
            case MouseEventType.MOUSE_MOVE:
                if event.button is MouseButton.NONE:
                    self._mouse.pressed = None  # it was let go where nobody heard of it
            case MouseEventType.SCROLL_UP | MouseEventType.SCROLL_DOWN:
                pass  # what was pressed stays pressed
        return None
