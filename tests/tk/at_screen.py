"""The chat's screen with its desk in the test's own process, without a client: what that is asked is written down."""

from __future__ import annotations

import tkinter as tk

from chatcore_tk.chat_pane import ChatPane
from chatcore_tk.desk import WindowDesk
from chatcore_tk.look import Look

from chatcore import ConnectionState, Item, Reset, Row, Token, User
from chatcore.testing import VirtualClock
from chatcore.view.drafts import Drafts
from tests.tk.pieces import ME, viewer
from tests.view.at_desk import ONLINE, Asked


class Around:
    """What is around the chat: writes down what it is told."""

    def __init__(self) -> None:
        self.words, self.has_something = "", False
        self.told: list[str] = []

    def title(self, words: str) -> None:
        self.words = words

    def filled(self) -> None:
        self.has_something = True

    def logged_in(self, user: User, token: Token | None) -> None:
        self.told.append(f"logged in {user.name}, with a token: {bool(token)}")

    def call(self, title: str, words: str) -> None:
        self.told.append(f"called: {title}: {words}")

    def offline(self, state: ConnectionState) -> None:
        self.told.append(f"offline {state.code}")

    def session_ended(self) -> None:
        self.told.append("session ended")

    def show_login(self) -> None:
        self.told.append("log-in")

    def quit(self, words: str) -> None:
        self.told.append(f"quit {words}".strip())


class AtScreen:
    """Alice before a chat of 900 by 400 pixels, online, with a list. The clock stands still until it is let go on."""

    def __init__(self, root: tk.Tk, look: Look, *rows: Row) -> None:
        self.root, self.look = root, look
        self.clock, self.asked, self.around = VirtualClock(), Asked(), Around()
        self.viewer = viewer()
        self.screen = ChatPane(root, self.viewer, look)
        self.screen.pack(fill="both", expand=True)
        self.desk = WindowDesk(self.asked, self.screen, self.viewer, self.clock.monotonic, self.around)
        self.desk.begin(Drafts())
        self.resize(900)
        self.desk.logged_in(User(ME, "alice", 1, 1))
        self.desk.connection_changed(ONLINE)
        self.desk.rows_changed([Reset(rows)])
        self.go_on()

    def go_on(self) -> None:
        """Have everything drawn, and looked at for a while."""
        self.root.update()
        self.clock.elapse(1)

    def resize(self, width: int) -> None:
        """Make the window so wide."""
        self.root.geometry(f"{width}x400")
        self.root.update()

    def open_with(self, row: Row, *items: Item) -> None:
        """Open the conversation of a row, which has these messages."""
        self.desk.open(row)
        self.desk.timeline_changed(row.conversation, [Reset(items)])
        self.go_on()
