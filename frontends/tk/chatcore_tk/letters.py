"""Which letter or digit a key event means for a shortcut, whatever the layout writes and whether Caps Lock is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatcore.view.layouts import latin

if TYPE_CHECKING:  # the table of keys is read where there is no tkinter, too
    import tkinter as tk

# X11 numbers keys by their place since long (XFree86's and evdev's numbers are the same here); Windows by what they
# are called on an American keyboard. Elsewhere there is only what the key writes.
_X11_ROWS = {10: "1234567890", 24: "qwertyuiop", 38: "asdfghjkl", 52: "zxcvbnm"}
_PLACES = {
    "x11": {first + place: key for first, row in _X11_ROWS.items() for place, key in enumerate(row)},
    "win32": {ord(key.upper()): key for key in "0123456789abcdefghijklmnopqrstuvwxyz"},
}
_DIGITS = "0123456789"
_ON_Q = frozenset({";", ":", "/", ","})
"What Greek, Hebrew and Bulgarian layouts have there instead of a letter, and no Latin one has."

_FIRST_OTHER = 0x370
"The first letters that are not Latin: Greek."

_KEYSYMS = {0x5: "iso8859_6", 0x6: "koi8_u", 0x7: "iso8859_7", 0xC: "iso8859_8"}
"The high bytes of X's older keysyms, and the character set that the low ones are from."

_UNICODE = 0x01000000
"The keysym of a character that has none of its own is this and the code point."


def meant(event: tk.Event[tk.Misc], windowing_system: str) -> str:
    """Return a small Latin letter or a digit; nothing where another key was pressed."""
    char = written(int(event.keysym_num))
    key = _PLACES.get(windowing_system, {}).get(int(event.keycode), "")
    # Where the layout is Latin, its own letters count: only its row of digits may have other signs on it.
    is_of_another_script = char.isalpha() and ord(char) >= _FIRST_OTHER
    goes_by_place = is_of_another_script or (key in _DIGITS and not latin(char)) or (key == "q" and char in _ON_Q)
    return key if key and goes_by_place else latin(char)


def written(keysym: int) -> str:
    """Return the character of an X keysym; nothing for a key that writes none."""
    high, low = keysym >> 8, keysym & 0xFF
    if high == 0:
        return chr(low)
    if high in _KEYSYMS:
        return bytes([low]).decode(_KEYSYMS[high], "ignore")
    return chr(keysym - _UNICODE) if _UNICODE < keysym <= _UNICODE + 0x10FFFF else ""
