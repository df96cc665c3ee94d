"""The crossing into the window's thread."""

import gc
import os
import tkinter as tk
from collections.abc import Callable, Iterator
from threading import Thread, current_thread
from types import SimpleNamespace

import pytest
from chatcore_tk.bridge import Bridge

from chatcore.testing import VirtualClock

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture
def bridge(root: tk.Tk) -> Iterator[Bridge]:
    made = Bridge(root, VirtualClock().monotonic)
    yield made
    made.close()


def from_another_thread(hand_over: Callable[[], None]) -> None:
    gc.collect()  # there it would find windows of earlier tests, and wait for this thread
    thread = Thread(target=hand_over)
    thread.start()
    thread.join()


def test_what_other_threads_hand_over_is_done_in_the_window_s_in_order(root: tk.Tk, bridge: Bridge) -> None:
    done: list[tuple[int, str]] = []
    bridge.open()

    def hand_over() -> None:
        for number in range(100):
            bridge.hand_over(lambda number=number: done.append((number, current_thread().name)))  # type: ignore[misc]

    from_another_thread(hand_over)
    assert done == []
    root.update()

    assert done == [(number, current_thread().name) for number in range(100)]


def test_what_is_handed_over_before_it_is_open_waits(root: tk.Tk, bridge: Bridge) -> None:
    done: list[str] = []
    bridge.hand_over(lambda: done.append("early"))
    root.update()
    before = list(done)

    bridge.open()
    root.update()

    assert (before, done) == ([], ["early"])


def test_what_fails_is_told_in_the_log_and_stops_nothing(
    root: tk.Tk, bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []
    bridge.open()

    bridge.hand_over(lambda: done.append(str(1 // 0)))
    bridge.hand_over(lambda: done.append("after"))
    root.update()

    assert done == ["after"]
    assert "ZeroDivisionError" in caplog.text


def test_calls_that_take_long_let_the_window_have_its_turn_between_them(root: tk.Tk) -> None:
    clock, done = VirtualClock(), []
    bridge = Bridge(root, clock.monotonic)
    bridge.open()

    def long(name: str) -> None:
        clock.elapse(1.0)
        done.append(name)

    for name in ("one", "two", "three"):
        bridge.hand_over(lambda name=name: long(name))  # type: ignore[misc]
    steps = []
    while len(done) < 3:
        before = len(done)
        root.dooneevent()
        steps.append(len(done) - before)
    bridge.close()

    assert done == ["one", "two", "three"]
    assert max(steps) == 1


def test_nothing_is_called_once_it_is_closed_not_even_what_waits(root: tk.Tk) -> None:
    done: list[str] = []
    bridge = Bridge(root, VirtualClock().monotonic)
    bridge.open()

    bridge.hand_over(bridge.close)
    bridge.hand_over(lambda: done.append("late"))
    root.update()
    from_another_thread(lambda: bridge.hand_over(lambda: done.append("later")))
    root.update()

    assert done == []


def test_a_byte_into_the_waker_has_the_window_run_what_waits(root: tk.Tk, bridge: Bridge) -> None:
    done: list[str] = []
    bridge.open()
    root.update()
    waker = bridge.waker
    assert waker is not None
    bridge._calls.put(lambda: done.append("woken"))  # as a signal's handler leaves it

    os.write(waker, b"x")
    root.update()

    assert done == ["woken"]


def test_where_tk_cannot_watch_a_socket_the_window_looks_by_itself(root: tk.Tk) -> None:
    done: list[str] = []
    bridge = Bridge(SimpleNamespace(tk=None, after=root.after), VirtualClock().monotonic)  # type: ignore[arg-type]
    bridge.open()

    from_another_thread(lambda: bridge.hand_over(lambda: done.append("found")))
    while not done:
        root.dooneevent()
    bridge.close()

    assert (done, bridge.waker) == (["found"], None)
