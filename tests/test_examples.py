"""Every example of README and docs runs, against a real server where it names one, and every command exists.

A comment before a block says what it needs: `<!-- users: alice, bob -->` (they are registered), `<!-- file: … -->` (the
block is that file), `<!-- prints -->` (the block of text is what the program before it prints).
"""

import ast
import asyncio
import inspect
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from itertools import takewhile
from pathlib import Path

import attrs
import pytest

import chatcore
from chatcore.testing.server_process import ServerProcess

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"(?:^<!-- ([^\n]+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

SERVER = "ws://127.0.0.1:8765"
PASSWORD = "correct horse battery"
PROGRAMS = {"chatcore": "chatcore_cli", "chatcore-server": "chatcore_server", "chatcore-tk": "chatcore_tk"}

pytestmark = pytest.mark.checkout


@attrs.frozen
class Block:
    """A fenced block of a page."""

    place: str
    language: str
    text: str
    marker: str
    prints: str | None = None

    @property
    def users(self) -> list[str]:
        """Who is to be registered before."""
        kind, _, names = self.marker.partition(": ")
        return names.split(", ") if kind == "users" else []


def blocks(language: str) -> list[Block]:
    return [block for block in all_blocks() if block.language == language]


def all_blocks() -> list[Block]:
    return [block for page in PAGES if page.exists() for block in _of(page)]


def _of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found: list[Block] = []
    for match in BLOCK.finditer(text):
        marker, language, body = match.groups()
        if marker == "prints":
            found[-1] = attrs.evolve(found[-1], prints=body)
            continue
        line = text.count("\n", 0, match.start(2)) + 1
        found.append(Block(f"{page.relative_to(ROOT)}:{line}", language, body, marker or ""))
    return found


def _id(block: Block) -> str:
    return block.place


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        yield server


@pytest.mark.parametrize("block", [b for b in blocks("python") if not b.marker.startswith("file: ")], ids=_id)
async def test_an_example_in_the_docs_runs(
    block: Block,
    server: ServerProcess,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))
    for name in block.users:
        async with chatcore.connect(server.url) as client:
            await client.register(name, PASSWORD)

    await asyncio.to_thread(run, block.text.replace(SERVER, server.url), block.place)

    if block.prints is not None:
        assert capsys.readouterr().out == block.prints


def run(source: str, place: str) -> None:
    """Run a program that may wait at its top level, with an event loop of its own."""
    code = compile(source, place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    names: dict[str, object] = {"__name__": "__main__"}
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(eval(code, names))  # noqa: S307 - our own documentation
    else:
        exec(code, names)  # noqa: S102 - the same


@pytest.mark.parametrize("block", [b for b in all_blocks() if b.marker.startswith("file: ")], ids=_id)
def test_an_example_that_is_a_file_is_that_file(block: Block) -> None:
    assert block.text == (ROOT / block.marker.removeprefix("file: ")).read_text(encoding="utf-8")


# ---- commands ------------------------------------------------------------------------------------------------------


def commands() -> list[str]:
    """Return the command lines of the pages, each of a pipe by itself."""
    lines = [line for block in blocks("sh") for line in block.text.splitlines()]
    return sorted({part.strip() for line in lines for part in line.partition("#")[0].split("|")} - {""})


@pytest.mark.parametrize("command", commands())
def test_a_command_in_the_docs_exists(command: str) -> None:
    program, *arguments = shlex.split(command)

    match program.rpartition("/")[2]:
        case "make":
            targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            assert {word for word in arguments if re.fullmatch("[a-z-]+", word)} <= {*targets}
        case "pip":
            project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
            assert {*re.findall(r"\[(\w+)\]", command)} <= {*project["optional-dependencies"]}
        case "python":
            assert (ROOT / arguments[0]).exists()
        case "python3":
            assert arguments[:2] == ["-m", "venv"]
        case "uvicorn":
            assert (ROOT / "examples" / f"{arguments[0].partition(':')[0]}.py").exists()
        case "tail" | "export":
            pass
        case _:
            assert {word for word in arguments if word.startswith("--")} <= options_of(program, arguments)


def options_of(program: str, arguments: list[str]) -> set[str]:
    """Return the options that the program's help names, with those of a subcommand, and of one of that."""
    subcommand = list(takewhile(lambda word: not word.startswith("-"), arguments))
    helped = subprocess.run(
        [sys.executable, "-m", PROGRAMS[program], *subcommand, "--help"], capture_output=True, text=True, check=True
    )
    return set(re.findall(r"(?<=\s)--[a-z-]+", helped.stdout))


def settings_of_servers() -> list[Block]:
    return [block for block in blocks("toml") if "port" in tomllib.loads(block.text)]


@pytest.mark.parametrize("block", settings_of_servers(), ids=_id)
def test_a_settings_file_in_the_docs_is_taken(block: Block, tmp_path: Path) -> None:
    from chatcore_server.config import load

    file = tmp_path / "chatcore.toml"
    file.write_text(block.text, encoding="utf-8")

    assert load({}, {}, file).port == tomllib.loads(block.text)["port"]


# ---- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [str(page.relative_to(ROOT)) for page in PAGES if page.exists()])
def test_a_file_that_a_page_names_is_there(name: str) -> None:
    page = ROOT / name

    named = re.findall(
        r"`((?:chatcore|chatcore_server|docs|examples|frontends|scripts|tests)/[\w./-]+)`", page.read_text()
    )
    linked = re.findall(r"\]\(([\w./-]+\.(?:md|py))\)", page.read_text())

    assert [name for name in named if "LANGUAGE" not in name and not (ROOT / name).exists()] == []
    assert [name for name in linked if not (page.parent / name).exists()] == []


# ---- the examples themselves ---------------------------------------------------------------------------------------


async def test_the_echo_bot_answers_also_after_it_was_away(server: ServerProcess, tmp_path: Path) -> None:
    password = tmp_path / "password.txt"
    password.write_text(PASSWORD + "\n")
    bot = (sys.executable, str(ROOT / "examples" / "echo_bot.py"), server.url, "echo", str(password))
    answers = Answers()

    async with chatcore.connect(server.url) as client:
        client.subscribe(answers)
        await client.register("alice", PASSWORD)
        async with Program(*bot):  # it is killed each time
            echo = await client.conversation_with("echo")
            await client.post(echo, "one")
            await answers.until("You said: one")
        async with Program(*bot):
            await client.post(echo, "two")
            await answers.until("You said: two")
        for text in ("three", "four", "five"):  # while it is down
            await client.post(echo, text)
        async with Program(*bot):
            await answers.until("You said: five")

        assert list(dict.fromkeys(answers.texts)) == [
            f"You said: {text}" for text in ("one", "two", "three", "four", "five")
        ]


class Answers(chatcore.Observer):
    """The texts of others: a bot that is killed between answer and mark answers once more."""

    def __init__(self) -> None:
        self._texts: asyncio.Queue[str] = asyncio.Queue()
        self.texts: list[str] = []

    def message_received(self, message: chatcore.Message) -> None:
        self._texts.put_nowait(message.text)

    async def until(self, text: str) -> None:
        async with asyncio.timeout(20):
            while text not in self.texts:
                self.texts.append(await self._texts.get())


class Program:
    """A program that says a line when it is ready and runs until it is killed."""

    def __init__(self, *command: str) -> None:
        self._command = command

    async def __aenter__(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            assert await self._process.stdout.readline()

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await self._process.wait()
