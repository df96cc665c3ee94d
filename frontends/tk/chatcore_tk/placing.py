"""Where a window stands: as it was remembered, as far as the screens that are there now have room for it."""

from __future__ import annotations

import re

import attrs

_geometry = re.compile(r"(\d+)x(\d+)(?:\+(-?\d+)\+(-?\d+))?").fullmatch


@attrs.frozen
class Room:
    """What all screens together cover, in pixels."""

    x: int
    y: int
    width: int
    height: int


def placed(remembered: str, room: Room, *, usual: tuple[int, int], smallest: tuple[int, int]) -> str:
    """Return the geometry for a window; a window without a remembered place is put by the window manager."""
    found = _geometry(remembered)
    width, height = (int(found[1]), int(found[2])) if found else usual
    width, height = min(max(width, smallest[0]), room.width), min(max(height, smallest[1]), room.height)
    if not found or found[3] is None:
        return f"{width}x{height}"
    x = min(max(int(found[3]), room.x), room.x + room.width - width)
    y = min(max(int(found[4]), room.y), room.y + room.height - height)
    return f"{width}x{height}+{x}+{y}"
