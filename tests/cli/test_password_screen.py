"""Another password at the terminal: the form in place of the chat, over a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatcore import ChatClient, ConnectionPhase, WrongCredentials
from chatcore.testing import ChatWorld
from chatcore.testing.server_process import ServerProcess
from chatcore.view.drafts import Drafts
from chatcore.view.language import load
from tests.cli.emulator import CTRL_C, CTRL_Q, ENTER, FOCUS_IN, UP, ChatEmulator, terminal
from tests.cli.seat import PASSWORD, Seat, all_leave

NEW = "another horse battery"
ASKED = """\


            Change password

            Current

            New

            Repeat

                        [ Change ]  [ Cancel ]



            Tab moves, Enter goes on, Esc goes back.
"""


def below(text: str, label: str) -> str:
    """What stands under a field."""
    lines = text.splitlines()
    return lines[next(row for row, line in enumerate(lines) if line.strip().startswith(label)) + 1].strip()


async def begin(t: ChatEmulator, behind: str = "") -> None:
    """Ask for the form, and sit before it."""
    await t.type(f"/password{behind}", ENTER)
    asked = t.screen._asked
    assert asked is not None
    await asyncio.sleep(0.05)  # noqa: TID251 - for a moment after Enter the chat still looks out for a lone Esc
    t.sit_before(asked.form.app)
    await t.settle(0)


async def go_back(t: ChatEmulator, key: str = "\x1b") -> None:
    """Leave the form, and sit before the chat again."""
    t.send(key)
    await t.until(lambda _text: t.screen._asked is None)
    t.sit_before(t.screen.app)
    await t.settle(0)


async def fill(t: ChatEmulator, password: str, new: str, again: str) -> None:
    """Fill the form in, and send it."""
    await t.type(*(key for text in (password, new, again) for key in (text, ENTER) if key))
    if t.screen._asked is None:
        t.sit_before(t.screen.app)
    await t.settle()


async def let_in(world: ChatWorld, password: str) -> bool:
    """Whether a password leads into Alice's account."""
    client = await world.client()
    try:
        await client.log_in("alice", password)
    except WrongCredentials:
        return False
    await client.log_out()
    return True


@asynccontextmanager
async def at_the_form(
    world: ChatWorld, columns: int = 80, rows: int = 24, lang: str = "en"
) -> AsyncIterator[tuple[ChatEmulator, ChatClient]]:
    """Alice before the form, and her telephone."""
    (alice,) = await world.users("alice")
    phone = await world.client()
    await phone.log_in("alice", PASSWORD)
    async with terminal(world, alice, columns, rows, language=load(lang)) as t:
        await begin(t)
        yield t, phone


async def test_the_form_at_80_by_24_and_what_is_written_there_is_never_shown() -> None:
    async with ChatWorld() as world, at_the_form(world) as (t, _):
        empty = [line for line in t.lines if line.strip()]
        before = len(t.glass.raw)
        await t.type(PASSWORD, ENTER, NEW)

        assert empty == [line for line in ASKED.splitlines() if line.strip()]
        assert "*" * len(PASSWORD) in t.text
        assert not [word for word in (*PASSWORD.split(), *NEW.split()) if word in t.glass.raw[before:]]


async def test_at_40_by_12_and_in_polish_all_of_it_can_be_used() -> None:
    async with ChatWorld() as world, at_the_form(world, 40, 12, "pl") as (t, phone):
        seen = [t.text]
        await fill(t, PASSWORD, NEW, "something else")
        seen.append(t.text)
        await fill(t, "", "", "\x05\x15" + NEW)

        assert all(label in seen[0] for label in ("Zmiana hasła", "Obecne", "Nowe", "Powtórz"))
        assert below(seen[1], "Powtórz") == "To nie to samo co w wierszu"
        assert "Hasło jest zmienione." in t.text
        assert phone.connection.phase is ConnectionPhase.LOGGED_OUT
        assert await let_in(world, NEW)


async def test_another_password_leads_in_from_then_on_and_all_other_sessions_have_ended_as_is_said() -> None:
    async with ChatWorld() as world, at_the_form(world) as (t, phone):
        await fill(t, PASSWORD, NEW, NEW)

        assert "Your password is changed. Everywhere else you are logged out." in t.text
        assert (phone.connection.phase, phone.connection.code) == (ConnectionPhase.LOGGED_OUT, "logged_out")
        assert t.client.connection.phase is ConnectionPhase.ONLINE
        assert [await let_in(world, PASSWORD), await let_in(world, NEW)] == [False, True]


