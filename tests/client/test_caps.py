"""What a client holds has caps: a server that tells of more is not believed, or the rest of it is let go."""

import pytest

from chatcore import GENERAL, BadFrame, ClientId, ConversationId, Message, User, UserId
from chatcore.client import directory, holdings, people
from chatcore.client.directory import Directory
from chatcore.client.holdings import Holdings
from chatcore.client.outbox import Outbox
from chatcore.client.people import MOST_ACTIVE, People
from chatcore.client.timeline import DISPLAYED, MOST_READS, Timeline
from chatcore.domain.tallies import Tally
from chatcore.wire import frames as f

ME, BOB = UserId("a" * 16), UserId("b" * 16)


def message(seq: int) -> Message:
    return Message(GENERAL, seq, BOB, ClientId(f"c{seq}"), "hi", 1_700_000_000_000, seq, seq, seq)


def somebody(number: int) -> User:
    return User(UserId(f"{number:016x}"), f"user{number}", number, number)


def test_there_are_not_more_active_users_than_a_cap() -> None:
    known = People()
    half = [UserId(f"{number:016x}") for number in range(MOST_ACTIVE)]
    known.presence(f.PresenceEvent(tuple(half), ()))

    with pytest.raises(BadFrame) as refused:
        known.presence(f.PresenceEvent((UserId("f" * 16),), ()))

    assert refused.value.field == "active"
    assert len(known._active) == people.MOST_ACTIVE


def test_there_are_not_more_users_than_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST_USERS", 3)
    known = Directory()

    with pytest.raises(BadFrame):
        known.take([somebody(number) for number in range(1, 10)], 9)

    assert len(known) == 3


@pytest.mark.parametrize(
    "other",
    [User(UserId("c" * 16), "carol", 2, 9), User(somebody(2).id, "user2", 7, 9), User(somebody(2).id, "user2", 1, 9)],
    ids=["two users of one number", "another number than before", "the number of another"],
)
def test_no_number_is_two_users_and_no_user_has_two(other: User) -> None:
    known = Directory()
    known.take([somebody(1), somebody(2)], 2)

    with pytest.raises(BadFrame):
        known.take([other], 9)

    assert known.users == [somebody(1), somebody(2)]


def test_there_are_not_more_conversations_than_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdings, "MOST_HELD", 2)
    held = Holdings(Outbox())
    held.enter(ME)

    held.count(Tally(GENERAL, 1))
    held.count(Tally(ConversationId(f"d.{ME}.{BOB}"), 1))
    with pytest.raises(BadFrame):
        held.count(Tally(ConversationId(f"d.{ME}.{'c' * 16}"), 1))

    assert len(held.tallies) == 2


def test_marks_and_readers_of_messages_that_are_not_here_are_let_go() -> None:
    timeline = Timeline(GENERAL, ME, [])
    timeline.load([message(seq) for seq in range(1, 4)], 0, more=False, shown=3, waiting=[])
    timeline.mark([(2, 2)])

    for stretch in range(1, 100):
        timeline.mark([(stretch * 1_000, stretch * 1_000 + 999)])
        timeline.receive([(stretch * 1_000 + place, 1) for place in range(1_000)])

    assert timeline._reads.known <= MOST_READS
    assert [item.state.value for item in timeline.items] == ["unread", "read", "unread"]


def test_messages_that_come_before_the_newest_page_are_as_many_as_are_displayed() -> None:
    timeline = Timeline(GENERAL, ME, [])

    for seq in range(1, DISPLAYED + 500):
        timeline.show(message(seq))
    timeline.load([], 0, more=True, shown=DISPLAYED + 499, waiting=[])

    assert [timeline.first, timeline.last] == [500, DISPLAYED + 499]
