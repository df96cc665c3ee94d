"""What tests in the window's own process share: what is drawn on a sheet, and people and messages to draw."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chatcore import ClientId, ConversationId, Item, ItemState, Row, User, UserId
from chatcore.domain.messages import Last
from chatcore.view.language import ENGLISH
from chatcore.view.viewer import Viewer

if TYPE_CHECKING:  # a test that needs no display needs none of this
    from chatcore_tk.sheet import Sheet

NOW = datetime(2025, 10, 12, 15, 30, tzinfo=UTC)
AT_MS = int(NOW.timestamp() * 1000) - 60_000

ME, BOB = UserId("a" * 16), UserId("b" * 16)
WITH_BOB = ConversationId(f"d.{ME}.{BOB}")


def viewer() -> Viewer:
    """Alice, at half past three, in English."""
    made = Viewer(ENGLISH, lambda: NOW)
    made.me = User(ME, "alice", 1, 1)
    return made


def item(seq: int, text: str = "", state: ItemState = ItemState.READ, *, own: bool = False) -> Item:
    """A message in the conversation of Alice with Bob."""
    return Item(WITH_BOB, seq, ClientId(f"c{seq}"), ME if own else BOB, text or f"text {seq}", AT_MS, state)


def row(name: str, last: str = "", unread: int = 0) -> Row:
    """A row of somebody whose last message this is."""
    said = Last(1, UserId(name), last, AT_MS, 1) if last else None
    return Row(ConversationId(name), name, UserId(name), unread=unread, last=said)


def option(sheet: Sheet, thing: int, name: str) -> str:
    """Return an option of something on a sheet."""
    return str(sheet.tk.call(sheet, "itemcget", thing, f"-{name}"))


def texts(sheet: Sheet) -> list[int]:
    """Return the texts on a sheet, the lowest first, once everything is drawn."""
    sheet.update()
    return [thing for thing in sheet.find_all() if str(sheet.tk.call(sheet, "type", thing)) == "text"]


def written(sheet: Sheet) -> list[str]:
    """Return what can be read on a sheet."""
    return [option(sheet, thing, "text") for thing in texts(sheet)]


def place_of(sheet: Sheet, words: str) -> tuple[float, float]:
    """Return where on a sheet a text stands: x, y."""
    x, y = sheet.coords(next(thing for thing in texts(sheet) if option(sheet, thing, "text") == words))
    return x, y


def click(sheet: Sheet, x: int, y: int) -> None:
    """Press the left button there."""
    sheet.event_generate("<ButtonPress-1>", x=x, y=y)
    sheet.event_generate("<ButtonRelease-1>", x=x, y=y)
    sheet.update()


def let_go_of_styles() -> None:
    """Have the next window of this process styled: ttkbootstrap holds on to the first one, though it is gone."""
    with suppress(ImportError):
        from ttkbootstrap import Style

        Style.instance = None