@pytest.mark.parametrize(
    ("filled_in", "field", "said"),
    [
        (("wrong horse battery", NEW, NEW), "Current", "This is not your password."),
        ((PASSWORD, "short", "short"), "New", "A password has 8 to 128 characters."),
        ((PASSWORD, "password1", "password1"), "New", "Many people have this password, or it is"),
        ((PASSWORD, NEW, "another horse"), "Repeat", "This is not the same as the line above."),
        (("", NEW, NEW), "Current", "The password is missing."),
        ((PASSWORD, "", ""), "New", "The password is missing."),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_the_password_stays(
    filled_in: tuple[str, str, str], field: str, said: str
) -> None:
    async with ChatWorld() as world, at_the_form(world) as (t, phone):
        await fill(t, *filled_in)

        assert below(t.text, field).startswith(said)
        assert field in t.lines[t.glass.screen.cursor.y]
        assert phone.connection.phase is ConnectionPhase.ONLINE
        assert await let_in(world, PASSWORD)


@pytest.mark.parametrize("key", ["\x1b", CTRL_C, CTRL_Q])
async def test_who_thinks_better_of_it_is_back_in_the_chat_with_everything_as_it_was(key: str) -> None:
    async with ChatWorld() as world, at_the_form(world) as (t, phone):
        await t.type(PASSWORD, ENTER, NEW, ENTER, NEW)
        await go_back(t, key)

        assert "online" in t.text
        assert phone.connection.phase is ConnectionPhase.ONLINE
        assert await let_in(world, PASSWORD)


async def test_a_password_behind_the_command_is_not_to_be_had_again() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        drafts = Drafts()
        async with terminal(world, alice, drafts=drafts) as t:
            await t.open("bob")
            await begin(t, " hunter22")
            asked = t.text
            await go_back(t)
            await t.type(UP, UP)

            assert "Change password" in asked
            assert "hunter22" not in t.text
            assert drafts.of(await alice.conversation_with("bob")) == ""


async def test_what_comes_meanwhile_is_not_read_and_calls() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        with_alice = await bob.conversation_with("alice")
        await bob.post(with_alice, "before")
        async with terminal(world, alice) as t:
            await t.type(FOCUS_IN)
            await t.open("bob")
            await t.settle()
            read = alice.replica.rows[0].unread
            await begin(t)
            await t.settle()
            rung = t.glass.raw.count("\a")
            await bob.post(with_alice, "meanwhile")
            await t.settle()
            rung = t.glass.raw.count("\a") - rung
            unread = alice.replica.rows[0].unread
            await go_back(t)
            t.clock.elapse(5)
            await t.settle()
            await t.type(FOCUS_IN)
            await t.settle()

            assert (read, unread, alice.replica.rows[0].unread) == (0, 1, 0)
            assert rung == 1
            assert "meanwhile" in t.text


async def test_without_a_connection_nothing_is_asked_of_the_server() -> None:
    async with ChatWorld() as world, at_the_form(world) as (t, _):
        await world.kill()
        await t.settle()

        await fill(t, PASSWORD, NEW, NEW)

        assert "There is no connection now: the password stays as it is." in t.text


async def test_an_end_of_the_program_does_not_wait_for_the_form() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with asyncio.timeout(20):
            async with terminal(world, alice) as t:
                await begin(t)
                assert "Change password" in t.text


@pytest.mark.checkout
@pytest.mark.needs("tmux")
async def test_in_a_real_terminal_a_password_is_changed_and_the_other_terminal_has_to_log_in(tmp_path: Path) -> None:
    socket = tmp_path / "tmux"
    async with ServerProcess(tmp_path / "chat.db") as server:
        alice, other = Seat(socket, "alice", tmp_path / "one"), Seat(socket, "other", tmp_path / "two")
        try:
            alice.start(server.url)
            await alice.register()
            other.start(server.url, 40, 12)
            await other.sees("Password")
            other.write("alice")
            other.press("Enter")
            other.write(PASSWORD)
            other.press("Enter")
            await other.sees("Then choose Log in.")
            other.press("Enter")
            await other.sees("online")

            other.write("/password")
            other.press("Enter")
            await other.sees("Change password", "Repeat")
            for text in (PASSWORD, NEW, NEW):
                other.write(text)
                other.press("Enter")

            await other.sees("Your password is changed.", "online")
            await alice.sees("Password")
            alice.write(NEW)
            alice.press("Enter")
            await alice.sees("online")
        finally:
            all_leave(socket)
