"""The command line: subcommands against a real server, and what is wrong with a command."""

import asyncio
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest
from chatcore_cli.cli import main

import chatcore
from chatcore.home.profiles import Profile, Profiles
from chatcore.testing.server_process import ServerProcess
from tests.waiting import until

PASSWORD = "correct horse battery"
NO_LIMIT = "is not a whole number from 1 on"
NO_ADDRESS = "is not an address: one begins with ws:// or wss:// and names a host"


@attrs.frozen
class Ended:
    status: int
    out: str
    err: str


@attrs.frozen
class Shell:
    """A user's shell on a machine with a server: runs the program with a home of its own."""

    server: str
    home: Path

    async def __call__(self, *arguments: str, given: bytes = b"", seconds: float = 60, **environment: str) -> Ended:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CHATCORE_", "LC_"))}
        mine = {"XDG_CONFIG_HOME": str(self.home), "CHATCORE_SERVER": self.server, "LANG": "C.UTF-8", "TZ": "UTC"}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chatcore_cli", *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=inherited | mine | environment,
        )
        async with asyncio.timeout(seconds):
            out, err = await process.communicate(given)
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(), err.decode())

    async def register(self, name: str) -> None:
        """Make an account and remember its session, as the full screen does."""
        async with chatcore.connect(self.server) as client:
            await client.register(name, PASSWORD)
            Profiles(self.home / "chatcore" / "profiles.json").remember(Profile(self.server, name, client.token))


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Shell]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        shell = Shell(server.url, tmp_path / "home")
        await shell.register("bob")
        await shell.register("alice")
        yield shell


async def test_what_is_piped_into_send_comes_without_colours_and_with_plain_line_ends(run: Shell) -> None:
    sent = await run("send", "bob", "-", given=b"\x1b[32mgreen\x1b[0m\r\nline\x07\n")
    history = await run("history", "bob", "--json")

    assert sent == Ended(0, "", "")
    assert json.loads(history.out)["text"] == "green\nline"


async def test_send_history_and_list_over_a_server(run: Shell) -> None:
    sent = await run("send", "bob", "zażółć\ngęślą")
    piped = await run("send", "general", "-", given=b"from a pipe\n")
    history = await run("history", "bob")
    table = await run("list", "--user", "bob")

    assert (sent, piped) == (Ended(0, "", ""), Ended(0, "", ""))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d alice: zażółć\n    gęślą\n", history.out)
    assert re.search(r"^inactive +1 alice +\d{4}-\d\d-\d\d \d\d:\d\d zażółć ⏎ gęślą$", table.out, re.MULTILINE)
    assert re.search(r"^active +1 general +\d{4}-\d\d-\d\d \d\d:\d\d from a pipe$", table.out, re.MULTILINE)


async def test_json_has_one_object_a_line(run: Shell) -> None:
    await run("send", "bob", "zażółć")

    history = await run("history", "bob", "--json")
    rows = await run("list", "--json", "--user", "bob")

    message = json.loads(history.out)
    assert (message["sender"], message["seq"], message["text"]) == ("alice", 1, "zażółć")
    assert "zażółć" in history.out
    first = json.loads(rows.out.splitlines()[0])
    assert (first["name"], first["unread"], first["active"]) == ("alice", 1, False)
    assert first["last"]["text"] == "zażółć"


async def test_the_help_tells_each_subcommand_whole_on_a_terminal_of_eighty_columns(run: Shell) -> None:
    told = (await run("--help", COLUMNS="80")).out.partition("Commands:")[2]

    assert len(told.strip().splitlines()) == 5
    assert "..." not in told


async def test_tail_writes_what_comes_until_it_is_interrupted(run: Shell, tmp_path: Path) -> None:
    out = tmp_path / "tail.out"
    with out.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chatcore_cli", "tail", "--user", "bob", "--server", run.server),
            stdout=written,
            env=os.environ | {"XDG_CONFIG_HOME": str(run.home)},
            # A shell that runs the tests in the background lets them, and their children, ignore SIGINT.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        async with chatcore.connect(run.server) as alice:
            await alice.log_in("alice", PASSWORD)
            await until(lambda: any(row.name == "bob" and row.active for row in alice.replica.rows))
            await until(lambda: _posted(alice) and "hello" in out.read_text())
            process.send_signal(signal.SIGINT)

    assert await process.wait() == 0
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d alice → general: hello\n", out.read_text())


