"""Leaving the program and the session."""

from chatcore import Unreachable
from tests.view.at_desk import BOB, ENDED, AtDesk


def test_the_program_ends_when_all_is_sent() -> None:
    at = AtDesk(BOB)
    at.desk.quit()
    sending, left = at.asked.answers

    sending(2)
    said = at.said
    left(0, 0)

    assert (said, at.said, at.screen.ends) == ("Sending 2 messages…", "", ["quit"])


def test_what_is_sent_stays_said_whatever_is_done_meanwhile() -> None:
    at = AtDesk(BOB)
    at.desk.quit()
    at.asked.answer(1)

    at.desk.notices.say("Something else.")

    assert at.said == "Sending 1 message…"


def test_asked_again_it_ends_at_once() -> None:
    at = AtDesk(BOB)

    at.desk.quit()
    at.desk.quit()

    assert at.screen.ends == ["quit"]


def test_the_last_words_are_what_waits_for_the_next_start() -> None:
    at = AtDesk(BOB)

    at.desk.quit()
    at.asked.answers[1](1, 0)

    assert at.screen.ends == ["quit 1 message is not sent yet: it goes out with the next start."]


def test_it_does_not_end_without_being_asked_again_where_something_would_be_lost() -> None:
    at = AtDesk(BOB)
    at.desk.quit()
    at.asked.answers[1](1, 2)
    before = list(at.screen.ends)

    at.desk.quit()

    assert at.said == "2 messages would be lost: leave once more."
    assert (before, at.screen.ends) == ([], ["quit"])


def test_who_has_written_something_new_is_asked_again() -> None:
    at = AtDesk(BOB)
    at.desk.open(BOB)
    at.desk.quit()
    at.asked.answers[1](0, 1)

    at.desk.send("one more")
    at.desk.quit()

    assert at.screen.ends == []
    assert [call for call in at.asked.take() if call == ("leave",)] == [("leave",)] * 2


def test_who_learns_of_the_loss_after_they_have_written_on_is_not_asked_once_more() -> None:
    at = AtDesk(BOB)
    at.desk.open(BOB)
    at.desk.quit()
    at.desk.send("one more")
    at.asked.answers[1](0, 1)

    at.desk.quit()

    assert at.screen.ends == ["quit"]


def test_whoever_leaves_for_something_else_gets_there_when_all_is_sent_or_is_told_what_waits() -> None:
    at = AtDesk(BOB)
    kept: list[int] = []

    at.desk.leaving.leave(kept.append)
    before = list(kept)
    at.asked.answers[1](2, 0)

    assert (before, kept, at.screen.ends) == ([], [2], [])


def test_what_would_be_lost_is_told_before_something_else_too() -> None:
    at = AtDesk(BOB)
    kept: list[int] = []
    at.desk.leaving.leave(kept.append)
    at.asked.answers[1](0, 1)
    before = list(kept)

    at.desk.leaving.leave(kept.append)

    assert (at.said, before, kept) == ("1 message would be lost: leave once more.", [], [0])


def test_who_logs_out_comes_to_the_log_in_though_they_have_used_the_keys() -> None:
    at = AtDesk(BOB)
    at.desk.touched()

    at.desk.log_out()
    at.asked.answers[1](None)
    at.desk.connection_changed(ENDED)

    assert at.screen.ends == ["session ended", "log-in"]


def test_why_the_session_could_not_be_ended_is_said_and_the_chat_stays() -> None:
    at = AtDesk(BOB)
    at.desk.touched()
    at.desk.log_out()

    at.asked.answers[1](Unreachable())
    at.desk.connection_changed(ENDED)

    assert at.said == "No connection to the server."
    assert at.screen.ends == ["session ended"]
