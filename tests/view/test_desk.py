"""The desk: its session, what it says, and who looks."""

import attrs
import pytest

from chatcore import (
    GENERAL,
    ClientId,
    ConnectionPhase,
    ConnectionState,
    InvalidName,
    ItemState,
    Message,
    NameTaken,
    Reset,
    StorageFull,
    Unreachable,
    Update,
    User,
    UserId,
)
from chatcore.view.desk import MOMENT
from chatcore.view.drafts import Drafts
from tests.view.at_desk import ALL, BOB, CAROL, DORA, ENDED, ME, ONLINE, AtDesk, item, row

ENDS = ["session ended", "log-in"]


def message(conversation: str = "bob") -> Message:
    return Message(
        BOB.conversation if conversation == "bob" else GENERAL, 1, UserId("bob"), ClientId("c"), "x", 0, 1, 1, 1
    )


# ---- the session


def test_who_wants_to_connect_has_it_tried_at_once_or_comes_to_the_log_in() -> None:
    at = AtDesk(BOB)
    online = at.desk.connect()
    at.desk.connection_changed(ConnectionState(ConnectionPhase.CONNECTING))
    connecting = at.desk.connect()
    at.desk.connection_changed(ConnectionState(ConnectionPhase.OFFLINE, retry_in=9.0))
    offline = at.desk.connect()
    asked = at.asked.take()
    at.desk.touched()
    at.desk.connection_changed(ENDED)
    ended = at.desk.connect()

    assert (online, connecting, offline, ended) == (False, False, True, True)
    assert (asked, at.screen.ends) == ([("reconnect",)], ["session ended", "log-in"])


def test_a_session_that_ends_under_nobody_s_hands_leads_to_the_log_in() -> None:
    at = AtDesk(BOB)

    at.desk.connection_changed(ENDED)

    assert at.screen.ends == ENDS


def test_that_there_is_no_session_before_the_first_try_is_no_news() -> None:
    at = AtDesk(BOB)
    at.desk.begin(Drafts())

    at.desk.connection_changed(ConnectionState(ConnectionPhase.LOGGED_OUT))
    before = (list(at.screen.ends), at.desk.connection.phase)
    at.desk.connection_changed(ENDED)

    assert before == ([], ConnectionPhase.CONNECTING)
    assert at.screen.ends == ENDS


def test_who_may_be_in_the_middle_of_something_stays_until_they_want_to_go() -> None:
    at = AtDesk(BOB)
    at.desk.touched()

    at.desk.connection_changed(ENDED)
    before = list(at.screen.ends)
    at.desk.log_out()

    assert (before, at.screen.ends) == (ENDS[:1], ENDS)
    assert at.asked.take() == []


def test_what_was_open_last_is_opened_as_soon_as_it_is_in_the_list() -> None:
    at = AtDesk()
    at.desk.begin(Drafts(), CAROL.conversation)

    at.desk.rows_changed([Reset((BOB,))])
    before = at.desk.conversation
    at.desk.rows_changed([Reset((BOB, CAROL))])

    assert (before, at.desk.conversation) == (None, "carol")


def test_nothing_opens_by_itself_once_a_key_was_used() -> None:
    at = AtDesk()
    at.desk.begin(Drafts(), CAROL.conversation)

    at.desk.touched()
    at.desk.rows_changed([Reset((BOB, CAROL))])

    assert at.desk.conversation is None


def test_another_session_begins_with_nothing_of_the_former_one() -> None:
    at = AtDesk(BOB)
    at.open_with(item(1))
    at.desk.touched()
    at.desk.notices.say("Something.")

    at.desk.begin(Drafts())

    assert (at.desk.conversation, at.desk.view, at.viewer.me, at.said) == (None, None, None, "")
    assert (at.desk.is_touched, at.desk.window_active, at.viewer.people.rows) == (False, False, [])


def test_when_the_screen_goes_the_client_hears_that_nobody_looks() -> None:
    at = AtDesk(BOB)

    at.desk.end()

    assert at.asked.take() == [("opened", None), ("active", False)]


# ---- opening


def test_opening_takes_the_row_as_it_is_now() -> None:
    at = AtDesk(row("bob", unread=4, newest=12))

    at.desk.open(BOB)

    at.desk.timeline_changed(BOB.conversation, [Reset((item(11, ItemState.UNREAD), item(12, ItemState.UNREAD)))])
    assert at.desk.view
    assert at.desk.view.is_seeking  # the two unread ones above


def test_opening_what_is_open_leaves_the_view_and_what_is_written_as_they_are() -> None:
    at = AtDesk(BOB)
    at.open_with(item(1))
    at.screen.text, view = "half a sentence", at.desk.view
    at.asked.take()

    at.desk.open(BOB)

    assert (at.asked.take(), at.screen.text, at.desk.view) == ([], "half a sentence", view)


def test_opening_nothing_leaves_everything_as_it_is() -> None:
    at = AtDesk(BOB)
    at.desk.notices.say("Something.")

    at.desk.open(None)

    assert at.said == "Something."