async def test_tail_tells_a_script_too_that_the_server_is_away_once_and_that_it_is_back(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        shell = Shell(server.url, tmp_path)
        await shell.register("bob")
        told = tmp_path / "tail.err"
        with told.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                *(
                    sys.executable,
                    "-m",
                    "chatcore_cli",
                    "tail",
                    "--user",
                    "bob",
                    "--server",
                    server.url,
                    "--lang",
                    "pl",
                ),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=written,
                env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path)},
            )
        try:
            async with chatcore.connect(server.url) as alice:
                await alice.register("alice", PASSWORD)
                await until(lambda: any(row.name == "bob" and row.active for row in alice.replica.rows))
            await server.kill()
            await until(lambda: "kolejna próba" in told.read_text())
            await server.start()
            await until(lambda: "połączono" in told.read_text())
        finally:
            process.kill()
            await process.wait()

    lines = told.read_text().splitlines()
    assert lines[-1] == "połączono"
    assert len(lines[:-1]) == len(set(lines[:-1]))


def _posted(client: chatcore.ChatClient) -> bool:
    """Post again and again: what came before `tail` listens is not for it."""
    client.post_soon(chatcore.GENERAL, "hello")
    return True


# ---- who it is


async def test_the_password_comes_from_a_file_or_standard_input_and_its_session_ends(
    run: Shell, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD + "\n")

    from_file = await run("list", "--user", "bob", CHATCORE_PASSWORD_FILE=str(secret), XDG_CONFIG_HOME=str(tmp_path))
    from_input = await run("list", "--user", "bob", given=PASSWORD.encode(), XDG_CONFIG_HOME=str(tmp_path))

    assert (from_file.status, from_input.status) == (0, 0)
    assert "alice" in from_file.out
    assert from_file.out == from_input.out
    assert not (tmp_path / "chatcore").exists()


async def test_an_account_is_made_by_a_script_with_the_code_of_an_invitation(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db", "--registration", "invitation") as server:
        run = Shell(server.url, tmp_path)
        made = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chatcore_server", "invite", "make", "--db", str(server.db)),
            stdout=asyncio.subprocess.PIPE,
        )
        code = (await made.communicate())[0].decode().strip()
        password = f"{PASSWORD}\n".encode()

        needed = await run("register", "--user", "bot", given=password)
        wrong = await run("register", "--user", "bot", "--invitation", "7KQ2M", given=password)
        right = await run("register", "--user", "bot", given=password, CHATCORE_INVITATION=code)
        sent = await run("send", "--user", "bot", "general", "hello", given=password)

    assert needed == Ended(1, "", "chatcore: One registers here by invitation: fill in the code that you were given.\n")
    assert wrong.err.startswith("chatcore: This code admits nobody")
    assert (right, sent) == (Ended(0, "", ""), Ended(0, "", ""))


async def test_whose_account_is_made_has_to_be_said(run: Shell) -> None:
    ended = await run("register", given=b"some password\n")

    assert ended == Ended(2, "", "chatcore: whose account? Give --user NAME\n")


async def test_an_option_may_stand_before_or_behind_the_subcommand(run: Shell) -> None:
    await run("send", "bob", "hello")

    before = await run("--user", "bob", "list")
    behind = await run("list", "--user", "bob")

    assert before.out == behind.out
    assert "hello" in before.out


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["send", "nobody", "hi"], b"", "There is no user of this name."),
        (["send", "bob", " "], b"", "There is no text in it."),
        (["send", "bob", "x" * 4001], b"", "It is too long: a message has at most 4000 characters."),
        (["history", "alice"], b"", "There is no such user, conversation or message."),
        (["list", "--user", "carol"], b"wrong password", "The name or the password is wrong."),
        (["--lang", "pl", "send", "nobody", "hi"], b"", "Nie ma użytkownika o tej nazwie."),
    ],
)
async def test_what_is_refused_is_told_in_one_line(
    run: Shell,
    arguments: list[str],
    given: bytes,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(run.home))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))

    status = await asyncio.to_thread(main, ["--lang", "en", "--server", run.server, *arguments])

    assert (status, capsys.readouterr()) == (1, ("", f"chatcore: {said}\n"))


