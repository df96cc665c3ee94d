"""The window: the log-in or the chat, the session behind it, and the way out."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

import attrs

from chatcore import ChatError, ConnectionState, Token, User
from chatcore.home.accounts import account_key
from chatcore.home.entry import Entry
from chatcore.home.profiles import DEFAULT_SERVER, Profile
from chatcore.view.credentials import Credentials
from chatcore.view.language import Language
from chatcore.view.sentences import connection_reason, waits_for
from chatcore.view.viewer import Viewer

from .accounts import Accounts
from .actions import Actions
from .browser import open_link
from .chat_pane import ChatPane
from .desk import WindowDesk
from .help import Help
from .keys import bind, bind_quit, bind_standard
from .line import Line
from .login import LogInPane
from .look import Look
from .looking import Looking
from .menus import Menus
from .notification import Notifications
from .offer import Offer
from .password_window import PasswordWindow
from .settings import Settings, SettingsFile
from .starter import Starter
from .urgency import Urgency
from .window_state import WindowState

TOUCH = "ChatcoreTouch"
READING_MS = 3000
"""How long a last sentence is shown."""


class Window:
    """Puts the widgets of one window together, and is what is `Around` the desk in it."""

    def __init__(
        self,
        root: tk.Tk,
        *,
        line: Line,
        starter: Starter,
        look: Look,
        viewer: Viewer,
        monotonic: Callable[[], float],
        entry: Entry,
        settings_file: SettingsFile,
    ) -> None:
        self.root = root
        self._line, self._look, self._viewer = line, look, viewer
        self._entry = entry
        self._is_over = False
        self._unsaid = ""
        "What is wrong, to be said as soon as the chat is shown."
        self._profile = Profile(DEFAULT_SERVER, "")
        "Who is in the chat, or about to be, as far as that is known."
        self._owner = ""
        "Whose everything is that the screen keeps: a user on a server."
        self.on_filled: Callable[[], None] = lambda: None
        "Is called when there is something to see, at the latest a second after the beginning."
        self.server = DEFAULT_SERVER
        self.offer = Offer(root, viewer.language, look, starter)
        self._holder = ttk.Frame(root)
        self._holder.pack(fill="both", expand=True)
        self.login = LogInPane(self._holder, viewer.language, look, self._enter, line.hang_up)
        self.screen = ChatPane(self._holder, viewer, look)
        self.desk = WindowDesk(line, self.screen, viewer, monotonic, self)
        self.state = WindowState(root, self.screen, look, settings_file)
        self._notifications, self._urgency = Notifications(), Urgency(root)
        self._looking = Looking(root, self.desk)
        self.actions = Actions(self.desk, look, self.close)
        self.actions.look_chosen = self.state.choose_look
        if self._notifications.are_possible:
            self.actions.notifies = lambda: self.state.settings.notifies
            self.actions.switch_notifications = self.switch_notifications
        if self._urgency.is_possible:
            self.actions.urges = lambda: self.state.settings.urges
            self.actions.switch_urgency = self.switch_urgency
        self.actions.local_server = lambda: self.offer.running
        self.login.accounts = self.actions.accounts = Accounts(
            viewer.language, entry.known, self._is_shown, self.go_to, self.add_account
        )
        Menus(self.actions)
        Help(self.actions)
        self.password = PasswordWindow(self.actions, line)
        self._bind()

    @property
    def language(self) -> Language:
        """The language of the window."""
        return self._viewer.language

    # ---- coming and going

    def begin(self, settings: Settings, server: str | None, name: str | None, trouble: str) -> None:
        """Go on with the session that was used last, of this server and name where they are given; or log in.

        `trouble` is a sentence about what could not be read.
        """
        self.state.begin(settings)
        found = self._entry.find(server, name)
        self._begin_as(found.profile, found.trouble or trouble, is_new=found.is_new)

    def close(self) -> None:
        """Leave when what is on its way is sent, or it is said what is not; at once when asked again.

        The session stays.
        """
        if self._is_in_chat:
            self.desk.quit()
        else:
            self.end()

    def quit(self, words: str) -> None:
        """Leave, with these last words where there are any."""
        if words:
            self.desk.notices.say(words)
            self.root.after(READING_MS, self.end)
        else:
            self.end()

    def end(self) -> None:
        """Leave at once; the session stays."""
        if self._is_over:
            return
        self._is_over = True
        try:
            self._note_opened()
            self.desk.end()
            self.state.save()
        finally:
            self._line.hang_up()
            self.root.destroy()

    def tick(self) -> None:
        """A second has passed."""
        self.filled()
        self.desk.tick()

    def filled(self) -> None:
        """There is something to see."""
        self.on_filled()

    # ---- sessions

    def go_to(self, profile: Profile) -> None:
        """Go to another account when what is on its way is sent; at once when asked again. Nobody is logged out."""

        def go(words: str) -> None:
            now = self._entry.find(profile.server, profile.name).profile  # another program may have changed it
            trouble = self._entry.remember(now) if now.token else ""
            self._begin_as(now, f"{words} {trouble}".strip())

        if not self._is_shown(profile):
            self._leave(go)

    def add_account(self) -> None:
        """Ask for another account in the same manner."""
        self._leave(lambda words: self._show_form("", words))

    def _leave(self, then: Callable[[str], None]) -> None:
        """Put everything of the account that is shown away; `then` gets what there is to say of it."""

        def left(kept: int) -> None:
            self._note_opened()
            self.desk.writing.save()
            then(waits_for(self._name, kept, self.language))

        if self._is_in_chat and not self.desk.has_ended:
            self.desk.leaving.leave(left)
        else:
            then("")

    def _is_shown(self, profile: Profile) -> bool:
        """Return whether it is the account in the chat."""
        return self._is_in_chat and profile.is_of(self.server, self._name)

    def _begin_as(self, profile: Profile, words: str, *, is_new: bool = False) -> None:
        """Go on with the session of a profile, or log in where it has none; with what there is to say."""
        self.server = profile.server
        self.offer.withdraw()
        if profile.token:
            self._unsaid = words
            self.resume(profile)
        else:
            self._show_form(profile.name, words, is_new=is_new)
        self.offer.look(self.server)

    def resume(self, profile: Profile) -> None:
        """Go on with the session of a profile."""
        self._begin_desk(attrs.evolve(profile, server=self.server))
        self.screen.me.show(profile.name)
        self._line.resume(self._profile, self.desk)
        self._show_chat()

    def logged_in(self, user: User, token: Token | None) -> None:
        """The session is open: the next start goes on with it."""
        self.offer.withdraw()
        former = self._profile
        self._profile = former.entered(user, token)
        self.desk.notices.add(self._entry.remember(self._profile, formerly=former.name))

    def call(self, title: str, words: str) -> None:
        """Have the desktop notify, and the task bar mark the window, where that is wanted."""
        if self.state.settings.notifies:
            self._notifications.show(title, words)
        if self.state.settings.urges and not self.root.tk.call("focus"):
            self._urgency.show(wanted=True)

    def switch_urgency(self) -> None:
        """Have the task bar mark the window from now on, or no longer."""
        self.state.settings = attrs.evolve(self.state.settings, urges=not self.state.settings.urges)

    def switch_notifications(self) -> None:
        """Have the desktop notify from now on, or no longer."""
        self.state.settings = attrs.evolve(self.state.settings, notifies=not self.state.settings.notifies)

    def offline(self, state: ConnectionState) -> None:
        """Say at once why the log-in takes so long; it goes on trying."""
        self.login.logic.cut_off(connection_reason(state, self.language))

    def session_ended(self) -> None:
        """There is no session any more: the next start asks for the password."""
        if self._is_in_chat:  # else a log-in was refused: the form says so
            self._note_opened()
            self._unsaid = self._entry.forget_session(self._profile)

    def show_login(self) -> None:
        """Go from the chat to the log-in, which says why; the next session begins with what was typed here."""
        if self._is_in_chat:
            reason = connection_reason(self.desk.connection, self.language)
            unsaid, self._unsaid = self._unsaid, ""
            self._show_form(self._name, f"{reason} {unsaid}".strip())

    @property
    def _is_in_chat(self) -> bool:
        """Whether the chat is shown, and not the log-in."""
        return bool(self.screen.winfo_manager())

    @property
    def _name(self) -> str:
        """Who is in the chat."""
        return self._viewer.me.name if self._viewer.me else self.screen.me.name

    def _enter(self, credentials: Credentials) -> None:
        self.server = credentials.server
        self._begin_desk(Profile(credentials.server, credentials.name))
        self._line.enter(credentials, self.desk, self._entered)

    def _entered(self, error: ChatError | None) -> None:
        if error is None:
            self._show_chat()
        else:
            self._line.hang_up()
            self.login.logic.refused(error)

    def _begin_desk(self, profile: Profile) -> None:
        self.password.leave()  # what was begun there is about another session
        key = account_key(profile.server, profile.name)
        if key != self._owner:
            self.screen.forget_copied()
        self._owner, self._profile = key, profile
        self.screen.me.show("")
        self.screen.my_portrait.show("", None)
        self.desk.begin(self._entry.drafts(profile), self.state.opened(key))

    def _note_opened(self) -> None:
        if self._viewer.me:
            self.state.note_opened(account_key(self.server, self._viewer.me.name), self.desk.conversation)

    # ---- the window itself

    def title(self, words: str) -> None:
        """Have this above the chat; the log-in has a title of its own."""
        if self._is_in_chat and words != self.root.title():
            self.root.title(words)

    def go_on(self) -> None:
        """Put the keyboard back where it is of use."""
        if self.login.winfo_ismapped():
            self.login.logic.go_to_empty()
        else:
            self.desk.focus()

    def _show_form(self, name: str, sentence: str = "", *, is_new: bool = False) -> None:
        """Show the log-in, with what there is to say. `is_new`: nobody who uses it has logged in here before."""
        self._line.hang_up()
        self.password.leave()
        self.screen.pack_forget()
        self.login.pack(fill="both", expand=True)
        self.login.begin(self.server, name, sentence, is_new=is_new)
        self.root.title("chatcore")
        self.filled()

    def _show_chat(self) -> None:
        self.login.pack_forget()
        self.screen.pack(fill="both", expand=True)
        self.title(self.desk.title)
        self.desk.focus()
        self._looking.soon()
        self.desk.notices.add(self._unsaid)
        self._unsaid = ""
        self.desk.notices.add(self.state.hint_at_fonts(self.language))

    def _bind(self) -> None:
        screen, desk = self.screen, self.desk
        screen.composer.button.configure(command=desk.send)
        screen.back.configure(command=desk.choosing.find)
        screen.jump.configure(command=desk.talk.to_newest)
        screen.timeline.on_open = open_link
        screen.day.on_go, screen.day.on_end = desk.to_day, desk.focus
        screen.own_name.on_go, screen.own_name.on_end = desk.show_me_as, desk.focus
        screen.to_unread.configure(command=desk.to_unread)
        screen.read_all.configure(command=desk.read_all_pressed)
        screen.banner.button.configure(command=desk.connect)
        screen.notice.on_press = desk.notices.clear
        self.offer.on_end = self.go_on
        self.root.bind("<FocusIn>", lambda _event: self._urgency.show(wanted=False), add=True)
        for field in (screen.filter, screen.composer.field):
            field.bind("<FocusIn>", lambda _event: desk.keyboard_moved(), add=True)
        focusable = (screen.composer.field, screen.filter, screen.menu_button, screen.back, screen.timeline.sheet)
        bind(self.actions, (*focusable, screen.roster.sheet))
        bind_standard(self.root)
        bind_quit(self.root, self.close)
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        for event in ("<KeyPress>", "<ButtonPress>"):
            screen.bind_class(TOUCH, event, lambda _event: desk.touched())
        self._hear(screen)

    def _hear(self, widget: tk.Misc) -> None:
        """Be told of each key and press in a widget and in those within it, before anything is done with it."""
        widget.bindtags((TOUCH, *widget.bindtags()))
        for child in widget.winfo_children():
            self._hear(child)
