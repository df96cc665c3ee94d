"""A post of the program itself gets its message, or the error, once."""

from __future__ import annotations

import pytest

from chatcore import GENERAL, Busy, ClientId, UserId
from chatcore.domain.messages import Message, NewMessage
from chatcore.host.own_post import OwnPost
from chatcore.ports.commits import Refused, Repeated, Stored
from chatcore.wire import frames as f

ANN = UserId("a" * 16)
MESSAGE = Message(GENERAL, 1, ANN, ClientId("c"), "hello", 0, 1, 1, 1)
POST = NewMessage(ANN, GENERAL, ClientId("c"), "hello", None)


@pytest.mark.parametrize("outcome", [Stored(POST, MESSAGE), Repeated(POST, MESSAGE)], ids=["stored", "repeated"])
async def test_it_gets_the_message_that_is_stored(outcome: Stored | Repeated) -> None:
    own = OwnPost()

    frame = own.answer(outcome)
    own.listener.put([])  # nobody reads it

    assert (await own.message, frame) == (MESSAGE, f.MessageEvent(MESSAGE))


async def test_it_gets_the_error_for_which_nothing_is_stored() -> None:
    own = OwnPost()

    own.answer(Refused(POST, Busy()))

    with pytest.raises(Busy):
        await own.message


async def test_what_nobody_waits_for_any_more_is_no_mistake() -> None:
    own = OwnPost()
    own.message.cancel()

    assert own.answer(Stored(POST, MESSAGE)) == f.MessageEvent(MESSAGE)
    assert own.answer(Refused(POST, Busy())).code == "busy"  # type: ignore[union-attr]
