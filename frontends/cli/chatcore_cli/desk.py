"""Everything that the person at the terminal can do; keys and commands call it, the screen shows its state."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prompt_toolkit.buffer import Buffer

from chatcore import GENERAL, ChatClient, ChatError, ConnectionPhase
from chatcore.client.changes import Change
from chatcore.client.items import ItemState
from chatcore.domain.ids import ClientId, ConversationId
from chatcore.domain.marks import MAX_MARKS
from chatcore.domain.messages import MAX_TEXT
from chatcore.domain.roster import Row
from chatcore.view.attention import Attention
from chatcore.view.drafts import Drafts
from chatcore.view.language import Language
from chatcore.view.list_view import ListView
from chatcore.view.sentences import error_text, not_kept, sending, would_be_lost
from chatcore.view.sight import Sight
from chatcore.view.stack import Stack
from chatcore.view.text import clean, clean_line
from chatcore.view.typed import typed

from .composer import Composer
from .painter import Painter, Viewer
from .press import Mouse
from .talk import Talk
from .terminal import Outcome, Terminal


class Desk:
    """The state of the chat on the screen, and what changes it."""

    def __init__(
        self,
        client: ChatClient,
        viewer: Viewer,
        terminal: Terminal,
        monotonic: Callable[[], float],
        commands: Iterable[str],
        drafts: Drafts,
    ) -> None:
        """`commands` are the names of those that the composer completes."""
        self.client = client
        self.viewer = viewer
        self.monotonic = monotonic
        self._terminal = terminal
        self._attention = Attention(monotonic())
        self.roster = ListView(self.language.gettext("General chat"))
        self.talk = Talk(client, Painter(viewer), terminal.spawn, monotonic)
        self.composer = Composer(lambda: [row.name for row in self.roster.rows], commands, drafts)
        self._drafts = drafts
        self.finder = Buffer(multiline=False, name="finder", on_text_changed=self._sought)
        self.is_finding = True
        "Whether a row of the list is being chosen; otherwise the cursor is in the composer."
        self.is_helping = False
        self.help_top = 0
        "The first line of the help in view."
        self.window_active = False
        "Whether somebody looks at the terminal."
        self.has_mouse = True
        self.mouse = Mouse()
        self.notice = ""
        "What the last action has to say."
        self._is_touched = False
        "Whether a key or the mouse was used: from then on only the person opens and moves something."
        self._is_leaving = False
        "Whether the person has asked to be logged out."
        self._is_quitting = False
        "Whether the user has asked to leave."
        self._is_flushing = False
        "Whether what is on its way is sent before the end."
        self._keeps_cursor = False
        "Whether the cursor stays with its row; while the list comes, until somebody moves it, it stays on top."

    @property
    def language(self) -> Language:
        """The language of the screen."""
        return self.viewer.language

    # ---- choosing a conversation

    def rows_changed(self, changes: Iterable[Change[Row]]) -> None:
        """Take the changes of the list."""
        self.roster.apply(changes)
        if not self._keeps_cursor and not self.roster.sought:
            self.roster.cursor = None
        if self.is_finding:
            self.roster.settle()
        self.keep_cursor()

    def keep_cursor(self) -> None:
        """Have the cursor stay with its row, once the whole list is there; nothing tells when that is."""
        self._keeps_cursor = self._keeps_cursor or self.client.replica.complete

    @property
    def aimed(self) -> Sight:
        """The list as it was seen by the one who presses a key now."""
        if self._terminal.is_narrow and not self.is_finding:
            return self.roster.sight  # nobody sees it
        return self.roster.aimed(self.monotonic())

    def list_drawn(self, view: Stack[ConversationId]) -> None:
        """Remember what can be seen of the list."""
        self.roster.drawn(view, self.monotonic())

    def open(self, row: Row | None) -> None:
        """Open the conversation of a row, and write to it."""
        if row is None:
            return
        row = self.roster.row(row.conversation) or row  # as it is now
        self.notice = ""
        if row.conversation != self.talk.conversation:
            self.composer.switch(row.conversation)
            self.talk.open(row, watching=self.window_active)
        self.roster.cursor = row.conversation
        self._stop_finding()

    def open_named(self, name: str) -> None:
        """Open the conversation with the user of a name, asking the server where the list does not have it."""
        row = self.roster.named(name)
        if row:
            self.open(row)
        else:
            # What is written on while the server is asked goes to nobody.
            self.find(name.strip())
            self._terminal.spawn(self._open_unlisted(name.strip()))

    def open_general(self) -> None:
        """Open the general chat."""
        self.open(self.roster.row(GENERAL))

    def open_next(self) -> None:
        """Open the conversation below in the list."""
        self.open(self.aimed.neighbour(self.talk.conversation, 1))

    def open_previous(self) -> None:
        """Open the conversation above in the list."""
        self.open(self.aimed.neighbour(self.talk.conversation, -1))

    def open_place(self, number: int) -> None:
        """Open the conversation at a place of the list, counted from 1."""
        self.open(self.aimed.at(number - 1))

    def open_unread(self) -> None:
        """Open the next conversation with unread messages."""
        row = self.roster.next_unread(self.aimed, self.talk.conversation)
        self.open(row)
        if row is None:
            self.say(self.language.gettext("There are no unread messages elsewhere."))

    def find(self, text: str = "") -> None:
        """Begin to choose in the list, with a text that the names have."""
        self.composer.accept_completion()  # from here on Enter and Esc are about the list
        self.is_finding = True
        self.finder.text = text
        self.finder.cursor_position = len(text)
        self.roster.mark(self.roster.cursor or self.talk.conversation)
        self.roster.seek(text)
        self._terminal.focus()

    def move_cursor(self, steps: int) -> None:
        """Choose another row."""
        self._keeps_cursor = True
        aimed = self.aimed
        row = aimed.neighbour(aimed.cursor, steps)
        self.roster.mark(row.conversation if row else None)

    def choose(self) -> None:
        """Open the chosen row."""
        self.open(self.aimed.marked)

    # ---- writing

    @property
    def written(self) -> str:
        """What stands where the cursor is."""
        return self.finder.text if self.is_finding else self.composer.text

    def paste(self, text: str) -> None:
        """Insert what was pasted where the cursor is; nothing is sent or chosen by it."""
        if self.is_finding:
            self.finder.insert_text(typed(text).replace("\n", " "))
        else:
            self.composer.paste(text)

    def clear_written(self) -> None:
        """Begin the line anew; in the composer it can be had again with the Up key."""
        if self.is_finding:
            self.finder.reset()
            self.roster.seek("")
        else:
            self.composer.take()

    def send(self) -> None:
        """Send what is written."""
        text = typed(self.composer.text).strip("\n")
        text = text.removeprefix("/") if text.startswith("//") else text
        if self.talk.conversation is None or not text.strip():
            return
        if len(text) > MAX_TEXT:
            sentence = self.language.gettext("A message has at most {most} characters; this one has {length}.")
            self.say(sentence.format(most=MAX_TEXT, length=len(text)))
        else:
            self._post(self.talk.conversation, text)

    def save(self) -> None:
        """Have on disk what is written, and say once where that does not work."""
        former = self._drafts.trouble
        self.composer.save()
        if self._drafts.trouble is not None and former is None:
            self.say(not_kept(self._drafts.trouble, self.language))

    def interrupt(self) -> None:
        """Throw away what is written; where nothing is, say how to leave. The help is closed, no more."""
        if self.is_helping:
            self.help()
        elif self.is_finding:
            self.clear_written()
        elif not self.composer.clear():
            self.say(self.language.gettext("Ctrl+Q leaves the program."))

    # ---- the messages

    def copy(self) -> None:
        """Copy the picked message, or the newest one."""
        item = self.talk.timeline and self.talk.timeline.chosen(lambda _: True)
        if item:
            self._terminal.copy(clean(item.text))
            self.say(self.language.gettext("Copied to the terminal's clipboard, if the terminal allows it."))

    def read_all(self) -> None:
        """Mark the whole conversation as read, however far up its unread messages are."""
        if self.talk.conversation is not None:
            self._terminal.spawn(self._read_all(self.talk.conversation))

    def retry(self) -> None:
        """Send a refused message again."""
        self._settle(self.client.retry)

    def discard(self) -> None:
        """Throw a refused message away."""
        self._settle(self.client.discard)

    # ---- the program

    def escape(self) -> None:
        """Close what is open on top: help, completions, a picked message, the choosing; in the end the notice."""
        if self.is_helping:
            self.help()
        elif self.composer.cancel_completion() or self.talk.unpick():
            pass
        elif self.is_finding:
            self._stop_finding()
        elif self._terminal.is_narrow:
            self.find()
        self.notice = ""

    def help(self) -> None:
        """Show the keys and commands, or hide them."""
        self.is_helping = not self.is_helping
        self.help_top = 0
        self._terminal.focus()
        self._uncover()

    def scroll_help(self, lines: int) -> None:
        """Go down in the help, up where negative."""
        self.help_top = max(0, self.help_top + lines)

    def switch_mouse(self) -> None:
        """Let the program have the mouse, or leave it to the terminal."""
        self.has_mouse = not self.has_mouse
        with_mouse = self.language.gettext("The wheel scrolls, a click chooses; Shift selects text as usual.")
        without = self.language.gettext("The mouse is the terminal's again: it selects text.")
        self.say(with_mouse if self.has_mouse else without)

    def pressed(self) -> None:
        """A key was pressed, or the mouse."""
        self._is_touched = True
        self.touched()

    def touched(self) -> None:
        """A key was pressed, or the mouse used."""
        self._attention.touched(self.monotonic())
        self.look()

    def focus_reported(self, *, has_focus: bool) -> None:
        """The terminal tells whether it has the focus."""
        self._attention.has_focus = has_focus
        self.look()

    def look(self) -> None:
        """Find out whether somebody looks at the terminal, and tell where that has changed."""
        active = self._attention.holds(self.monotonic())
        if active != self.window_active:
            self.window_active = active
            self.client.window_active(active)
            self._terminal.refresh()

    def quit(self) -> None:
        """Leave the program when what is on its way is sent; at once when asked again. The session stays."""
        if self._is_quitting:
            self._terminal.leave(Outcome.QUIT)
        elif self._is_sending:
            self._is_quitting = True
            self._terminal.spawn(self._quit())
        else:
            self._quit_unless_lost()

    def stop(self) -> None:
        """Give the terminal back to the shell until it lets the program go on."""
        self._terminal.stop()

    def log_out(self) -> None:
        """End the session, and log in anew."""
        if self._has_ended:
            self._terminal.leave(Outcome.LOGGED_OUT)
        else:
            self._terminal.spawn(self._log_out())

    def log_in(self) -> None:
        """Go to the log-in where the session has ended."""
        if self._has_ended:
            self._terminal.leave(Outcome.LOGGED_OUT)
        else:
            self.say(self.language.gettext("You are logged in; /logout ends the session."))

    def session_ended(self) -> None:
        """Go to the log-in; where somebody may be in the middle of something, only when they want to."""
        if self._is_leaving or not self._is_touched:
            self._terminal.leave(Outcome.LOGGED_OUT)

    @property
    def _has_ended(self) -> bool:
        return self.client.connection.phase is ConnectionPhase.LOGGED_OUT and self.client.token is None

    @property
    def said(self) -> str:
        """What there is to say: what the end waits for, whatever is done meanwhile, or what the last action led to."""
        is_sending = self._is_flushing and self.client.waiting > 0
        return sending(self.client.waiting, self.language) if is_sending else self.notice

    def say(self, sentence: str) -> None:
        """Tell the user something, until the next action."""
        self.notice = sentence
        self._terminal.refresh()

    # ---- within

    def _post(self, conversation: ConversationId, text: str) -> None:
        try:
            self.client.post_soon(conversation, text)
        except ChatError as error:
            self.say(error_text(error, self.language))
            return
        self.composer.take()
        self.notice = ""
        self._is_quitting = False
        self.talk.posted()

    def _settle(self, how: Callable[[ClientId], None]) -> None:
        """Do something with the refused message that is picked, or the newest."""
        timeline = self.talk.timeline
        item = timeline.chosen(lambda item: item.state is ItemState.REFUSED) if timeline else None
        if item is None:
            self.say(self.language.gettext("There is no refused message here."))
            return
        self.talk.expect()
        try:
            how(item.client_id)
        except ChatError as error:
            self.say(error_text(error, self.language))
        self.talk.unpick()

    def _sought(self, finder: Buffer) -> None:
        self.roster.seek("" if finder.text.startswith("/") else finder.text)

    def _uncover(self) -> None:
        """Something else is on the screen now: what was to be seen before counts no more."""
        self.roster.turned()
        self.talk.turned()

    def _stop_finding(self) -> None:
        if self._terminal.is_narrow:
            self._uncover()
        self.finder.reset()
        self.roster.seek("")
        self.is_finding = self.talk.conversation is None
        self._terminal.focus()

    async def _open_unlisted(self, name: str) -> None:
        try:
            conversation = await self.client.conversation_with(name)
        except ChatError as error:
            self.say(f"{clean_line(name)}: {error_text(error, self.language)}")
            return
        if self.is_finding and self.finder.text == name:
            self.open(self.roster.row(conversation) or Row(conversation, name))
        else:
            self.say(self.language.gettext("{name} is there: /open {name}").format(name=clean_line(name)))

    async def _read_all(self, conversation: ConversationId) -> None:
        row = self.roster.row(conversation)
        last = row.last.seq if row and row.last else 0
        try:
            # From the newest up, no further than there are unread ones.
            while last > 0 and await self.client.unread(conversation):
                first = max(1, last - MAX_MARKS + 1)
                await self.client.mark_read(conversation, *range(first, last + 1))
                last = first - 1
        except ChatError as error:
            self.say(error_text(error, self.language))

    @property
    def _is_sending(self) -> bool:
        return self.client.waiting > 0 and self.client.connection.phase is ConnectionPhase.ONLINE

    async def _quit(self) -> None:
        await self._flush()
        self._quit_unless_lost()

    def _quit_unless_lost(self) -> None:
        """Leave; where messages would be lost, say so first, and leave when asked again."""
        lost = self.client.perishable
        self._is_quitting = lost > 0
        if lost:
            self.say(would_be_lost(lost, self.language))
        else:
            self._terminal.leave(Outcome.QUIT)

    async def _flush(self) -> None:
        self._is_flushing = True
        self._terminal.refresh()
        try:
            await self.client.flush()
        finally:
            self._is_flushing = False

    async def _log_out(self) -> None:
        self._is_leaving = True
        if self._is_sending:
            await self._flush()
        try:
            await self.client.log_out()
        except ChatError as error:
            self._is_leaving = False
            self.say(error_text(error, self.language))
            return
        self._terminal.leave(Outcome.LOGGED_OUT)
