"""Write the pictures of the clients, as they are now: a real server with made-up people, the window and the terminal.

`write_pictures.py [FOLDER]`: the folder is docs/images where none is given. Needs Xvfb, tmux and tkinter.
"""

import asyncio
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from page_parts import ROOT
from screenshots import Display, Ground, Terminal, display, drawn

import chatcore
from chatcore.adapters.drafts_file import DraftsFile
from chatcore.home.accounts import account_key, drafts_path
from chatcore.home.private_file import write_document
from chatcore.home.profiles import Profile, Profiles
from chatcore.testing.server_process import ServerProcess

SIZE = (1000, 660)
COLUMNS, ROWS = 104, 28
LIGHT, DARK = Ground("#ffffff", "#20262e"), Ground("#10151b", "#d8dee6")

PASSWORD = "a password of nobody"  # noqa: S105 - nor of anything
ME = "alice"
PEOPLE = {
    ME: "Alice Nowak",
    "bob": "Bob Marsh",
    "carol": "Carol Diaz",
    "kenji": "健二",
    "zofia": "Zofia Żak",
    "eleni": "Ελένη",
    "anna.k": "Anna",
    "anna.l": "Anna",
    "oleg": "Oleg",
    "piotr": "Piotr Wiśniewski",
    "yusuf": "Yusuf Demir",
}
AWAY = ("oleg", "piotr")
"""Who was there once, and is not now."""

TALK = (
    ("carol", ME, "Are you coming to the lake?"),
    ("kenji", ME, "こんにちは。明日の会議は十時からです。"),
    ("eleni", ME, "Τα λέμε αύριο στις 9:30;"),
    ("anna.k", ME, "at nine?"),
    ("bob", ME, "Morning! Did the move to the new disk go well?"),
    (ME, "bob", "It did: twenty minutes, and nobody was logged out."),
    (ME, "bob", "The history is all there, back to the first day."),
    ("bob", ME, "Great. Then for tomorrow:\n  – the notes for the release\n  – the pictures for the front page"),
    (ME, "bob", "I take the pictures, the clients have changed a lot 🎨"),
    ("bob", ME, "See https://chat.example/notes for what there is already."),
    (ME, "bob", "Thanks, I look at them after lunch"),
    ("zofia", ME, "Wysłałam źródła, sprawdź proszę."),
    ("zofia", ME, "Są też zdjęcia."),
    ("carol", "general", "Lunch at the lake, who comes along?"),
    ("yusuf", "general", "Me!"),
)
LAST = TALK[10][2]
"""What nobody has read yet of what I wrote."""

DRAFT_TO, DRAFT = "carol", "Yes, but later: keep me"
WRITTEN = "And the terminal, light and dark"


async def lively(url: str, stack: AsyncExitStack) -> dict[str, chatcore.ChatClient]:
    """Have people write to each other, and read; give their clients."""
    clients = {name: await stack.enter_async_context(chatcore.connect(url)) for name in PEOPLE}
    for name, client in clients.items():
        await client.register(name, PASSWORD)
        await client.set_display_name(PEOPLE[name])
    for sender, to, text in TALK:
        conversation = chatcore.GENERAL if to == "general" else await clients[sender].conversation_with(to)
        message = await clients[sender].post(conversation, text)
        if text != LAST and "bob" in {sender, to}:
            await clients[to].mark_read(message)
    for name in AWAY:
        await clients[name].log_out()
    return clients


async def settle_in(home: Path, url: str, me: chatcore.ChatClient, *, is_dark: bool) -> None:
    """Make the files of somebody who was here before: logged in with both programs, with a draft to somebody."""
    folder = home / "chatcore"
    for program in ("window", "terminal"):
        token = await me.begin_session(program)
        Profiles(folder / "profiles.json", program).remember(Profile(url, ME, token, user=me.me.id))
    drafts = DraftsFile(drafts_path(folder, url, me.me.id))
    drafts.open()
    drafts.keep(await me.conversation_with(DRAFT_TO), DRAFT)
    drafts.close()
    opened = {account_key(url, ME): await me.conversation_with("bob")}
    look = {"dark": is_dark, "has_own_look": True, "geometry": "{}x{}+0+0".format(*SIZE)}
    write_document(folder / "window.json", {**look, "opened": opened})


def window(home: Path, on: Display, file: Path) -> None:
    """Take a picture of the window."""
    command = (sys.executable, "-m", "chatcore_tk")
    with subprocess.Popen(command, env=environment(home) | {"DISPLAY": on.name}) as process:
        try:
            on.calm(*SIZE).save(file, optimize=True)
        finally:
            process.terminate()


def terminal(home: Path, on: Display, ground: Ground, file: Path) -> None:
    """Take a picture of the terminal."""
    variables = [f"{name}={value}" for name, value in environment(home).items()]
    command = ("env", *variables, sys.executable, "-m", "chatcore_cli")
    at = Terminal(home / "tmux", COLUMNS, ROWS, command)
    try:
        at.until("online", "General chat")
        at.press("C-f")
        at.write("bob")
        at.press("Enter")
        at.until(LAST)
        at.write(WRITTEN)
        at.until(WRITTEN)
        screen = at.screen()
    finally:
        at.end()
    drawn(screen, ground, on).save(file, optimize=True)


def environment(home: Path) -> dict[str, str]:
    """Return what the programs find around them: a folder of their own, and English."""
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), str(home))
    usual = {name: value for name, value in os.environ.items() if not name.startswith("CHATCORE_")}
    return usual | places | {"LANG": "C.UTF-8", "COLORTERM": "truecolor", "CHATCORE_LANG": "en"}


async def main(folder: Path) -> None:
    """Have the chat, and take the pictures."""
    with TemporaryDirectory() as place, display(Path(place)) as on:
        async with ServerProcess(Path(place) / "chat.db") as server, AsyncExitStack() as stack:
            clients = await lively(server.url, stack)
            for name, ground in (("light", LIGHT), ("dark", DARK)):
                home = Path(place) / name
                await settle_in(home, server.url, clients[ME], is_dark=ground is DARK)
                await asyncio.to_thread(window, home, on, folder / f"window-{name}.png")
                await asyncio.to_thread(terminal, home, on, ground, folder / f"terminal-{name}.png")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"))
