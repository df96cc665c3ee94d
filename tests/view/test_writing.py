"""Writing at a desk: drafts, sending, messages that were refused."""

import attrs
import pytest

from chatcore import ClientId, ItemState, LoggedOut, NotFound, Remove, StorageFull, Update, User, UserId
from chatcore.view.drafts import Drafts
from tests.view.at_desk import BOB, CAROL, ME, AtDesk, item
from tests.view.test_drafts import Shelf

UNKEPT = "What you have begun to write is lost when you leave: "


def with_shelf() -> tuple[AtDesk, Shelf]:
    at, shelf = AtDesk(BOB, CAROL), Shelf()
    at.desk.writing.belong_to(Drafts(shelf))
    at.desk.open(BOB)
    at.asked.take()
    return at, shelf


def test_what_is_sent_has_plain_line_ends_and_nothing_around_it() -> None:
    at, _ = with_shelf()
    at.screen.text = "\nHello\r\nBob\x07!\n"

    at.desk.send()

    assert at.asked.take() == [("post", "bob", "Hello\nBob!")]
    assert at.screen.text == ""


def test_white_space_is_not_sent() -> None:
    at, _ = with_shelf()
    at.screen.text = " \n "

    at.desk.send()

    assert (at.asked.take(), at.screen.text) == ([], " \n ")


def test_a_message_that_is_too_long_stays_where_it_was_written() -> None:
    at, _ = with_shelf()
    at.screen.text = "x" * 4_001

    at.desk.send()

    assert at.said == "A message has at most 4000 characters; this one has 4001."
    assert (at.asked.take(), len(at.screen.text)) == ([], 4_001)


def test_a_message_of_nothing_that_can_be_seen_is_refused_at_once() -> None:
    at, _ = with_shelf()
    at.screen.text = "\u200b"

    at.desk.send()

    assert (at.said, at.asked.take()) == ("There is no text in it.", [])


def test_nothing_is_sent_where_no_conversation_is_open() -> None:
    at = AtDesk(BOB)
    at.screen.text = "Hello"

    at.desk.send()

    assert (at.asked.take(), at.screen.text) == ([], "Hello")


def test_who_has_posted_looks_at_the_end() -> None:
    at, _ = with_shelf()
    at.open_with(*[item(seq) for seq in range(1, 10)])
    at.desk.talk.to_oldest()

    at.desk.send("Hello")

    assert at.draw() == [7, 8, 9]


def test_a_draft_is_put_away_and_there_again() -> None:
    at, shelf = with_shelf()
    at.screen.text = "for Bob"

    at.desk.open(CAROL)
    for_carol = at.screen.text
    shown = [at.desk.viewer.line(row) for row in (BOB, CAROL)]
    at.desk.open(BOB)
    shown += [at.desk.viewer.line(row) for row in (BOB, CAROL)]

    assert (for_carol, at.screen.text) == ("", "for Bob")
    assert [line.draft for line in shown] == ["Draft:", "", "", ""]  # where it is being written one sees it
    assert shown[0].preview == "for Bob"
    assert shelf.kept == {BOB.conversation: "for Bob"}


def test_a_sent_draft_is_gone_from_the_disk_when_the_client_has_it() -> None:
    at, shelf = with_shelf()
    at.screen.text = "half"
    at.desk.writing.save()

    at.screen.text = "whole"
    at.desk.send()

    assert shelf.kept == {BOB.conversation: ""}


@pytest.mark.parametrize("is_at_once", [True, False])
def test_what_the_client_will_not_have_goes_back_before_what_was_written_meanwhile(is_at_once: bool) -> None:
    at, shelf = with_shelf()
    at.screen.text = "Hello"
    at.asked.refusal = LoggedOut() if is_at_once else None

    at.desk.send()
    if not is_at_once:
        at.screen.text = "meanwhile"
        at.asked.answer(LoggedOut())
    at.desk.writing.save()

    whole = "Hello" if is_at_once else "Hello\nmeanwhile"
    assert (at.screen.text, shelf.kept[BOB.conversation]) == (whole, whole)
    assert at.said == "The session has ended; log in again."


def test_it_goes_back_to_the_conversation_for_which_it_was() -> None:
    at, _ = with_shelf()
    at.desk.send("Hello")
    at.screen.text = "a draft"

    at.desk.open(CAROL)
    at.screen.drawings.clear()
    at.asked.answer(LoggedOut())
    drawn = list(at.screen.drawings)
    at.desk.open(BOB)

    assert (at.screen.text, "list" in drawn) == ("Hello\na draft", True)


