"""What a line of the list and a message of a timeline say, for every frontend: words, no widths, no colours.

Beside it: `days` (times and days), `separators` and `unread_line` (what stands between messages), `sentences`
(connection, errors, presence, title).
"""

from __future__ import annotations

from datetime import datetime

import attrs

from ..client.items import Item, ItemState
from ..domain.conversations import Conversation, kind_of
from ..domain.ids import UserId
from ..domain.roster import Row
from ..errors import NotAllowed
from .days import full_time, short_time
from .initials import initials
from .language import Language
from .names import Names, ShownName
from .sentences import refusal_text, unkept_text
from .text import clean, clean_line

MAX_BADGE = 999

_DRAFT_SHOWN = 200
"""Code points of a draft that a row shows at most."""

_BRIEF = 16
"""Code points that the name of who wrote takes before what they wrote, at most."""

_UNREAD = "•"
_TICKS = {ItemState.WAITING: "◷", ItemState.SENT: "✓", ItemState.READ: "✓✓", ItemState.REFUSED: "!"}


@attrs.frozen(kw_only=True)
class RowLine:
    """What a line of the list says. All of it is safe to show."""

    name: str
    "The user's; the general chat's in the viewer's language."
    active: bool
    preview: str
    "The first words of what was begun there or else of the last message, one line; empty where there is neither."
    time: str
    "When the last message was sent; empty where there is none."
    badge: str
    "How many are unread: empty for none, at most 999+."
    draft: str = ""
    "What stands before the preview where that was begun and not sent, in a style of its own; else empty."
    is_disabled: bool = False
    "Whether nobody can write there, as the partner is kept out or gone: then all of it is grey."
    account: str = ""
    "What stands beside the name, in a style of its own, where another one of the list looks the same; else empty."

    @property
    def initials(self) -> str:
        """What stands for the name in a picture."""
        return initials(self.name)


@attrs.frozen(kw_only=True)
class Bubble:
    """What a message of a timeline says. All of it is safe to show."""

    own: bool
    "Whether the viewer sent it: own messages stand right, received ones left."
    sender: str
    text: str
    "May have several lines; no tabs."
    time: str
    ticks: str
    "The status as a sign; of received ones only those that are unread have one."
    status: str
    "The status in words, for received ones too; why it was refused, or has to wait."
    has_reason: bool = False
    "Whether the status says why: then it needs room."
    is_counted: bool = False
    "Whether the status says how many have read it: more than the ticks do."
    is_picked: bool = False
    "Whether somebody has picked it, and so wants to know what the sign means."
    account: str = ""
    "What stands beside the sender's name, as beside that of a row."

    @property
    def initials(self) -> str:
        """What stands for the sender in a picture."""
        return initials(self.sender)

    @property
    def told(self) -> str:
        """The status in words where they belong beside the sign: on demand, and where they say more than it does."""
        return self.status if (self.is_counted or self.is_picked) and not self.has_reason else ""


def row_line(
    row: Row,
    *,
    me: UserId,
    names: Names,
    now: datetime,
    language: Language,
    draft: str = "",
    is_online: bool = True,
) -> RowLine:
    """Say what a row of the list shows. `now` is aware, in the viewer's time zone.

    `draft` is what was begun there and left; empty where nothing was. Where the viewer is not online nobody is shown
    active: it is not known any more.
    """
    called = names.of_row(row)
    return RowLine(
        name=called.name,
        account=called.account,
        active=row.active and is_online and not row.disabled,
        preview=clean_line(draft[:_DRAFT_SHOWN]) if draft else _preview(row, me, names, language),
        time=short_time(row.last.sent_at, now, language) if row.last else "",
        badge=badge(row.unread),
        draft=language.gettext("Draft:") if draft else "",
        is_disabled=row.disabled,
    )


def badge(unread: int) -> str:
    """Write how many are unread, short: nothing for none, at most 999+."""
    if unread > MAX_BADGE:
        return f"{MAX_BADGE}+"
    return str(unread) if unread > 0 else ""


def bubble(
    item: Item, *, me: UserId, names: Names, now: datetime, language: Language, is_picked: bool = False
) -> Bubble:
    """Say what a message shows. `now` is aware, in the viewer's time zone."""
    own = item.sender == me
    is_counted = own and item.state is ItemState.READ and kind_of(item.conversation).counts_readers
    sender = ShownName(language.gettext("You")) if own else names.of(item.sender)
    return Bubble(
        own=own,
        sender=sender.name,
        account=sender.account,
        text=clean(item.text),
        time=full_time(item.at, now, language),
        ticks=_TICKS[item.state] if own else _UNREAD if item.state is ItemState.UNREAD else "",
        status=_status(item, names, is_counted=is_counted, language=language),
        has_reason=item.refusal is not None or item.unkept is not None,
        is_counted=is_counted,
        is_picked=is_picked,
    )


def _preview(row: Row, me: UserId, names: Names, language: Language) -> str:
    if row.last is None:
        return ""
    text = clean_line(row.last.text)
    if row.last.sender == me:
        return language.gettext("You: {text}").format(text=text)
    if kind_of(row.conversation).names_senders:
        return f"{_brief(names.of(row.last.sender))}: {text}"
    return text


def _brief(called: ShownName) -> str:
    """Return a name that leaves room for words behind it: of a long one the first word."""
    if len(called.name) <= _BRIEF:
        return str(called)
    first = called.name.split(" ")[0]
    return str(attrs.evolve(called, name=first if len(first) <= _BRIEF else f"{first[: _BRIEF - 1]}…"))


def _status(item: Item, names: Names, *, is_counted: bool, language: Language) -> str:
    match item.state:
        case ItemState.WAITING if item.unkept:
            reason = unkept_text(item.unkept, language)
            return language.gettext("waiting, and lost when you leave: {reason}").format(reason=reason)
        case ItemState.WAITING if item.refusal:
            return language.gettext("waiting: {reason}").format(reason=refusal_text(item.refusal, language))
        case ItemState.WAITING:
            return language.gettext("waiting")
        case ItemState.SENT:
            return language.gettext("sent")
        case ItemState.READ if is_counted:
            return language.ngettext("read by {count}", "read by {count}", item.readers).format(count=item.readers)
        case ItemState.READ:
            return language.gettext("read")
        case ItemState.UNREAD:
            return language.gettext("unread")
        case ItemState.REFUSED:
            said = clean_line(item.reason) if item.reason else ""
            reason = said or _kept_out(item, names, language) or refusal_text(item.refusal or "", language)
            return language.gettext("refused: {reason}").format(reason=reason)


def _kept_out(item: Item, names: Names, language: Language) -> str:
    """Say who cannot be written to, where a message was refused for that; else nothing."""
    partner = Conversation.of(item.conversation).partner(item.sender)
    if item.refusal != NotAllowed.code or partner is None:
        return ""
    return language.gettext("nobody can write to {name}: the account is disabled").format(name=names.of(partner))
