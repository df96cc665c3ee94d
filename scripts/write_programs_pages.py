"""Write the parts of the how-to pages: the server's options, the clients' keys, the terminal client's commands."""

import sys
from collections.abc import Iterable, Iterator

import click
import page_parts
from chatcore_cli.cli import commands
from chatcore_cli.keys import KEYS
from chatcore_cli.slash_commands import COMMANDS
from chatcore_tk.keys import KEYS as DESKTOP_KEYS
from page_parts import table

from chatcore_server.cli import commands as server_commands
from chatcore_server.config import settings


def options_part() -> str:
    """Return the server's options, and where else they can stand."""
    rows = [(f"`{s.flag}`", f"`{s.variable}`", f"`{s.name}`", s.meaning) for s in settings()]
    return "\n".join(table(("option", "environment", "TOML", ""), rows))


def keys_part() -> str:
    """Return the keys that the client's help shows."""
    rows = [(key.shown, key.does) for section in KEYS for key in section.keys if key.shown]
    return "\n".join(table(("key", "does"), rows))


def desktop_keys_part() -> str:
    """Return the keys that the window's help shows."""
    return "\n".join(table(("key", "does"), [(key.shown, key.does) for key in DESKTOP_KEYS if key.shown]))


def commands_part() -> str:
    """Return what can be asked for in writing."""
    rows = [(f"`/{command.name} {command.rest}`".replace(" `", "`"), command.does) for command in COMMANDS]
    return "\n".join(table(("command", "does"), rows))


def subcommands_part() -> str:
    """Return the client's subcommands for scripts."""
    rows = [
        (f"`chatcore {' '.join([name, *arguments(command)])}`", (command.help or "").split("\n\n")[0])
        for name, command in sorted(commands.commands.items())
    ]
    return "\n".join(table(("subcommand", "does"), rows))


def arguments(command: click.Command) -> list[str]:
    """Return what a subcommand wants, as its help writes it."""
    given = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    return [argument.make_metavar(click.Context(command)) for argument in given]


def operating_part() -> str:
    """Return the server's commands for operators, and their options."""
    rows = []
    serve = server_commands.commands["serve"]
    others = [command for command in server_commands.commands.values() if command is not serve]
    for words, command in commands_within("chatcore-server", others):
        options = [f"`{p.opts[0]}`" for p in command.params if isinstance(p, click.Option) and p not in serve.params]
        if serve.params[0] in command.params:
            options.append("those of `serve`")
        called = f"`{' '.join([words, *arguments(command)])}`"
        rows.append((called, (command.help or "").split("\n\n")[0], " ".join(options)))
    return "\n".join(table(("command", "does", "options"), rows))


def commands_within(words: str, commands: Iterable[click.Command]) -> Iterator[tuple[str, click.Command]]:
    """Give each command with the words that call it, and in the place of a group those in it."""
    for command in commands:
        called = f"{words} {command.name}"
        if isinstance(command, click.Group):
            yield from commands_within(called, command.commands.values())
        else:
            yield called, command


PAGES = {
    "howto/use-the-desktop-client.md": {"keys": desktop_keys_part},
    "howto/run-a-server.md": {"options": options_part},
    "howto/operate.md": {"operating": operating_part},
    "howto/use-the-terminal-client.md": {
        "keys": keys_part,
        "commands": commands_part,
        "subcommands": subcommands_part,
    },
}

if __name__ == "__main__":
    sys.exit(page_parts.main(PAGES, sys.argv[1:]))
