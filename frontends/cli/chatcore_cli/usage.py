"""What is said of a wrong command line, in the person's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from chatcore.view.language import ENGLISH, Language, choose
from chatcore.view.sentences import reworded

LANG = "--lang"


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
    """Say what is wrong with it. What only the parser has words for is told in its own, which are English."""
    if language is ENGLISH:
        return wrong.format_message()
    if isinstance(wrong, click.NoSuchOption):
        return language.gettext("There is no option {name}.").format(name=wrong.option_name)
    if isinstance(wrong, click.MissingParameter):
        return language.gettext("{name} is missing.").format(name=_name(wrong))
    if isinstance(wrong, click.BadParameter):
        words = language.gettext("Wrong value for {name}: {reason}")
        return words.format(name=_name(wrong), reason=reworded(wrong.message, language))
    is_ours = type(wrong) is click.UsageError
    return reworded(wrong.message, language) if is_ours else wrong.format_message()


def _name(wrong: click.BadParameter) -> str:
    hint = wrong.param_hint or (wrong.param.get_error_hint(wrong.ctx) if wrong.param and wrong.ctx else "")
    return hint if isinstance(hint, str) else ", ".join(hint)
