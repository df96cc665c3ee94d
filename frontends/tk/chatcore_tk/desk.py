"""Everything that the person at the window can do; keys, menus and presses call it, the screen shows its state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chatcore import ChatError
from chatcore.client.changes import Change
from chatcore.client.connection_state import ConnectionPhase, ConnectionState
from chatcore.client.items import Item, ItemState
from chatcore.domain.ids import ConversationId, Token
from chatcore.domain.messages import check_text
from chatcore.domain.roster import Row
from chatcore.domain.users import User
from chatcore.view.conversation_view import ConversationView
from chatcore.view.drafts import Drafts
from chatcore.view.sentences import connection_line, error_text, no_messages_text, not_kept, title
from chatcore.view.text import clean, clean_line
from chatcore.view.typed import typed

from .finder import Finder
from .head import show_head
from .line import Line
from .relay import SessionObserver
from .screen import Screen
from .viewer import Viewer


class Desk(SessionObserver):
    """The state of the chat in the window, and what changes it."""

    def __init__(self, line: Line, screen: Screen, viewer: Viewer) -> None:
        self._line, self.screen, self._viewer = line, screen, viewer
        self.connection = ConnectionState(ConnectionPhase.CONNECTING)
        self.window_active = False
        self.wanted: ConversationId | None = None
        "Is opened as soon as it is in the list, unless somebody begins with something else: the one open last."
        self.is_touched = False
        "Whether a key or the mouse was used in this session: from then on only the person opens and moves something."
        self._unsaved: ChatError | None = None
        "Why what is being written is not kept."
        self._owner = ""
        "Whose everything is that the screen keeps."
        self._is_leaving = False
        "Whether the person has asked to be logged out."
        self.on_logged_in: Callable[[User, Token | None], None] = lambda _user, _token: None
        self.on_logged_out: Callable[[ConnectionState], None] = lambda _state: None
        self.on_offline: Callable[[ConnectionState], None] = lambda _state: None
        self.on_title: Callable[[str], None] = lambda _title: None
        self.finder = Finder(screen, self.open)
        self._told: tuple[int, ...] | None = None
        self._loading: ConversationView | None = None
        self._is_empty = False
        "Whether the open conversation is known to have no messages."
        screen.timeline.on_drawn = self.drawn
        screen.timeline.on_press = self._pressed
        screen.roster.on_choose = self.open

    @property
    def view(self) -> ConversationView | None:
        """The open conversation."""
        return self.screen.timeline.view

    @property
    def conversation(self) -> ConversationId | None:
        """Which conversation is open."""
        return self.view.conversation if self.view else None

    @property
    def may_turn(self) -> bool:
        """Whether the screen may go back to the log-in: nobody is in the middle of something, or they have asked."""
        return self._is_leaving or not self.is_touched

    def begin(self, owner: str, drafts: Drafts, wanted: ConversationId | None) -> None:
        """Begin a session with an empty screen. `owner` is a user on a server, who finds nothing of another one's."""
        self._viewer.me = None
        self.close()
        self.screen.composer.belong_to(drafts)
        if owner != self._owner:
            self.screen.forget_copied()
        self._owner = owner
        self.finder.reset()
        self.wanted, self.is_touched, self._is_leaving = wanted, False, False
        self.connection = ConnectionState(ConnectionPhase.CONNECTING)
        self.screen.banner.tell(self.connection)
        self.screen.status.configure(text=connection_line(self.connection, None, self._viewer.language))
        self.screen.notice.clear()
        self.screen.me.show("")
        self.screen.turn_to(talk=False)
        self._say_empty()

    # ---- what the library tells

    def logged_in(self, user: User, token: Token | None) -> None:
        """Show who is logged in."""
        self._viewer.me = user
        self.screen.me.show(clean_line(user.name))
        self.on_logged_in(user, token)

    def not_kept(self, error: ChatError) -> None:
        """Say that what waits does not outlive the window."""
        self.screen.notice.add(not_kept(error, self._viewer.language))

    def save(self) -> None:
        """Have on disk what is being written, and say once where that does not work."""
        trouble = self.screen.composer.save()
        if trouble is not None and self._unsaved is None:
            self.not_kept(trouble)
        self._unsaved = trouble

    def connection_changed(self, state: ConnectionState) -> None:
        """Show it; where the session has ended, go back to the log-in."""
        self.connection = state
        if state.phase is ConnectionPhase.LOGGED_OUT:
            self.on_logged_out(state)
            if self.may_turn:
                return
        if state.phase is ConnectionPhase.OFFLINE:
            self.on_offline(state)
        self.screen.banner.tell(state)
        self.screen.status.configure(text=connection_line(state, None, self._viewer.language))
        self._say_empty()

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """Show the list as it is now."""
        self.screen.roster.apply(changes)
        self.on_title(title(self.screen.roster.list.unread))
        self._show_head()
        wanted = self.screen.roster.list.row(self.wanted)
        if wanted:
            self._turn_to(wanted)
        self.screen.timeline.redraw()

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """Show the conversation as it is now."""
        if self.view and conversation == self.conversation:
            self.view.apply(changes)
            self.screen.timeline.changed()
            if not self.view.items:
                self._line.ask_if_empty(conversation, partial(self._found_out, self.view))

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:  # noqa: ARG002 - the surface's
        """Say that messages came of which nothing was told."""
        count = last - first + 1
        sentence = self._viewer.language.ngettext(
            "{count} message was not shown as it came: it is in the history.",
            "{count} messages were not shown as they came: they are in the history.",
            count,
        )
        self.say(sentence.format(count=count))

    # ---- the session

    def touched(self) -> None:
        """A key was pressed in the chat, or the mouse."""
        self.is_touched, self.wanted = True, None

    def log_out(self) -> None:
        """End the session and go back to the log-in."""
        self._is_leaving = True
        if self.connection.phase is ConnectionPhase.LOGGED_OUT:
            self.on_logged_out(self.connection)
        else:
            self._line.log_out(self._left)

    def _left(self, error: ChatError | None) -> None:
        if error is not None:
            self._is_leaving = False
            self.failed(error)

    # ---- choosing a conversation

    def open(self, row: Row | None) -> None:
        """Open the conversation of a row, and write to it."""
        if row is not None:
            self.screen.notice.clear()
            self._turn_to(self.screen.roster.list.row(row.conversation) or row)  # as it is now

    def _turn_to(self, row: Row) -> None:
        self.wanted = None
        if row.conversation != self.conversation:
            self._open(row)
        self.finder.end(self.conversation)
        self.screen.turn_to(talk=True)
        self.focus()

    def close(self) -> None:
        """Show no conversation."""
        self.screen.composer.switch(None)
        self.screen.show_composer(shown=False)
        self.screen.timeline.show(None, "")
        self.screen.roster.opened = None
        self._told = self._loading = None
        self._show_head()

    def step(self, steps: int) -> None:
        """Open the conversation so many below in the list, above where negative."""
        self.open(self.screen.roster.aimed.neighbour(self.conversation, steps))

    def open_place(self, number: int) -> None:
        """Open the conversation at a place of the list, counted from 1."""
        self.open(self.screen.roster.aimed.at(number - 1))

    def open_unread(self) -> None:
        """Open the next conversation with unread messages."""
        roster = self.screen.roster
        row = roster.list.next_unread(roster.aimed, self.conversation)
        self.open(row)
        if row is None:
            self.say(self._viewer.language.gettext("There are no unread messages elsewhere."))

    def find(self) -> None:
        """Begin to choose in the list."""
        self.finder.begin(self.conversation)

    def focus(self) -> None:
        """Put the keyboard where it is of use: where messages are written, or else into the search."""
        (self.screen.composer.field if self.conversation else self.screen.filter).focus_set()

    def escape(self) -> None:
        """Leave what was begun last: a search, a picked message, a notice; the conversation where it is narrow."""
        if self.finder.is_seeking:
            self.finder.end(self.conversation)
            self.screen.turn_to(talk=self.conversation is not None)
            self.focus()
        elif self.screen.timeline.pick_key(None):
            self.focus()
        elif self.screen.notice.sentence:
            self.screen.notice.clear()
        elif self.screen.is_narrow:
            self.find()

    # ---- messages

    def send(self) -> None:
        """Send what is written."""
        conversation, text = self.conversation, typed(self.screen.composer.text).strip("\n")
        if conversation is None or self.view is None or not text.strip():
            return
        try:
            check_text(text)
        except ChatError as error:
            self.say(error_text(error, self._viewer.language))
            return
        self.screen.composer.take()
        self.screen.notice.clear()
        self._line.post(conversation, text, partial(self._not_posted, conversation, text))
        self.view.unread_line.posted()
        self.screen.timeline.to_newest()

    def copy(self, item: Item | None = None) -> None:
        """Copy a message: this one, the picked one, or the newest."""
        item = item or (self.view.chosen(lambda _: True) if self.view else None)
        if item:
            self.screen.copy(clean(item.text))

    def retry(self, item: Item) -> None:
        """Send a refused message again."""
        self.screen.timeline.expect()
        self._line.retry(item.client_id, self.failed)
        self.screen.timeline.pick_key(None)

    def discard(self, item: Item) -> None:
        """Throw a refused message away."""
        self.screen.timeline.expect()
        self._line.discard(item.client_id, self.failed)
        self.screen.timeline.pick_key(None)

    def refused(self) -> Item | None:
        """Return the picked refused message, or the newest."""
        return self.view.chosen(lambda item: item.state is ItemState.REFUSED) if self.view else None

    def say(self, sentence: str) -> None:
        """Tell the user something, until the next action."""
        self.screen.notice.say(sentence)

    def failed(self, error: ChatError | None) -> None:
        """Say why something did not work, if it did not."""
        if error is not None:
            self.say(error_text(error, self._viewer.language))

    # ---- facts

    def look(self, active: bool) -> None:
        """Somebody looks at the window, or no longer does."""
        if active != self.window_active:
            self.window_active = active
            self._line.window_active(active)
            self.drawn()

    def drawn(self) -> None:
        """The picture has changed: tell what can be seen, and have older messages fetched in time."""
        view, timeline = self.view, self.screen.timeline
        if view is None:
            self.screen.show_jump("")
            return
        displayed = self.screen.shows_talk and bool(timeline.winfo_viewable())
        is_fetching = (view.is_seeking or timeline.is_near_top) and self._fetch_older(view)
        visible = timeline.seen(displayed=displayed, active=self.window_active, is_fetching=is_fetching)
        if visible != self._told:
            self._told = visible
            self._line.visible(view.conversation, visible)
        self._offer_jump(view)

    # ---- within

    def _found_out(self, view: ConversationView, is_empty: bool) -> None:
        if view is self.view and is_empty != self._is_empty:
            self._is_empty = is_empty
            self._say_empty()

    def _open(self, row: Row) -> None:
        newest = row.last.seq if row.last else 0
        view = ConversationView(row.conversation, newest=newest, unread=row.unread, watching=self.window_active)
        self._told = self._loading = None
        self.screen.composer.switch(row.conversation)
        self.screen.show_composer(shown=True)
        self.screen.roster.opened = row.conversation
        self.screen.roster.redraw()
        self.screen.timeline.show(view, "")
        self._line.opened(row.conversation)
        self._is_empty = False
        self._say_empty()
        self._show_head()

    def _show_head(self) -> None:
        people = self._viewer.people
        show_head(self.screen, people.row(self.conversation), people, self._viewer.language)

    def _say_empty(self) -> None:
        say = self._viewer.language.gettext
        if self.view:
            phase, language = self.connection.phase, self._viewer.language
            sentence = no_messages_text(is_empty=self._is_empty, phase=phase, language=language)
        else:
            sentence = say("Choose somebody in the list to read and write.")
        self.screen.timeline.show(self.view, sentence)

    def _offer_jump(self, view: ConversationView) -> None:
        if self.screen.timeline.is_at_end:
            self.screen.show_jump("")
            return
        new = view.unread_below
        words = self._viewer.language.ngettext("↓ {count} new", "↓ {count} new", new).format(count=new)
        self.screen.show_jump(words if new else "↓")

    def _fetch_older(self, view: ConversationView) -> bool:
        """Have older messages loaded; tell whether some are coming."""
        first = view.items[0].seq if view.items else None
        if self.connection.phase is not ConnectionPhase.ONLINE or first is None or first <= 1:
            return False
        if self._loading is not view:
            self._loading = view
            self._line.load_older(view.conversation, partial(self._fetched, view))
        return True

    def _fetched(self, view: ConversationView, error: ChatError | None) -> None:
        if self._loading is view:
            self._loading = None
        if error is not None:
            view.settle()  # older messages are asked for again with the next drawing
        elif view is self.view:
            self.screen.timeline.redraw()  # there may be room for more

    def _pressed(self, item: Item, action: str) -> None:
        {"retry": self.retry, "discard": self.discard}[action](item)

    def _not_posted(self, conversation: ConversationId, text: str, error: ChatError | None) -> None:
        self.screen.composer.give_back(conversation, text)
        self.failed(error)
