"""The forms before the chat."""

import asyncio

import pytest
from chatcore_cli.first_start import Enter, Offer
from chatcore_cli.first_start import LogInScreen as LogIn

from chatcore import BadFrame, ChatError, InvitationNeeded, NameTaken, Unreachable, WeakPassword, WrongCredentials
from chatcore.testing import ChatWorld
from chatcore.view.credentials import Credentials, is_address
from chatcore.view.language import ENGLISH, load
from tests.cli.emulator import CTRL_Q, ENTER, TAB, UP, Emulator, form, paste

SERVER = "ws://127.0.0.1:8765"


def refusing(error: ChatError) -> Enter:
    async def enter(_credentials: Credentials, _tell: object) -> None:
        raise error

    return enter


async def submitted(world: ChatWorld, enter: Enter) -> str:
    """The form after it was filled in and sent."""
    async with form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="alice")) as (t, _):
        await t.type("some password", ENTER)
        return t.text


def below(text: str, label: str) -> str:
    """What stands under a field."""
    lines = text.splitlines()
    return lines[next(row for row, line in enumerate(lines) if line.strip().startswith(label)) + 1].strip()


async def test_what_is_filled_in_is_handed_on() -> None:
    taken: list[Credentials] = []

    async def enter(credentials: Credentials, _tell: object) -> None:
        taken.append(credentials)

    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="")) as (t, answer),
    ):
        await t.type(" alice ", ENTER, " pass word ", TAB, TAB, " ")

        assert await answer
        assert taken == [Credentials(SERVER, "alice", " pass word ", is_new=True)]
        assert "pass word" not in repr(taken)


@pytest.mark.parametrize(
    ("error", "label", "said"),
    [
        (NameTaken(field="name"), "Name", "Somebody has this name already."),
        (NameTaken(), "Name", "Somebody has this name already."),
        (WeakPassword(field="password"), "Password", "A password has 8 to 128 characters."),
        (Unreachable("cannot reach it: refused"), "Server", "Cannot reach it: refused."),
    ],
)
async def test_an_error_stands_beside_its_field(error: ChatError, label: str, said: str) -> None:
    async with ChatWorld() as world:
        text = await submitted(world, refusing(error))

        assert below(text, label) == said


async def test_who_is_perhaps_not_registered_is_told_how_to() -> None:
    async with ChatWorld() as world:
        text = await submitted(world, refusing(WrongCredentials()))

        assert below(text, "Password") == "The name or the password is wrong."
        assert "Are you new here? Then choose Register." in text


async def test_a_newcomer_registers_with_enter_and_who_has_the_name_already_logs_in_with_the_next() -> None:
    taken: list[tuple[bool, str]] = []

    async def enter(credentials: Credentials, _tell: object) -> None:
        taken.append((credentials.is_new, credentials.password))
        if credentials.is_new:
            raise NameTaken

    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="", is_new=True)) as (t, answer),
    ):
        await t.type("alice", ENTER, "some password", ENTER)
        assert below(t.text, "Name") == "Somebody has this name already."
        assert "Is it yours? Then choose Log in." in t.text

        await t.type(ENTER)

        assert await answer
        assert taken == [(True, "some password"), (False, "some password")]


async def test_a_field_for_the_code_is_there_once_the_server_asks_for_one() -> None:
    taken: list[Credentials] = []

    async def enter(credentials: Credentials, _tell: object) -> None:
        taken.append(credentials)
        if credentials.invitation is None:
            raise InvitationNeeded(field="invitation")

    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="alice", is_new=True)) as (t, answer),
    ):
        before = t.text
        await t.type("some password", ENTER)
        asked = t.text
        await t.type("7KQ2M-X0V4D", ENTER)

        assert await answer
        assert "Invitation" not in before
        assert "One registers here by invitation:" in below(asked, "Invitation")
        assert taken[1] == Credentials(SERVER, "alice", "some password", is_new=True, invitation="7KQ2M-X0V4D")


async def test_tab_passes_over_the_code_where_it_is_not_asked_for() -> None:
    taken: list[Credentials] = []

    async def enter(credentials: Credentials, _tell: object) -> None:
        taken.append(credentials)

    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="alice")) as (t, answer),
    ):
        await t.type("some password", TAB, ENTER)

        assert await answer
        assert taken == [Credentials(SERVER, "alice", "some password", is_new=False)]


async def test_who_goes_on_writing_is_not_taken_out_of_the_form_by_an_answer() -> None:
    may_answer = asyncio.Event()

    async def enter(_credentials: Credentials, _tell: object) -> None:
        await may_answer.wait()

    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="al")) as (t, answer),
    ):
        await t.type("some password", ENTER, UP, "ice")
        may_answer.set()
        await t.settle()

        assert not answer.done()
        assert "alice" in t.text
        assert "Logging in" not in t.text


async def test_an_answer_moves_the_cursor_only_from_where_it_was_asked() -> None:
    may_answer = asyncio.Event()

    async def enter(_credentials: Credentials, _tell: object) -> None:
        await may_answer.wait()
        raise WrongCredentials

    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="alice")) as (t, _),
    ):
        await t.type("some password", ENTER, UP, UP)
        may_answer.set()
        await t.settle()
        assert below(t.text, "Password") == "The name or the password is wrong."

        await t.type("/path")

        assert f"{SERVER}/path" in t.text


