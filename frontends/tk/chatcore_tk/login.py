"""The log-in: server, name and password, to log in or to register, with each error beside its field."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from chatcore import ChatError, NameTaken
from chatcore.view.credentials import Credentials, advice, field_of
from chatcore.view.language import Language
from chatcore.view.sentences import cause_text

from .editing import prepare_line
from .look import Look
from .scrolled import Scrolled

Submit = Callable[[Credentials], None]

WRAP = 340


class LogIn(ttk.Frame):
    """A form in the middle of the window."""

    def __init__(self, master: tk.Misc, language: Language, look: Look, submit: Submit) -> None:
        super().__init__(master)
        self._language, self._look, self._submit = language, look, submit
        self.on_give_up: Callable[[], None] = lambda: None
        "Is called when somebody goes on writing while an answer is waited for: it is about what they wrote before."
        self._tried: tuple[str, ...] = ()
        "What was filled in and is being tried."
        self._left_at = ""
        "Where the keyboard was then."
        scrolled = Scrolled(self, look, middle=0.42)
        scrolled.pack(fill="both", expand=True)
        self._form = scrolled.inner
        self._errors: dict[str, ttk.Label] = {}
        self._texts: list[tk.StringVar] = []
        ttk.Label(self._form, text="chatcore", style="Title.TLabel").pack(pady=(0, look.px(12)))
        self.server = self._field("server", language.gettext("Server"))
        self.name = self._field("name", language.gettext("Name"))
        self.password = self._field("password", language.gettext("Password"), show="•")
        self._buttons()
        self._error_label("form")
        scrolled.follow()

    def fill(self, server: str, name: str, *, is_new: bool = False) -> None:
        """Write what is known already, and go to the first field that is empty; who `is_new` registers with Enter."""
        self._choose(self.register_button if is_new else self.log_in_button)
        for field, text in ((self.server, server), (self.name, name), (self.password, "")):
            field.delete(0, "end")
            field.insert(0, text)
        self.blame("form", "")
        self.enable()
        self.go_to_empty()

    def go_to_empty(self) -> None:
        """Go to the first field that is empty."""
        fields = (self.server, self.name, self.password)
        next(field for field in fields if field is self.password or not field.get()).focus_set()

    def blame(self, field: str, sentence: str, advice: str = "") -> None:
        """Say what is wrong beside one field, and nothing beside the others; below all, what to do."""
        for name, label in self._errors.items():
            said = sentence if name == field else advice if name == "form" else ""
            label.configure(text=said)
            if said:
                label.pack(fill="x")
            else:
                label.pack_forget()

    def refuse(self, error: ChatError) -> None:
        """Say why it did not work; everything typed stays."""
        field = field_of(error) or "form"
        field = field if field in self._errors else "form"
        self.enable()
        if isinstance(error, NameTaken):
            self._choose(self.log_in_button)
        self.blame(field, cause_text(error, self._language), advice(error, self._language))
        if self._keyboard() == self._left_at:
            {"server": self.server, "name": self.name}.get(field, self.password).focus_set()

    def enable(self, *, busy: bool = False) -> None:
        """Let the buttons be pressed, or not while an answer is waited for."""
        self._tried = ()
        for button in (self.log_in_button, self.register_button):
            button.state(["disabled" if busy else "!disabled"])
        self._waiting.configure(text=self._language.gettext("connecting…") if busy else "")

    def _choose(self, button: ttk.Button) -> None:
        """Make a button the one that Enter presses."""
        self._default = button
        self._style()

    def _style(self) -> None:
        for button in (self.log_in_button, self.register_button):
            self._look.theme.style_of(button, is_default=button is self._default)

    def _keyboard(self) -> str:
        return str(self.tk.call("focus"))

    def _written(self) -> tuple[str, ...]:
        return tuple(field.get() for field in (self.server, self.name, self.password))

    def _changed(self) -> None:
        if self._tried and self._written() != self._tried:
            self.enable()
            self.blame("form", "")
            self.on_give_up()

    def _field(self, name: str, label: str, show: str = "") -> ttk.Entry:
        ttk.Label(self._form, text=label).pack(fill="x", pady=(self._look.px(8), self._look.px(2)))
        frame = ttk.Frame(self._form)
        frame.pack(fill="x")
        text = tk.StringVar(self)
        entry = ttk.Entry(frame, width=36, show=show, textvariable=text)
        entry.pack(fill="x")
        prepare_line(entry)
        entry.bind("<Return>", lambda _event: self._go_on(entry))
        text.trace_add("write", lambda *_names: self._changed())
        self._texts.append(text)
        self._errors[name] = ttk.Label(frame, style="Error.TLabel", wraplength=self._look.px(WRAP))
        return entry

    def _error_label(self, name: str) -> None:
        frame = ttk.Frame(self._form)
        frame.pack(fill="x", pady=(self._look.px(8), 0))
        self._errors[name] = ttk.Label(frame, style="Error.TLabel", wraplength=self._look.px(WRAP))
        self._waiting = ttk.Label(frame, style="Faint.TLabel")
        self._waiting.pack()

    def _buttons(self) -> None:
        frame = ttk.Frame(self._form)
        frame.pack(fill="x", pady=(self._look.px(16), 0))
        say = self._language.gettext
        self.log_in_button = ttk.Button(frame, text=say("Log in"), command=lambda: self._send(is_new=False))
        self.register_button = ttk.Button(frame, text=say("Register"), command=lambda: self._send(is_new=True))
        for button in (self.log_in_button, self.register_button):
            button.pack(side="left", fill="x", expand=True, padx=self._look.px(2))
            button.bind("<Return>", lambda _event, button=button: button.invoke())  # type: ignore[misc]
        self._default = self.log_in_button
        self._look.theme.on_change(self._style)

    def _go_on(self, entry: ttk.Entry) -> None:
        """Go to the next empty field, or do what Enter does where there is none."""
        empty = next((field for field in (self.server, self.name, self.password) if not field.get().strip()), None)
        if empty is None:
            self._default.invoke()
        else:
            (empty if empty is not entry else entry).focus_set()

    def _send(self, *, is_new: bool) -> None:
        credentials = Credentials(self.server.get().strip(), self.name.get().strip(), self.password.get(), is_new)
        wrong = credentials.wrong_field(self._language)
        self.blame(*(wrong or ("form", "")))
        if wrong is None:
            self.enable(busy=True)
            self._tried, self._left_at = self._written(), self._keyboard()
            self._submit(credentials)
