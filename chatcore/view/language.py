r"""The language in which people are spoken to: English, or what the message catalogue translates it to.

Every text that people see is written in English at the place that says it and goes through one of the methods of a
`Language`, with `{names}` for what is filled in: `language.gettext("log in as {name}").format(name=name)`. Texts in
tables are marked with `gettext_noop` or `pgettext_noop` and translated where they are used. The catalogue's texts are
found by these names; the only other one that `language.gettext` may have is `say`. What an error says is a `Phrase`.

In a clone, these bring new and changed texts into the Polish catalogue, where the translation is then written by hand
(a test fails until it is):

    mkdir -p build
    pybabel extract -k say -k Phrase -k gettext_noop -k pgettext_noop:1c,2 --no-location \
        -o build/chatcore.pot chatcore frontends
    pybabel update -D chatcore -d chatcore/locale -l pl -i build/chatcore.pot \
        --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

import attrs

LANGUAGES = ("en", "pl")
"""The codes of the languages there are."""

_CATALOGUES = files("chatcore") / "locale"


@attrs.frozen
class Language:
    """Translates the texts of the project, which are English."""

    code: str
    "One of LANGUAGES."
    _texts: NullTranslations = attrs.field(factory=NullTranslations, eq=False, repr=False)

    def gettext(self, text: str) -> str:
        """Translate a text."""
        return self._texts.gettext(text) if text else ""  # under "" a catalogue has its header

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Translate a text that tells how many; there may be more than two forms of it (Polish has three)."""
        return self._texts.ngettext(singular, plural, count)

    def pgettext(self, context: str, text: str) -> str:
        """Translate a text that is several in other languages; the context tells which."""
        return self._texts.pgettext(context, text)


ENGLISH = Language("en")


def load(code: str) -> Language:
    """Return the language with this code: English where it is unknown, or where its catalogue was not compiled."""
    if code not in LANGUAGES or code == ENGLISH.code:
        return ENGLISH
    try:
        with (_CATALOGUES / code / "LC_MESSAGES" / "chatcore.mo").open("rb") as catalogue:
            return Language(code, GNUTranslations(catalogue))
    except FileNotFoundError:
        return ENGLISH


def choose(lang: str | None, environ: Mapping[str, str]) -> Language:
    """Choose the language that the user asks for with an option or, where it is None or empty, by the environment.

    Of the environment's variables the first that is not empty decides: LC_ALL, LC_MESSAGES, LANG (POSIX, 8.2). A
    language that we do not have is English.
    """
    wishes = (lang, *(environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")))
    wish = next(filter(None, wishes), "")
    return load(re.split("[_.@-]", wish.lower())[0])


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogue where it is written down; it is translated later, with `gettext`."""
    return text


def pgettext_noop(context: str, text: str) -> tuple[str, str]:
    """Mark a text with its context for the catalogue; it is translated later, with `pgettext`."""
    return context, text
