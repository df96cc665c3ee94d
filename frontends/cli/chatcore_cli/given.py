"""What a script is given by whoever runs it: a password, from a file or standard input, and a text."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from chatcore.errors import Phrase

PASSWORD_FILE = "CHATCORE_PASSWORD_FILE"  # noqa: S105 - the name of a variable


def password(environ: Mapping[str, str], *, reads_input: bool) -> str:
    """Return the password from the file that the environment names, else from a person or standard input.

    `reads_input`: standard input brings something else. Raises UsageError where there is none.
    """
    path = environ.get(PASSWORD_FILE)
    if path is not None:
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeError) as error:
            words = Phrase(
                "{variable} names {path}, which cannot be read: {reason}", **_named(path=path, reason=_why(error))
            )
            raise click.UsageError(words) from error
    if reads_input:
        raise click.UsageError(
            Phrase("standard input brings the text: name a file with the password in {variable}", **_named())
        )
    given = getpass.getpass() if sys.stdin.isatty() else given_text(sys.stdin.buffer.readline)
    if not given:
        raise click.UsageError(
            Phrase("there is no password: name a file in {variable}, or write it to standard input", **_named())
        )
    return given


def given_text(read: Callable[[], bytes]) -> str:
    """Return a text from standard input, without the end of its last line. Raises UsageError."""
    try:
        return read().decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise click.UsageError(Phrase("standard input is not UTF-8: {reason}", reason=str(error))) from error
    except OSError as error:
        raise click.UsageError(Phrase("standard input cannot be read: {reason}", reason=_why(error))) from error


def _named(**values: str) -> dict[str, str]:
    return {"variable": PASSWORD_FILE, **values}


def _why(error: OSError | UnicodeError) -> str:
    return (error.strerror or "").lower() if isinstance(error, OSError) else "it is not UTF-8"
