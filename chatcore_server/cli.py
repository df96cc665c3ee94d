"""The command line of the server."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import click

from chatcore import ChatError
from chatcore.process import streams
from chatcore.process.courier import Courier

from . import logs
from .admin.commands import commands as admin_commands
from .app import ServerError, run
from .config import CONFIG_VARIABLE, Chosen, ConfigError, Setting, choose, settings
from .doctor.app import findings
from .doctor.findings import Level
from .kinds import Networks, Origins, Switch
from .shown import shown

DONE, REFUSED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

_DEFAULT = "serve"

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status; what goes wrong is told in one line on standard error."""
    try:
        return commands.main(arguments, prog_name="chatcore-server", standalone_mode=False) or DONE
    except click.UsageError as wrong:
        return _say(wrong.format_message(), WRONG_USAGE)
    except ConfigError as wrong:
        return _say(str(wrong), WRONG_USAGE)
    except click.Abort:  # Ctrl-C
        return INTERRUPTED
    except (ServerError, ChatError) as error:
        return _say(str(error), REFUSED)


def _say(told: str, status: int) -> int:
    click.echo(f"chatcore-server: {' '.join(told.split())}", err=True)
    return status


Given = str | tuple[str, ...] | None
"""What click gives for an option."""


def _serve(config: str | None, **given: Given) -> None:
    """Serve a chat until SIGTERM or SIGINT.

    Each option can also stand in the environment (--port as CHATCORE_PORT) or in the file that --config names (as
    port = 8765). The command line goes before the environment, the environment before the file.
    """
    settled = _chosen(config, given).config
    with (
        logs.logging_to(streams.raw(streams.STDERR), settled.log_level, settled.log_format),
        Courier(streams.raw(streams.STDOUT), lost=_unheard) as out,
    ):
        run(settled, lambda url: out.put(f"listening on {url}\n".encode()))


def _show_config(config: str | None, **given: Given) -> None:
    """Check the settings and write them, each with where it was said, and start nothing.

    Takes the same options, environment and file as serve. What is written is a file for --config that says the same.
    """
    for line in shown(_chosen(config, given), is_ascii=not streams.is_utf8(sys.stdout)):
        click.echo(line)


def _doctor(config: str | None, backups: str | None, *, is_json: bool, **given: Given) -> int:
    """Look at database, files, certificate, limits and clock, and say what is to be done.

    Takes the same options, environment and file as serve, changes nothing, and may run beside a server. The exit status
    is 1 where something does not work.
    """
    found = list(findings(_chosen(config, given).config, Path(backups) if backups else None))
    for finding in found:
        click.echo(json.dumps(attrs.asdict(finding)) if is_json else str(finding))
    return REFUSED if any(finding.level is Level.FAULT for finding in found) else DONE


def _chosen(config: str | None, given: Mapping[str, Given]) -> Chosen:
    file = config or os.environ.get(CONFIG_VARIABLE)
    # An option that may be repeated comes as a tuple, one that was not given as None or an empty one.
    flags = {name: " ".join(v) if isinstance(v, tuple) else v for name, v in given.items() if v is not None and v != ()}
    return choose(flags, os.environ, Path(file) if file else None)


def _unheard(error: OSError) -> None:
    """Nobody has to hear the announcement: clients can come all the same."""
    if not isinstance(error, BrokenPipeError):
        log.warning("%s", streams.OutputLost(error))


def _option(setting: Setting) -> click.Option:
    match setting.kind:
        case Switch():
            return click.Option([setting.flag], flag_value="true", help=setting.meaning)
        case kind:  # all others take a value
            is_list = isinstance(kind, Origins | Networks)
            return click.Option([setting.flag], metavar=kind.metavar, multiple=is_list, help=setting.meaning)


class _Commands(click.Group):
    """Commands of which one need not be named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in {"-h", "--help", "--version"}):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        records = [option.get_help_record(ctx) for option in self.commands[_DEFAULT].params]
        with formatter.section(f"Options of {_DEFAULT}, which is the default"):
            formatter.write_dl([record for record in records if record])


_config = click.Option(["--config"], metavar="FILE", help="A TOML file with settings.")
_options: list[click.Parameter] = [*map(_option, settings()), _config]
_doctor_options = [
    click.Option(["--json", "is_json"], is_flag=True, help="Write a JSON object for each finding."),
    click.Option(["--backups"], metavar="FOLDER", help="Where the backups are, of which the newest should be new."),
]
commands = _Commands(
    "chatcore-server",
    commands=[
        click.Command(_DEFAULT, callback=_serve, params=_options, help=_serve.__doc__),
        click.Command("config", callback=_show_config, params=_options, help=_show_config.__doc__),
        click.Command("doctor", callback=_doctor, params=[*_doctor_options, *_options], help=_doctor.__doc__),
        *admin_commands(),
    ],
    help="The chat server.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(package_name="chatcore", prog_name="chatcore-server")(commands)
