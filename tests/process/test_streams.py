"""The three programs on standard streams that are closed, full, without a reader, or of another encoding."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import attrs
import pytest

import chatcore
from chatcore.home.profiles import Profile, Profiles
from chatcore.testing.server_process import ServerProcess

FULL = Path("/dev/full")

needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@attrs.frozen
class Ended:
    status: int
    out: bytes
    err: bytes


def ended(command: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
    """Run a line of a shell, with the arguments as $1, $2 … and this Python as $0."""
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=None if environment is None else os.environ | environment,
        timeout=50,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@attrs.frozen
class Home:
    """A user's home on a machine with a server on which somebody has written in many languages."""

    server: ServerProcess
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"XDG_CONFIG_HOME": str(self.folder), "CHATCORE_SERVER": self.server.url, "PYTHONUNBUFFERED": ""}


TEXTS = ("zażółć", "grüße", "日本", "😀")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        async with chatcore.connect(server.url) as client:
            await client.register("alice", "correct horse battery")
            for text in TEXTS:
                await client.post(chatcore.GENERAL, text)
            Profiles(tmp_path / "chatcore" / "profiles.json").remember(Profile(server.url, "alice", client.token))
        yield Home(server, tmp_path)


# ---- nothing can be written

HELP = [
    ("chatcore", ["-m", "chatcore_cli", "--help"]),
    ("chatcore-tk", ["-m", "chatcore_tk", "--help"]),
    ("chatcore-server", ["-m", "chatcore_server", "--version"]),
    ("chatcore-server", ["-m", "chatcore_server", "fsck", "--help"]),
]


@needs_full
@pytest.mark.parametrize(("name", "arguments"), HELP)
def test_a_full_standard_output_is_told_in_one_line(name: str, arguments: list[str]) -> None:
    told = ended('"$0" "$@" >/dev/full', *arguments, environment={"PYTHONUNBUFFERED": ""})

    assert told == Ended(1, b"", f"{name}: cannot write to standard output: no space left on device\n".encode())


@pytest.mark.parametrize(("name", "arguments"), HELP)
def test_a_closed_standard_output_is_told_in_one_line(name: str, arguments: list[str]) -> None:
    told = ended('"$0" "$@" >&-', *arguments)

    assert told == Ended(1, b"", f"{name}: cannot write to standard output: bad file descriptor\n".encode())


