"""The desk at the window: where the keyboard is, and what that means."""

from pathlib import Path

import pytest

from chatcore import GENERAL, ChatClient
from chatcore.home.profiles import Profile
from chatcore.testing import ChatWorld
from tests.tk.here import SERVER, Seat, seat

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