async def test_a_session_that_has_ended_is_told(run: Shell) -> None:
    profiles = Profiles(run.home / "chatcore" / "profiles.json")
    profile = profiles.find(name="bob")
    assert profile
    async with chatcore.connect(run.server, token=profile.token) as bob:
        await bob.log_out()

    ended = await run("list", "--user", "bob")

    assert ended == Ended(1, "", "chatcore: The session has ended; log in again.\n")


# ---- what is wrong with a command


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who was never here, with nothing on standard input."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    for name in [name for name in os.environ if name.startswith("CHATCORE_")]:
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the full screen needs a terminal; for scripts there are send, history, tail and list"),
        (["frob"], "No such command 'frob'."),
        (["send", "bob"], "Missing argument 'TEXT'."),
        (["--lang", "de", "list"], "Invalid value for '--lang': 'de' is not one of 'en', 'pl'."),
        (["list", "--server", "x"], f"Invalid value for '--server': 'x' {NO_ADDRESS}"),
        (["history", "bob", "--limit", "0"], f"Invalid value for '--limit': '0' {NO_LIMIT}"),
        (["history", "bob", "--before", "-1"], f"Invalid value for '--before': '-1' {NO_LIMIT}"),
        (["history", "bob", "--limit", "ten"], f"Invalid value for '--limit': 'ten' {NO_LIMIT}"),
        (["list"], "whose password? Give --user NAME, or log in once with the full screen"),
        (
            ["list", "--user", "bob"],
            "there is no password: name a file in CHATCORE_PASSWORD_FILE, or write it to standard input",
        ),
        (
            ["send", "--user", "bob", "alice", "-"],
            "standard input brings the text: name a file with the password in CHATCORE_PASSWORD_FILE",
        ),
    ],
)
def test_wrong_usage_is_told_in_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(arguments)

    assert (status, capsys.readouterr()) == (2, ("", f"chatcore: {said}\n"))


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CHATCORE_LANG", "de", "'de' is not one of 'en', 'pl'."),
        ("CHATCORE_SERVER", "x", f"'x' {NO_ADDRESS}"),
    ],
)
def test_a_wrong_value_in_the_environment_is_told_with_its_place(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)

    assert main(["list"]) == 2
    assert capsys.readouterr().err == f"chatcore: Invalid value for {name}: {said}\n"


@pytest.mark.usefixtures("nobody")
def test_a_password_file_that_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHATCORE_PASSWORD_FILE", str(tmp_path / "none"))

    assert main(["list", "--user", "bob"]) == 2
    said = capsys.readouterr().err
    assert said.endswith(f"names {tmp_path / 'none'}, which cannot be read: no such file or directory\n")


@pytest.mark.usefixtures("nobody")
def test_a_damaged_profile_is_told_and_the_program_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "chatcore").mkdir()
    (tmp_path / "chatcore" / "profiles.json").write_text("{")

    assert main(["list"]) == 2
    told, usage = capsys.readouterr().err.splitlines()
    assert "profiles.json is damaged; it was set aside as profiles.json.damaged: log in again." in told
    assert "whose password?" in usage


@pytest.mark.usefixtures("nobody")
def test_the_version_and_the_help_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["--version"]), main(["--help"]), main(["send", "--help"])] == [0, 0, 0]
    assert "CHATCORE_PASSWORD_FILE" in capsys.readouterr().out


WATCHED = """
import gc, sys
from chatcore_cli.__main__ import main
searched = []
gc.callbacks.append(lambda phase, facts: searched.append(facts["generation"]))
sys.argv[1:] = ["--version"]
main()
print(len(searched), gc.isenabled())
held = [[number] for number in range(1_000_000)]
print(2 in searched)
"""


def test_no_garbage_is_looked_for_among_modules_and_seldom_in_a_long_history() -> None:
    told = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, check=True).stdout

    assert told.splitlines()[-2:] == ["0 True", "False"]


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from chatcore_cli.__main__ import _run as start

    monkeypatch.delitem(sys.modules, "chatcore_cli.cli", raising=False)
    monkeypatch.setitem(sys.modules, "click", None)

    assert start() == 1
    assert "install chatcore with the extra `cli`: pip install 'chatcore[cli]'" in capsys.readouterr().err
