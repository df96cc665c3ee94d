"""The window's line to its client."""

from pathlib import Path

import pytest

from chatcore import GENERAL, NotFound
from chatcore.home.profiles import Profile
from chatcore.testing import ChatWorld
from tests.tk.here import SERVER, seat

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


async def test_what_the_window_says_before_its_client_is_open_reaches_it_then(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(GENERAL, "hello")
        profile = Profile(SERVER, "alice", alice.token)
        async with seat(world, tmp_path, profile) as at:
            line = at.window._line
            await at.settle()
            at.window.resume(profile)
            line.opened(GENERAL)
            line.window_active(True)
            line.visible(GENERAL, [1])
            await at.settle()

            assert alice.replica.rows[0].unread == 0


async def test_what_became_of_a_call_is_told_to_who_waits_for_it(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[tuple[object, type[object]]] = []
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        profile = Profile(SERVER, "alice", alice.token)
        async with seat(world, tmp_path, profile) as at:
            line = at.window._line
            await at.settle()
            at.window.resume(profile)
            await at.settle()
            line.ask_for("nobody", lambda found, error: told.append((found, type(error))))
            await at.settle()

    assert told == [(None, NotFound)]
