"""The strips in which a day is written, or one's own name."""

from pathlib import Path

import pytest

from chatcore.home.profiles import Profile
from chatcore.service import account_changes
from chatcore.testing import ChatWorld
from tests.tk.here import SERVER, seat

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


async def test_a_day_is_asked_for_and_gone_to_and_the_keyboard_comes_back(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        with_alice = await bob.conversation_with("alice")
        for number in range(16):
            await bob.post(with_alice, f"on day {number}")
            await world.settle(86_400)
        async with seat(world, tmp_path, Profile(SERVER, "alice", alice.token)) as at:
            await at.settle()
            await at.open("bob")
            strip, composer = at.window.screen.day, at.window.screen.composer.field
            at.window.actions.ask_for_day()
            strip.field.focus_force()
            at.root.update()

            strip.field.insert(0, "soon")
            await at.key("Return")
            await at.settle()
            wrong = (bool(strip.winfo_ismapped()), at.window.desk.said[:10])
            strip.field.delete(0, "end")
            strip.field.insert(0, "2023-11-20")  # the world's time begins on the 14th
            await at.key("Return")
            await at.settle()
            talk = at.window.desk.talk
            assert talk.view is not None
            top = talk.view.items[talk.draw(None)[0].index]
            where = (bool(strip.winfo_ismapped()), str(at.root.focus_get()))

            assert wrong == (True, "Which day?")
            assert (where, f"{top.at:%Y-%m-%d}") == ((False, str(composer)), "2023-11-20")


async def test_what_is_unread_further_up_has_two_buttons(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        with_alice = await bob.conversation_with("alice")
        for number in range(600):
            await bob.post(with_alice, f"line {number}")
        async with seat(world, tmp_path, Profile(SERVER, "alice", alice.token)) as at:
            await at.settle()
            await at.open("bob")
            screen = at.window.screen
            offered = (str(screen.to_unread.cget("text")).endswith(" unread"), bool(screen.read_all.winfo_ismapped()))

            screen.read_all.invoke()
            await at.settle(20)

            assert offered == (True, True)
            assert (alice.replica.rows[0].unread, bool(screen.to_unread.winfo_ismapped())) == (0, False)


async def test_one_s_own_name_is_asked_for_with_what_it_is_and_seen_by_others(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with seat(world, tmp_path, Profile(SERVER, "alice", alice.token)) as at:
            await at.settle()
            strip, screen = at.window.screen.own_name, at.window.screen
            at.window.actions.ask_for_name()
            strip.field.focus_force()
            at.root.update()
            asked = strip.field.get()

            strip.field.delete(0, "end")
            strip.field.insert(0, "Łucja")
            await at.key("Return")
            await at.settle()

            assert (asked, bool(strip.winfo_ismapped())) == ("alice", False)
            assert [row.name for row in bob.replica.rows] == ["general", "Łucja"]
            assert (screen.me.name, screen.notice.sentence) == ("Łucja", "Others see you as Łucja now.")


async def test_a_renamed_account_is_found_by_its_new_name_at_the_next_start(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with seat(world, tmp_path, Profile(SERVER, "alice", alice.token)) as at:
            await at.settle()

            await account_changes.rename(world.host.ctx, alice.me.id, "alicja")
            await at.settle()
            found = at.window._entry.find().profile

    assert (found.name, found.token, found.former) == ("alicja", alice.token, ("alice",))
