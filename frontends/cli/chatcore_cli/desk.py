"""The desk of the terminal: that of all frontends, and what only a terminal has, such as the help."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chatcore import ConnectionPhase, ConversationId
from chatcore.view.attention import Attention
from chatcore.view.commands import Commands
from chatcore.view.desk import Desk
from chatcore.view.language import Language
from chatcore.view.screen import Pane
from chatcore.view.typed import typed
from chatcore.view.viewer import Viewer

from .composer import Composer
from .one_line import one_line
from .press import Mouse
from .terminal import Terminal


class TerminalDesk(Desk):
    """The state of the chat on the terminal, and what changes it; keys and commands call it."""

    def __init__(
        self,
        commands: Commands,
        terminal: Terminal,
        pane: Pane,
        viewer: Viewer,
        monotonic: Callable[[], float],
        commands_known: Mapping[str, str],
    ) -> None:
        """`commands_known`: what each command that the composer completes means."""
        self._terminal = terminal
        self.composer = Composer(lambda: viewer.people.both_names, commands_known)
        self.finder = one_line("finder", self._sought)
        super().__init__(commands, terminal, pane, self.composer, viewer, monotonic, Attention(monotonic()))
        self.monotonic = monotonic
        self.is_helping = False
        self.help_top = 0
        "The first line of the help in view."
        self._offered: tuple[ConversationId | None, str] = (None, "")
        self.has_mouse = True
        self.mouse = Mouse()

    @property
    def language(self) -> Language:
        """The language of the screen."""
        return self.viewer.language

    # ---- writing

    @property
    def written(self) -> str:
        """What stands where the cursor is."""
        return self.finder.text if self.choosing.is_finding else self.composer.text

    def paste(self, text: str) -> None:
        """Insert what was pasted where the cursor is; nothing is sent or chosen by it."""
        if self.choosing.is_finding:
            self.finder.insert_text(typed(text).replace("\n", " "))
        else:
            self.composer.paste(text)

    def clear_written(self) -> None:
        """Begin the line anew; in the composer it can be had again with the Up key."""
        if self.choosing.is_finding:
            self._terminal.show_sought("")
            self.choosing.seek("")
        else:
            self.composer.sent()
            self.writing.save()

    def forget_written(self) -> None:
        """Begin the line anew, and have no key bring it back."""
        if self.choosing.is_finding:
            self.clear_written()  # what is looked for is kept nowhere
        else:
            self.composer.clear()
            self.writing.save()

    def enter(self) -> None:
        """Open the marked row, or send what is written; of two slashes at its beginning the second one."""
        text = self.composer.text
        if self.choosing.is_finding:
            self.choosing.choose()
        else:
            self.send(text.removeprefix("/") if text.startswith("//") else text)

    def interrupt(self) -> None:
        """Throw away what is written, or go back to the open conversation; where nothing is left, say how to leave.

        The help is closed, no more.
        """
        if self.is_helping:
            self.help()
        elif self.choosing.is_finding and self.finder.text:
            self.clear_written()
        elif self.choosing.is_finding and self.conversation is not None:
            self.choosing.end()
        elif not self.choosing.is_finding and self.composer.clear():
            self.writing.save()
        else:
            self.notices.say(self.language.gettext("Ctrl+Q leaves the program."))

    # ---- the screen

    @property
    def offered(self) -> str:
        """What the header offers: the way to unread messages above those that were drawn last; else empty."""
        conversation, words = self._offered
        return words if conversation == self.conversation else ""

    def offer(self) -> bool:
        """The messages were drawn: take what there is to offer now, and tell whether it is something else."""
        former, self._offered = self._offered, (self.conversation, self.unread_text)
        return self._offered != former

    def escape(self) -> None:
        """Close what is open on top: help, completions, then what every frontend has."""
        if self.is_helping:
            self.help()
            self.notices.clear()
        elif self.composer.cancel_completion():
            self.notices.clear()
        else:
            super().escape()

    def help(self) -> None:
        """Show the keys and commands, or hide them."""
        self.is_helping = not self.is_helping
        self.help_top = 0
        self._terminal.focus()
        # Something else is on the screen now: what was to be seen before counts no more.
        self.choosing.turned()
        self.talk.turned()

    def scroll_help(self, lines: int) -> None:
        """Go down in the help, up where negative."""
        self.help_top = max(0, self.help_top + lines)

    def switch_mouse(self) -> None:
        """Let the program have the mouse, or leave it to the terminal."""
        self.has_mouse = not self.has_mouse
        with_mouse = self.language.gettext("The wheel scrolls, a click chooses; Shift selects text as usual.")
        without = self.language.gettext("The mouse is the terminal's again: it selects text.")
        self.notices.say(with_mouse if self.has_mouse else without)

    def focus_reported(self, *, has_focus: bool) -> None:
        """The terminal tells whether it has the focus."""
        self.attention.has_focus = has_focus
        self.look()

    def switch_layout(self) -> None:
        """Go from bubbles to compact lines, or back."""
        self._terminal.switch_layout()
        self.talk.turned()

    def switch_quiet(self) -> None:
        """Be called by nothing, or again."""
        quiet, loud = (
            self.language.gettext("No bell and no notification until /quiet again."),
            self.language.gettext("Bell and notification call you again."),
        )
        self.notices.say(quiet if self._terminal.switch_quiet() else loud)

    def edit(self) -> None:
        """Have what is being written edited in the person's own editor, as VISUAL or EDITOR names it."""
        if self.conversation is not None and not self.choosing.is_finding:
            self._terminal.edit()

    def change_password(self) -> None:
        """Ask for another password, in place of the chat: nothing of that is seen meanwhile."""
        self.choosing.turned()
        self.talk.turned()
        self._terminal.ask_for_password()

    def stop(self) -> None:
        """Give the terminal back to the shell until it lets the program go on."""
        self._terminal.stop()

    def log_in(self) -> None:
        """Go to the log-in where the session has ended; offline, try at once."""
        if not self.connect() and self.connection.phase is ConnectionPhase.ONLINE:
            self.notices.say(self.language.gettext("You are logged in; /logout ends the session."))

    # ---- within

    def _sought(self, text: str) -> None:
        self.choosing.seek("" if text.startswith("/") else text)
