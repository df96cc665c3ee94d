"""The desk at the window: what the library's desk needs of Tk, and what the window needs of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from chatcore import Change, ConnectionPhase, ConnectionState, ConversationId, Row, Token, User
from chatcore.view.aim import Aim
from chatcore.view.attention import Attention
from chatcore.view.commands import Commands
from chatcore.view.desk import Desk
from chatcore.view.names import ShownName
from chatcore.view.sentences import connection_line
from chatcore.view.viewer import Viewer

from .chat_pane import ChatPane
from .redraw import Redraw


class Around(Protocol):
    """What is around the chat: the window with the log-in, and the session."""

    def title(self, words: str) -> None:
        """Have this above the chat."""

    def filled(self) -> None:
        """There is something to see."""

    def logged_in(self, user: User, token: Token | None) -> None:
        """The session is open."""

    def call(self, title: str, words: str) -> None:
        """Call the person, who does not see what has come."""

    def offline(self, state: ConnectionState) -> None:
        """There is no connection; it goes on trying."""

    def session_ended(self) -> None:
        """There is no session any more. The chat stays until `show_login`."""

    def show_login(self) -> None:
        """Go from the chat to the log-in."""

    def quit(self, words: str) -> None:
        """Close the window, with these last words where there are any."""


class WindowDesk(Desk):
    """The library's desk on the widgets of a screen. Keys and menus call it, the relay tells it what comes."""

    def __init__(
        self, commands: Commands, screen: ChatPane, viewer: Viewer, monotonic: Callable[[], float], around: Around
    ) -> None:
        self.screen, self._around = screen, around
        self._strip: Aim[bool] = Aim()
        "Whether the strip above the chat is there, which moves all that is below it."
        shown = _DeskScreen(screen, around)
        attention = Attention(monotonic(), has_focus=False)
        super().__init__(commands, shown, screen.timeline, screen.composer, viewer, monotonic, attention)
        shown.show(self)

    def logged_in(self, user: User, token: Token | None = None) -> None:
        """The session is open; what follows is of this user."""
        super().logged_in(user, token)
        self._around.logged_in(user, token)

    def connection_changed(self, state: ConnectionState) -> None:
        """Show it, in the log-in too."""
        super().connection_changed(state)
        if state.phase is ConnectionPhase.OFFLINE:
            self._around.offline(state)

    def strip_drawn(self, *, shown: bool) -> None:
        """The strip above the chat is there, or is not."""
        self._strip.seen(shown, self._monotonic())

    def read_all_pressed(self) -> None:
        """Mark the open conversation as read, unless the button has just moved below the mouse."""
        if self._strip.is_steady(self._monotonic()):
            self.read_all()

    def rows_changed(self, changes: Iterable[Change[Row]]) -> None:
        """Show the list as it is now."""
        super().rows_changed(changes)
        self._around.filled()

    def focus(self) -> None:
        """Put the keyboard where it is of use."""
        self._screen.focus()

    def keyboard_moved(self) -> None:
        """The keyboard has come to the filter, from where one chooses, or to the composer, whatever way it went."""
        has_it = str(self.screen.tk.call("focus"))
        if has_it == str(self.screen.filter) and not self.choosing.is_finding:
            self.choosing.find(self.screen.sought.get())
        elif has_it == str(self.screen.composer.field) and self.choosing.is_finding and self.conversation is not None:
            self.choosing.end()


class _DeskScreen:
    """The library's `Screen`, over the widgets that ours only arranges."""

    _desk: WindowDesk

    def __init__(self, screen: ChatPane, around: Around) -> None:
        self._screen, self._around = screen, around
        self._redraw_bars = Redraw(screen, self._draw_bars)

    def show(self, desk: WindowDesk) -> None:
        """Show this desk from now on."""
        self._desk = desk
        timeline, roster = self._screen.timeline, self._screen.roster
        timeline.show(desk.talk)
        timeline.on_drawn = self._drawn
        timeline.on_retry, timeline.on_discard = desk.writing.retry, desk.writing.discard
        roster.on_drawn, roster.on_press = desk.choosing.drawn, desk.choosing.press
        self._screen.sought.trace_add("write", lambda *_names: self._seek(self._screen.sought.get()))

    # ---- where somebody is

    @property
    def is_narrow(self) -> bool:
        return self._screen.is_narrow

    @property
    def shows_list(self) -> bool:
        return bool(self._screen.roster.sheet.winfo_viewable())

    @property
    def shows_talk(self) -> bool:
        return self._screen.shows_talk and bool(self._screen.timeline.winfo_viewable())

    def turn(self) -> None:
        self._screen.show_composer(shown=self._desk.conversation is not None)
        self._screen.turn_to(talk=not self._desk.choosing.is_finding)

    def focus(self) -> None:
        (self._screen.filter if self._desk.choosing.is_finding else self._screen.composer.field).focus_set()

    def show_sought(self, text: str) -> None:
        self._screen.sought.set(text)
        self._screen.filter.icursor("end")

    def reveal(self, conversation: ConversationId | None) -> None:
        self._screen.roster.reveal(conversation)

    # ---- drawing

    def redraw_list(self) -> None:
        roster = self._screen.roster
        roster.opened, roster.is_seeking = self._desk.conversation, self._desk.choosing.is_finding
        roster.redraw()

    def redraw_talk(self) -> None:
        self._screen.timeline.redraw()

    def redraw_bars(self) -> None:
        self._redraw_bars()

    def _draw_bars(self) -> None:
        desk, screen = self._desk, self._screen
        viewer, called, me = desk.viewer, desk.name or ShownName(""), desk.viewer.my_name
        if viewer.me is not None:
            screen.me.show(me.name)
            screen.my_portrait.show(me.name, viewer.me.id)
        screen.status.configure(text=_joined(me.account, connection_line(desk.connection, None, viewer.language)))
        if desk.is_cut_off:
            screen.banner.show(desk.connection, desk.seconds_left, desk.as_of_text)
        else:
            screen.banner.hide()
        desk.strip_drawn(shown=desk.is_cut_off)
        screen.name.show(called.name)
        if desk.row is not None:
            screen.portrait.show_row(desk.row, called.name)
        else:
            screen.portrait.show("", None)
        screen.show_unread(desk.unread_text)
        screen.presence.configure(text=_joined(called.account, desk.attendance))
        screen.composer.show_hint(desk.cannot_write)
        screen.notice.show(desk.said, is_trouble=desk.says_trouble)
        self._around.title(desk.title)

    def _drawn(self) -> None:
        self._desk.drawn()
        self._screen.show_jump(self._desk.talk.jump_text)
        self._screen.show_unread(self._desk.unread_text)

    def _seek(self, text: str) -> None:
        """The filter follows its text, however that comes there: by keys, by pasting, by an input method."""
        self._screen.show_filter_hint(shown=not text)
        self._desk.choosing.seek(text)

    # ---- what else there is

    def copy(self, text: str) -> None:
        self._screen.copy(text)

    def ring(self, title: str, words: str) -> None:
        self._around.call(title, words)

    def session_ended(self) -> None:
        self._around.session_ended()

    def show_login(self) -> None:
        self._around.show_login()

    def quit(self, words: str) -> None:
        self._around.quit(words)


def _joined(*words: str) -> str:
    return " · ".join(filter(None, words))
