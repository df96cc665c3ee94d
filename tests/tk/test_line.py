"""The window's line to its client."""

from pathlib import Path

import pytest

from chatcore import GENERAL, ChatClient, ChatError, Internal
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
            line.resume(profile, at.window.desk)
            line.opened(GENERAL)
            line.window_active(True)
            line.visible(GENERAL, [1])
            await at.settle()

            assert alice.replica.rows[0].unread == 0


async def test_a_call_that_fails_for_whatever_reason_is_told_to_who_waits_for_it(
    lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def fail(client: ChatClient) -> None:
        raise ZeroDivisionError

    told: list[ChatError | None] = []
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        profile = Profile(SERVER, "alice", alice.token)
        async with seat(world, tmp_path, profile) as at:
            line = at.window._line
            await at.settle()
            line.resume(profile, at.window.desk)
            line._ask(fail, told.append)
            await at.settle()

    assert [type(error) for error in told] == [Internal]
