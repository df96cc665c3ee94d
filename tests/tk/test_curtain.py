"""What is before the window while that is made."""

import tkinter as tk

import pytest
from chatcore_tk.curtain import Curtain
from chatcore_tk.look import Look

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


def test_it_hides_all_that_was_there_until_it_is_opened_and_that_has_found_its_place(root: tk.Tk, look: Look) -> None:
    label = tk.Label(root, text="moves when it hears of its size")
    label.pack()
    label.bind("<Configure>", lambda _event: label.pack_configure(padx=(40, 0)))
    root.update()
    label.pack_configure(padx=0)
    curtain = Curtain(root, look.theme)

    def seen_at(x: int, y: int) -> tk.Misc | None:
        return root.winfo_containing(root.winfo_rootx() + x, root.winfo_rooty() + y)

    root.update()
    covered = seen_at(300, 5), curtain.winfo_width()
    curtain.open()
    curtain.open()
    root.update()

    assert covered == (curtain, 600)
    assert seen_at(300, 5) is label
    assert curtain.winfo_exists() == 0
