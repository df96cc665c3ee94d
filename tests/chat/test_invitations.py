"""`chat.invitations`: a program invites people to the chat that it has inside."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import chatcore
import chatcore_server
from chatcore import Chat, InvalidInvitation, InvitationNeeded
from chatcore.testing.world import PASSWORD


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", registration="invitation", password_cost="low") as chat:
        yield chat


async def test_who_was_given_a_code_comes_in_with_it_once(chat: Chat) -> None:
    code = await chat.invitations.make(label="a neighbour")

    async with chatcore_server.serve(chat, port=0) as door, chatcore.connect(door.url) as client:
        with pytest.raises(InvitationNeeded) as needed:
            await client.register("ann", PASSWORD)
        with pytest.raises(InvalidInvitation) as invalid:
            await client.register("ann", PASSWORD, invitation="no code")
        ann = await client.register("ann", PASSWORD, invitation=code)
        async with chatcore.connect(door.url) as other:
            with pytest.raises(InvalidInvitation):
                await other.register("bob", PASSWORD, invitation=code)

    assert (needed.value.field, invalid.value.field, ann.name) == ("invitation", "invitation", "ann")
    (told,) = await chat.invitations.all()
    assert (told.label, told.uses, told.used, told.ends) == ("a neighbour", 1, 1, None)


async def test_an_invitation_is_listed_and_revoked(chat: Chat) -> None:
    await chat.invitations.make(uses=30, label="class 3b", lasts=timedelta(days=7))
    await chat.invitations.make(until=datetime(2099, 12, 24, 18, tzinfo=UTC))

    second, first = sorted(await chat.invitations.all(), key=lambda invitation: invitation.label)  # of one moment

    assert (first.label, first.uses, first.used) == ("class 3b", 30, 0)
    assert first.ends is not None
    assert timedelta(0) <= first.made + timedelta(days=7) - first.ends < timedelta(minutes=1)
    assert second.ends == datetime(2099, 12, 24, 18, tzinfo=UTC)
    await chat.invitations.revoke(first)
    await chat.invitations.revoke(first.id)
    assert await chat.invitations.all() == [second]


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"uses": 0}, ValueError, "an invitation has 1 to 1000000 uses"),
        ({"uses": 1_000_001}, ValueError, "an invitation has 1 to 1000000 uses"),
        ({"uses": True}, TypeError, "uses is a whole number"),
        ({"label": "x" * 65}, ValueError, "label has 0 to 64 characters"),
        ({"label": "two\nlines"}, ValueError, "label has a control character"),
        ({"until": datetime(2001, 1, 1, tzinfo=UTC)}, ValueError, "an invitation ends in the future"),
        ({"until": datetime(2101, 1, 1)}, ValueError, "has no time zone"),  # noqa: DTZ001 - that is the mistake
        ({"until": datetime(2101, 1, 1, tzinfo=UTC), "lasts": timedelta(1)}, ValueError, "not both"),
    ],
)
async def test_an_invitation_that_cannot_be_is_refused(
    chat: Chat, given: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        await chat.invitations.make(**given)

    assert await chat.invitations.all() == []


def test_a_registration_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match='"open", "invitation" or "closed", not \'invited\''):
        Chat(":memory:", registration="invited")
