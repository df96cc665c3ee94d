"""The desk: the state of a chat on a screen and everything that a person can do there, for all frontends.

A frontend makes one over its *Screen*, *Pane* and *Composer* (`screen.py`: what a toolkit does) and its *Commands*
(`commands.py`: what a client can be asked, in the same loop or in another thread). It hands over what an observer is
told (`connection_changed`, `rows_changed`, `timeline_changed`, `message_received`, `skipped`; with the session
`logged_in`, and `not_kept` where there is no outbox). It calls `touched` with each key and press, `drawn` with each
drawing and `tick` each second, and binds its keys and menus to the desk and its four parts:

| part | decides |
|---|---|
| `choosing` | the list, the finder, the marked row; which conversation is opened |
| `talk` | the open conversation: moving about, what can be seen, fetching older messages |
| `writing` | drafts, sending, refused messages |
| `leaving` | the way out: of the program, of the session |

The frontend reads the desk's state when it draws. What only one toolkit has (menus, a help)
stays with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..client.changes import Change
from ..client.connection_state import ConnectionPhase, ConnectionState
from ..client.items import Item
from ..domain.conversations import kind_of
from ..domain.ids import ConversationId, Token
from ..domain.messages import Message
from ..domain.roster import Row
from ..domain.users import User
from ..errors import ChatError
from .attention import Attention
from .choosing import Choosing
from .commands import Commands
from .conversation_view import ConversationView
from .days import Calendar, full_time, parse_day
from .drafts import Drafts
from .leaving import Leaving
from .names import ShownName
from .notices import Notices
from .screen import Composer, Pane, Screen
from .seeking import first_of
from .sentences import attendance, title
from .talk import Talk
from .text import clean, clean_line
from .viewer import Viewer
from .writing import Writing

RING_PAUSE = 2.0
"""Seconds in which the person is called at most once."""

MOMENT = 1.0
"""Seconds that it may take to connect before it is worth a word that pushes others aside."""


class Desk:
    """Where somebody sits at a chat. Calls belong to the thread of the frontend."""

    viewer: Viewer
    attention: Attention

    def __init__(
        self,
        commands: Commands,
        screen: Screen,
        pane: Pane,
        composer: Composer,
        viewer: Viewer,
        monotonic: Callable[[], float],
        attention: Attention,
    ) -> None:
        """`monotonic` gives seconds that never go backwards."""
        self._commands, self._screen, self._monotonic = commands, screen, monotonic
        self.viewer, self.attention = viewer, attention
        self.notices: Notices = Notices(viewer.language, screen.redraw_bars)
        self.talk: Talk = Talk(commands, screen, pane, viewer.language, monotonic)
        self.choosing: Choosing = Choosing(commands, screen, viewer, self.talk, self.notices, monotonic, self.open)
        self.writing: Writing = Writing(commands, screen, composer, self.talk, self.notices, viewer)
        viewer.draft_of = self.writing.draft_of
        self.leaving: Leaving = Leaving(commands, screen, self.notices, viewer.language)
        self.connection: ConnectionState = ConnectionState(ConnectionPhase.CONNECTING)
        self._connection_since = self._cut_off_since = monotonic()
        self._has_begun = False
        "Whether anything of this session's connection was told."
        self.window_active: bool = False
        "Whether somebody looks at the screen."
        self.wanted: ConversationId | None = None
        "Is opened as soon as it is in the list, unless somebody begins with something else."
        self.is_touched: bool = False
        "Whether a key or the mouse was used in this session: from then on only the person opens and moves something."
        self._rung_at = monotonic() - RING_PAUSE
        self._calendar = Calendar(viewer.now)

    def begin(self, drafts: Drafts, wanted: ConversationId | None = None) -> None:
        """Begin a session with an empty screen. `drafts` are those of its user, as soon as it is known who that is.

        Nothing is left of what another one has seen, written or picked.
        """
        self.viewer.me, self.viewer.is_online = None, False
        self.writing.belong_to(drafts)
        self.talk.close()
        self.choosing.begin()
        self.leaving.begin()
        self.wanted, self.is_touched, self.window_active, self._has_begun = wanted, False, False, False
        self.talk.phase = ConnectionPhase.CONNECTING
        self.connection, self._connection_since = ConnectionState(ConnectionPhase.CONNECTING), self._monotonic()
        self._cut_off_since = self._connection_since + MOMENT
        self.notices.say("")
        self._screen.turn()

    def end(self) -> None:
        """The screen goes: what is being written is kept, and nobody looks any more."""
        self.writing.belong_to(Drafts())
        self._commands.opened(None)
        self._commands.window_active(False)

    # ---- what there is to see

    @property
    def view(self) -> ConversationView | None:
        """The open conversation."""
        return self.talk.view

    @property
    def conversation(self) -> ConversationId | None:
        """Which conversation is open."""
        return self.talk.conversation

    @property
    def row(self) -> Row | None:
        """The row of the open conversation, as it is now."""
        return self.viewer.people.row(self.talk.conversation)

    @property
    def attendance(self) -> str:
        """Who of the open conversation is there; empty where none is open, and offline, when nobody knows."""
        row, people = self.row, self.viewer.people
        return attendance(row, people.active, self.viewer.language) if row and self.viewer.is_online else ""

    @property
    def unread_text(self) -> str:
        """What is offered where unread messages are further up: the way to the first of them; else empty."""
        count = self.talk.unread_above(self.row.unread) if self.row else 0
        words = self.viewer.language.ngettext("↑ {count} unread", "↑ {count} unread", count)
        return words.format(count=count) if count else ""

    @property
    def cannot_write(self) -> str:
        """Why nobody can write in the open conversation, as a whole sentence; empty where people can."""
        return self.viewer.cannot_write(self.conversation)

    @property
    def name(self) -> ShownName | None:
        """What the open conversation is called; None where none is open."""
        return self.viewer.people.names.of_row(self.row) if self.row else None

    @property
    def said(self) -> str:
        """What there is to say: what the end waits for, whatever is done meanwhile, or what the last action led to."""
        return self.leaving.text or self.notices.text

    @property
    def says_trouble(self) -> bool:
        """Whether that is about something that went wrong."""
        return self.notices.is_trouble and not self.leaving.text

    @property
    def is_cut_off(self) -> bool:
        """Whether there is no connection, and has been none for more than the moment that it takes to connect."""
        return self.connection.phase is not ConnectionPhase.ONLINE and self._monotonic() >= self._cut_off_since

    @property
    def seconds_left(self) -> float | None:
        """How long it is until the next try to connect; None where none is planned."""
        retry_in = self.connection.retry_in
        return None if retry_in is None else retry_in - (self._monotonic() - self._connection_since)

    @property
    def as_of_text(self) -> str:
        """Since when nothing is known of what is shown, where it is as an earlier program knew it; else empty."""
        as_of = self.connection.as_of
        if as_of is None:
            return ""
        now = self.viewer.now()
        time = full_time(as_of, now, self.viewer.language)
        return self.viewer.language.gettext("as of {time}").format(time=time)

    @property
    def title(self) -> str:
        """What the window is called."""
        return title(self.viewer.people.unread)

    # ---- what the library tells

    def logged_in(self, user: User, token: Token | None = None) -> None:  # noqa: ARG002 - for who remembers it
        """The session is open, or its user has another name; what follows is of this user."""
        self.recognised(user)

    def recognised(self, user: User) -> None:
        """What follows is of this user; perhaps as an earlier program knew it."""
        self.writing.recognised(user.id)
        if user == self.viewer.me:
            return
        self.viewer.me = user
        self._screen.redraw_bars()
        self._screen.redraw_list()  # somebody may look like them now
        self._screen.redraw_talk()

    def not_kept(self, error: ChatError) -> None:
        """Say that what waits does not outlive the program."""
        self.writing.not_kept(error)

    def connection_changed(self, state: ConnectionState) -> None:
        """Show it; where the session has ended, go to the log-in unless somebody may be in the middle of something.

        That there is none before the first try is no news.
        """
        self._has_begun = self._has_begun or state.phase is not ConnectionPhase.LOGGED_OUT or bool(state.code)
        if not self._has_begun:
            return
        now, was_online = self._monotonic(), self.connection.phase is ConnectionPhase.ONLINE
        self.connection, self._connection_since = state, now
        if state.phase is not ConnectionPhase.CONNECTING:
            self._cut_off_since = now
        elif was_online:
            self._cut_off_since = now + MOMENT
        self.talk.phase = state.phase
        if self.viewer.is_online != (state.phase is ConnectionPhase.ONLINE):
            self.viewer.is_online = not self.viewer.is_online
            self._screen.redraw_list()
        if self.has_ended:
            self._screen.session_ended()
            if self.may_turn:
                self._screen.show_login()
                return
        self._screen.redraw_bars()
        self._screen.redraw_talk()

    def rows_changed(self, changes: Iterable[Change[Row]]) -> None:
        """Show the list as it is now."""
        self.choosing.changed(changes)
        wanted = self.viewer.people.row(self.wanted)
        if wanted:
            self._turn_to(wanted)
        self._screen.redraw_bars()
        self._screen.redraw_talk()  # there are names in it

    def timeline_changed(self, conversation: ConversationId, changes: Iterable[Change[Item]]) -> None:
        """Show the conversation as it is now."""
        self.talk.changed(conversation, changes)

    def message_received(self, message: Message) -> None:
        """Call the person for what they do not see."""
        is_seen = self.window_active and self.talk.shows_newest(message.conversation)
        if not is_seen and self._monotonic() - self._rung_at >= RING_PAUSE:
            self._rung_at = self._monotonic()
            self._screen.ring(*self._called(message))

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:  # noqa: ARG002 - the observer's
        """Say that messages came of which nothing was told."""
        count = last - first + 1
        sentence = self.viewer.language.ngettext(
            "{count} message was not shown as it came: it is in the history.",
            "{count} messages were not shown as they came: they are in the history.",
            count,
        )
        self.notices.say(sentence.format(count=count))

    # ---- what time and the person do

    def tick(self) -> None:
        """A second has passed: count down, turn the page at midnight, see who looks and what came, keep drafts."""
        self.choosing.keep_cursor()
        self.look()
        self.writing.save()
        if self.connection.phase is not ConnectionPhase.ONLINE:
            self._screen.redraw_bars()
        if self._calendar.turns():
            self._screen.redraw_list()
            self._screen.redraw_talk()

    def touched(self) -> None:
        """A key was pressed, or the mouse used."""
        self.is_touched, self.wanted = True, None
        self.attention.touched(self._monotonic())
        self.look()

    def look(self) -> None:
        """Find out whether somebody looks, of which `attention` is told before, and tell where that has changed."""
        active = self.attention.holds(self._monotonic())
        if active != self.window_active:
            self.window_active = active
            self._commands.window_active(active)
            self.drawn()

    def drawn(self) -> None:
        """The conversation was drawn: tell what can be seen."""
        self.talk.drawn(active=self.window_active)

    # ---- what is done

    def open(self, row: Row | None) -> None:
        """Open the conversation of a row, and write to it."""
        if row is not None:
            self.notices.clear()
            self._turn_to(self.viewer.people.row(row.conversation) or row)  # as it is now

    def send(self, text: str | None = None) -> None:
        """Send what is written, or what a frontend makes of it."""
        if self.writing.send(text):
            self.leaving.posted()

    def copy(self, item: Item | None = None) -> None:
        """Copy a message: this one, the picked one, or the newest."""
        item = item or self.talk.chosen
        if item is not None:
            self._screen.copy(clean(item.text))

    def to_unread(self) -> None:
        """Go to the first unread message of the open conversation, however far up it is."""
        if self.view is not None and not self.talk.to_unread(self.row.unread if self.row else 0):
            self.notices.say(self.viewer.language.gettext("There are no unread messages here."))

    def to_day(self, written: str) -> bool:
        """Go to the first message of a day, as somebody writes it; tell whether it is one."""
        now = self.viewer.now()
        day = parse_day(written, now.date(), self.viewer.language)
        if day is None:
            words = self.viewer.language.gettext("Which day? Such as 2026-05-31, 31.5. or yesterday.")
            self.notices.say(words)
        else:
            self.talk.seek(first_of(day, now.tzinfo))
        return day is not None

    def read_all(self, row: Row | None = None) -> None:
        """Mark a whole conversation as read, the open one unless given, however far up its unread messages are."""
        row = row or self.row
        if row is not None and row.last is not None:
            self._commands.read_all(row.conversation, row.last.seq, self.notices.failed)

    def escape(self) -> None:
        """Leave what was begun last: the choosing, a picked message, a notice; the conversation where it is narrow."""
        had_notice = bool(self.notices.sentences)
        self.notices.clear()
        if self.choosing.is_finding:
            self.choosing.end()
        elif self.talk.unpick():
            self._screen.focus()
        elif self._screen.is_narrow and not had_notice:
            self.choosing.find()

    def show_me_as(self, name: str) -> bool:
        """Have others see another name; an empty one stands for the account's. Give True: it is on its way."""
        name = " ".join(name.split())

        def told(error: ChatError | None) -> None:
            words = self.viewer.language.gettext("Others see you as {name} now.")
            shown = name or (self.viewer.me.name if self.viewer.me else "")
            self.notices.say(words.format(name=clean_line(shown)))
            self.notices.failed(error)

        self._commands.set_display_name(name or None, told)
        return True

    def quit(self) -> None:
        """Leave the program when what is on its way is sent; at once when asked again. The session stays."""
        self.leaving.quit()

    # ---- the session

    def connect(self) -> bool:
        """Go to the log-in where the session has ended, and try at once where a try is waited for; else give False."""
        if self.has_ended:
            self._screen.show_login()
        elif self.seconds_left is not None:
            self._commands.reconnect()
        else:
            return False
        return True

    @property
    def has_ended(self) -> bool:
        """Whether there is no session any more."""
        return self.connection.phase is ConnectionPhase.LOGGED_OUT

    @property
    def may_turn(self) -> bool:
        """Whether the screen may go to the log-in by itself: nobody is in the middle of something, or they asked."""
        return self.leaving.is_logging_out or not self.is_touched

    def log_out(self) -> None:
        """End the session and go to the log-in."""
        if self.has_ended:
            self._screen.show_login()
        else:
            self.leaving.log_out()

    # ---- within

    def _called(self, message: Message) -> tuple[str, str]:
        """Say from whom a message came, where it came to others as well also to whom, and how it begins."""
        people = self.viewer.people
        sender, row = str(people.name_of(message.sender)), people.row(message.conversation)
        where = people.names.of_row(row) if row and kind_of(row.conversation).names_senders else ""
        return f"{sender} · {where}" if where else sender, clean_line(message.text)

    def _turn_to(self, row: Row) -> None:
        self.wanted = None
        if row.conversation != self.conversation:
            self.writing.switch(row.conversation)
            self.talk.open(row, watching=self.window_active)
        self.choosing.end()
        self._screen.redraw_bars()
