"""The kinds of values that a setting may have."""

from __future__ import annotations

import os
import re
from ipaddress import ip_network
from typing import Protocol

import attrs

from chatcore import Rate
from chatcore.domain.rates import ANY

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_SECONDS = {"/s": 1, "/m": 60, "/h": 3600}
_is_rate = re.compile(r"off|[1-9]\d{0,8}/[smh] after [1-9]\d{0,8}").fullmatch
_is_prefix = re.compile(r"(/[A-Za-z0-9._~-]+)+").fullmatch
_is_origin = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s]+").fullmatch


class Kind(Protocol):
    """A kind of values. They come as text (from a flag or the environment) or as TOML has them."""

    @property
    def metavar(self) -> str:
        """What stands for a value in the help."""

    @property
    def allowed(self) -> str:
        """What is allowed, to end the sentence "it must be …"."""

    def parse(self, text: str) -> object:
        """Return the value that the text means; text that means none stays text."""

    def accepts(self, value: object) -> bool:
        """Return whether the value is allowed."""


@attrs.frozen
class Text:
    """Any text that is not empty."""

    metavar: str
    allowed = "a text that is not empty"

    def parse(self, text: str) -> object:
        """Return the text itself."""
        return text

    def accepts(self, value: object) -> bool:
        """Return whether it is a text and not empty."""
        return isinstance(value, str) and value != ""


@attrs.frozen
class FileName:
    """The name of a file, as this system and its locale can have it; `metavar` may name something else beside it."""

    metavar: str = "FILE"
    allowed = "the name of a file, in letters that the locale has and without a zero"

    def parse(self, text: str) -> object:
        """Return the text itself."""
        return text

    def accepts(self, value: object) -> bool:
        """Return whether a file can be called so."""
        if not isinstance(value, str) or not value or "\0" in value:
            return False
        try:
            os.fsencode(value)
        except UnicodeEncodeError:
            return False
        return True


@attrs.frozen
class Prefix:
    """The beginning of the paths of URLs."""

    metavar = "PATH"
    allowed = "a path like /chat, which begins with a slash and does not end with one"

    def parse(self, text: str) -> object:
        """Return the text itself."""
        return text

    def accepts(self, value: object) -> bool:
        """Return whether it is one."""
        return isinstance(value, str) and _is_prefix(value) is not None


@attrs.frozen
class Number:
    """A number between two others, both included."""

    low: int
    high: int
    metavar: str = "NUMBER"
    whole: bool = attrs.field(default=True, kw_only=True)

    @property
    def allowed(self) -> str:
        """The bounds."""
        return f"a {'whole ' if self.whole else ''}number from {self.low} to {self.high}"

    def parse(self, text: str) -> object:
        """Read the number."""
        try:
            return int(text) if self.whole else float(text)
        except ValueError:
            return text

    def accepts(self, value: object) -> bool:
        """Return whether it is a number within the bounds; true and false are none."""
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return False
        return self.low <= value <= self.high


@attrs.frozen
class Often:
    """How often something may be done, as text: "50/s after 500", or "off" where it is not counted."""

    metavar = "RATE"
    allowed = "like 50/s after 500 (or 100/h after 100), or off"

    def parse(self, text: str) -> object:
        """Return the text itself."""
        return text

    def accepts(self, value: object) -> bool:
        """Return whether the text says how often."""
        return isinstance(value, str) and _is_rate(value) is not None


def rate_of(text: str) -> Rate:
    """Return the rate that a text says which `Often` accepts."""
    if text == "off":
        return ANY
    often, unit, _, burst = re.split(r"(/[smh])( after )", text)
    return Rate(float(often) / _SECONDS[unit], float(burst))


@attrs.frozen
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def metavar(self) -> str:
        """The words."""
        return "|".join(self.words)

    @property
    def allowed(self) -> str:
        """The words."""
        return f"{', '.join(self.words[:-1])} or {self.words[-1]}"

    def parse(self, text: str) -> object:
        """Return the word; case makes no difference."""
        return text.lower()

    def accepts(self, value: object) -> bool:
        """Return whether it is one of the words."""
        return value in self.words


@attrs.frozen
class Switch:
    """Yes or no; on the command line a flag without a value."""

    metavar = ""
    allowed = "true or false"

    def parse(self, text: str) -> object:
        """Understand the usual words for yes and no."""
        return _WORDS.get(text.lower(), text)

    def accepts(self, value: object) -> bool:
        """Return whether it is true or false."""
        return isinstance(value, bool)


@attrs.frozen
class Networks:
    """Any number of IP addresses, or of networks of them, in text with white space between them."""

    metavar = "ADDRESS"
    allowed = "a list of IP addresses like 10.0.0.1, or of networks like 10.0.0.0/8"

    def parse(self, text: str) -> object:
        """Split the text."""
        return text.split()

    def accepts(self, value: object) -> bool:
        """Return whether it is a list of addresses or networks."""
        return isinstance(value, list) and all(isinstance(each, str) and _is_network(each) for each in value)


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


@attrs.frozen
class Origins:
    """Any number of web origins (RFC 6454), in text with white space between them."""

    metavar = "URL"
    allowed = "a list of origins like https://chat.example, with scheme and host and without a path"

    def parse(self, text: str) -> object:
        """Split the text."""
        return text.split()

    def accepts(self, value: object) -> bool:
        """Return whether it is a list of origins."""
        return isinstance(value, list) and all(isinstance(each, str) and _is_origin(each) for each in value)
