"""The full screen: runs the desk on a terminal, and is what the desk needs of one."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

from prompt_toolkit.application import Application, in_terminal
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.layout import Layout

from chatcore import ChatClient, ConversationId
from chatcore.client.calls import Calls
from chatcore.home.awakening import Machine
from chatcore.home.desk_observer import DeskObserver
from chatcore.ports.clock import Clock
from chatcore.view.drafts import Drafts
from chatcore.view.viewer import Viewer

from . import job, terminal
from .calling import call
from .desk import TerminalDesk
from .hook import Hook
from .hyperlinks import close_behind_each_cell
from .keys import bindings
from .layout import NARROW, arranged
from .painter import Column, Painter
from .panes import HelpPane, RosterPane, TalkPane
from .password_screen import PasswordScreen
from .preferences import Preferences
from .slash_commands import meanings
from .style import style
from .terminal import Outcome

ESCAPE_TIME = 0.15
"""Seconds in which another key makes Esc an Alt."""


class ChatScreen:
    """The chat on a terminal."""

    def __init__(
        self,
        client: ChatClient,
        viewer: Viewer,
        clock: Clock,
        drafts: Drafts,
        preferences: Preferences = Preferences(),  # noqa: B008 - frozen
        wanted: ConversationId | None = None,
    ) -> None:
        """`wanted` is opened as soon as it is in the list, unless somebody begins with something else."""
        terminal.know_focus_reports()
        self._client, self._clock, self._preferences = client, clock, preferences
        self._painter = Painter(viewer, preferences)
        column = Column(self._painter, lambda: self.desk.view)
        self._calls = Calls(client, self._spawn)
        self.desk = TerminalDesk(self._calls, self, column, viewer, clock.monotonic, meanings(viewer.language))
        self._hook = Hook(preferences.hook, client, clock, viewer.language, self.desk.notices.say)
        self._help, self._roster = HelpPane(self.desk), RosterPane(self.desk)
        self._talk = TalkPane(self.desk, column)
        self._title = ""
        self._left: Outcome | None = None
        self._asked: PasswordScreen | None = None
        "What is shown in place of the chat."
        self._is_quiet = False
        "Whether the user does not want to be called."
        self.app: Application[Outcome] = Application(
            layout=Layout(arranged(self.desk, self._roster, self._talk, self._help, self._columns)),
            key_bindings=bindings(self.desk, preferences.keys),
            full_screen=True,
            mouse_support=Condition(lambda: self.desk.has_mouse),
            before_render=self._wiped,
            after_render=self._drawn,
        )
        self.app.style = style(self.app.color_depth, preferences.colours)
        close_behind_each_cell(self.app.output)
        self.app.key_processor.before_key_press += lambda _keys: self.desk.touched()
        self.app.ttimeoutlen = self.app.timeoutlen = ESCAPE_TIME
        self.desk.begin(drafts, wanted)
        self.focus()

    async def run(self) -> Outcome:
        """Show the chat until the user leaves it."""
        self.desk.look()  # somebody has just started the program
        unsubscribe = DeskObserver(self._client, self.desk).begin()
        no_hook = self._client.subscribe(self._hook)
        terminal.begin(self.app.output)
        try:
            return await self.app.run_async(pre_run=self._begin)
        finally:
            terminal.end(self.app.output)
            unsubscribe()
            no_hook()
            self.desk.end()

    def leave(self, outcome: Outcome) -> None:
        """End the screen, or keep it from beginning."""
        self._left = outcome
        if self._asked is not None:
            self._asked.leave()
        if self.app.is_running and not self.app.is_done:
            self.app.exit(result=outcome)

    # ---- what the desk needs

    @property
    def is_narrow(self) -> bool:
        """Whether list and conversation do not fit beside each other."""
        return self._columns() < NARROW

    @property
    def shows_list(self) -> bool:
        """Whether the list can be seen."""
        return not self.desk.is_helping and (self.desk.choosing.is_finding or not self.is_narrow)

    @property
    def shows_talk(self) -> bool:
        """Whether the open conversation can be seen, as it was drawn last."""
        return self._talk.is_drawn

    def redraw_list(self) -> None:
        """Draw the screen soon."""
        self.app.invalidate()

    def redraw_talk(self) -> None:
        """Draw the screen soon."""
        self.app.invalidate()

    def redraw_bars(self) -> None:
        """Draw the screen soon."""
        self.app.invalidate()

    def reveal(self, conversation: ConversationId | None) -> None:  # noqa: ARG002 - the one that it follows
        """Have the list follow its row again."""
        self._roster.reveal()

    def turn(self) -> None:
        """Show list or conversation with the next drawing."""
        self.app.invalidate()

    def focus(self) -> None:
        """Put the cursor where the desk's state wants it."""
        desk = self.desk
        if desk.choosing.is_finding:
            desk.composer.accept_completion()  # from here on Enter and Esc are about the list
        self.app.layout.focus(
            self._help if desk.is_helping else desk.finder if desk.choosing.is_finding else desk.composer.buffer
        )

    def show_sought(self, text: str) -> None:
        """Have this in the finder, with the cursor behind it."""
        self.desk.finder.reset(Document(text))

    def copy(self, text: str) -> None:
        """Put a text into the terminal's clipboard."""
        terminal.set_clipboard(self.app.output, text)
        say = self.desk.language.gettext
        self.desk.notices.say(say("Copied to the terminal's clipboard, if the terminal allows it."))

    def ring(self, title: str, words: str) -> None:
        """Call the user."""
        if not self._is_quiet:
            call(self.app.output, self._preferences, title, words)

    def switch_quiet(self) -> bool:
        """Call the user no more, or again; return whether it is quiet now."""
        self._is_quiet = not self._is_quiet
        return self._is_quiet

    def switch_layout(self) -> None:
        """Go from bubbles to compact lines, or back."""
        self._painter.switch_layout()
        self.app.invalidate()

    def edit(self) -> None:
        """Have what is being written edited in the person's own editor."""
        self._spawn(self._edit())

    async def _edit(self) -> None:
        with self.put_away():
            await self.desk.composer.buffer.open_in_editor()
        self.desk.composer.normalise()

    def ask_for_password(self) -> None:
        """Ask for another password, in place of the chat."""
        if self._asked is None:
            self._spawn(self._ask_for_password())

    async def _ask_for_password(self) -> None:
        self._talk.is_drawn = False
        with self.put_away():
            async with in_terminal():
                self._asked = PasswordScreen(self._calls, self.desk.notices, self.desk.viewer)
                try:
                    await self._asked.run()
                finally:
                    self._asked = None

    def session_ended(self) -> None:
        """The status line says it, and how to log in."""
        self.app.invalidate()

    def show_login(self) -> None:
        """End the screen for the log-in."""
        self.leave(Outcome.LOGGED_OUT)

    def quit(self, words: str) -> None:  # noqa: ARG002 - what is left behind is told after every end of the program
        """End the screen and the program."""
        self.leave(Outcome.QUIT)

    def stop(self) -> None:
        """Leave the terminal to the shell until it lets the program go on."""
        self._spawn(job.stop(self.put_away))

    @contextmanager
    def put_away(self) -> Iterator[None]:
        """Take back, while in the block, what the terminal was asked for."""
        terminal.end(self.app.output)
        try:
            yield
        finally:
            terminal.begin(self.app.output)

    # ---- what goes on

    def _spawn(self, work: Coroutine[object, object, None]) -> object:
        """Run something beside, for as long as the screen is there."""
        return self.app.create_background_task(work)

    def _columns(self) -> int:
        return self.app.output.get_size().columns

    def _wiped(self, _app: object) -> None:
        """The screen is about to be drawn anew, with the conversation or with something in its place."""
        self._talk.is_drawn = False

    def _drawn(self, _app: object) -> None:
        if self._talk.is_drawn and self.desk.offer():  # the header was drawn before what it is about
            self.app.invalidate()
        self.desk.drawn()
        words = self.desk.title
        if words != self._title:
            self._title = words
            self.app.output.set_title(words)
            self.app.output.flush()

    def _begin(self) -> None:
        self.app.create_background_task(self._tick())
        self.app.create_background_task(self._hook.run())
        if self._left is not None:
            self.app.exit(result=self._left)

    async def _tick(self) -> None:
        machine = Machine(self._clock)
        while True:
            await self._clock.sleep(1)
            if machine.has_stirred():
                self._client.reconnect()
            self.desk.tick()
