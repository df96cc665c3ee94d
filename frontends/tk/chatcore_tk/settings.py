"""What the window remembers beside profiles: its place and size, its look, the conversation that was open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs

from chatcore.home.private_file import Damaged, read_document, write_document
from chatcore.view.language import Language

from .fonts import USUAL

MAX_CONVERSATIONS = 20
"""For how many users on servers the last conversation is kept."""

_is_geometry = re.compile(r"\d{2,5}x\d{2,5}(\+-?\d{1,5}\+-?\d{1,5})?").fullmatch


class BadSettings(Exception):
    """The file is not one that this program wrote."""


def _geometry(_settings: object, _field: object, value: str) -> None:
    if value and not _is_geometry(value):
        raise ValueError(value)


@attrs.frozen(kw_only=True)
class Settings:
    """The settings of a window."""

    geometry: str = attrs.field(default="", validator=[attrs.validators.instance_of(str), _geometry])
    "WIDTHxHEIGHT+X+Y in pixels; empty before the first time."
    dark: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    has_own_look: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    "Whether the person has chosen light or dark; else it follows the system, where that can be known."
    size: int = attrs.field(default=USUAL, validator=attrs.validators.instance_of(int))
    "Points of the text of messages."
    list_width: int = attrs.field(default=0, validator=attrs.validators.instance_of(int))
    "Pixels; 0 is as it comes."
    knows_of_fonts: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    "Whether it was said that this Tk has poor fonts."
    notifies: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    "Whether the desktop is asked to notify of what is not seen."
    urges: bool = attrs.field(default=True, validator=attrs.validators.instance_of(bool))
    "Whether the task bar marks the window for what is not seen, where there is one that can."
    opened: Mapping[str, str] = attrs.field(
        factory=dict,
        validator=attrs.validators.deep_mapping(
            attrs.validators.instance_of(str),
            attrs.validators.instance_of(str),
            attrs.validators.instance_of(dict),
        ),
    )
    "The conversation that was open last, for each user on a server."

    def with_opened(self, key: str, conversation: str) -> Settings:
        """Remember a conversation."""
        others = {name: value for name, value in self.opened.items() if name != key}
        newest = list(others.items())[-(MAX_CONVERSATIONS - 1) :]
        return attrs.evolve(self, opened=dict([*newest, (key, conversation)]))


class SettingsFile:
    """The file in which they are kept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Settings:
        """Read them; those of a first start where there is no file. Raises BadSettings.

        What is not understood is passed over, and stays in the file.
        """
        try:
            document = read_document(self.path)
        except OSError as error:
            raise BadSettings(f"{self.path}: {error.strerror}") from error
        except Damaged as error:
            raise BadSettings(str(error)) from error
        return _understood(document)

    def save(self, settings: Settings) -> None:
        """Write them. Raises OSError.

        What is as it comes does not take the place of something that is not understood.
        """
        try:
            document = read_document(self.path)
        except Damaged:
            document = {}
        known, usual = attrs.asdict(_understood(document)), attrs.asdict(Settings())
        written = {
            name: value
            for name, value in attrs.asdict(settings).items()
            if value != usual[name] or name not in document or document[name] == known[name]
        }
        write_document(self.path, {**document, **written})


def _understood(document: Mapping[str, object]) -> Settings:
    settings = Settings()
    for field in attrs.fields(Settings):
        with suppress(ValueError, TypeError):
            if field.name in document:
                value: Any = document[field.name]
                settings = attrs.evolve(settings, **{field.name: value})
    return settings


def read(file: SettingsFile, language: Language) -> tuple[Settings, str]:
    """Read the settings; where they are damaged, begin anew and say so."""
    try:
        return file.load(), ""
    except BadSettings as error:
        sentence = language.gettext("The window's settings cannot be read and begin anew: {file}")
        return Settings(), sentence.format(file=error)