@pytest.mark.parametrize(("name", "arguments"), HELP)
def test_a_reader_who_has_enough_is_told_nothing(name: str, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run([sys.executable, *arguments], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)

    assert (done.returncode, done.stderr) == (1, b"")


SCRIPTS = [["history", "general"], ["history", "general", "--json"], ["list"], ["list", "--json"]]


@needs_full
@pytest.mark.parametrize("script", SCRIPTS)
async def test_what_a_script_cannot_write_is_told_in_one_line(home: Home, script: list[str]) -> None:
    told = ended('"$0" -m chatcore_cli "$@" >/dev/full', *script, environment=home.environment)

    assert told == Ended(1, b"", b"chatcore: cannot write to standard output: no space left on device\n")


@needs_full
async def test_a_script_that_has_nothing_to_write_needs_no_standard_output(home: Home) -> None:
    told = ended('"$0" -m chatcore_cli send general hello >/dev/full', environment=home.environment)

    assert told == Ended(0, b"", b"")


@needs_full
async def test_what_tail_cannot_write_ends_it_with_one_line(home: Home) -> None:
    command = '"$0" -m chatcore_cli tail >/dev/full'
    tail = asyncio.create_task(asyncio.to_thread(ended, command, environment=home.environment))
    async with chatcore.connect(home.server.url) as bob:
        await bob.register("bob", "correct horse battery")
        while not tail.done():
            await bob.post(chatcore.GENERAL, "hello")

    assert await tail == Ended(1, b"", b"chatcore: cannot write to standard output: no space left on device\n")


@needs_full
async def test_what_an_export_or_a_check_cannot_write_is_told_in_one_line(home: Home) -> None:
    for command in ("export", "fsck"):
        told = ended('"$0" -m chatcore_server "$@" >/dev/full', command, "--db", str(home.server.db))

        assert told == Ended(1, b"", b"chatcore-server: cannot write to standard output: no space left on device\n")


@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-", "<&- 2>&-"])
def test_an_error_that_nobody_can_be_told_has_the_same_status(streams: str) -> None:
    for program in ("chatcore_cli", "chatcore_server", "chatcore_tk"):
        assert ended(f'"$0" -m {program} --nonsense {streams}') == Ended(2, b"", b"")


@needs_full
@pytest.mark.parametrize("streams", ["<&- >&- 2>&-", "<&-", ">&-", "2>&-", ">/dev/full", "2>/dev/full"])
async def test_a_server_serves_and_ends_in_peace_on_any_streams(streams: str, tmp_path: Path) -> None:
    # Where nothing can be said, nobody can be told the port: the server's own health says that it is there.
    served = "import asyncio, sys, signal, os, re, chatcore\n" + AS_A_CLIENT
    told = ended(
        f'"$0" -m chatcore_server --db "$1/chat.db" --port "$2" --password-cost low {streams} & '
        '"$0" -c "$3" "$2"; kill -TERM $!; wait $!',
        str(tmp_path),
        str(_free_port()),
        served,
    )

    assert (
        told.status,
        [line for line in told.err.splitlines() if b" INFO " not in line and b"WARNING" not in line],
    ) == (
        0,
        [],
    )
    assert b"alice: 1" in told.out


AS_A_CLIENT = """
async def main():
    async with chatcore.connect(f"ws://127.0.0.1:{sys.argv[1]}", wait=False) as alice:
        while True:
            try:
                await alice.register("alice", "correct horse battery")
                break
            except chatcore.Unreachable:
                pass
        print("alice:", (await alice.post(chatcore.GENERAL, "hello")).seq)
asyncio.run(main())
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


# ---- other encodings

LATIN_1 = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}


async def test_what_another_encoding_has_no_letters_for_is_escaped(home: Home) -> None:
    history = ended('"$0" -m chatcore_cli history general', environment=home.environment | LATIN_1)
    rows = ended('"$0" -m chatcore_cli list', environment=home.environment | LATIN_1)

    assert (history.status, history.err, rows.status, rows.err) == (0, b"", 0, b"")
    assert [line.split(b": ")[1] for line in history.out.splitlines()] == [
        b"za\\u017c\xf3\\u0142\\u0107",
        b"gr\xfc\xdfe",
        b"\\u65e5\\u672c",
        b"\\U0001f600",
    ]


async def test_json_is_json_in_every_encoding(home: Home) -> None:
    history = ended('"$0" -m chatcore_cli history general --json', environment=home.environment | LATIN_1)
    export = ended(
        '"$0" -m chatcore_server export --db "$1"', str(home.server.db), environment=home.environment | LATIN_1
    )

    assert (history.err, export.err) == (b"", b"")
    assert tuple(json.loads(line)["text"] for line in history.out.splitlines()) == TEXTS
    exported = [json.loads(line) for line in export.out.splitlines()]
    assert tuple(record["text"] for record in exported if "text" in record) == TEXTS


async def test_input_that_cannot_be_read_is_told_in_one_line(home: Home) -> None:
    closed = ended('"$0" -m chatcore_cli send general - <&-', environment=home.environment)
    no_letters = ended(r'printf "\377" | "$0" -m chatcore_cli list --user bob', environment=home.environment)

    assert closed == Ended(1, b"", b"chatcore: There is no text in it.\n")
    assert (no_letters.status, no_letters.err.count(b"\n")) == (2, 1)
    assert no_letters.err.startswith(b"chatcore: standard input is not UTF-8: ")


async def test_a_password_that_cannot_be_read_is_told_in_one_line(home: Home) -> None:
    told = ended('"$0" -m chatcore_server user add dora --db "$1" 0>/dev/null', str(home.server.db))

    sentence = b"the password cannot be read from standard input: bad file descriptor"
    assert told == Ended(1, b"", b"chatcore-server: " + sentence + b"\n")
