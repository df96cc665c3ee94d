"""The colours of the window, light and dark."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Palette:
    """Colours as #rrggbb."""

    is_dark: bool
    background: str
    text: str
    faint: str
    "Times, previews, status."
    border: str
    field: str
    "Behind what is typed."
    primary: str
    "Badges, the send button, names, the unread line."
    on_primary: str
    selected: str
    "The open conversation's row."
    hovered: str
    own: str
    "Bubbles of sent messages."
    own_text: str
    own_faint: str
    other: str
    "Bubbles of received messages."
    active: str
    inactive: str
    danger: str
    refused: str
    "Bubbles of refused messages."
    warning: str
    "Behind the banner."
    on_warning: str
    thumb: str
    "The scrollbars'."
    seam: str
    "Between list and conversation: nobody has to see it."
    senders: tuple[str, ...]
    "Names of senders, and the discs that stand for them, by `view.senders`."
    on_sender: str
    "Initials on such a disc."


LIGHT = Palette(
    is_dark=False,
    background="#ffffff",
    text="#212529",
    faint="#596169",
    border="#8b939b",
    field="#ffffff",
    primary="#0a58ca",
    on_primary="#ffffff",
    selected="#e2ebfa",
    hovered="#f3f5f8",
    own="#d7f4dc",
    own_text="#14301b",
    own_faint="#43684c",
    other="#eeeff3",
    active="#1f8f4b",
    inactive="#7d858d",
    danger="#b02a37",
    refused="#fbe1e3",
    warning="#fff3cd",
    on_warning="#664d03",
    thumb="#8b939b",
    seam="#dde1e6",
    senders=("#0a58ca", "#146c43", "#7d5200", "#8f2b83", "#b02a37", "#0b626b"),
    on_sender="#ffffff",
)

DARK = Palette(
    is_dark=True,
    background="#212529",
    text="#f1f3f5",
    faint="#a3acb4",
    border="#737b83",
    field="#262b30",
    primary="#7ab1ff",
    on_primary="#10223d",
    selected="#2c3a55",
    hovered="#2a2f34",
    own="#204b36",
    own_text="#e6f5ea",
    own_faint="#8fbf9f",
    other="#2d3239",
    active="#2eb866",
    inactive="#858d95",
    danger="#ea868f",
    refused="#4c262b",
    warning="#4d3f10",
    on_warning="#ffe69c",
    thumb="#737b83",
    seam="#343a40",
    senders=("#7ab1ff", "#8fe0a0", "#f5c06a", "#e59ce0", "#f59a8f", "#7fe0d8"),
    on_sender="#10223d",
)
