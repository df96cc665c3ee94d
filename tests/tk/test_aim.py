"""A person's aim at the window: who is chosen is who stood there when they decided, and only they move anything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatcore import GENERAL, ChatClient
from chatcore.home.profiles import Profile
from chatcore.testing import ChatWorld
from tests.tk.here import PASSWORD, SERVER, Seat, seat

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture(autouse=True)
def _on_display(lasting_display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)


@asynccontextmanager
async def looking(folder: Path) -> AsyncIterator[tuple[Seat, ChatClient, ChatClient]]:
    """Alice looks at a list that has Bob on top and then Carol; both are given, too."""
    async with ChatWorld() as world:
        alice, bob, carol, _ = await world.users("alice", "bob", "carol", "dave")
        for writer in (carol, bob):
            await writer.post(await writer.conversation_with("alice"), "hello")
        async with seat(world, folder, Profile(SERVER, "alice", alice.token)) as at:
            await at.settle()
            at.clock.elapse(1)
            assert at.rows[:2] == ["bob", "carol"]
            yield at, bob, carol


async def moves_up(at: Seat, writer: ChatClient) -> None:
    await writer.post(await writer.conversation_with("alice"), "me first")
    await at.settle()
    assert at.rows[0] == writer.me.name


@pytest.mark.parametrize(("waits", "name"), [(0.3, "carol"), (0.6, "bob")])
@pytest.mark.parametrize("how", ["click", "Control-Key-2", "Alt-Key-2"])
async def test_for_half_a_second_after_a_move_who_stood_there_before_is_opened(
    tmp_path: Path, how: str, waits: float, name: str
) -> None:
    async with looking(tmp_path) as (at, _, carol):
        place = at.middle_of("carol")
        await moves_up(at, carol)
        at.clock.elapse(waits)

        if how == "click":
            await at.click(at.window.screen.roster.sheet, 50, place)
        else:
            await at.key(how)

        assert at.opened == name


async def test_a_strip_that_comes_above_the_list_does_not_turn_a_press_to_another_row(tmp_path: Path) -> None:
    async with looking(tmp_path) as (at, _, _):
        sheet = at.window.screen.roster.sheet
        place = at.middle_of("carol") - at.window.screen.roster.row_height // 2 + 3
        before = sheet.winfo_rooty()
        await at.world.kill()
        await at.settle()
        moved = sheet.winfo_rooty() - before
        assert moved > 6

        await at.click(sheet, 50, place - moved)

        assert at.opened == "carol"


async def test_the_next_conversation_is_the_one_that_was_seen_below(tmp_path: Path) -> None:
    async with looking(tmp_path) as (at, _, carol):
        await at.key("Control-Key-1")
        await moves_up(at, carol)
        at.clock.elapse(0.3)

        await at.key("Control-Tab")

        assert at.opened == "carol"


async def test_the_filter_follows_its_text_and_not_the_keys(tmp_path: Path) -> None:
    async with looking(tmp_path) as (at, _, _):
        field = at.window.screen.filter
        await at.key("Control-f")
        for letter in "carol":
            field.event_generate("<KeyPress>", keysym=letter)  # none of them is let go before Enter comes
        await at.key("Return")
        assert at.opened == "carol"

        at.root.clipboard_clear()
        at.root.clipboard_append("bob")
        await at.key("Control-f", "<Paste>")
        assert at.rows == ["bob"]
        await at.key("Return")

        assert (at.opened, field.get()) == ("bob", "")


async def test_a_press_on_messages_that_have_just_moved_picks_the_one_that_stood_there(tmp_path: Path) -> None:
    async with looking(tmp_path) as (at, bob, _):
        await at.key("Control-Key-1")
        await at.settle()
        at.clock.elapse(1)
        timeline = at.window.screen.timeline
        place = timeline.sheet.winfo_height() - 20
        await moves_up(at, bob)

        await at.click(timeline.sheet, 50, place)

        assert at.window.desk.view
        assert at.window.desk.view.picked == (bob.me.id, at.window.desk.view.items[0].client_id)


# ---- who moves what


async def test_what_is_typed_before_the_list_comes_stays_and_nothing_is_opened_in_its_place(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(GENERAL, "hello")
        profile = Profile(SERVER, "alice", alice.token)
        async with seat(world, tmp_path, profile) as at:
            await at.settle()
            await at.open("General")
            await world.kill()
            await at.start_again()
            await at.settle()
            assert at.window.desk.wanted == GENERAL
            await at.type("bob")

            await world.start()
            await at.settle(30)
            assert (at.window.screen.filter.get(), at.opened, at.rows) == ("bob", "", ["bob"])
            await at.key("Return")

            assert at.opened == "bob"


async def test_a_session_that_ends_elsewhere_takes_nothing_from_somebody_who_is_writing(tmp_path: Path) -> None:
    async with looking(tmp_path) as (at, _, _):
        await at.open("bob")
        await at.type("half a ")

        await at.log_out_elsewhere()
        await at.type("sentence")
        await at.key("Return")
        await at.settle()
        assert at.window.desk.view
        assert [item.text for item in at.window.desk.view.items][-1] == "half a sentence"
        assert not at.window.login.winfo_viewable()
        assert at.window.screen.banner.button.winfo_viewable()
        at.window.screen.banner.button.invoke()
        await at.settle()
        await at.enter("alice")

        assert at.window.screen.winfo_viewable()


async def test_a_session_that_ends_while_nobody_is_there_leads_to_the_log_in(tmp_path: Path) -> None:
    async with looking(tmp_path) as (at, _, _):
        await at.log_out_elsewhere()

        assert at.window.login.winfo_viewable()


async def test_who_goes_on_writing_in_the_form_is_not_taken_out_of_it_by_an_answer(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        async with seat(world, tmp_path) as at:
            login = at.window.login
            await world.kill()
            login.name.insert(0, "alice")
            login.password.insert(0, PASSWORD)
            login.log_in_button.invoke()
            await at.settle(0)
            assert login._message.cget("text") == "Trying again…"

            login.name.focus_force()
            await at.type("-m")
            await world.start()
            await at.settle()

            assert login.winfo_viewable()
            assert (login.name.get(), login.password.get()) == ("alice-m", PASSWORD)
            assert (login._message.cget("text"), login.logic.is_busy) == ("", False)


async def test_an_answer_moves_the_keyboard_only_from_where_it_was_asked(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        async with seat(world, tmp_path) as at:
            login = at.window.login
            login.name.insert(0, "alice")
            login.password.insert(0, "something else")
            login.password.focus_force()
            await at.key("Return")
            login.server.focus_force()
            await at.settle()

            assert login._errors["name"].cget("text")
            assert at.focused is login.server


async def test_the_keyboard_leaves_the_offer_of_a_server_only_where_it_was_in_it(tmp_path: Path) -> None:
    async with ChatWorld() as world, seat(world, tmp_path) as at:
        offer, login = at.window.offer, at.window.login
        offer._show()
        await at.settle()
        login.server.focus_force()
        offer._started("")
        await at.settle()
        stayed = at.focused
        offer._show()
        await at.settle()
        offer.start_button.focus_force()

        offer._started("")
        await at.settle()

        assert (stayed, at.focused) == (login.server, login.name)


# ---- whose it is


async def test_the_next_user_finds_nothing_of_the_former_one(tmp_path: Path) -> None:
    async with looking(tmp_path) as (at, _, _):
        await at.open("General")
        await at.type("a secret")
        await at.key("Control-a", "Control-c", "Right")
        await at.key("Control-f")
        await at.type("bo")
        at.window.desk.log_out()
        await at.settle()
        await at.enter("bob")

        screen = at.window.screen
        assert (screen.filter.get(), screen.composer.text, at.opened) == ("", "", "")
        assert (screen.roster.list.sought, screen.roster.is_seeking, screen.notice.sentence) == ("", True, "")
        with pytest.raises(Exception, match="CLIPBOARD"):
            at.root.clipboard_get()
        await at.open("General")
        await at.key("Control-z")
        assert screen.composer.text == ""
        at.window.desk.log_out()
        await at.settle()
        await at.enter("alice")
        await at.open("General")

        assert screen.composer.text == "a secret"


async def test_the_list_begins_with_its_first_row(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        alice, bob, *_ = await world.users("alice", "bob", *(f"user-{number}" for number in range(30)))
        await bob.post(await bob.conversation_with("alice"), "hello")
        profile = Profile(SERVER, "alice", alice.token)
        async with seat(world, tmp_path, profile) as at:
            await at.settle()
            await at.open("bob")

        async with seat(world, tmp_path, profile, is_fast=True) as at:
            await at.settle()

            assert (at.opened, at.rows[0], at.window.screen.roster._top) == ("bob", "bob", 0)


# ---- the first minute


async def test_a_newcomer_registers_with_enter_and_who_has_an_account_is_told_what_to_do(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        async with seat(world, tmp_path) as at:
            login = at.window.login
            await at.type("alice")
            await at.key("Return")
            await at.type(PASSWORD)
            await at.key("Return")
            await at.settle()
            told = [str(label.cget("text")) for label in (login._errors["name"], login._message)]
            assert told == ["Somebody has this name already.", "Is it yours? Then choose Log in."]
            assert login.password.get() == PASSWORD

            await at.key("Return")  # logs in
            await at.settle()

            assert at.window.screen.winfo_viewable()
            at.window.desk.log_out()
            await at.settle()
            await at.type("nobody knows this")
            await at.key("Return")
            await at.settle()
            told = [str(label.cget("text")) for label in (login._errors["password"], login._message)]
            assert told == ["The name or the password is wrong.", "Are you new here? Then choose Register."]
            assert login.password.get() == "nobody knows this"
