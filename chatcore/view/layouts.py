"""Which Latin letter a key means that writes another script: shortcuts go by the key, whatever it writes."""

from __future__ import annotations

_KEYS = "qwertyuiopasdfghjklzxcvbnm"
_LAYOUTS = (
    "йцукенгшщзфывапролдячсмить",  # Russian
    "йцукенгшщзфівапролдячсмить",  # Ukrainian
    ";ςερτυθιοπασδφγηξκλζχψωβνμ",  # Greek
    "/'קראטוןםפשדגכעיחלךזסבהנמצ",  # Hebrew
)
"What the keys of an American keyboard write there, from q on."

_LATIN = {char: key for layout in _LAYOUTS for char, key in zip(layout, _KEYS, strict=True) if char.isalpha()} | {
    key: key for key in _KEYS
}


def latin(char: str) -> str:
    """Return the Latin letter, a small one, on the key that writes a character; a digit for itself; else nothing."""
    return char if char.isascii() and char.isdigit() else _LATIN.get(char.lower(), "")


def written_by(key: str) -> tuple[str, ...]:
    """Return all that the key of a small Latin letter may write: on each layout, and with Caps Lock or Shift."""
    chars = [char for char, latin_key in _LATIN.items() if latin_key == key]
    capitals = [char.upper() for char in chars if latin(char.upper()) == key]
    return tuple(dict.fromkeys([*chars, *capitals]))
