"""What somebody wants of their terminal client, from a TOML file: layout, calling, keys and colours of their own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import attrs

from .keystroke import Keystroke, keystroke
from .style import can_be_styled

FILE = "terminal.toml"
LAYOUTS = ("bubbles", "compact")
NOTIFICATIONS = ("off", "9", "777")


class BadPreference(ValueError):
    """What is wrong in the file; the message names the place."""


@attrs.frozen(kw_only=True)
class Preferences:
    """What the file says; what it does not say is as it is here."""

    layout: str = "bubbles"
    "One of LAYOUTS: bubbles left and right, or a line for each message."
    bell: bool = True
    "Whether the terminal's bell calls for what is not seen."
    notify: str = "off"
    "One of NOTIFICATIONS: the escape sequence by which the terminal notifies, OSC 9 or OSC 777."
    hook: tuple[str, ...] = ()
    "A program with its arguments that is run for each message of others; empty for none."
    links: bool = True
    "Whether addresses are made links that the terminal opens (OSC 8)."
    keys: Mapping[Keystroke, str] = attrs.Factory(dict)
    "The command, with its slash, that a key does."
    colours: Mapping[str, str] = attrs.Factory(dict)
    "How a part of the screen looks in place of what it does by itself."
    trouble: str = ""
    "What in the file this version does not know; the rest of it holds."


def read_preferences(path: Path) -> Preferences:
    """Read the file; where there is none, return what holds without it. Raises BadPreference.

    A setting that another version has is passed over.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Preferences()
    except OSError as error:
        raise BadPreference(f"{path}: {error.strerror or error}") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise BadPreference(f"{path}: {error}") from error
    try:
        wanted = _preferences(written)
    except BadPreference as error:
        raise BadPreference(f"{path}: {error}") from None
    strange = sorted(written.keys() - (attrs.fields_dict(Preferences).keys() - {"trouble"}))
    return attrs.evolve(wanted, trouble=f"{path}: there is no setting {strange[0]!r}") if strange else wanted


def _preferences(written: Mapping[str, object]) -> Preferences:
    return Preferences(
        layout=_one_of(written, "layout", LAYOUTS),
        bell=_is_wanted(written, "bell"),
        notify=_one_of(written, "notify", NOTIFICATIONS),
        hook=_hook(written),
        links=_is_wanted(written, "links"),
        keys={_stroke(key): _command(key, value) for key, value in _table(written, "keys").items()},
        colours={name: _colour(name, value) for name, value in _table(written, "colours").items()},
    )


def _one_of(written: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> str:
    value = written.get(name, allowed[0])
    if value not in allowed:
        raise BadPreference(f"{name} is one of {', '.join(allowed)}, not {value!r}")
    return str(value)


def _is_wanted(written: Mapping[str, object], name: str) -> bool:
    value = written.get(name, True)
    if not isinstance(value, bool):
        raise BadPreference(f"{name} is true or false, not {value!r}")
    return value


def _hook(written: Mapping[str, object]) -> tuple[str, ...]:
    value = written.get("hook", [])
    if not isinstance(value, list) or not all(isinstance(word, str) and "\0" not in word for word in value):
        raise BadPreference(f"hook is a list of a program and its arguments, not {value!r}")
    return tuple(value)


def _table(written: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = written.get(name, {})
    if not isinstance(table, dict):
        raise BadPreference(f"{name} is a table")
    return table


def _stroke(key: str) -> Keystroke:
    stroke = keystroke(key)
    if stroke is None:
        raise BadPreference(f"keys: there is no key {key!r}; such as alt-j, ctrl-g or f5 are some")
    return stroke


def _command(key: str, value: object) -> str:
    if not isinstance(value, str) or not re.match(r"/[a-z]", value):
        raise BadPreference(f"keys: {key} is to do a command such as '/unread', not {value!r}")
    return value


def _colour(name: str, value: object) -> str:
    if not isinstance(value, str) or not can_be_styled(name, value):
        raise BadPreference(f"colours: {name} cannot be {value!r}")
    return value
