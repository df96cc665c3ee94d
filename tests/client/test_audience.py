"""The observers: told in order, whatever they do while they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import attrs
import pytest

from chatcore import ConnectionPhase, ConnectionState, Observer
from chatcore.client.audience import Audience, Note


@attrs.define(eq=False)
class Ear(Observer):
    """Keeps what it is told (the reasons of states), and does something about it."""

    heard: list[str] = attrs.field(factory=list)
    reaction: Callable[[str], None] = lambda _: None

    def connection_changed(self, state: ConnectionState) -> None:
        self.heard.append(state.reason)
        self.reaction(state.reason)


def note(text: str) -> Note:
    state = ConnectionState(ConnectionPhase.ONLINE, reason=text)
    return lambda observer: observer.connection_changed(state)


def test_everybody_is_told_everything_in_order() -> None:
    audience, one, other = Audience(), Ear(), Ear()
    audience.add(one, [])
    audience.add(other, [])

    audience.tell([note("1"), note("2")])
    audience.tell([note("3")])

    assert one.heard == other.heard == ["1", "2", "3"]


def test_who_joins_is_told_what_is_first_for_them_and_then_what_comes() -> None:
    audience, one, other = Audience(), Ear(), Ear()
    audience.add(one, [])
    audience.tell([note("1")])

    audience.add(other, [note("welcome")])
    audience.tell([note("2")])

    assert one.heard == ["1", "2"]
    assert other.heard == ["welcome", "2"]


def test_who_left_is_told_nothing_more_and_may_leave_twice() -> None:
    audience, one = Audience(), Ear()
    leave = audience.add(one, [])

    leave()
    leave()
    audience.tell([note("1")])

    assert one.heard == []


def test_what_an_observer_brings_about_is_told_after_what_is_being_told() -> None:
    audience = Audience()
    one = Ear(reaction=lambda text: audience.tell([note("reaction")]) if text == "1" else None)
    other = Ear()
    audience.add(one, [])
    audience.add(other, [])

    audience.tell([note("1"), note("2")])

    assert one.heard == other.heard == ["1", "2", "reaction"]


def test_who_joins_while_others_are_told_hears_nothing_from_before() -> None:
    audience, late = Audience(), Ear()

    def bring_late(text: str) -> None:
        if text == "1":
            audience.add(late, [note("welcome")])

    audience.add(Ear(reaction=bring_late), [])

    audience.tell([note("1"), note("2")])
    audience.tell([note("3")])

    assert late.heard == ["welcome", "3"]


def test_who_leaves_while_others_are_told_hears_nothing_more() -> None:
    audience, other = Audience(), Ear()
    leave: list[Callable[[], None]] = []
    audience.add(Ear(reaction=lambda _: leave[0]()), [])
    leave.append(audience.add(other, []))

    audience.tell([note("1"), note("2")])

    assert other.heard == []


def test_an_observer_that_raises_is_logged_and_stays_and_others_notice_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(text: str) -> None:
        raise ValueError(text)

    audience, one, other = Audience(), Ear(reaction=fail), Ear()
    audience.add(one, [])
    audience.add(other, [])

    audience.tell([note("1"), note("2")])

    assert one.heard == other.heard == ["1", "2"]
    assert caplog.text.count("an observer raised") == 2


@pytest.mark.parametrize("error", [asyncio.CancelledError, GeneratorExit])
def test_not_even_a_cancellation_comes_out_of_an_observer(
    error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str) -> None:
        raise error(text)

    audience, one, other = Audience(), Ear(reaction=fail), Ear()
    audience.add(one, [])
    audience.add(other, [])

    audience.tell([note("1"), note("2")])

    assert one.heard == other.heard == ["1", "2"]
    assert caplog.text.count("an observer raised") == 2


def test_whoever_ends_the_program_from_an_observer_ends_it_and_the_rest_is_told_next_time() -> None:
    def interrupt(text: str) -> None:
        if text == "1":
            raise KeyboardInterrupt

    audience, one, other = Audience(), Ear(reaction=interrupt), Ear()
    audience.add(one, [])
    audience.add(other, [])

    with pytest.raises(KeyboardInterrupt):
        audience.tell([note("1"), note("2")])
    audience.tell([note("3")])

    assert one.heard == ["1", "2", "3"]
    assert other.heard == ["2", "3"]


def test_of_two_equal_observers_each_is_told_until_it_leaves_itself() -> None:
    @attrs.define
    class Equal(Observer):
        count: int = attrs.field(default=0, eq=False)

        def connection_changed(self, state: ConnectionState) -> None:
            self.count += 1

    audience, one, other = Audience(), Equal(), Equal()
    leave_one, leave_other = audience.add(one, []), audience.add(other, [])

    audience.tell([note("1")])
    leave_other()
    leave_other()
    audience.tell([note("2")])
    leave_one()
    audience.tell([note("3")])

    assert (one == other, one.count, other.count) == (True, 2, 1)


def test_an_observer_that_comes_twice_is_told_twice_until_it_leaves_once() -> None:
    audience, one = Audience(), Ear()
    audience.add(one, [])
    leave = audience.add(one, [])

    audience.tell([note("1")])
    leave()
    audience.tell([note("2")])

    assert one.heard == ["1", "1", "2"]


def test_a_coroutine_that_an_observer_gives_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def later() -> None:
        """Awaited by nobody."""

    audience, one = Audience(), Ear()
    audience.add(one, [])

    audience.tell([lambda _: later()])

    assert "which nobody awaits" in caplog.text