async def test_an_error_of_no_field_stands_at_the_bottom() -> None:
    async with ChatWorld() as world:
        text = await submitted(world, refusing(BadFrame()))

        assert "The server and this program do not understand" in text


async def test_while_the_server_cannot_be_reached_it_says_so_and_the_form_can_be_sent_anew() -> None:
    tries: list[str] = []

    async def enter(credentials: Credentials, tell: object) -> None:
        assert callable(tell)
        tries.append(credentials.server)
        if len(tries) == 1:
            tell("cannot reach it")
            await asyncio.Event().wait()

    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="a")) as (t, answer),
    ):
        t.send("some password" + ENTER)
        await t.until(lambda text: "Trying again" in text and below(text, "Server") == "Cannot reach it.")

        await t.type(UP, UP, *"\x08" * 4, "1234", ENTER)

        assert await answer
        assert tries == [SERVER, "ws://127.0.0.1:1234"]


@pytest.mark.parametrize(
    ("server", "name", "keys", "label", "said"),
    [
        ("http://x", "alice", "password" + ENTER, "Server", "An address begins with ws:// or wss:// and"),
        (SERVER, "", ENTER + "password" + ENTER, "Name", "Under which name?"),
        (SERVER, "alice", ENTER, "Password", "The password is missing."),
    ],
)
async def test_a_field_that_is_wrong_in_itself_is_told_at_once(
    server: str, name: str, keys: str, label: str, said: str
) -> None:
    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, refusing(BadFrame()), server=server, name=name)) as (t, _),
    ):
        await t.type(*keys)

        assert below(t.text, label).startswith(said)


async def test_why_it_is_asked_is_said() -> None:
    async with (
        ChatWorld() as world,
        form(
            world,
            lambda: LogIn(ENGLISH, refusing(BadFrame()), server=SERVER, name="alice", message="The session has ended."),
        ) as (t, _),
    ):
        assert "The session has ended." in t.text


async def test_the_form_is_left_with_ctrl_q() -> None:
    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, refusing(BadFrame()), server=SERVER, name="")) as (t, answer),
    ):
        await t.type(CTRL_Q)

        assert await answer is False


async def test_the_form_speaks_polish() -> None:
    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(load("pl"), refusing(BadFrame()), server=SERVER, name="")) as (t, _),
    ):
        assert "Hasło" in t.text


# ---- the offer to start a server


async def offered(world: ChatWorld, keys: str, error: Exception | None = None) -> tuple[bool, list[str], str]:
    """Answer the offer; give what came of it, what was started, and the screen."""
    started: list[str] = []

    async def start() -> None:
        if error and not started:
            started.append("failed")
            raise error
        started.append("started")

    async with form(world, lambda: Offer(ENGLISH, SERVER, start)) as (t, answer):
        text = await _typed(t, keys)
        return await answer, started, text


async def _typed(t: Emulator, keys: str) -> str:
    await t.type(*keys)
    return t.text


async def test_a_server_is_started_on_enter() -> None:
    async with ChatWorld() as world:
        assert (await offered(world, ENTER))[:2] == (True, ["started"])


async def test_one_can_go_on_without_or_leave() -> None:
    async with ChatWorld() as world:
        assert (await offered(world, TAB + ENTER))[:2] == (True, [])
        assert (await offered(world, CTRL_Q))[:2] == (False, [])


async def test_a_server_that_does_not_come_up_says_why() -> None:
    async with ChatWorld() as world:
        result, started, text = await offered(world, ENTER + TAB + ENTER, RuntimeError("the port is taken"))

        assert (result, started) == (True, ["failed"])
        assert "The port is taken." in text


@pytest.mark.parametrize("text", ["ws://127.0.0.1:8765", "wss://chat.example", "ws://[::1]:1/path"])
def test_these_are_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "chat.example", "http://chat.example", "ws://", "ws://x:99999", "ws://x:0", "ws://[::1"]
)
def test_these_are_no_addresses(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(("columns", "rows"), [(80, 12), (40, 10), (30, 8), (80, 4)])
async def test_on_a_small_terminal_the_form_scrolls_to_where_the_cursor_is(columns: int, rows: int) -> None:
    asked = lambda: LogIn(ENGLISH, refusing(NameTaken(field="name")), server=SERVER, name="")  # noqa: E731
    async with ChatWorld() as world, form(world, asked, columns, rows) as (t, _):
        assert "Name" in t.text

        await t.type("alice", TAB)
        assert "Password" in t.text

        await t.type("some password", TAB, TAB)
        assert "[ Register ]" in t.text

        await t.type(" ")
        await t.settle()
        assert "Somebody" in t.text


async def test_a_password_is_pasted_without_the_line_end_behind_it() -> None:
    taken: list[Credentials] = []

    async def enter(credentials: Credentials, _tell: object) -> None:
        taken.append(credentials)

    async with (
        ChatWorld() as world,
        form(world, lambda: LogIn(ENGLISH, enter, server=SERVER, name="alice")) as (t, _),
    ):
        await t.type(paste("pass word 1\r\n"), ENTER)

        assert [credentials.password for credentials in taken] == ["pass word 1"]
