"""A desk without a toolkit and without a client: both write down what they are asked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from chatcore import (
    GENERAL,
    ChatError,
    ClientId,
    ConnectionPhase,
    ConnectionState,
    ConversationId,
    Item,
    ItemState,
    Reset,
    Row,
    User,
    UserId,
)
from chatcore.domain.messages import Last
from chatcore.view.attention import Attention
from chatcore.view.commands import Count, Done
from chatcore.view.desk import Desk
from chatcore.view.drafts import Drafts
from chatcore.view.language import ENGLISH
from chatcore.view.viewer import Viewer

ME, BOB_ID = UserId("alice"), UserId("bob")
ONLINE = ConnectionState(ConnectionPhase.ONLINE)
ENDED = ConnectionState(ConnectionPhase.LOGGED_OUT, code="logged_out")


def row(name: str, unread: int = 0, newest: int = 0) -> Row:
    last = Last(newest, UserId(name), "the last one", 0, newest) if newest else None
    return Row(ConversationId(name), name, UserId(name), unread=unread, last=last)


BOB, CAROL, DORA = row("bob"), row("carol"), row("dora", unread=2, newest=9)
ALL = Row(GENERAL, "general")


def item(seq: int | None, state: ItemState = ItemState.READ, *, sender: UserId = BOB_ID, name: str = "") -> Item:
    return Item(BOB.conversation, seq, ClientId(name or f"c{seq}"), sender, f"text {seq}", 0, state)


class Asked:
    """Commands that are written down. Who tests answers them, as another thread would; some answer by themselves."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.answers: list[Callable[..., None]] = []
        "Of those that wait for one, in order."
        self.refusal: ChatError | None = None
        "What a client in the same loop says to whatever it is asked."
        self.is_complete = True
        self.is_at_beginning = False

    def take(self) -> list[tuple[object, ...]]:
        """Return what was asked since the last time."""
        calls, self.calls = self.calls, []
        return calls

    def answer(self, *with_: object) -> None:
        """Answer what has waited longest."""
        self.answers.pop(0)(*with_)

    def _ask(self, answer: Callable[..., None], *call: object) -> None:
        self.calls.append(call)
        if self.refusal is not None:
            answer(self.refusal)
        else:
            self.answers.append(answer)

    def opened(self, conversation: ConversationId | None) -> None:
        self.calls.append(("opened", conversation))

    def window_active(self, active: bool) -> None:
        self.calls.append(("active", active))

    def visible(self, conversation: ConversationId, seqs: Collection[int]) -> None:
        self.calls.append(("visible", conversation, tuple(seqs)))

    def reconnect(self) -> None:
        self.calls.append(("reconnect",))

    def post(self, conversation: ConversationId, text: str, done: Done) -> None:
        self._ask(done, "post", conversation, text)

    def retry(self, client_id: ClientId, done: Done) -> None:
        self._ask(done, "retry", client_id)

    def discard(self, client_id: ClientId, done: Done) -> None:
        self._ask(done, "discard", client_id)

    def set_display_name(self, name: str | None, done: Done) -> None:
        self.calls.append(("set_display_name", name))
        self.answers.append(done)

    def change_password(self, password: str, new_password: str, done: Done) -> None:
        self._ask(done, "change password", password, new_password)

    def load_older(self, conversation: ConversationId, limit: int, done: Done) -> None:
        self._ask(done, "older", conversation, limit)

    def read_all(self, conversation: ConversationId, newest: int, done: Done) -> None:
        self._ask(done, "read all", conversation, newest)

    def ask_if_at_beginning(self, conversation: ConversationId, told: Callable[[bool], None]) -> None:
        told(self.is_at_beginning)

    def ask_if_complete(self, told: Callable[[bool], None]) -> None:
        told(self.is_complete)

    def ask_for(self, name: str, told: Callable[[ConversationId | None, ChatError | None], None]) -> None:
        self._ask(told, "who", name)

    def leave(self, sending: Count, left: Callable[[int, int], None]) -> None:
        self.calls.append(("leave",))
        self.answers += [sending, left]

    def log_out(self, sending: Count, done: Done) -> None:
        self.calls.append(("log out",))
        self.answers += [sending, done]


class Shown:
    """A toolkit that shows nothing: where it was turned to, and where the keyboard is. A message is one line high."""

    def __init__(self) -> None:
        self.is_narrow, self.shows_list, self.shows_talk = False, True, True
        self.drawings: list[str] = []
        self.revealed: ConversationId | None = None
        self.sought, self.copied, self.rung = "", "", 0
        self.called = ("", "")
        self.ends: list[str] = []
        "What happened to the session or the program."
        self.focused = 0
        "How often the keyboard was put where it belongs."
        self.height, self.line = 3, 1
        self.text = ""

    def redraw_list(self) -> None:
        self.drawings.append("list")

    def redraw_talk(self) -> None:
        self.drawings.append("talk")

    def redraw_bars(self) -> None:
        self.drawings.append("bars")

    def reveal(self, conversation: ConversationId | None) -> None:
        self.revealed = conversation

    def turn(self) -> None:
        pass

    def focus(self) -> None:
        self.focused += 1

    def show_sought(self, text: str) -> None:
        self.sought = text

    def copy(self, text: str) -> None:
        self.copied = text

    def ring(self, title: str, words: str) -> None:
        self.rung += 1
        self.called = (title, words)

    def session_ended(self) -> None:
        self.ends.append("session ended")

    def show_login(self) -> None:
        self.ends.append("log-in")

    def quit(self, words: str) -> None:
        self.ends.append(f"quit {words}".strip())

    def height_of(self, index: int) -> int:
        return 1

    # ---- the composer

    @property
    def unsent(self) -> str:
        return self.text

    def show(self, text: str) -> None:
        self.text = text

    def sent(self) -> None:
        self.text = ""

    def give_back(self, text: str) -> None:
        self.text = "\n".join(filter(None, (text, self.text)))


class AtDesk:
    """Alice at her desk, online, with a list; somebody looks. Her clock stands still until she lets it go on."""

    def __init__(self, *rows: Row, is_online: bool = True) -> None:
        self.seconds = 0.0
        self.day = 1
        self.asked, self.screen = Asked(), Shown()
        self.viewer = Viewer(ENGLISH, lambda: datetime(2024, 5, self.day, tzinfo=UTC))
        self.desk = Desk(
            self.asked,
            self.screen,
            self.screen,
            self.screen,
            self.viewer,
            lambda: self.seconds,
            Attention(0.0, has_focus=True),
        )
        self.desk.begin(Drafts())
        self.desk.look()
        if is_online:
            self.desk.logged_in(User(ME, "alice", 1, 1))
            self.desk.connection_changed(ONLINE)
        if rows:
            self.desk.rows_changed([Reset(rows)])
        self.asked.take()

    def open_with(self, *items: Item) -> None:
        """Open the conversation with Bob, which has these messages, and have it drawn."""
        self.desk.open(self.viewer.people.row(BOB.conversation))
        self.desk.timeline_changed(BOB.conversation, [Reset(items)])
        self.draw()

    def draw(self) -> list[int | None]:
        """Draw the open conversation; return the seqs in view."""
        slices = self.desk.talk.draw(0)
        self.desk.drawn()
        view = self.desk.view
        return [view.items[part.index].seq for part in slices] if view else []

    @property
    def said(self) -> str:
        return self.desk.said
