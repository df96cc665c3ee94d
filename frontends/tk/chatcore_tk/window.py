"""The window: the log-in or the chat, its title and place, who looks at it, and the way out."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from contextlib import suppress
from tkinter import ttk

import attrs

from chatcore import ChatError
from chatcore.client.connection_state import ConnectionState
from chatcore.domain.ids import ConversationId, Token
from chatcore.domain.users import User
from chatcore.home.accounts import account_key
from chatcore.home.profiles import DEFAULT_SERVER, Profile
from chatcore.view.attention import Attention
from chatcore.view.credentials import Credentials
from chatcore.view.days import Calendar
from chatcore.view.drafts import Drafts
from chatcore.view.language import Language
from chatcore.view.sentences import connection_reason, left_behind, sending, would_be_lost

from .actions import Actions
from .desk import Desk
from .files import Files
from .fonts import has_smooth_fonts
from .help import Help
from .keys import bind, bind_quit, bind_standard
from .line import Line
from .login import LogIn
from .look import Look
from .menus import Menus
from .offer import Offer
from .placing import Room, placed
from .screen import Screen
from .settings import BadSettings, Settings, SettingsFile
from .starter import Starter
from .viewer import Viewer

SIZE = (980, 640)
TOUCH = "ChatcoreTouch"
READING_MS = 3000
"""So long a last sentence is shown."""

SMALLEST = (360, 320)
"""Pixels of the design."""


class Window:
    """Puts the widgets of one window together."""

    def __init__(
        self,
        root: tk.Tk,
        *,
        line: Line,
        starter: Starter,
        look: Look,
        viewer: Viewer,
        monotonic: Callable[[], float],
        files: Files,
    ) -> None:
        self.root = root
        self._line, self._look, self._viewer = line, look, viewer
        self._monotonic = monotonic
        self._calendar = Calendar(viewer.now)
        self._attention = Attention(monotonic(), has_focus=False)
        self._is_covered = False
        self._entry, self._file = files.entry, files.settings
        self.settings = Settings()
        self._is_leaving = self._is_over = False
        self._unsaid = ""
        "What is wrong, to be said as soon as the chat is shown."
        self.server = DEFAULT_SERVER
        self.offer = Offer(root, viewer.language, look, starter)
        self._holder = ttk.Frame(root)
        self._holder.pack(fill="both", expand=True)
        self.login = LogIn(self._holder, viewer.language, look, self._enter)
        self.screen = Screen(self._holder, viewer, look, monotonic)
        self.desk = Desk(line, self.screen, viewer)
        self.actions = Actions(self.desk, line, look, viewer.language, self.close)
        Menus(self.actions)
        Help(self.actions)
        self._bind()

    # ---- coming and going

    def begin(self, settings: Settings, server: str | None, name: str | None, trouble: str) -> None:
        """Go on with the session that was used last, of this server and name where they are given; or log in.

        `trouble` is a sentence about what could not be read.
        """
        self.settings = settings
        self._place()
        found = self._entry.find(server, name)
        trouble = found.trouble or trouble
        self.server = found.profile.server
        if found.profile.token:
            self._unsaid = trouble
            self._resume(found.profile)
        else:
            self.show_login(found.profile.name, trouble, is_new=found.is_new)
        self.offer.look(self.server)

    def close(self) -> None:
        """Leave when what is on its way is sent, or it is said what is not; at once when asked again.

        The session stays.
        """
        if self._is_leaving:
            self.end()
            return
        self._is_leaving = True
        self._line.leave(self._sending, self._left)

    def _sending(self, count: int) -> None:
        self.screen.notice.say(sending(count, self.language))

    def _left(self, kept: int, lost: int) -> None:
        if not (kept or lost) or not self.screen.winfo_ismapped():
            self.end()
        elif lost:
            self.screen.notice.say(would_be_lost(lost, self.language))
        else:
            self.screen.notice.say(left_behind(kept, lost, self.language))
            self.root.after(READING_MS, self.end)

    def end(self) -> None:
        """Leave at once; the session stays."""
        if self._is_over:
            return
        self._is_over = True
        try:
            self.screen.composer.belong_to(Drafts())
            self._save()
        finally:
            self._line.hang_up()
            self.root.destroy()

    def show_login(self, name: str, sentence: str = "", *, is_new: bool = False) -> None:
        """Show the log-in, with what there is to say. `is_new`: nobody who uses it has logged in here before."""
        self._line.hang_up()
        self.screen.pack_forget()
        self.login.pack(fill="both", expand=True)
        self.login.fill(self.server, name, is_new=is_new)
        self.login.blame("form", sentence)
        self.root.title("chatcore")

    def show_chat(self) -> None:
        """Show the chat."""
        self.login.pack_forget()
        self.screen.pack(fill="both", expand=True)
        self.desk.focus()
        self.root.after_idle(self.look)
        if self._unsaid:
            self.screen.notice.add(self._unsaid)
            self._unsaid = ""
        self._hint_at_fonts()

    @property
    def language(self) -> Language:
        """The language of the window."""
        return self._viewer.language

    # ---- sessions

    def _resume(self, profile: Profile) -> None:
        self._begin_desk(profile.name)
        self.screen.me.show(profile.name)
        self._line.resume(attrs.evolve(profile, server=self.server), self.desk)
        self.show_chat()

    def _enter(self, credentials: Credentials) -> None:
        self.server = credentials.server
        self._begin_desk(credentials.name)
        self._line.enter(credentials, self.desk, self._entered)

    def _entered(self, error: ChatError | None) -> None:
        if error is None:
            self.show_chat()
        else:
            self._line.hang_up()
            self.login.refuse(error)

    def _offline(self, state: ConnectionState) -> None:
        """Say at once why the log-in takes so long; it goes on trying."""
        if self.login.winfo_ismapped():
            self.login.blame("server", connection_reason(state, self.language))

    def _go_on(self) -> None:
        """Put the keyboard back where it is of use."""
        if self.login.winfo_ismapped():
            self.login.go_to_empty()
        else:
            self.desk.focus()

    def _begin_desk(self, name: str) -> None:
        wanted = self.settings.opened.get(self._key(name))
        drafts = self._entry.drafts(Profile(self.server, name))
        self.desk.begin(self._key(name), drafts, ConversationId(wanted) if wanted else None)

    def _logged_in(self, user: User, token: Token | None) -> None:
        self.offer.withdraw()
        trouble = self._entry.remember(Profile(self.server, user.name, token))
        if trouble:
            self.screen.notice.add(trouble)

    def _logged_out(self, state: ConnectionState) -> None:
        if not self.screen.winfo_ismapped():
            return  # a log-in was refused: the form says so
        name = self._viewer.me.name if self._viewer.me else self.screen.me.name
        sentence = connection_reason(state, self.language)
        self._remember_opened()
        sentence = f"{sentence} {self._entry.forget_session(self.server, name)}".strip()
        if self.desk.may_turn:
            self.show_login(name, sentence)
        else:
            self.screen.banner.button.configure(command=lambda: self.show_login(name, sentence))

    # ---- the window itself

    def tick(self) -> None:
        """A second has passed: count down to the next try to connect, turn the page at midnight, keep drafts."""
        self.screen.banner.tick()
        self.desk.save()
        if self._calendar.turns():
            self.screen.roster.redraw()
            self.screen.timeline.redraw()

    def look(self) -> None:
        """Find out whether somebody looks at the window: the keyboard is in it, and the chat can be seen."""
        if not self.root.winfo_exists():
            return
        focused = str(self.root.tk.call("focus", "-displayof", "."))
        # Empty where another program has it (a locked screen, too); the help and menus are windows of their own.
        self._attention.has_focus = bool(focused) and str(self.root.tk.call("winfo", "toplevel", focused)) == "."
        self._attention.is_hidden = self._is_covered or not self.screen.winfo_viewable()
        self.desk.look(active=self._attention.holds(self._monotonic()))

    def _covered(self, event: tk.Event[tk.Misc]) -> None:
        """Other windows cover all messages, or no longer do. Where a compositor draws, this is never told."""
        self._is_covered = str(event.state) == "VisibilityFullyObscured"
        self.look()

    def _bind(self) -> None:
        screen, desk = self.screen, self.desk
        desk.on_logged_in, desk.on_logged_out = self._logged_in, self._logged_out
        desk.on_offline, desk.on_title = self._offline, self.root.title
        screen.composer.button.configure(command=desk.send)
        screen.back.configure(command=desk.escape)
        self.offer.on_end, self.login.on_give_up = self._go_on, self._line.hang_up
        screen.jump.configure(command=screen.timeline.to_newest)
        screen.filter.bind("<FocusIn>", lambda _event: screen.roster.mark(seeking=True))
        focusable = (screen.composer.field, screen.filter, screen.menu_button, screen.back, screen.timeline.sheet)
        bind(self.actions, (*focusable, screen.roster.sheet))
        bind_standard(self.root)
        bind_quit(self.root, self.close)
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        for event in ("<FocusIn>", "<FocusOut>", "<Map>", "<Unmap>"):
            self.root.bind(event, lambda _event: self.root.after_idle(self.look))
        screen.timeline.sheet.bind("<Visibility>", self._covered)
        for event in ("<KeyPress>", "<ButtonPress>"):
            screen.bind_class(TOUCH, event, lambda _event: desk.touched())
        self._hear(screen)

    def _hear(self, widget: tk.Misc) -> None:
        """Be told of each key and press in a widget and in those within it, before anything is done with it."""
        widget.bindtags((TOUCH, *widget.bindtags()))
        for child in widget.winfo_children():
            self._hear(child)

    def _place(self) -> None:
        px, settings, root = self._look.px, self.settings, self.root
        room = Room(root.winfo_vrootx(), root.winfo_vrooty(), root.winfo_vrootwidth(), root.winfo_vrootheight())
        smallest = min(px(SMALLEST[0]), room.width), min(px(SMALLEST[1]), room.height)
        root.minsize(*smallest)
        root.geometry(placed(settings.geometry, room, usual=(px(SIZE[0]), px(SIZE[1])), smallest=smallest))
        if settings.list_width:
            self.screen.list_width = settings.list_width

    def _save(self) -> None:
        self._remember_opened()
        settings = attrs.evolve(
            self.settings,
            geometry=self.root.geometry() if self.root.winfo_viewable() else self.settings.geometry,
            dark=self._look.palette.is_dark,
            size=self._look.fonts.size,
            list_width=self.screen.list_width,
        )
        with suppress(OSError):  # the window is on its way out: there is nobody to tell
            self._file.save(settings)

    def _remember_opened(self) -> None:
        if self.desk.conversation and self._viewer.me:
            key = self._key(self._viewer.me.name)
            self.settings = self.settings.with_opened(key, self.desk.conversation)

    def _key(self, name: str) -> str:
        return account_key(self.server, name)

    def _hint_at_fonts(self) -> None:
        """Say once that this Tk draws letters badly, and misses many."""
        if has_smooth_fonts(self.root) or self.settings.knows_of_fonts:
            return
        self.settings = attrs.evolve(self.settings, knows_of_fonts=True)
        self.screen.notice.add(
            self.language.gettext("This Python's Tk has no smooth fonts. The system's own (python3-tk) looks better.")
        )


def read(file: SettingsFile, language: Language) -> tuple[Settings, str]:
    """Read the settings; where they are damaged, begin anew and say so."""
    try:
        return file.load(), ""
    except BadSettings as error:
        sentence = language.gettext("The window's settings cannot be read and begin anew: {file}")
        return Settings(), sentence.format(file=error)
