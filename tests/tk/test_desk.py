"""The desk at the window: what the widgets show of it and tell it, and where the keyboard is."""

import tkinter as tk
from pathlib import Path

import attrs
import pytest
from chatcore_tk.look import Look

from chatcore import GENERAL, ChatClient, ConnectionPhase, ConnectionState, Update
from chatcore.home.profiles import Profile
from chatcore.testing import ChatWorld
from tests.tk.at_screen import AtScreen
from tests.tk.here import SERVER, Seat, seat
from tests.tk.pieces import BOB, WITH_BOB, click, item, row, written
from tests.view.at_desk import ENDED, ONLINE

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture(autouse=True)
def display(lasting_display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)


async def profile_of_alice(world: ChatWorld) -> tuple[ChatClient, Profile]:
    alice, *_ = await world.users("alice", "bob", "carol")
    return alice, Profile(SERVER, "alice", alice.token)


def states(at: Seat) -> tuple[bool, str, bool]:
    """Return whether somebody chooses, what they seek, and whether the keyboard is where one writes."""
    screen = at.window.screen
    return at.window.desk.choosing.is_finding, screen.filter.get(), at.focused is screen.composer.field


async def test_who_puts_the_keyboard_into_the_filter_chooses_and_in_the_composer_no_longer(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        _, profile = await profile_of_alice(world)
        async with seat(world, tmp_path, profile) as at:
            await at.settle()
            await at.open("bob")
            opened = states(at)

            at.window.screen.filter.focus_force()
            await at.type("car")
            sought, rows = states(at), at.rows
            at.window.screen.composer.field.focus_force()
            await at.settle(0)

            assert (opened, sought, rows) == ((False, "", True), (True, "car", False), ["carol"])
            assert (states(at), at.opened) == ((False, "", True), "bob")


async def test_a_press_on_a_notice_takes_it_away(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        _, profile = await profile_of_alice(world)
        async with seat(world, tmp_path, profile) as at:
            await at.settle()
            at.window.desk.notices.say("Something.")
            await at.settle(0)
            said = at.window.screen.notice.sentence

            await at.click(at.window.screen.notice._label, 5, 5)

            assert (said, at.window.screen.notice.sentence) == ("Something.", "")


async def test_the_title_counts_what_is_unread_and_the_log_in_has_its_own(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        alice, profile = await profile_of_alice(world)
        async with seat(world, tmp_path, profile) as at:
            await at.settle()
            other = await world.client(alice.token)
            await world.settle()
            (bob,) = await world.users("dora")
            await bob.post(GENERAL, "hello")
            await at.settle()
            title = at.root.title()

            await other.log_out()
            await at.settle()

            assert (title, at.root.title()) == ("(1) chatcore", "chatcore")


# ---- on the widgets, without a client

ROW = attrs.evolve(row("bob", "hi"), conversation=WITH_BOB, user=BOB, active=True)
CAROL = row("carol", unread=2)
OFFLINE = ConnectionState(ConnectionPhase.OFFLINE, 5.0, code="unreachable")


@pytest.fixture
def at(root: tk.Tk, look: Look) -> AtScreen:
    return AtScreen(root, look, ROW, CAROL)


def test_the_bars_say_who_is_here_with_whom_and_how_the_connection_is(at: AtScreen) -> None:
    at.open_with(ROW, item(1))
    bars = [at.screen.me.name, at.screen.status.cget("text"), at.screen.name.name, at.screen.presence.cget("text")]
    at.desk.rows_changed([Update(0, attrs.evolve(ROW, active=False))])
    at.go_on()
    left = at.screen.presence.cget("text")
    at.desk.connection_changed(OFFLINE)
    at.go_on()

    assert bars == ["alice", "online", "bob", "active"]
    assert (left, at.screen.presence.cget("text")) == ("inactive", "")
    assert at.screen.banner.winfo_viewable()
    assert at.around.words.startswith("(2)")


def test_what_is_left_half_written_is_marked_in_the_list(at: AtScreen) -> None:
    at.open_with(ROW, item(1))
    at.screen.composer.show("half a sentence")
    at.open_with(CAROL)
    marked = [text for text in written(at.screen.roster.sheet) if text == "half a sentence"]
    at.open_with(ROW, item(1))

    assert len(marked) == 1
    assert not any("Draft" in text for text in written(at.screen.roster.sheet))


def test_the_strip_counts_down_and_goes_when_there_is_a_connection(at: AtScreen) -> None:
    at.desk.connection_changed(OFFLINE)
    at.root.update()
    words = [str(at.screen.banner._label.cget("text"))]
    at.clock.elapse(2)
    at.desk.tick()
    at.root.update()
    words.append(str(at.screen.banner._label.cget("text")))
    at.desk.connection_changed(ONLINE)
    at.root.update()

    assert ["in 5 s" in words[0], "in 3 s" in words[1]] == [True, True]
    assert not at.screen.banner.winfo_viewable()


def test_what_there_is_to_say_stands_below_until_it_is_no_more(at: AtScreen) -> None:
    at.desk.notices.say("something went wrong")
    at.root.update()
    seen = at.screen.notice.sentence, bool(at.screen.notice.winfo_viewable())

    at.desk.notices.clear()
    at.root.update()

    assert seen == ("something went wrong", True)
    assert not at.screen.notice.winfo_viewable()


def test_a_press_on_a_row_opens_it_and_the_keyboard_goes_to_the_text(at: AtScreen) -> None:
    click(at.screen.roster.sheet, 50, at.screen.roster.row_height // 2)

    assert at.desk.conversation == WITH_BOB
    assert at.root.focus_get() is at.screen.composer.field
    assert at.screen.composer.winfo_viewable()


def test_the_list_follows_what_stands_in_the_filter_however_it_came_there(at: AtScreen) -> None:
    at.desk.choosing.find()
    at.screen.sought.set("car")
    at.root.update()
    found = [words for words in written(at.screen.roster.sheet) if words in {"bob", "carol"}]
    hint = bool(at.screen._filter_hint.winfo_viewable())

    at.desk.choosing.choose()
    at.root.update()

    assert (found, hint) == (["carol"], False)
    assert (at.desk.conversation, at.screen.filter.get()) == (CAROL.conversation, "")


def test_where_it_is_narrow_choosing_shows_the_list_and_a_choice_the_conversation(at: AtScreen) -> None:
    at.resize(400)
    seen = []
    for chosen in (None, ROW, None):
        if chosen:
            at.desk.open(chosen)
        else:
            at.desk.choosing.find()
        at.root.update()
        seen.append((bool(at.screen.left.winfo_viewable()), bool(at.screen.right.winfo_viewable())))

    assert seen == [(True, False), (False, True), (True, False)]


def test_the_frame_is_told_of_the_session_s_fate(at: AtScreen) -> None:
    at.desk.connection_changed(OFFLINE)
    at.desk.connection_changed(ENDED)
    at.desk.quit()
    at.asked.answer(1)
    at.asked.answer(0, 0)

    assert at.around.told[:3] == ["logged in alice, with a token: False", "offline unreachable", "session ended"]
    assert at.around.told[-1].startswith("quit")


def test_what_is_sent_leaves_the_field_and_what_is_refused_comes_back_into_it(at: AtScreen) -> None:
    at.open_with(ROW, item(1))
    at.screen.composer.show("hello")

    at.desk.send()

    assert at.screen.composer.text == ""
    assert [call for call in at.asked.take() if call[0] == "post"] == [("post", WITH_BOB, "hello")]


async def test_the_way_back_leads_to_the_list_at_once_whatever_is_said_or_picked(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        _, profile = await profile_of_alice(world)
        async with seat(world, tmp_path, profile) as at:
            await at.settle()
            await at.open("bob")
            await at.type("hello")
            await at.key("Return")
            await at.key("Control-Up", "Alt-r")  # it was not refused, as is said now
            at.root.geometry("400x500")
            await at.settle()
            screen, desk = at.window.screen, at.window.desk
            before = bool(screen.back.winfo_viewable()), bool(desk.said), desk.talk.view and desk.talk.view.picked

            screen.back.invoke()
            await at.settle()

            assert all(before)
            assert screen.roster.winfo_viewable()
            assert at.root.focus_lastfor() is screen.filter


def test_what_can_be_written_where_and_by_which_name_is_said_around_the_conversation(at: AtScreen) -> None:
    ann = attrs.evolve(ROW, name="Ann", account="bob", look="ann")
    at.open_with(ann, item(1))
    at.desk.rows_changed([Update(0, ann), Update(1, attrs.evolve(CAROL, name="Ann", account="carol", look="ann"))])
    at.go_on()
    called = (at.screen.name.name, at.screen.presence.cget("text"))
    at.desk.rows_changed([Update(0, attrs.evolve(ann, disabled=True))])
    at.go_on()

    assert called == ("Ann", "@bob · active")
    assert at.screen.presence.cget("text") == "@bob · account disabled"
    assert at.screen.composer._hint.cget("text") == "Nobody can write to them: the account is disabled."


def test_a_press_that_was_meant_for_the_strip_above_marks_nothing_as_read(root: tk.Tk, look: Look) -> None:
    bob = attrs.evolve(row("bob", "hello", unread=3), conversation=WITH_BOB, user=BOB)
    at = AtScreen(root, look, bob)
    at.open_with(bob, item(1))
    at.desk.connection_changed(ConnectionState(ConnectionPhase.OFFLINE, 5.0))
    at.go_on()
    at.asked.take()
    at.desk.connection_changed(ONLINE)
    at.root.update()
    at.desk.read_all_pressed()
    at_once = at.asked.take()
    at.go_on()
    at.desk.read_all_pressed()

    assert "read all" not in {call[0] for call in at_once}
    assert ("read all", WITH_BOB, 1) in at.asked.take()


def test_what_there_is_to_see_is_told_with_the_first_list(root: tk.Tk, look: Look) -> None:
    assert AtScreen(root, look).around.has_something
