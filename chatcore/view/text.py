"""The sanitiser: makes any text of others harmless for a terminal and a window.

What could move a cursor, start an escape sequence, or turn the direction of a line becomes a visible sign; what nobody
would see is left out. Letters of every script stay as they are, and so do emoji. Sources: Unicode Standard Annex 9 (the
direction of text) and 44 (Default_Ignorable_Code_Point), Unicode Technical Standard 51 (emoji sequences).
"""

from __future__ import annotations

import re
from unicodedata import category

from ..domain.messages import INVISIBLE

MAX_MARKS = 8
"""How many combining marks one letter may carry; living languages need fewer."""

_REPLACEMENT = "\ufffd"
_BASE = "\u25cc"
"The dotted circle: stands under marks that have no letter."
_TAB = "    "
_JOINERS = "\u200c\u200d"
_PRESENTATIONS = "\ufe0e\ufe0f"
"The variation selectors that ask for a symbol's text form and its emoji form."
_MARKS = frozenset({"Mn", "Mc", "Me"})
_UNSAFE = frozenset({"Cc", "Cf", "Cs"})
_END_OF_PLANE = 0xFFFE
"The last two code points of each plane are no characters."

_SIGNS = {
    **{chr(code): chr(0x2400 + code) for code in range(0x20)},
    "\n": "\n",
    "\t": "\t",
    "\x7f": "\u2421",
    "\u2028": "\n",
    "\u2029": "\n",
    # Embeddings, overrides and isolates: they would write a line backwards, its neighbours too.
    **{chr(code): _REPLACEMENT for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}
"What these are shown as: control characters as their pictures (ESC is ␛)."

# Whole blocks of letters, digits, punctuation, symbols and emoji, each harmless by itself and beside every other one.
_needs_work = re.compile(
    "[^\n -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u05ff\u0620-\u064a\u1e00-\u200a\u2010-\u2027"
    "\u202f-\u205f\u2070-\u20cf\u2100-\u2bff\u2e00-\u3029\u3030-\u3098\u309b-\u3163\u3165-\ua4cf\uac00-\ud7ff"
    "\ue000-\ufa6f\uff01-\uff9f\uffa1-\uffef\ufffd\U0001f000-\U0001faff\U00020000-\U0002fffd]"
).search

_is_invisible = re.compile(f"[{INVISIBLE}]").match

_is_emoji = re.compile("[©®‼⁉™ℹ\u2190-\u2bff〰〽㊗㊙\U0001f000-\U0001faff]").match

_has_emoji_form = re.compile("[#*0-9©®‼⁉™ℹ\u2190-\u2bff〰〽㊗㊙\U0001f000-\U0001faff]").match

# Arabic and its relatives, the scripts of India, Myanmar, Khmer, Mongolian: joiners decide which form a letter takes.
_is_joining = re.compile("[\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af]").match


def clean(text: str) -> str:
    """Make a text of several lines harmless. Lines end with a line feed, tabs become spaces."""
    return _cleaned(text) if _needs_work(text) else text


def clean_line(text: str) -> str:
    """Make a text harmless and put it on one line, with ⏎ where its lines ended."""
    return re.sub(r"\n\s*", " ⏎ ", clean(text).strip())


def _cleaned(text: str) -> str:
    text = text.replace("\r\n", "\n")
    shown: list[str] = []
    before, marks = "\n", 0
    for char, after in zip(text, text[1:] + "\n", strict=True):
        sign = _sign(char, before, after)
        if not sign:
            continue
        if category(sign) in _MARKS:
            marks += 1
            if marks > MAX_MARKS:
                continue
            if before.isspace():
                shown.append(_BASE)
        elif sign not in _JOINERS:
            marks = 0
        shown.append(sign)
        before = sign
    return "".join(shown).replace("\t", _TAB)


def _sign(char: str, before: str, after: str) -> str:
    """Return what one character is shown as, after `before` (already cleaned): itself, another one, or nothing."""
    if char in _SIGNS:
        return _SIGNS[char]
    if char in _JOINERS:
        return char if _joins(char, before, after) else ""
    if char in _PRESENTATIONS:
        return char if _has_emoji_form(before) else ""
    if _is_invisible(char):
        return ""
    return _REPLACEMENT if category(char) in _UNSAFE or _is_no_character(char) else char


def _joins(joiner: str, before: str, after: str) -> bool:
    if _is_joining(before):
        return True
    return joiner == "\u200d" and bool(_is_emoji(before) or before == "\ufe0f") and bool(_is_emoji(after))


def _is_no_character(char: str) -> bool:
    return ord(char) & _END_OF_PLANE == _END_OF_PLANE or "\ufdd0" <= char <= "\ufdef"