def test_that_drafts_cannot_be_kept_is_said_once_and_again_when_it_went_well_between() -> None:
    at, shelf = with_shelf()
    shelf.is_full = True
    at.screen.text = "one"
    at.desk.writing.save()
    said = at.said
    at.desk.notices.clear()
    at.desk.writing.save()
    again = at.said

    shelf.is_full = False
    at.desk.writing.save()
    shelf.is_full = True
    at.screen.text = "two"
    at.desk.writing.save()

    assert said.startswith(UNKEPT)
    assert again == ""
    assert at.said.startswith(UNKEPT)


def test_where_nothing_that_waits_is_kept_that_is_said_of_what_is_begun_too() -> None:
    at, shelf = with_shelf()
    shelf.is_full = True
    at.screen.text = "one"

    at.desk.not_kept(StorageFull("the disk is full"))
    at.desk.writing.save()

    assert at.said == "What is not sent when you leave is lost: the disk is full"


def test_what_was_begun_before_comes_when_it_is_known_who_is_here_unless_something_is_written() -> None:
    for written, shown in (("", "begun before"), ("new", "new")):
        at, shelf = AtDesk(BOB, CAROL), Shelf()
        shelf.kept = {BOB.conversation: "begun before", CAROL.conversation: "to Carol"}
        at.desk.writing.belong_to(Drafts(keeper_of=lambda _user, shelf=shelf: shelf))  # type: ignore[misc]
        at.desk.open(BOB)
        at.screen.text = written

        at.desk.recognised(User(UserId("1"), "alice", 1, 1))
        at.desk.writing.save()

        assert (at.screen.text, shelf.kept[BOB.conversation]) == (shown, shown)
        assert at.desk.writing.draft_of(CAROL.conversation)


def test_the_next_user_finds_nothing_of_the_former_one() -> None:
    at, shelf = with_shelf()
    at.screen.text = "a secret"

    at.desk.begin(Drafts())
    text = at.screen.text
    at.desk.begin(Drafts(shelf))

    assert (text, shelf.kept[BOB.conversation]) == ("", "a secret")


def test_the_newest_refused_message_is_tried_again() -> None:
    at = AtDesk(BOB)
    at.open_with(item(1), item(None, ItemState.REFUSED, sender=ME, name="mine"))
    at.asked.take()

    at.desk.writing.retry()

    assert at.asked.take() == [("retry", ClientId("mine"))]


def test_the_picked_refused_message_is_thrown_away_and_let_go() -> None:
    at = AtDesk(BOB)
    first, second = (item(None, ItemState.REFUSED, sender=ME, name=name) for name in ("first", "second"))
    at.open_with(first, second)
    at.desk.talk.pick(2)
    at.asked.take()

    at.desk.writing.discard()

    assert at.asked.take() == [("discard", ClientId("first"))]
    assert at.desk.talk.unpick() is False


def test_after_it_was_thrown_away_a_press_means_what_is_there_now() -> None:
    at = AtDesk(BOB)
    at.open_with(item(1), item(2), item(None, ItemState.REFUSED, sender=ME, name="mine"))
    at.seconds = 10

    at.desk.writing.discard()
    at.desk.timeline_changed(BOB.conversation, [Remove(2)])
    at.draw()

    assert at.desk.talk.place_at(2) == (1, 0)


@pytest.mark.parametrize("how", ["retry", "discard"])
def test_that_there_is_no_refused_message_is_said(how: str) -> None:
    at = AtDesk(BOB)
    at.open_with(item(1))

    getattr(at.desk.writing, how)()

    assert at.said == "There is no refused message here."


def test_why_a_message_could_not_be_thrown_away_is_said() -> None:
    at = AtDesk(BOB)
    at.open_with(item(None, ItemState.REFUSED, sender=ME, name="mine"))
    at.asked.refusal = NotFound()

    at.desk.writing.discard()

    assert at.said == "There is no such user, conversation or message."


def test_nobody_writes_to_who_is_disabled_and_what_was_begun_stays() -> None:
    at, _ = with_shelf()
    at.screen.text = "are you there?"
    at.desk.rows_changed([Update(0, attrs.evolve(BOB, account="bob", disabled=True))])

    at.desk.send()

    assert at.said == at.desk.cannot_write == "Nobody can write to them: the account is disabled."
    assert (at.asked.take(), at.screen.text) == ([], "are you there?")


def test_one_writes_again_to_who_is_enabled() -> None:
    at, _ = with_shelf()
    at.screen.text = "are you there?"
    for is_disabled in (True, False):
        at.desk.rows_changed([Update(0, attrs.evolve(BOB, account="bob", disabled=is_disabled))])

    at.desk.send()

    assert (at.desk.cannot_write, at.asked.take()) == ("", [("post", "bob", "are you there?")])


def test_nobody_writes_to_a_deleted_user() -> None:
    at, _ = with_shelf()
    at.screen.text = "are you there?"
    at.desk.rows_changed([Update(0, attrs.evolve(BOB, account="", disabled=True))])

    at.desk.send()

    assert (at.said, at.asked.take()) == ("Nobody can write to them: the account was deleted.", [])
