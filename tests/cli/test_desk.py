"""What the desk of a terminal has beside that of all frontends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from chatcore_cli.desk import TerminalDesk
from prompt_toolkit.document import Document

from chatcore import ConversationId, Reset, User
from chatcore.view.drafts import Drafts
from chatcore.view.language import ENGLISH
from chatcore.view.viewer import Viewer
from tests.view.at_desk import BOB, CAROL, ENDED, ME, ONLINE, Asked, Shown


class OnTerminal(Shown):
    """A terminal that shows nothing."""

    desk: TerminalDesk

    def stop(self) -> None:
        self.ends.append("stopped")

    def switch_layout(self) -> None:
        self.ends.append("another layout")

    def switch_quiet(self) -> bool:
        self.ends.append("quiet")
        return True

    def edit(self) -> None:
        self.ends.append("editor")

    def ask_for_password(self) -> None:
        self.ends.append("password")

    def show_sought(self, text: str) -> None:
        self.desk.finder.reset(Document(text))


class Seat:
    """Alice at her terminal, online, with Bob and Carol in the list."""

    def __init__(self) -> None:
        self.asked, self.screen = Asked(), OnTerminal()
        viewer = Viewer(ENGLISH, lambda: datetime(2024, 5, 1, tzinfo=UTC))
        self.desk = self.screen.desk = TerminalDesk(
            self.asked, self.screen, self.screen, viewer, lambda: 0.0, {"help": "show it"}
        )
        self.desk.begin(Drafts())
        self.desk.logged_in(User(ME, "alice", 1, 1))
        self.desk.connection_changed(ONLINE)
        self.desk.rows_changed([Reset((BOB, CAROL))])

    def write(self, text: str) -> None:
        """Write where the cursor is."""
        (self.desk.finder if self.desk.choosing.is_finding else self.desk.composer.buffer).insert_text(text)

    @property
    def opened(self) -> ConversationId | None:
        return self.desk.conversation


@pytest.fixture
def at() -> Seat:
    return Seat()


def test_enter_opens_the_row_that_is_found_and_sends_where_one_is_open(at: Seat) -> None:
    at.write("car")
    at.desk.enter()
    opened = at.opened

    at.write("hello")
    at.desk.enter()

    assert opened == CAROL.conversation
    assert ("post", CAROL.conversation, "hello") in at.asked.take()


def test_of_two_slashes_the_second_one_is_sent(at: Seat) -> None:
    at.desk.open(BOB)
    at.write("//etc")

    at.desk.enter()

    assert ("post", BOB.conversation, "/etc") in at.asked.take()


def test_a_command_that_is_written_in_the_list_seeks_nobody(at: Seat) -> None:
    at.write("/open")

    assert [row.name for row in at.desk.viewer.people.shown] == ["bob", "carol"]


def test_what_is_pasted_is_neither_sent_nor_chosen(at: Seat) -> None:
    at.desk.paste("car\nol\n")
    assert (at.desk.finder.text, at.opened) == ("car ol ", None)

    at.desk.open(BOB)
    at.desk.paste("two\r\nlines\n")
    assert at.desk.written == "two\nlines\n"
    assert not [call for call in at.asked.take() if call[0] == "post"]


def test_ctrl_c_takes_one_thing_away_after_the_other_and_then_says_how_to_leave(at: Seat) -> None:
    at.desk.open(BOB)
    at.write("a draft")
    at.desk.help()

    at.desk.interrupt()
    assert (at.desk.is_helping, at.desk.written) == (False, "a draft")
    at.desk.interrupt()
    assert (at.desk.written, at.desk.writing.draft_of(BOB.conversation), at.desk.said) == ("", "", "")
    at.desk.interrupt()
    assert at.desk.said == "Ctrl+Q leaves the program."


def test_ctrl_c_in_the_list_shows_all_rows_again(at: Seat) -> None:
    at.write("car")

    at.desk.interrupt()

    assert (at.desk.written, len(at.desk.viewer.people.shown)) == ("", 2)


def test_ctrl_c_in_a_list_that_is_whole_goes_back_to_the_open_conversation_or_says_how_to_leave(at: Seat) -> None:
    at.desk.interrupt()
    assert (at.desk.choosing.is_finding, at.desk.said) == (True, "Ctrl+Q leaves the program.")

    at.desk.open(BOB)
    at.desk.choosing.find("car")
    at.desk.interrupt()
    assert (at.desk.choosing.is_finding, at.desk.finder.text) == (True, "")
    at.desk.interrupt()
    assert not at.desk.choosing.is_finding


def test_escape_closes_the_help_before_anything_below_it(at: Seat) -> None:
    at.desk.open(BOB)
    at.desk.choosing.find("car")
    at.desk.help()

    at.desk.escape()
    assert (at.desk.is_helping, at.desk.choosing.is_finding) == (False, True)
    at.desk.escape()
    assert at.desk.choosing.is_finding is False


def test_the_help_opens_at_its_beginning_and_goes_up_no_further(at: Seat) -> None:
    at.desk.help()
    at.desk.scroll_help(3)
    at.desk.scroll_help(-10)
    assert at.desk.help_top == 0

    at.desk.scroll_help(3)
    at.desk.help()
    at.desk.help()
    assert at.desk.help_top == 0


def test_the_mouse_is_given_away_and_taken_back_with_a_word_about_it(at: Seat) -> None:
    at.desk.switch_mouse()
    assert (at.desk.has_mouse, at.desk.said) == (False, "The mouse is the terminal's again: it selects text.")

    at.desk.switch_mouse()
    assert at.desk.has_mouse


def test_a_terminal_that_has_lost_the_focus_is_looked_at_by_nobody(at: Seat) -> None:
    at.desk.touched()
    at.asked.take()

    at.desk.focus_reported(has_focus=False)
    at.desk.focus_reported(has_focus=True)

    assert at.asked.take() == [("active", False), ("active", True)]


def test_one_can_log_in_only_after_the_session(at: Seat) -> None:
    at.desk.touched()
    at.desk.log_in()
    assert (at.desk.said, at.screen.ends) == ("You are logged in; /logout ends the session.", [])

    at.desk.connection_changed(ENDED)
    at.desk.log_in()
    assert at.screen.ends == ["session ended", "log-in"]


def test_stopping_is_left_to_the_terminal(at: Seat) -> None:
    at.desk.stop()

    assert at.screen.ends == ["stopped"]
