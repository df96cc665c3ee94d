"""The strip that offers to start a server on this machine where none listens."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from chatcore.view.language import Language
from chatcore.view.sentences import sentence, server_goes_on

from .look import Look
from .starter import Starter


class Offer(ttk.Frame):
    """Is there from the moment when no server was found until one is started, found, or not wanted."""

    def __init__(self, master: tk.Misc, language: Language, look: Look, starter: Starter) -> None:
        super().__init__(master, style="Banner.TFrame")
        self._language, self._starter = language, starter
        self._server = ""
        self.on_end: Callable[[], None] = lambda: None
        "Is called when the strip has gone and the keyboard was in it, and is nowhere now."
        px = look.px
        self.label = ttk.Label(self, style="Banner.TLabel")
        self.start_button = ttk.Button(self, text=language.gettext("Start one here"), command=self._start)
        self._leave_button = ttk.Button(self, text=language.gettext("Go on without"), command=self._end)
        self.columnconfigure(0, weight=1)
        self._buttons = (self.start_button, self._leave_button)
        for column, button in enumerate(self._buttons, 1):
            button.grid(row=0, column=column, padx=(0, px(8)), pady=px(6))
            button.bind("<Return>", lambda _event, button=button: button.invoke())  # type: ignore[misc]
        self.label.grid(row=0, column=0, sticky="ew", padx=px(12), pady=px(6))
        self.bind("<Configure>", lambda event: self._arrange(event.width))
        self.label.bind("<Configure>", lambda event: self.label.configure(wraplength=event.width))
        look.theme.on_change(lambda: look.theme.style_of(self.start_button))

    def look(self, server: str) -> None:
        """Offer it as soon as it is known that no server listens at this address."""
        self._server = server
        self._starter.look_for(server, self._show)

    @property
    def running(self) -> str:
        """A sentence on the server that was started from here and still runs; empty where none does."""
        process = self._starter.running
        return "" if process is None else server_goes_on(process, self._language)

    def withdraw(self) -> None:
        """There is a server: nothing is to be offered."""
        if self.winfo_manager():
            self._end()

    def _show(self) -> None:
        say = self._language.gettext
        self._tell(
            sentence(say("No server listens at {server}").format(server=self._server)),
            say(
                "One that is started here goes on running in the background when you leave, "
                "until `chatcore-server stop`."
            ),
        )
        self.pack(side="top", fill="x", before=self.master.pack_slaves()[0])

    def _arrange(self, width: int) -> None:
        """Put the buttons below the sentences where they would take most of the width."""
        is_narrow = sum(button.winfo_reqwidth() for button in self._buttons) > width // 2
        self.label.grid(columnspan=3 if is_narrow else 1)
        for button in self._buttons:
            button.grid(row=int(is_narrow))

    def _start(self) -> None:
        self._enable(wanted=False)
        self._tell(self._language.gettext("Starting…"))
        self._starter.start(self._server, self._started)

    def _started(self, trouble: str) -> None:
        self._enable(wanted=True)
        if trouble:
            self._tell(sentence(trouble))
        else:
            self._end()

    def _end(self) -> None:
        focused = str(self.tk.call("focus"))
        self.pack_forget()
        if focused.startswith(f"{self}."):
            self.on_end()

    def _tell(self, *sentences: str) -> None:
        self.label.configure(text="\n".join(sentences))

    def _enable(self, *, wanted: bool) -> None:
        self.start_button.state(["!disabled" if wanted else "disabled"])
