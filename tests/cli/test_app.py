"""The program from its start to its end, over a real server."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from chatcore_cli.app import Options, Program
from prompt_toolkit.output import ColorDepth

import chatcore
from chatcore.home import local_server
from chatcore.home.profiles import Profile, Profiles
from chatcore.testing.server_process import ServerProcess
from tests.cli.emulator import CTRL_Q, ENTER, TAB, Glass, alt, session
from tests.waiting import until

PASSWORD = "correct horse battery"


class Person:
    """Somebody who runs the program."""

    def __init__(self, server: ServerProcess, home: Path) -> None:
        self.server = server
        self.url = server.url
        self.profiles = Profiles(home / "chatcore" / "profiles.json")

    async def register(self, name: str) -> None:
        """Make an account and remember its session."""
        async with chatcore.connect(self.url) as client:
            await client.register(name, PASSWORD)
            self.profiles.remember(Profile(self.url, name, client.token))

    @asynccontextmanager
    async def runs(self) -> AsyncIterator["Run"]:
        with session(80, 24, ColorDepth.DEPTH_1_BIT) as (keys, glass):
            program = Program(Options(server=self.url))
            task = asyncio.create_task(program.chat(program.profile()))
            try:
                yield Run(keys.send_text, glass, task, program)
            finally:
                if not task.done():
                    keys.send_text(CTRL_Q)
                await task


class Run:
    """The program while it runs."""

    def __init__(self, press: Callable[[str], None], glass: Glass, task: asyncio.Task[None], program: Program) -> None:
        self.press, self.program, self._glass, self._task = press, program, glass, task

    async def ended(self) -> None:
        await until(self._task.done, seconds=20)

    @property
    def text(self) -> str:
        return self._glass.text

    def raw(self) -> str:
        return self._glass.raw

    async def sees(self, *texts: str) -> None:
        try:
            await until(lambda: all(text in self._glass.text for text in texts), seconds=20)
        except TimeoutError:
            pytest.fail(f"{texts} do not come:\n{self._glass.text}")


@pytest.fixture
async def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    home = tmp_path / "home"
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    async with ServerProcess(tmp_path / "chat.db") as server:
        yield Person(server, home)


async def test_U1_register_leave_come_back_log_out_log_in(person: Person) -> None:  # noqa: N802 - the requirement
    async with person.runs() as run:
        await run.sees("who are you?")
        run.press("alice" + ENTER + PASSWORD + TAB + TAB + ENTER)
        await run.sees("General chat", "online")
    remembered = person.profiles.find()
    assert remembered
    assert remembered.token

    async with person.runs() as run:
        await run.sees("General chat", "online")
        run.press("/logout" + ENTER)
        await run.sees("who are you?", "alice")
        found = person.profiles.find()
        assert (found and (found.server, found.name, found.token)) == (person.url, "alice", None)

        run.press(PASSWORD + ENTER)
        await run.sees("General chat", "online")


async def test_the_next_start_opens_the_conversation_that_was_open_last(person: Person) -> None:
    await person.register("alice")
    async with chatcore.connect(person.url) as bob:
        await bob.register("bob", PASSWORD)
    async with person.runs() as run:
        await run.sees("online", "Choose somebody", "bob")
        run.press("bob" + ENTER)
        await run.sees("Write to bob")
        run.press(CTRL_Q)
        await run.ended()

    async with person.runs() as run:
        await run.sees("online", "Write to bob")


async def test_a_session_that_has_ended_leads_to_the_form_with_the_name_filled_in(person: Person) -> None:
    async with chatcore.connect(person.url) as alice:
        await alice.register("alice", PASSWORD)
        person.profiles.remember(Profile(person.url, "alice", alice.token))
        await alice.log_out()

    async with person.runs() as run:
        await run.sees("who are you?", "alice", "The session has ended; log in again.")


async def test_what_was_written_while_the_server_was_away_goes_out_with_the_next_start(person: Person) -> None:
    await person.register("alice")
    async with person.runs() as run:
        await run.sees("online")
        await person.server.kill()
        await run.sees("offline")
        run.press("/everybody" + ENTER)
        await run.sees("Write to General chat")
        run.press("later" + ENTER)
        await run.sees("◷")
        run.press(CTRL_Q)
        await run.ended()
        assert run.program.last_words == "1 message is not sent yet: it goes out with the next start."
    async with person.runs() as run:
        await run.sees("offline", "1 message waits")
        run.press(CTRL_Q)
        await run.ended()
        assert run.program.last_words == "1 message is not sent yet: it goes out with the next start."
    await person.server.start()

    async with person.runs() as run:
        await run.sees("You: later")


async def test_without_a_server_the_screen_shows_what_was_known_and_as_of_when(person: Person) -> None:
    await person.register("alice")
    async with chatcore.connect(person.url) as bob:
        await bob.register("bob", PASSWORD)
        await bob.post(chatcore.GENERAL, "Hello everybody")
    async with person.runs() as run:
        await run.sees("online")
        run.press("/everybody" + ENTER)
        await run.sees("bob: Hello", "Hello everybody")
    await person.server.kill()

    async with person.runs() as run:
        await run.sees("offline", " · as of ", "bob: Hello", "Hello everybody", "Write to General chat")
        run.press("later" + ENTER)
        await run.sees("◷")
    await person.server.start()

    async with person.runs() as run:
        await run.sees("online", "You: later")
        assert " · as of " not in run.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_it_and_leaves_the_terminal_as_it_was(person: Person, number: signal.Signals) -> None:
    await person.register("alice")
    async with person.runs() as run:
        await run.sees("online")

        os.kill(os.getpid(), number)
        await run.ended()

        assert run.raw().count("\x1b[?1049l") == 1
        assert run.raw().endswith("\x1b[?1004l\x1b[23;2t")


async def test_what_would_be_lost_is_told_and_the_program_stays_until_it_is_asked_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person.register("alice")
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")  # no folder can be made there
    async with person.runs() as run:
        await run.sees("online")
        await person.server.kill()
        await run.sees("offline")
        run.press("/everybody" + ENTER)
        await run.sees("Write to General chat")
        run.press("lost" + ENTER)
        await run.sees("waiting, and lost when you leave")

        run.press(CTRL_Q)
        await run.sees("1 message would be lost: leave once more.")
        run.press(CTRL_Q)
        await run.ended()

        assert run.program.last_words.startswith("1 message was not sent and is lost")


@pytest.mark.parametrize("end", ["leaving", signal.SIGTERM, signal.SIGHUP, "session ended elsewhere"])
async def test_what_is_being_written_is_there_after_every_end(person: Person, end: object) -> None:
    await person.register("alice")
    profile = person.profiles.find()
    assert profile
    async with person.runs() as run:
        await run.sees("online")
        run.press("/everybody" + ENTER)
        await run.sees("Write to General chat")
        run.press("unfinished")
        await run.sees("> unfinished")
        match end:
            case signal.Signals():
                os.kill(os.getpid(), end)
            case "leaving":
                run.press(CTRL_Q)
            case _:
                async with chatcore.connect(person.url, token=profile.token) as elsewhere:
                    await elsewhere.log_out()
                await run.sees("The session has ended")
                run.press(alt("l"))
                await run.sees("who are you?")
                run.press(CTRL_Q)
        await run.ended()
    async with chatcore.connect(person.url) as client:
        await client.log_in("alice", PASSWORD)
        person.profiles.remember(Profile(person.url, "alice", client.token))

    async with person.runs() as run:
        await run.sees("online", "> unfinished")


async def test_a_signal_ends_the_form(person: Person) -> None:
    async with person.runs() as run:
        await run.sees("who are you?")

        os.kill(os.getpid(), signal.SIGTERM)

        await run.ended()


async def test_where_no_server_listens_one_is_offered(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "ws://127.0.0.1:1"
    monkeypatch.setattr(local_server, "DEFAULT_SERVER", nowhere)
    person.url = nowhere

    async with person.runs() as run:
        await run.sees("No server listens at ws://127.0.0.1:1", "Start one here")
        run.press(TAB + ENTER)
        await run.sees("who are you?")


@pytest.mark.parametrize(
    ("variable", "said"),
    [("XDG_CONFIG_HOME", "This log-in is not remembered"), ("XDG_STATE_HOME", "What is not sent when you leave is")],
)
async def test_what_cannot_be_kept_is_told_and_the_chat_goes_on(
    person: Person, monkeypatch: pytest.MonkeyPatch, variable: str, said: str
) -> None:
    monkeypatch.setenv(variable, "/proc/nowhere")  # no folder can be made there

    async with person.runs() as run:
        await run.sees("who are you?")
        run.press("alice" + ENTER + PASSWORD + TAB + TAB + ENTER)

        await run.sees("General chat", said)


async def test_where_nothing_can_be_kept_it_says_first_what_may_be_lost(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, "/proc/nowhere")  # no folder can be made there

    async with person.runs() as run:
        await run.sees("who are you?")
        run.press("alice" + ENTER + PASSWORD + TAB + TAB + ENTER)

        await run.sees(" What is not sent when you leave is lost: the outbox", "cannot be used: No such", " ● online ")


async def test_a_script_is_told_of_an_outage_as_long_as_it_runs(person: Person) -> None:
    await person.register("alice")
    program, told = Program(Options(server=person.url)), list[str]()

    async with program.script(program.profile(), None, told.append, keeps=False):
        before = list(told)
        await person.server.kill()
        await until(lambda: len(told) >= 2, seconds=20)

    assert before == []