# ---- what there is to see


def test_it_says_who_of_the_open_conversation_is_there() -> None:
    at = AtDesk(BOB, ALL)
    nobody = at.desk.attendance

    at.desk.open(BOB)
    bob = at.desk.attendance
    at.desk.open(ALL)

    assert (nobody, bob, at.desk.attendance) == ("", "inactive", "1 active")


def test_the_title_has_the_number_of_unread_messages() -> None:
    assert AtDesk(BOB, DORA).desk.title == "(2) chatcore"


def test_it_counts_down_to_the_next_try() -> None:
    at = AtDesk(BOB)
    online = at.desk.seconds_left

    at.desk.connection_changed(ConnectionState(ConnectionPhase.OFFLINE, retry_in=5.0))
    at.seconds += 2

    assert (online, at.desk.seconds_left) == (None, 3.0)


def test_a_second_that_passes_is_drawn_where_there_is_something_to_count() -> None:
    at = AtDesk(BOB)
    at.screen.drawings.clear()
    at.desk.tick()
    online = list(at.screen.drawings)

    at.desk.connection_changed(ConnectionState(ConnectionPhase.OFFLINE, retry_in=5.0))
    at.screen.drawings.clear()
    at.desk.tick()

    assert (online, at.screen.drawings) == ([], ["bars"])


def test_after_midnight_days_and_times_are_drawn_anew() -> None:
    at = AtDesk(BOB)
    at.desk.tick()
    at.screen.drawings.clear()

    at.day = 2
    at.desk.tick()

    assert at.screen.drawings == ["list", "talk"]


def test_that_the_outbox_is_not_kept_is_said_before_what_is_said() -> None:
    at = AtDesk(BOB)
    at.desk.notices.say("Something.")

    at.desk.not_kept(StorageFull("the disk is full"))

    assert at.said == "What is not sent when you leave is lost: the disk is full\nSomething."


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (5, "1 message was not shown as it came: it is in the history."),
        (7, "3 messages were not shown as they came: they are in the history."),
    ],
)
def test_messages_of_which_nothing_was_told_are_counted(last: int, words: str) -> None:
    at = AtDesk(BOB)

    at.desk.skipped(BOB.conversation, 5, last)

    assert at.said == words


# ---- who looks


def test_somebody_who_looks_or_no_longer_is_told_once() -> None:
    at = AtDesk(BOB)

    at.desk.attention.has_focus = False
    at.desk.look()
    at.desk.look()

    assert at.asked.take() == [("active", False)]


def test_a_key_says_that_somebody_looks_where_nothing_tells_of_the_focus() -> None:
    at = AtDesk(BOB)
    at.desk.attention.has_focus = None
    at.seconds = 100
    at.desk.tick()

    at.desk.touched()

    assert at.asked.take() == [("active", False), ("active", True)]


def test_the_person_is_called_for_what_they_do_not_see_but_not_without_end() -> None:
    at = AtDesk(BOB, ALL)
    at.open_with(item(1))

    at.desk.message_received(message())
    seen = at.screen.rung
    at.desk.message_received(message("general"))
    at.desk.message_received(message("general"))

    assert (seen, at.screen.rung) == (0, 1)


def test_they_are_called_for_the_open_conversation_too_when_they_do_not_look_or_read_older_messages() -> None:
    at = AtDesk(BOB)
    at.open_with(*[item(seq) for seq in range(1, 10)])
    at.desk.talk.to_oldest()
    at.desk.message_received(message())
    at.desk.talk.to_newest()
    at.desk.attention.has_focus = False
    at.desk.look()
    at.seconds += 10

    at.desk.message_received(message())

    assert at.screen.rung == 2


# ---- what is done


def test_escape_leaves_what_was_begun_one_by_one() -> None:
    at = AtDesk(BOB)
    at.open_with(item(1), item(2))
    at.screen.is_narrow = True
    at.desk.talk.pick(1)
    at.desk.choosing.find("b")
    states = []

    for _ in range(4):
        at.desk.escape()
        states.append((at.desk.choosing.is_finding, bool(at.desk.view and at.desk.view.picked)))

    assert states == [(False, True), (False, False), (True, False), (False, False)]


def test_escape_takes_a_notice_away_before_it_leaves_the_conversation() -> None:
    at = AtDesk(BOB)
    at.desk.open(BOB)
    at.screen.is_narrow = True
    at.desk.notices.say("Something.")

    at.desk.escape()

    assert (at.said, at.desk.choosing.is_finding) == ("", False)


def test_the_newest_message_is_copied_where_none_is_picked() -> None:
    at = AtDesk(BOB)
    at.desk.copy()
    nothing = at.screen.copied
    at.open_with(item(1), item(2))

    at.desk.copy()
    newest = at.screen.copied
    at.desk.talk.pick(2)
    at.desk.copy()

    assert (nothing, newest, at.screen.copied) == ("", "text 2", "text 1")


