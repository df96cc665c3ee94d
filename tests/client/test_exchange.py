"""Requests over one link: each is answered once, by the server or by the end of the link."""

from __future__ import annotations

import pytest

from chatcore import GENERAL, BadFrame, NotFound, Token, TooLong, Unreachable
from chatcore.adapters.memory_link import link_pair
from chatcore.client.exchange import Exchange
from chatcore.domain.tallies import Tally
from chatcore.ports.transport import OutFrame
from chatcore.view.language import choose
from chatcore.view.sentences import error_text
from chatcore.wire import frames as f
from chatcore.wire.limits import MAX_FRAME
from tests.protocol.joined import ALICE, FROM_CLIENT, FROM_SERVER, SNAPSHOT

NUMBERS = Tally(GENERAL, 3, 3, 1)


class Stage:
    """An exchange that has been let in; the test is the server."""

    def __init__(self) -> None:
        near, self.link = link_pair()
        self.exchange = Exchange(near, FROM_SERVER, FROM_CLIENT)
        self.told: list[object] = []

    async def let_in(self) -> Stage:
        self.exchange.greet("instance")
        self.exchange.ask(lambda number: f.LogIn(number, "alice", "secret", None), self.told.append)
        for frame in (f.Welcome(f.VERSION), f.LoggedIn(1, ALICE, Token("token")), SNAPSHOT):
            await self.say(frame)
        self.told.clear()
        return self

    async def say(self, frame: f.ServerFrame) -> f.ServerFrame | None:
        """Let the server say something; give what came."""
        self.link.write([OutFrame(FROM_SERVER.encode(frame))])
        came, request = await self.exchange.receive()
        if request is not None and came is not None:
            self.exchange.answered(request, came)
        return came

    def count(self) -> None:
        self.exchange.ask(lambda number: f.Count(number, GENERAL), self.told.append)


async def test_each_answer_is_told_to_whoever_asked_for_it() -> None:
    stage = await Stage().let_in()
    stage.count()
    stage.count()

    await stage.say(f.Counted(3, NUMBERS))

    assert stage.told == [f.Counted(3, NUMBERS)]


async def test_a_refusal_is_told_as_the_error_that_it_names() -> None:
    stage = await Stage().let_in()
    stage.count()

    await stage.say(f.ErrorFrame(2, "not_found", "there is no such conversation", "conversation", None))

    (error,) = stage.told
    assert isinstance(error, NotFound)
    assert (error.message, error.field) == ("there is no such conversation", "conversation")


async def test_who_waits_when_the_link_ends_is_told_once() -> None:
    stage = await Stage().let_in()
    stage.count()

    stage.exchange.end()
    stage.exchange.end()

    assert [type(error) for error in stage.told] == [Unreachable]


async def test_that_the_link_has_ended_can_be_told_in_the_language_of_the_person() -> None:
    stage = await Stage().let_in()
    stage.count()

    stage.exchange.end()

    (error,) = stage.told
    assert isinstance(error, Unreachable)
    assert error_text(error, choose("pl", {})) == (
        "Brak połączenia z serwerem: połączenie zostało przerwane, zanim nadeszła odpowiedź."
    )


async def test_what_answers_nothing_that_was_asked_ends_it() -> None:
    stage = await Stage().let_in()

    with pytest.raises(BadFrame):
        await stage.say(f.Counted(9, NUMBERS))


async def test_what_is_too_long_to_be_sent_is_refused_at_once_and_nobody_waits_for_it() -> None:
    stage = await Stage().let_in()

    with pytest.raises(TooLong):
        stage.exchange.ask(lambda number: f.FindUser(number, "a" * MAX_FRAME), stage.told.append)

    stage.exchange.end()
    assert stage.told == []


async def test_after_the_server_s_last_word_nothing_can_be_asked() -> None:
    stage = await Stage().let_in()
    stage.exchange.ask(f.LogOut, stage.told.append)
    await stage.say(f.LoggedOut(2))

    with pytest.raises(Unreachable):
        stage.count()
