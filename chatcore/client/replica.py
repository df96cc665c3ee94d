"""The client's copy of what the server knows, brought up to date by frames and by pulling what is missing.

One rule everywhere: the next one is applied, an older one ignored, anything else means pull. What is to be pulled
follows from the state each time it is asked for, so that a wish that comes up while another is under way is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..domain.conversations import GENERAL, direct, partner
from ..domain.generations import Point
from ..domain.ids import ConversationId, UserId
from ..domain.messages import Message
from ..domain.read_states import Run
from ..domain.roster import Row
from ..domain.tallies import Tally
from ..domain.users import User
from ..wire import frames as f
from .audience import Note
from .directory import Directory, Learned
from .held import Held
from .items import Item
from .outbox import Outbox, Outgoing
from .roster import Roster
from .timeline import DISPLAYED, KEPT, Timeline
from .wishes import WantAfter, WantNewest, WantStretch, WantTallies, WantUsers, Wish

HELD_TIMELINES = 8
"""How many timelines are kept up to date after another one was opened."""

PAGE = 50


class Replica:
    """What a client knows. Changed on the event loop's thread only; read it there."""

    def __init__(self, outbox: Outbox) -> None:
        self.me: User | None = None
        self.roster = Roster()
        self._outbox = outbox
        self._notes: list[Note] = []
        self._own: list[Message] = []
        self._active: frozenset[UserId] = frozenset()
        self._opened: ConversationId | None = None
        self._epoch = ""
        self._forget()

    def _forget(self) -> None:
        self._generation = ""
        self._number = 0
        "The greatest log number heard of."
        self._directory = Directory()
        self._held: dict[ConversationId, Held] = {}
        self._behind: dict[ConversationId, None] = {}
        self._timelines: dict[ConversationId, Timeline] = {}
        self._walk: str | None = None
        "The id from which the list is still to be walked; None when the walk has ended (or not begun)."
        self._has_walked = False
        self._has_snapshot = False
        self._was_complete = False

    # ---- to read

    @property
    def told(self) -> Point | None:
        """What the server told last of its history; None where nothing of it is held."""
        return Point(self._generation, self._number, self._directory.told) if self._epoch else None

    @property
    def rows(self) -> Sequence[Row]:
        """The list, in order."""
        return self.roster.rows

    @property
    def users(self) -> Sequence[User]:
        """The directory, in the order of registration."""
        return self._directory.users

    @property
    def complete(self) -> bool:
        """Whether the whole list and directory are here, since the connection came up."""
        return self._has_snapshot and self._walk is None and self._directory.is_complete

    @property
    def total_unread(self) -> int:
        """The unread messages of all conversations."""
        return sum(held.tally.unread for held in self._held.values())

    def timeline(self, conversation: ConversationId) -> Sequence[Item]:
        """The messages of an opened conversation, oldest first, then those that wait. Empty where it is not held."""
        timeline = self._timelines.get(conversation)
        return timeline.items if timeline else ()

    def is_at_beginning(self, conversation: ConversationId) -> bool:
        """Whether the timeline has the conversation's first message."""
        timeline = self._timelines.get(conversation)
        return timeline is not None and timeline.is_at_beginning

    def tally(self, conversation: ConversationId) -> Tally:
        """The numbers of a conversation, as far as they are known."""
        held = self._held.get(conversation)
        return held.tally if held else Tally(conversation)

    def user(self, user: UserId) -> User | None:
        """Find a user by id."""
        return self._directory.get(user)

    def user_by_name(self, name: str) -> User | None:
        """Find a user by name, in any case."""
        return self._directory.named(name)

    def name_of(self, user: UserId) -> str:
        """Return a user's name, or the id while the directory has not come that far."""
        known = self._directory.get(user)
        return known.name if known else user

    def is_active(self, user: UserId) -> bool:
        """Return whether a user is active, as far as is known."""
        return user in self._active

    def take_own(self) -> list[Message]:
        """Return the user's own messages that came since the last call, by whatever way: these are stored."""
        own, self._own = self._own, []
        return own

    def take_notes(self) -> list[Note]:
        """Return what the observers are to be told, in order."""
        self._note_changes()
        notes, self._notes = self._notes, []
        return notes

    # ---- the user's side

    def open(self, conversation: ConversationId | None) -> None:
        """Hold a timeline from now on. The ones opened last are kept, without what was loaded of long ago."""
        if self._opened != conversation and (former := self._timelines.get(self._opened or ConversationId(""))):
            former.trim()
        self._opened = conversation
        if conversation is None:
            return
        timeline = self._timelines.pop(conversation, None)
        if timeline is None:
            timeline = Timeline(conversation, self._my_id, self._waiting(conversation))
        timeline.retell()
        self._timelines[conversation] = timeline
        while len(self._timelines) > HELD_TIMELINES:
            del self._timelines[next(iter(self._timelines))]

    @property
    def held_timelines(self) -> Sequence[ConversationId]:
        """The conversations whose timelines are kept up to date."""
        return list(self._timelines)

    def has_timeline(self, conversation: ConversationId) -> bool:
        """Whether a timeline is held."""
        return conversation in self._timelines

    def oldest(self, conversation: ConversationId) -> int | None:
        """Return the first seq of a loaded timeline, None where there is nothing to go back from."""
        timeline = self._timelines.get(conversation)
        return timeline.first if timeline and timeline.is_loaded else None

    def unread_among(self, conversation: ConversationId, seqs: Iterable[int]) -> list[int]:
        """Return those of the seqs that are messages of others and not read."""
        timeline = self._timelines.get(conversation)
        return timeline.unread_among(seqs) if timeline else []

    def written(self, post: Outgoing) -> None:
        """A post was put into the outbox."""
        if timeline := self._timelines.get(post.conversation):
            timeline.wait(post.item(self._my_id))

    def rewritten(self, post: Outgoing) -> None:
        """A post in the outbox was refused, or is to be tried again."""
        if timeline := self._timelines.get(post.conversation):
            timeline.change_waiting(post.item(self._my_id))

    def discarded(self, post: Outgoing) -> None:
        """A post was taken out of the outbox without being stored."""
        if timeline := self._timelines.get(post.conversation):
            timeline.drop_waiting(post.client_id)

    # ---- the server's side

    def entered(self, user: User) -> bool:
        """The user is logged in. Tells whether it is another one than before: then everything is forgotten."""
        is_other = self.me is not None and self.me.id != user.id
        if is_other:
            self.leave()
        self.me = user
        return is_other

    def leave(self) -> None:
        """Forget everything."""
        self.me = None
        self._epoch = ""
        self._opened = None
        self._active = frozenset()
        self._forget()
        self.roster.reset(())

    def snapshot(self, frame: f.Snapshot) -> bool:
        """The connection is up. Tells whether the history is another one: then nothing held before was valid."""
        is_new = frame.epoch != self._epoch or not frame.is_same
        is_another = is_new and bool(self._epoch)
        if is_new:
            self._begin_history(frame.epoch)
        elif frame.point.generation != self._generation:
            self._renew_reads()
        self._generation, self._number = frame.point.generation, frame.point.number
        is_first, self._has_snapshot = not self._has_snapshot, True
        before, self._active = self._active, frozenset(frame.active)
        self._directory.hear(frame.point.facts)
        if not is_first:
            self._note_presence(before ^ self._active)
        self._walk = ""
        for tally in (frame.general, *frame.tallies):
            self.counted(tally)
        for timeline in self._timelines.values():
            timeline.refresh()
        if is_first:
            self.roster.reset(map(self._row, self._conversations()))
        return is_another

    def message(self, message: Message) -> None:
        """A message was stored."""
        held = self._hear(message)
        if message.seq == held.tally.seq + 1 and (held.is_known or message.seq == 1):
            held.is_known = True
            held.tally = held.tally.after(message, self._my_id)
        if message.seq == held.shown + 1:
            self._show(held, message)
        self._check(held)
        self._refresh_row(message.conversation)

    def read(self, tally: Tally, runs: Sequence[Run]) -> None:
        """The user has read messages, here or elsewhere, which made the tally's version; or they were read before."""
        if runs and (timeline := self._timelines.get(tally.conversation)):
            timeline.mark_next(runs, tally.version)
        self.counted(tally)

    def repeated(self, message: Message) -> None:
        """A message of this user was stored, at some time before."""
        self._check(self._hear(message))
        if timeline := self._timelines.get(message.conversation):
            timeline.bind(message)

    def event(self, frame: f.PushEvent) -> None:
        """Something happened."""
        match frame:
            case f.MessageEvent(message):
                self.message(message)
            case f.ReadEvent(tally, runs):
                self.read(tally, runs)
            case f.ReceiptsEvent(conversation, receipts):
                if timeline := self._timelines.get(conversation):
                    timeline.receive(receipts)
                readers = dict(receipts)
                self._notes.append(lambda o: o.messages_read(conversation, readers))
            case f.UserEvent(user):
                self._learn_users(self._directory.tell(user), is_news=True)
            case f.PresenceEvent(active, inactive):
                before, self._active = self._active, self._active.union(active).difference(inactive)
                self._note_presence(before ^ self._active)

    def wishes(self) -> Iterator[Wish]:
        """Return what is to be pulled, the most urgent first; nothing when everything is here."""
        opened = self._timelines.get(self._opened) if self._opened else None
        if opened and not opened.is_loaded:
            yield WantNewest(opened.conversation)
        for conversation in self._behind:
            yield WantAfter(conversation, self._held[conversation].shown)
        for conversation in reversed(self._timelines):
            if wish := self._wish_of(conversation):
                yield wish
        if not self._directory.is_complete:
            yield WantUsers(self._directory.upto)
        if self._walk is not None:
            yield WantTallies(self._walk)

    def next_wish(self) -> Wish | None:
        """Return the most urgent wish."""
        return next(self.wishes(), None)

    def _wish_of(self, conversation: ConversationId) -> WantNewest | WantStretch | None:
        """Return what a timeline wants for itself."""
        timeline, held = self._timelines.get(conversation), self._held.get(conversation)
        if timeline is None:
            return None
        if not timeline.is_loaded:
            return WantNewest(conversation)
        if held and timeline.is_behind(held.told_version):
            return WantStretch(conversation, timeline.next_stretch(), timeline.version)
        return None

    def wants(self, wish: Wish) -> bool:
        """Return whether just this is wanted: where it was answered, the answer was no progress."""
        match wish:
            case WantAfter(conversation, after):
                return conversation in self._behind and self._held[conversation].shown == after
            case WantNewest(conversation) | WantStretch(conversation, _, _):
                return self._wish_of(conversation) == wish
            case WantUsers(after):
                return self._directory.upto == after and not self._directory.is_complete
            case WantTallies(after_id):
                return self._walk == after_id

    def counted(self, tally: Tally) -> None:
        """The numbers of a conversation came, with the answer to whatever."""
        self._merge(tally)
        self._refresh_row(tally.conversation)

    def answered(self, wish: Wish, answer: f.Answer) -> None:
        """What was pulled came."""
        match wish, answer:
            case WantUsers(), f.Users(_, users, upto, _):
                self._learn_users(self._directory.take(users, upto), is_news=self._was_complete)
            case WantTallies(), f.Tallies(_, tallies, more):
                for tally in tallies:
                    self.counted(tally)
                self._walk = tallies[-1].conversation if more and tallies else None
                self._has_walked = self._has_walked or self._walk is None
            case WantNewest(conversation), f.Page():
                if timeline := self._timelines.get(conversation):
                    held = self._held.get(conversation)
                    self._learn(timeline, answer)
                    shown = held.shown if held else 0
                    version, waiting = answer.tally.version, self._waiting(conversation)
                    timeline.load(answer.messages, version, more=answer.more, shown=shown, waiting=waiting)
                self.counted(answer.tally)
            case WantAfter(conversation), f.Page():
                self._learn(self._timelines.get(conversation), answer)
                self._after(conversation, answer)
            case WantStretch(conversation, stretch, _), f.Page():
                if timeline := self._timelines.get(conversation):
                    self._learn(timeline, answer)
                    timeline.refreshed(stretch, answer.tally.version)
                self.counted(answer.tally)
            case _:
                pass
        self._was_complete = self._was_complete or self.complete

    def refused(self, wish: Wish) -> None:
        """What was wished for is not to be had: a timeline of nothing is not held, and stands in nobody's way."""
        if isinstance(wish, WantNewest):
            self._timelines.pop(wish.conversation, None)

    def older(self, conversation: ConversationId, answer: f.Page) -> None:
        """An older page of a timeline came."""
        if timeline := self._timelines.get(conversation):
            self._learn(timeline, answer)
            timeline.prepend(answer.messages, answer.tally.version, more=answer.more)
        self.counted(answer.tally)

    # ---- conversations

    def _begin(self, tally: Tally, shown: int) -> Held:
        held = Held(tally, is_known=False, shown=shown)
        self._held[tally.conversation] = held
        return held

    def _merge(self, tally: Tally) -> None:
        """Numbers of a conversation came from the server."""
        held = self._held.get(tally.conversation)
        if held is None:
            held = self._begin(tally, 0 if self._has_walked else tally.seq)
        held.merge(tally)
        if tally.last is not None:
            self._number = max(self._number, tally.last.number)
        if held.is_gap_too_long:
            self._skip(held)
        self._check(held)

    def _hear(self, message: Message) -> Held:
        self._hear_own([message])
        held = self._held.get(message.conversation)
        if held is None:
            # After the walk, a conversation that is not held was empty: all of it is news.
            held = self._begin(Tally(message.conversation), 0 if self._has_walked else message.seq - 1)
            held.is_known = self._has_walked
        held.told = max(held.told, message.seq)
        self._number = max(self._number, message.number)
        return held

    def _check(self, held: Held) -> None:
        if held.is_behind:
            self._behind[held.tally.conversation] = None
        else:
            self._behind.pop(held.tally.conversation, None)

    def _skip(self, held: Held) -> None:
        conversation, first, end = held.tally.conversation, held.shown + 1, held.tally.seq
        held.shown = end
        if timeline := self._timelines.get(conversation):
            timeline.unload(self._waiting(conversation))
        self._notes.append(lambda o: o.skipped(conversation, first, end))

    def _show(self, held: Held, message: Message) -> None:
        held.shown = message.seq
        if timeline := self._timelines.get(message.conversation):
            timeline.show(message)
            timeline.trim(DISPLAYED if message.conversation == self._opened else KEPT)
        if message.sender != self._my_id:
            self._note_changes()
            self._notes.append(lambda o: o.message_received(message))

    def _after(self, conversation: ConversationId, page: f.Page) -> None:
        held = self._held[conversation]
        self._merge(page.tally)
        for message in page.messages:
            if message.seq == held.shown + 1:
                self._show(held, message)
        self._check(held)
        self._refresh_row(conversation)

    def _hear_own(self, messages: Iterable[Message]) -> None:
        self._own.extend(message for message in messages if message.sender == self._my_id)

    def _learn(self, timeline: Timeline | None, page: f.Page) -> None:
        self._hear_own(page.messages)
        if timeline is not None:
            timeline.mark(page.read)
            timeline.receive(page.receipts)

    def _waiting(self, conversation: ConversationId) -> list[Item]:
        return [post.item(self._my_id) for post in self._outbox.of(conversation)]

    def _renew_reads(self) -> None:
        """The server has begun another generation of what is held: marks have no numbers, so they may be others."""
        for held in self._held.values():
            held.renew()
        for timeline in self._timelines.values():
            timeline.renew()

    def _begin_history(self, epoch: str) -> None:
        opened = self._opened
        timelines = list(self._timelines)
        self._forget()
        self._epoch = epoch
        for conversation in timelines:
            self.open(conversation)
        self._opened = opened

    # ---- users and rows

    @property
    def _my_id(self) -> UserId:
        return self.me.id if self.me else UserId("")

    def _learn_users(self, learned: Iterable[tuple[User, Learned]], *, is_news: bool) -> None:
        for user, how in learned:
            if user.id == self._my_id:
                self.me = user
                continue
            self._refresh_row(direct(self._my_id, user.id))
            if is_news and how == "new":
                self._note_user(user)

    def _note_user(self, user: User) -> None:
        self._note_changes()
        self._notes.append(lambda o: o.user_registered(user))

    def _note_presence(self, changed: Iterable[UserId]) -> None:
        for user_id in changed:
            user = self._directory.get(user_id)
            if user is None or user_id == self._my_id:
                continue
            self._refresh_row(direct(self._my_id, user_id))
            active = user_id in self._active
            self._notes.append(_presence_note(user, active=active))

    def _conversations(self) -> list[ConversationId]:
        me = self._my_id
        return [GENERAL, *(direct(me, user.id) for user in self.users if user.id != me)]

    def _refresh_row(self, conversation: ConversationId) -> None:
        other = partner(conversation, self._my_id)
        if other is None or self._directory.get(other):
            self.roster.put(self._row(conversation))

    def _row(self, conversation: ConversationId) -> Row:
        other = partner(conversation, self._my_id)
        tally = self.tally(conversation)
        if other is None:
            return Row(conversation, GENERAL, None, active=True, unread=tally.unread, last=tally.last)
        active = other in self._active
        return Row(conversation, self.name_of(other), other, active=active, unread=tally.unread, last=tally.last)

    def _note_changes(self) -> None:
        """Put the changes of lists so far behind the notes so far, so that observers hear of things in order."""
        rows = self.roster.take_changes()
        if rows:
            self._notes.append(lambda o: o.rows_changed(rows))
        for conversation, timeline in self._timelines.items():
            changes = timeline.take_changes()
            if changes:
                self._notes.append(_timeline_note(conversation, changes))


def _timeline_note(conversation: ConversationId, changes: list) -> Note:  # type: ignore[type-arg]
    return lambda o: o.timeline_changed(conversation, changes)


def _presence_note(user: User, *, active: bool) -> Note:
    return lambda o: o.presence_changed(user, active)
