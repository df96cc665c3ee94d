"""Each place at which a person is shown what others or files say: none lets anything through that moves or hides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import attrs
import pytest

from chatcore import GENERAL, ChatError, ConversationId, Item, ItemState, Message, NotFound, Row, StorageError, UserId
from chatcore.client.connection_state import ConnectionPhase, ConnectionState
from chatcore.domain.ids import ClientId
from chatcore.domain.messages import Last
from chatcore.domain.users import User
from chatcore.view.language import ENGLISH
from chatcore.view.lines import bubble, row_line
from chatcore.view.list_view import ListView
from chatcore.view.names import Names
from chatcore.view.sentences import (
    connection_cause,
    connection_reason,
    draft_not_kept,
    error_text,
    not_kept,
    not_remembered,
    refusal_text,
    waits_for,
)
from tests.hostile_server import ESCAPES
from tests.view.at_desk import ALL, BOB, ME, AtDesk, item

UNSEEN = [sign for sign in ESCAPES if not sign.isprintable()]
NOW = datetime(2025, 10, 12, tzinfo=UTC)
BAD = Row(ConversationId("bad"), ESCAPES, UserId("bad"), account=ESCAPES, look="x", last=Last(1, ME, ESCAPES, 0, 1))
TWIN = attrs.evolve(BAD, conversation=ConversationId("twin"), user=UserId("twin"))
NOBODYS = attrs.evolve(BAD, user=None)
MYSELF = User(ME, ESCAPES, 1, 1, ESCAPES, "x")


def names(*rows: Row, me: User | None = None) -> Names:
    return Names(rows, me, ENGLISH)


def said_when_asked_for(conversation: ConversationId | None, error: ChatError | None) -> str:
    alice = AtDesk(ALL, BOB)
    alice.desk.choosing.open_named(ESCAPES)
    alice.desk.choosing.find("something else")
    alice.asked.answer(conversation, error)
    return alice.desk.notices.text


def said_where_several_have_a_name() -> str:
    alice = AtDesk(BAD, TWIN)
    alice.desk.choosing.open_named(ESCAPES)
    return alice.desk.notices.text


def said_of_another_name() -> str:
    alice = AtDesk(ALL)
    alice.desk.show_me_as(ESCAPES)
    alice.asked.answer(None)
    return alice.desk.notices.text


def copied() -> str:
    alice = AtDesk(ALL)
    alice.desk.copy(attrs.evolve(item(1), text=ESCAPES))
    return alice.screen.copied


def rung() -> str:
    alice = AtDesk(ALL, BAD, TWIN)
    message = Message(GENERAL, 1, BAD.user or UserId(""), ClientId("c"), ESCAPES, 0, 1, 1, 1)
    return " ".join(alice.desk._called(message))


PLACES: dict[str, Callable[[], str]] = {
    "the name of a row": lambda: row_line(BAD, me=ME, names=names(BAD), now=NOW, language=ENGLISH).name,
    "the account beside the name of a row": lambda: names(BAD, TWIN).of_row(BAD).account,
    "the name of a row of nobody": lambda: names(NOBODYS).of_row(NOBODYS).name,
    "one's own name": lambda: names(me=MYSELF).of(ME).name,
    "one's own account": lambda: names(BAD, me=MYSELF).of(ME).account,
    "the last words of a row": lambda: row_line(BAD, me=ME, names=names(BAD), now=NOW, language=ENGLISH).preview,
    "a draft in a row": lambda: (
        row_line(BAD, me=ME, names=names(BAD), now=NOW, language=ENGLISH, draft=ESCAPES).preview
    ),
    "what is offered to be completed: the name": lambda: listed().both_names[0][0],
    "what is offered to be completed: the account": lambda: listed().both_names[0][1],
    "a message": lambda: shown(attrs.evolve(item(1), text=ESCAPES)),
    "who has written a message": lambda: shown(item(1, sender=UserId("bad"))),
    "why a message was refused": lambda: shown(attrs.evolve(item(1, ItemState.REFUSED, sender=ME), reason=ESCAPES)),
    "by what code a message was refused": lambda: refusal_text(ESCAPES, ENGLISH),
    "what a server says of an error": lambda: error_text(ChatError(ESCAPES), ENGLISH),
    "why there is no connection": lambda: connection_reason(offline("too_sunny"), ENGLISH),
    "what is wrong with the connection": lambda: connection_cause(offline("unreachable"), ENGLISH),
    "why nothing is kept": lambda: not_kept(StorageError(ESCAPES), ENGLISH),
    "why no draft is kept": lambda: draft_not_kept(StorageError(ESCAPES), ENGLISH),
    "why nobody is remembered": lambda: not_remembered(OSError(1, ESCAPES, ESCAPES), ENGLISH),
    "whose messages wait": lambda: waits_for(ESCAPES, 2, ENGLISH),
    "whom nobody was found for": lambda: said_when_asked_for(None, NotFound()),
    "who was found": lambda: said_when_asked_for(BOB.conversation, None),
    "whom there are several of": said_where_several_have_a_name,
    "how one is seen now": said_of_another_name,
    "what is copied": copied,
    "what a notification says": rung,
}


def offline(code: str) -> ConnectionState:
    return ConnectionState(ConnectionPhase.OFFLINE, 1.0, ESCAPES, code)


def listed() -> ListView:
    alice = AtDesk(BAD)
    return alice.viewer.people


def shown(of: Item) -> str:
    line = bubble(of, me=ME, names=names(BAD, TWIN), now=NOW, language=ENGLISH)
    return f"{line.sender} {line.text} {line.status}"


@pytest.mark.parametrize("place", PLACES)
def test_what_others_say_is_harmless_wherever_it_is_shown(place: str) -> None:
    told = PLACES[place]()

    assert "OWNED" in told
    assert [sign for sign in UNSEEN if sign in told and sign != "\n"] == []
