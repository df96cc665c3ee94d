"""The mouse wheel, on each window system."""

import tkinter as tk

import pytest
from chatcore_tk.wheel import bind_wheel

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


def test_a_step_is_one_up_or_one_down_however_a_system_tells_of_it(root: tk.Tk) -> None:
    turns: list[int] = []
    bind_wheel(root, turns.append)

    root.event_generate("<Button-4>")
    root.event_generate("<Button-5>")
    for delta in (120, -120, 15, -1):  # a fine wheel turns less at a time
        root.event_generate("<MouseWheel>", delta=delta)

    assert turns == [1, -1, 1, -1, 1, -1]
