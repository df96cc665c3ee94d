"""What is said of a wrong command line, in the language of the person: one for all programs to chat with."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence

import click

from ..domain.pins import checked_pin
from ..errors import Phrase
from ..view.language import ENGLISH, Language, choose
from ..view.sentences import reworded

DONE, REFUSED, WRONG_USAGE = 0, 1, 2
"""The exit statuses."""

LANG = "--lang"
_too_much = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL).fullmatch


def run(command: click.Command, name: str, arguments: Sequence[str] | None) -> int:
    """Run a command and return its exit status; what goes wrong is told in one line on standard error."""
    try:
        return command.main(arguments, prog_name=name, standalone_mode=False) or DONE
    except click.UsageError as wrong:
        language = language_of(sys.argv[1:] if arguments is None else arguments, os.environ)
        return say(name, usage_text(wrong, language), WRONG_USAGE)
    except click.ClickException as wrong:
        return say(name, wrong.format_message(), REFUSED)
    except click.Abort:
        return say(name, "interrupted", REFUSED)


def say(name: str, told: str, status: int) -> int:
    """Tell something in one line on standard error; return the exit status that goes with it."""
    click.echo(f"{name}: {' '.join(told.split())}", err=True)
    return status


def pin_of(value: str) -> str:
    """Return the pin that an option names. Raises click.BadParameter where it is none."""
    try:
        return checked_pin(value)
    except ValueError:
        msg = Phrase("{value} is not a pin: one is sha256: and 64 hexadecimal digits", value=repr(value))
        raise click.BadParameter(msg) from None


def language_of(arguments: Sequence[str], environ: Mapping[str, str]) -> Language:
    """Return the language of a command line that could not be understood as a whole."""
    wish = environ.get("CHATCORE_LANG")
    for place, argument in enumerate(arguments):
        if argument == LANG:
            wish = next(iter(arguments[place + 1 :]), wish)
        elif argument.startswith(f"{LANG}="):
            wish = argument.partition("=")[2]
    return choose(wish, environ)


def usage_text(wrong: click.UsageError, language: Language) -> str:
    """Say what is wrong with it; a value that comes from the environment is named by its variable."""
    if isinstance(wrong, click.BadParameter):
        _name_place(wrong)
    if language is ENGLISH:
        return wrong.format_message()
    say = language.gettext
    match wrong:
        case click.NoSuchOption():
            return say("There is no option {name}.").format(name=wrong.option_name)
        case click.exceptions.NoSuchCommand():
            return say("There is no command {name}.").format(name=repr(wrong.command_name))
        case click.BadOptionUsage():
            words = say("{name} needs a value.") if "requires" in wrong.message else say("{name} takes no value.")
            return words.format(name=wrong.option_name)
        case click.MissingParameter():
            return say("{name} is missing.").format(name=_name(wrong))
        case click.BadParameter():
            words = say("Wrong value for {name}: {reason}")
            return words.format(name=_name(wrong), reason=_reason(wrong, language))
        case _:  # ours, or what the parser says of arguments; for anything else only it has words, which are English
            found = _too_much(wrong.message)
            return (
                say("What is this for? {arguments}").format(arguments=found[1]) if found else _worded(wrong, language)
            )


def _reason(wrong: click.BadParameter, language: Language) -> str:
    match wrong.param and wrong.param.type:
        case click.Choice() as choice:
            words = language.gettext("it is one of {values}")
            return words.format(values=", ".join(map(repr, choice.choices)))
        case click.types.BoolParamType():
            return language.gettext("it is neither true nor false")
        case _:  # a type of ours says it in words of ours
            return _worded(wrong, language)


def _worded(wrong: click.UsageError, language: Language) -> str:
    return reworded(wrong.message, language)


def _name_place(wrong: click.BadParameter) -> None:
    """Have a wrong value's sentence name the variable, where it comes from the environment."""
    if wrong.ctx is None or wrong.param is None:
        return
    source = wrong.ctx.get_parameter_source(wrong.param.name or "")
    if source is click.core.ParameterSource.ENVIRONMENT and isinstance(wrong.param.envvar, str):
        wrong.param_hint = wrong.param.envvar


def _name(wrong: click.BadParameter) -> str:
    hint = wrong.param_hint or (wrong.param.get_error_hint(wrong.ctx) if wrong.param and wrong.ctx else "")
    return hint if isinstance(hint, str) else ", ".join(hint)