def test_the_whole_conversation_is_marked_as_read_up_to_its_newest_message() -> None:
    at = AtDesk(DORA)
    at.desk.read_all()
    at.desk.open(DORA)
    at.asked.take()

    at.desk.read_all()

    assert at.asked.take() == [("read all", "dora", 9)]


def test_a_row_that_changes_has_everything_drawn_that_shows_it() -> None:
    at = AtDesk(BOB)
    at.screen.drawings.clear()

    at.desk.rows_changed([Update(0, row("bob", unread=1))])

    assert set(at.screen.drawings) == {"list", "bars", "talk"}


def test_coming_online_has_the_empty_conversation_say_something_else() -> None:
    at = AtDesk(BOB, is_online=False)
    at.open_with()
    before = at.desk.talk.empty_text

    at.desk.connection_changed(ONLINE)

    assert (before, at.desk.talk.empty_text) == ("The messages come with the connection.", "Loading…")


# ---- presence


def test_nobody_is_shown_active_offline() -> None:
    bob = attrs.evolve(BOB, active=True)
    at = AtDesk(bob, ALL)
    at.open_with()
    assert (at.viewer.line(bob).active, at.desk.attendance) == (True, "active")
    at.screen.drawings.clear()

    at.desk.connection_changed(ConnectionState(ConnectionPhase.OFFLINE, retry_in=5.0))

    assert (at.viewer.line(bob).active, at.desk.attendance) == (False, "")
    assert "list" in at.screen.drawings

    at.desk.connection_changed(ONLINE)

    assert (at.viewer.line(bob).active, at.desk.attendance) == (True, "active")


def test_one_is_shown_by_another_name_when_the_server_has_agreed() -> None:
    at = AtDesk(BOB)

    at.desk.show_me_as("  Alice  Kowalska ")
    asked = at.asked.take()
    at.asked.answers.pop()(None)

    assert asked == [("set_display_name", "Alice Kowalska")]
    assert at.said == "Others see you as Alice Kowalska now."


def test_without_a_name_one_is_shown_by_the_account_s() -> None:
    at = AtDesk(BOB)

    at.desk.show_me_as(" ")
    asked = at.asked.take()
    at.asked.answers.pop()(None)

    assert (asked, at.said) == ([("set_display_name", None)], "Others see you as alice now.")


def test_why_one_is_not_shown_by_another_name_is_said() -> None:
    at = AtDesk(BOB)
    said = []

    for error in (NameTaken(field="display_name"), InvalidName(field="display_name"), Unreachable()):
        at.desk.show_me_as("Bob")
        at.asked.answers.pop()(error)
        said.append(at.said)

    assert said[0] == "This name looks like the account of somebody else."
    assert said[1].startswith("This name cannot be used: it has 1 to 64 characters that can be seen")
    assert said[2] == "No connection to the server."


def test_who_one_is_follows_at_once_with_those_who_look_the_same() -> None:
    at = AtDesk(attrs.evolve(BOB, name="Ann", account="bob", look="ann"))
    at.screen.drawings.clear()

    at.desk.logged_in(User(ME, "alice", 1, 2, "Ann", "ann"))

    assert [str(at.viewer.my_name), str(at.viewer.people.name_of(BOB.user or ME))] == ["Ann @alice", "Ann @bob"]
    assert {*at.screen.drawings} == {"list", "talk", "bars"}


def test_a_connection_that_comes_within_a_moment_is_never_said_to_be_missing() -> None:
    at = AtDesk(BOB, is_online=False)
    connecting = ConnectionState(ConnectionPhase.CONNECTING)
    cut_off = [at.desk.is_cut_off]
    at.seconds += MOMENT / 2
    cut_off.append(at.desk.is_cut_off)
    at.desk.connection_changed(ONLINE)
    at.seconds += MOMENT
    cut_off.append(at.desk.is_cut_off)
    at.desk.connection_changed(connecting)
    cut_off.append(at.desk.is_cut_off)
    at.seconds += MOMENT
    cut_off.append(at.desk.is_cut_off)

    assert cut_off == [False, False, False, False, True]


def test_that_there_is_no_server_is_said_at_once_and_while_the_next_try_is_made() -> None:
    at = AtDesk(BOB)
    at.desk.connection_changed(ConnectionState(ConnectionPhase.OFFLINE, retry_in=9.0))
    offline = at.desk.is_cut_off

    at.desk.connection_changed(ConnectionState(ConnectionPhase.CONNECTING))

    assert (offline, at.desk.is_cut_off) == (True, True)


def test_news_are_no_trouble_and_what_the_end_waits_for_is_none_either() -> None:
    at = AtDesk(BOB)
    at.desk.show_me_as("Alice Nowak")
    at.asked.answer(None)
    news = at.desk.says_trouble
    at.desk.show_me_as("x" * 200)
    at.asked.answer(InvalidName())

    assert (news, at.desk.says_trouble) == (False, True)
