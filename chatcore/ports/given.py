"""What a program gives for a handshake once and for all, or by a function that is asked at each dial."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import TypeAlias, TypeVar

from ..domain.ids import Token
from ..errors import ChatError, Phrase, Unreachable

T = TypeVar("T")

Given: TypeAlias = T | Callable[[], T | Awaitable[T]]
"""A value, or a function (`def` or `async def`) that returns it."""

Headers = Mapping[str, str]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_NO_VALUE = re.compile(r"[^\t\x20-\x7e]")  # of others no two programs make the same bytes


async def asked(name: str, given: Given[object], check: Callable[[object], T]) -> T:
    """Return the value, from the function where it is one, as `check` returns it.

    A ChatError of the function is raised as it is. Another error is Unreachable: for now where it is an OSError, which
    passes; else for good, with `field` telling by its `name` what could not be had.
    """
    try:
        got = given() if callable(given) else given
        return check(await got if isawaitable(got) else got)
    except ChatError:
        raise
    except Exception as error:
        msg = Phrase("this program gives no {name}: {cause}", name=name, cause=f"{type(error).__name__}: {error}")
        raise Unreachable(msg, field=None if isinstance(error, OSError) else name) from error


def check_token(token: object) -> Token:
    """Return a token. Raises TypeError where it is no text, without repeating it."""
    if not isinstance(token, str):
        msg = f"token has to be a str, and {type(token).__name__} is none"
        raise TypeError(msg)
    return Token(token)


def check_headers(headers: object) -> Headers:
    """Return headers. Raises TypeError, and ValueError for what no header can be, without repeating values."""
    if not isinstance(headers, Mapping):
        msg = f"headers has to be a mapping of str to str, and {type(headers).__name__} is none"
        raise TypeError(msg)
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            msg = "headers has to be a mapping of str to str"
            raise TypeError(msg)
        if not _NAME.fullmatch(name):
            msg = f"no header can have the name {name!r:.60}"
            raise ValueError(msg)
        if _NO_VALUE.search(value):
            msg = f"the header {name} has a character that is not printable ASCII"
            raise ValueError(msg)
    return dict(headers)
