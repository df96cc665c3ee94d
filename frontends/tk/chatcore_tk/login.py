"""The log-in: server, name and password, to log in or to register, with each error beside its field."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from chatcore.view.credentials import FIELDS, Credentials
from chatcore.view.language import Language
from chatcore.view.login import LogIn

from .accounts import Accounts
from .button_row import add_button_row
from .editing import prepare_line
from .look import Look
from .popup import post_below, styled_menu
from .scrolled import Scrolled

WRAP = 340


class LogInPane(ttk.Frame):
    """A form in the middle of the window."""

    def __init__(
        self,
        master: tk.Misc,
        language: Language,
        look: Look,
        submit: Callable[[Credentials], object],
        give_up: Callable[[], object],
    ) -> None:
        super().__init__(master)
        self._look = look
        self.accounts: Accounts | None = None
        "Those that one can go to from here."
        self._menu: tk.Menu | None = None
        scrolled = Scrolled(self, look, middle=0.42)
        scrolled.pack(fill="both", expand=True)
        self._form = scrolled.inner
        self._errors: dict[str, ttk.Label] = {}
        self._rows: dict[str, tuple[tk.Widget, tk.Widget]] = {}
        "The label of each field, and what is below it."
        self._texts: list[tk.StringVar] = []
        self.logic = LogIn(self, language, submit, give_up)
        ttk.Frame(self._form, width=look.px(WRAP)).pack()  # as wide as what there may be to say: nothing moves for it
        ttk.Label(self._form, text="chatcore", style="Title.TLabel").pack(pady=(0, look.px(12)))
        self.server = self._field("server", language.gettext("Server"))
        self.name = self._field("name", language.gettext("Name"))
        self.password = self._field("password", language.gettext("Password"), show="•")
        self.invitation = self._field("invitation", language.gettext("Invitation"))
        self._fields = dict(zip(FIELDS, (self.server, self.name, self.password, self.invitation), strict=True))
        labels = (language.gettext("Log in"), language.gettext("Register"))
        self.log_in_button, self.register_button = add_button_row(self._form, labels, look, above=16)
        self.log_in_button.configure(command=lambda: self.logic.send(is_new=False))
        self.register_button.configure(command=lambda: self.logic.send(is_new=True))
        self.accounts_button = ttk.Button(self._form, text=language.gettext("Go on as…"), command=self._show_accounts)
        self.accounts_button.bind("<Return>", lambda _event: self._show_accounts())
        self._message = ttk.Label(self._form, wraplength=look.px(WRAP))
        self._message.pack(fill="x", pady=(look.px(8), 0))
        look.theme.on_change(self.redraw)
        scrolled.follow()

    def begin(self, server: str, name: str, message: str = "", *, is_new: bool = False) -> None:
        """Ask who it is, with what is known already and what there is to say."""
        if self.accounts is not None and self.accounts.may_go_on:
            self.accounts_button.pack(fill="x", pady=(self._look.px(8), 0), before=self._message)
        else:
            self.accounts_button.pack_forget()
        for field, text in ((self.server, server), (self.name, name), (self.password, ""), (self.invitation, "")):
            field.delete(0, "end")
            field.insert(0, text)
        self.logic.begin(message, is_new=is_new)

    # ---- what the log-in needs of it

    @property
    def written(self) -> tuple[str, str, str, str]:
        """What stands in the fields."""
        return self.server.get(), self.name.get(), self.password.get(), self.invitation.get()

    @property
    def focused(self) -> object:
        """Where the keyboard is."""
        return str(self.tk.call("focus"))

    def go_to(self, field: str) -> None:
        """Put the keyboard into a field."""
        self._fields[field].focus_set()

    def redraw(self) -> None:
        """Show what the log-in says."""
        logic = self.logic
        for name, label in self._errors.items():
            label.configure(text=logic.errors.get(name, ""))
            if logic.errors.get(name):
                label.pack(fill="x")
            else:
                label.pack_forget()
        self._show_invitation(is_shown=logic.asks_for_invitation)
        self._message.configure(text=logic.message, style="Error.TLabel" if logic.is_wrong else "Faint.TLabel")
        for button in (self.log_in_button, self.register_button):
            self._look.theme.style_of(button, is_default=(button is self.register_button) == logic.is_new)
            button.state(["disabled" if logic.is_busy else "!disabled"])

    # ---- within

    def _show_accounts(self) -> None:
        if self.accounts is not None:
            if self._menu is not None:
                self._menu.destroy()
            self._menu = styled_menu(self, self._look)
            self.accounts.fill(self._menu)
            post_below(self._menu, self.accounts_button)

    def _field(self, name: str, label: str, show: str = "") -> ttk.Entry:
        frame = ttk.Frame(self._form)
        self._rows[name] = ttk.Label(self._form, text=label), frame
        self._pack_row(name)
        text = tk.StringVar(self)
        entry = ttk.Entry(frame, width=36, show=show, textvariable=text)
        entry.pack(fill="x")
        prepare_line(entry)
        entry.bind("<Return>", lambda _event: self.logic.enter(name))
        text.trace_add("write", lambda *_names: self.logic.changed())
        self._texts.append(text)
        self._errors[name] = ttk.Label(frame, style="Error.TLabel", wraplength=self._look.px(WRAP))
        return entry

    def _show_invitation(self, *, is_shown: bool) -> None:
        label, frame = self._rows["invitation"]
        if is_shown:
            self._pack_row("invitation", after=self._rows["password"][1])
        else:
            label.pack_forget()
            frame.pack_forget()

    def _pack_row(self, name: str, after: tk.Widget | None = None) -> None:
        label, frame = self._rows[name]
        label.pack(fill="x", pady=(self._look.px(8), self._look.px(2)))
        if after is not None:
            label.pack(after=after)
        frame.pack(fill="x", after=label)
