"""Keeps a replica in step with the server: takes what comes, and says what is to be pulled.

One rule everywhere: the next one is applied, an older one ignored, anything else means pull. What is to be pulled
follows from the state each time it is asked for, so that a wish that comes up while another is under way is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from ..domain.conversations import Conversation, direct
from ..domain.generations import Point
from ..domain.ids import ConversationId
from ..domain.messages import Message
from ..domain.read_states import Run
from ..domain.tallies import Tally
from ..domain.users import User
from ..ports.cache import Known
from ..ports.storage import Page
from ..wire import frames as f
from .audience import Note
from .directory import Learned
from .holdings import Holdings
from .notes import Notes
from .ordered_rows import OrderedRows
from .outbox import Outbox, Outgoing
from .people import People
from .replica import Replica
from .server_history import Continuity, ServerHistory
from .wishes import WantAfter, WantNewest, WantStretch, WantTallies, WantUsers, Wish

MOST_KEPT = 20_000
"""With more users nothing is kept for a later program: reading it would take longer than asking."""


class Follower:
    """Finds for all that happens the parts of a replica that it concerns; each part keeps itself in order.

    `_people`, `_holdings`, `_rows`
        What `replica` shows; see there.
    `_history`
        To which history of the server all of these belong. With another one they begin anew.
    `_notes`
        What observers are not told yet. Applied to what they were told before, it makes the list and the timelines.
    `_own`
        The user's own messages that came and that nobody has taken yet: these are stored, whatever the outbox thinks.
    `_was_complete`
        Whether everything has been here once in this history: whoever is new since then has registered meanwhile.
    `_is_told_complete`
        Whether observers know that everything is here, since the connection came up.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._history = ServerHistory()
        self._people = People()
        self._holdings = Holdings(outbox)
        self._rows = OrderedRows()
        self.replica: Replica = Replica(self._people, self._holdings, self._rows)
        self._notes = Notes(self._rows, self._holdings)
        self._own: list[Message] = []
        self._was_complete = self._is_told_complete = False

    @property
    def told(self) -> Point | None:
        """What the server told last of its history; None where nothing of it is held."""
        return self._history.point(self._people.directory.told)

    def take_own(self) -> list[Message]:
        """Return the user's own messages that came since the last call, by whatever way: these are stored."""
        own, self._own = self._own, []
        return own

    def take_notes(self) -> list[Note]:
        """Return what the observers are to be told, in order."""
        notes = self._notes.take()
        if self.replica.complete and not self._is_told_complete:
            self._is_told_complete = True
            notes.append(lambda o: o.synced())
        return notes

    # ---- earlier and later programs

    def restore(self, known: Known) -> None:
        """Begin with what an earlier program knew, but for the messages."""
        self.entered(known.me)
        self._history.restore(known.epoch, known.told)
        self._people.restore(known.users, known.told.facts)
        for tally in known.tallies:
            self._holdings.remember(tally)
        me = known.me.id
        partners = {direct(me, user.id) for user in known.users if user.id != me}
        held = partners.union(tally.conversation for tally in known.tallies)
        rows = (self._people.row(self._holdings.tally(conversation)) for conversation in held)
        self._rows.reset(row for row in rows if row is not None)

    def reopen(self, pages: Iterable[Page]) -> None:
        """Begin with the messages that an earlier program had."""
        for page in pages:
            self._hear_own(page.messages)
            self._holdings.reopen(f.Page(0, page.tally, page.messages, page.read, page.receipts, page.more))
        self._holdings.open(None)

    def known(self, at_ms: int) -> Known | None:
        """Return what a later program can begin with; None while something that was heard of is not here yet."""
        me, told, users = self._people.me, self.told, self._people.directory.users
        if me is None or told is None or not self.replica.is_level or len(users) > MOST_KEPT:
            return None
        tallies = tuple(self._holdings.tallies)
        return Known(at_ms, me, self._history.epoch, told, tuple(users), tallies, tuple(self._holdings.pages()))

    # ---- the user's side

    def open(self, conversation: ConversationId | None) -> None:
        """Hold a timeline from now on. The ones opened last are kept, without what was loaded of long ago."""
        self._holdings.open(conversation)

    def written(self, post: Outgoing) -> None:
        """A post was put into the outbox."""
        if timeline := self._holdings.timeline(post.conversation):
            timeline.wait(post.item(self._people.my_id))

    def rewritten(self, post: Outgoing) -> None:
        """A post in the outbox was refused, or is to be tried again."""
        if timeline := self._holdings.timeline(post.conversation):
            timeline.change_waiting(post.item(self._people.my_id))

    def discarded(self, post: Outgoing) -> None:
        """A post was taken out of the outbox without being stored."""
        if timeline := self._holdings.timeline(post.conversation):
            timeline.drop_waiting(post.client_id)

    # ---- the server's side

    def entered(self, user: User) -> bool:
        """The user is logged in. Tells whether it is another one than before: then everything is forgotten."""
        former = self._people.me
        is_other = former is not None and former.id != user.id
        if is_other:
            self.leave()
        self._people.enter(user)
        self._holdings.enter(user.id)
        return is_other

    def leave(self) -> None:
        """Forget everything."""
        self._history = ServerHistory()
        self._people.leave()
        self._holdings.leave()
        self._rows.reset(())

    def snapshot(self, frame: f.Snapshot) -> bool:
        """The connection is up. Tells whether the history is another one: then nothing held before was valid."""
        continuity = self._history.take(frame)
        self._is_told_complete = False
        is_new = continuity in {Continuity.FIRST, Continuity.ANOTHER}
        if is_new:
            self._people.forget_directory()
            self._holdings.begin_anew()
            self._was_complete = False
        elif continuity is Continuity.RENEWED:
            self._holdings.renew()
        self._people.directory.hear(frame.point.facts)
        self._note_presence(self._people.present(frame.active))
        self._holdings.walk.begin()
        for tally in (frame.general, *frame.tallies):
            self.counted(tally)
        self._holdings.refresh()
        if is_new:
            row = self._people.row(self._holdings.tally(frame.general.conversation))
            self._rows.reset(() if row is None else (row,))
        return continuity is Continuity.ANOTHER

    def doubt(self) -> None:
        """What is held contradicts what the server says: the next snapshot begins everything anew."""
        self._history = ServerHistory()

    def connection_lost(self) -> None:
        """What happens from now on is found out after the next snapshot."""
        self._holdings.walk.connection_lost()

    def message(self, message: Message) -> None:
        """A message was stored."""
        self._hear_own((message,))
        self._history.hear(message.number)
        if self._holdings.take(message, has_news=self._history.has_gone_on):
            self._note_shown(message)
        self._refresh_row(message.conversation)

    def repeated(self, message: Message) -> None:
        """A message of this user was stored, at some time before."""
        self._hear_own((message,))
        self._history.hear(message.number)
        self._holdings.hear(message, has_news=self._history.has_gone_on)
        if timeline := self._holdings.timeline(message.conversation):
            timeline.bind(message)

    def read(self, tally: Tally, runs: Sequence[Run]) -> None:
        """The user has read messages, here or elsewhere, which made the tally's version; or they were read before."""
        if runs and (timeline := self._holdings.timeline(tally.conversation)):
            timeline.mark_next(runs, tally.version)
        self.counted(tally)

    def event(self, frame: f.PushEvent) -> None:
        """Something happened."""
        match frame:
            case f.MessageEvent(message):
                self.message(message)
            case f.ReadEvent(tally, runs):
                self.read(tally, runs)
            case f.ReceiptsEvent(conversation, receipts):
                if timeline := self._holdings.timeline(conversation):
                    timeline.receive(receipts)
                self._notes.read(conversation, receipts)
            case f.UserEvent(user):
                self._note_learned(self._people.tell(user), is_news=True)
            case f.PresenceEvent():
                self._note_presence(self._people.presence(frame))
            case _:
                assert_never(frame)

    def counted(self, tally: Tally) -> None:
        """The numbers of a conversation came, with the answer to whatever."""
        self._count(tally)
        self._refresh_row(tally.conversation)

    # ---- pulling

    def wishes(self) -> Iterator[Wish]:
        """Return what is to be pulled, the most urgent first; nothing when everything is here."""
        yield from self._holdings.wishes()
        if facts := self._people.missing():
            yield facts
        if page := self._holdings.walk.missing():
            yield page

    def wants(self, wish: Wish) -> bool:
        """Return whether just this is wanted: where it was answered, the answer was no progress."""
        match wish:
            case WantUsers():
                return self._people.missing() == wish
            case WantTallies():
                return self._holdings.walk.missing() == wish
            case WantAfter() | WantNewest() | WantStretch():
                return self._holdings.wants(wish)
            case _:
                assert_never(wish)

    def answered(self, wish: Wish, answer: f.Answer) -> None:
        """What was pulled came."""
        match wish, answer:
            case WantUsers(), f.Users():
                self._note_learned(self._people.take(answer), is_news=self._was_complete)
            case WantTallies(), f.Tallies(_, tallies, more):
                for tally in tallies:
                    self.counted(tally)
                self._holdings.walk.take(tallies, more=more)
            case WantAfter() | WantNewest() | WantStretch(), f.Page():
                self._page(wish, answer)
            case _:
                pass  # never: the protocol lets no answer to another question through
        self._was_complete = self._was_complete or self.replica.complete

    def refused(self, wish: Wish) -> None:
        """What was wished for is not to be had: a timeline of nothing is not held, and stands in nobody's way."""
        if isinstance(wish, WantNewest):
            self._holdings.drop_timeline(wish.conversation)

    def older(self, conversation: ConversationId, page: f.Page) -> None:
        """An older page of a timeline came."""
        self._hear_own(page.messages)
        if held := self._holdings.find(conversation):
            held.prepend(page)
        self.counted(page.tally)

    def _page(self, wish: WantAfter | WantNewest | WantStretch, page: f.Page) -> None:
        self._hear_own(page.messages)
        if held := self._holdings.find(wish.conversation):
            match wish:
                case WantNewest():
                    held.load(page)
                case WantStretch(_, stretch, _):
                    held.refreshed(stretch, page)
                case WantAfter():
                    held.learn(page)
                case _:
                    assert_never(wish)
        self._count(page.tally)
        if isinstance(wish, WantAfter):
            for message in page.messages:
                if self._holdings.show(message):
                    self._note_shown(message)
        self._refresh_row(wish.conversation)

    # ---- what follows from it

    def _hear_own(self, messages: Iterable[Message]) -> None:
        me = self._people.my_id
        self._own.extend(message for message in messages if message.sender == me)

    def _note_shown(self, message: Message) -> None:
        if message.sender != self._people.my_id and self._history.is_news(message.number):
            self._notes.received(message)

    def _count(self, tally: Tally) -> None:
        has_news = False
        if tally.last is not None:
            self._history.hear(tally.last.number)
            has_news = self._history.is_news(tally.last.number)
        if gap := self._holdings.count(tally, has_news=has_news):
            self._notes.skipped(tally.conversation, gap)

    def _note_learned(self, learned: Iterable[tuple[User, Learned]], *, is_news: bool) -> None:
        """Users are known of, or are others than before."""
        me = self._people.my_id
        for user, how in learned:
            if user.id != me:
                self._refresh_row(direct(me, user.id))
            if how == "changed":
                self._refresh_rows_that_name(user)
                self._notes.changed(user)
            elif is_news and user.id != me:
                self._notes.registered(user)

    def _refresh_rows_that_name(self, user: User) -> None:
        for tally in self._holdings.tallies:
            conversation = Conversation.of(tally.conversation)
            if not conversation.name and user.id in conversation.members.users:
                self._refresh_row(tally.conversation)

    def _note_presence(self, changed: Iterable[User]) -> None:
        for user in changed:
            self._refresh_row(direct(self._people.my_id, user.id))
            self._notes.presence(user, active=self._people.is_active(user.id))

    def _refresh_row(self, conversation: ConversationId) -> None:
        row = self._people.row(self._holdings.tally(conversation))
        if row is not None:
            self._rows.put(row)
