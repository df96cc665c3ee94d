"""The observers: told in order, whatever they do while they are told."""

from __future__ import annotations

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
