"""A state machine of Hypothesis: whatever is done to the core, it answers as the plainest model does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from traceback import format_exception
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.ids import ClientId, ConversationId, UserId
from chatcore.domain.jumps import dated
from chatcore.domain.throttles import Throttles
from chatcore.domain.users import AsciiNames
from chatcore.errors import BadFrame, ChatError, Empty, NameTaken, NotFound, TooLong
from chatcore.ports.commits import AboutUser, Commit, Marked, Outcome, Refused, Repeated, Stored
from chatcore.service import accounts, posting, reading, roster
from chatcore.service.context import Context
from chatcore.service.membership import Membership
from chatcore.service.throttle import Throttle
from chatcore.service.watched_clock import WatchedClock
from chatcore.service.writer import Writer
from chatcore.testing.clock import VirtualClock
from chatcore.testing.fakes import QuickHasher, SeededIds

from .model import Model, Post
from .part import Outcome as Figure

T = TypeVar("T")

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody real
NAMES = ("alice", "bob", "carol", "dave")
STRANGER = UserId("f" * 16)

whom = st.integers(0, 3)
where = st.integers(0, 4)
seqs = st.lists(st.integers(0, 12), min_size=0, max_size=5)


class CoreMachine(RuleBasedStateMachine):
    """The use cases over a storage in memory, beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.model = Model()
        self.told: list[Outcome] = []
        self.clock = VirtualClock()

    @initialize()
    def begin(self) -> None:
        storage = MemoryStorage()
        storage.listen(self._tell)
        self.writer = Writer(storage, self.clock, self._tell)
        self.ctx = Context(
            storage,
            self.writer,
            self.clock,
            WatchedClock(self.clock),
            SeededIds(),
            QuickHasher(),
            AsciiNames(),
            Membership(storage),
            Throttle(Throttles.off(), self.clock),
        )
        self.writing = self.loop.create_task(self.writer.run())
        for name in NAMES[:2]:
            self.register(name)

    def teardown(self) -> None:
        if hasattr(self, "writing"):
            self.writing.cancel()
            self.loop.run_until_complete(asyncio.gather(self.writing, return_exceptions=True))
        self.loop.close()

    # ---- what is done

    @rule(name=st.sampled_from(NAMES))
    def register(self, name: str) -> None:
        answer = self._answer(accounts.register(self.ctx, name.upper(), PASSWORD))
        if name in self.model.names:
            assert isinstance(answer, NameTaken)
        else:
            assert (answer.name, answer.number) == (name.upper(), len(self.model.users) + 1)
            self.model.register(name, answer.id)

    @rule(who=whom, where=where, key=st.integers(0, 20), text=st.sampled_from(["hi", "ho", " ", "x" * 4_001]))
    def post(self, who: int, where: int, key: int, text: str) -> None:
        user, place = self._user(who), self._place(who, where)
        post = Post(user, ClientId(f"c{key}"), text)
        wanted = self._refusal_of_text(text) or self.model.refusal(user, place) or self.model.post(place, post)
        got = self._outcome(posting.post(self.ctx, user, place, post.client_id, text, None))
        if isinstance(wanted, type):
            assert isinstance(got, wanted), (got, wanted)
            return
        assert isinstance(got, Repeated if wanted.is_repeated else Stored)
        found = got.message
        assert (found.seq, found.text, found.sender) == (wanted.seq, text, user)
        assert (found.live, found.own) == (wanted.seq, self.model.own(place, user, wanted.seq))

    @rule(who=whom, where=where, seqs=seqs)
    def mark(self, who: int, where: int, seqs: list[int]) -> None:
        user, place = self._user(who), self._place(who, where)
        wanted: Any = Empty if not seqs else NotFound if min(seqs) < 1 else self.model.refusal(user, place)
        wanted = wanted or self.model.mark(user, place, seqs)
        got = self._outcome(reading.mark(self.ctx, user, place, tuple(seqs), None))
        if isinstance(wanted, type):
            assert isinstance(got, wanted), (got, wanted)
        else:
            assert isinstance(got, Marked)
            assert set(got.event.seqs if got.event else ()) == wanted
            assert got.tally.unread == self.model.unread(user, place)

    @rule(seconds=st.integers(-100, 100))
    def step_the_clock(self, seconds: int) -> None:
        self.clock.step(seconds * 1_000)

    # ---- what is asked

    @rule(
        who=whom,
        where=where,
        after=st.none() | st.integers(-2, 12),
        before=st.none() | st.integers(-2, 12),
        limit=st.integers(0, 5),
    )
    def read_a_page(self, who: int, where: int, after: int | None, before: int | None, limit: int) -> None:
        user, place = self._user(who), self._place(who, where)
        got = self._answer(reading.history(self.ctx, user, place, after, before, limit))
        is_contradiction = after is not None and before is not None
        is_nowhere = (after is not None and after < 0) or (before is not None and before < 1)
        wanted = BadFrame if limit < 1 or is_contradiction or is_nowhere else self.model.refusal(user, place)
        if wanted:
            assert isinstance(got, wanted)
            return
        log = self.model.logs.get(place, [])
        numbered = list(enumerate(log, 1))
        if after is not None:
            page, rest = [(n, p) for n, p in numbered if n > after][:limit], [n for n, _ in numbered if n > after]
        else:
            older = [(n, p) for n, p in numbered if before is None or n < before]
            page, rest = older[-limit:], [n for n, _ in older]
        assert [(m.seq, m.sender, m.client_id, m.text) for m in got.messages] == [
            (n, p.sender, p.client_id, p.text) for n, p in page
        ]
        assert got.more == (len(rest) > len(page))
        assert got.tally.unread == self.model.unread(user, place)

    @rule(who=whom, where=where, first=st.integers(0, 8), size=st.integers(0, 8))
    def read_a_stretch(self, who: int, where: int, first: int, size: int) -> None:
        user, place = self._user(who), self._place(who, where)
        got = self._answer(reading.stretch(self.ctx, user, place, first, first + size))
        wanted = BadFrame if first < 1 else self.model.refusal(user, place)
        if wanted:
            assert isinstance(got, wanted)
            return
        covered = {seq for a, b in got.read for seq in range(a, b + 1)}
        for seq in range(first, min(first + size, len(self.model.logs.get(place, []))) + 1):
            if self.model.logs[place][seq - 1].sender != user:
                assert (seq in covered) == (seq in self.model.read_by(user, place))
        assert dict(got.receipts) == self.model.receipts(user, place, first, first + size)

    @rule(who=whom)
    def walk_through_the_list(self, who: int) -> None:
        user = self._user(who)
        tallies, more = self._answer(roster.tallies(self.ctx, user, ""))
        mine = sorted(c for c, log in self.model.logs.items() if log and (c == GENERAL or user in c))
        assert [tally.conversation for tally in tallies] == mine
        assert not more
        for tally in tallies:
            log = self.model.logs[tally.conversation]
            assert (tally.seq, tally.unread) == (len(log), self.model.unread(user, tally.conversation))
            assert tally.last is not None
            assert tally.last.text == log[-1].text[:120]

    @rule(who=whom)
    def take_a_snapshot(self, who: int) -> None:
        user = self._user(who)
        seen = self._answer(roster.overview(self.ctx, user))
        assert seen.point.facts == len(self.model.users)
        assert seen.general.unread == self.model.unread(user, GENERAL)
        newest = [c for c in self.model.newest_first() if c != GENERAL and user in c]
        assert [tally.conversation for tally in seen.tallies] == newest

    # ---- what always holds

    @invariant()
    def everybody_sees_the_same_directory(self) -> None:
        if hasattr(self, "ctx"):
            users, _, _ = self._answer(roster.users(self.ctx, 0))
            assert [user.id for user in users] == self.model.users

    @invariant()
    def times_go_backwards_only_where_the_clock_was_wrong(self) -> None:
        times: dict[ConversationId, int] = {}
        for outcome in self.told:
            if isinstance(outcome, Stored):
                message = outcome.message
                before = times.get(message.conversation, 0)
                assert message.sent_at_ms == dated(message.sent_at_ms, before)
                times[message.conversation] = message.sent_at_ms

    # ---- helpers

    def _user(self, who: int) -> UserId:
        return self.model.users[who % len(self.model.users)]

    def _place(self, who: int, where: int) -> ConversationId:
        """The general chat, a conversation of one's own, one of others, one with nobody."""
        users, me = self.model.users, self._user(who)
        others = [user for user in users if user != me]
        match where:
            case 0 | 1:
                return GENERAL
            case 2:
                return direct(me, others[0])
            case 3:
                return direct(others[0], others[-1]) if len(others) > 1 else direct(me, others[0])
            case _:  # any other number
                return direct(me, STRANGER)

    @staticmethod
    def _refusal_of_text(text: str) -> type[ChatError] | None:
        return TooLong if len(text) > 4_000 else Empty if not text.strip() else None

    def _tell(self, commit: Commit) -> None:
        self.told += [outcome for outcome in commit if not isinstance(outcome, AboutUser)]

    def _answer(self, work: Coroutine[Any, Any, T]) -> Any:  # noqa: ANN401 - what is asked for, or why it was refused
        try:
            return self.loop.run_until_complete(work)
        except ChatError as error:
            return error

    def _outcome(self, work: Coroutine[Any, Any, None]) -> Outcome | ChatError:
        before = len(self.told)
        refused = self._answer(work)
        if isinstance(refused, ChatError):
            return refused
        self.loop.run_until_complete(self.writer.drained())
        (outcome,) = self.told[before:]
        return outcome.error if isinstance(outcome, Refused) else outcome


async def machine(runs: int, seed: int = 0) -> Figure:
    """Run the machine so often, 50 steps each."""
    return await asyncio.to_thread(_run, runs, seed)


def _run(runs: int, seed: int) -> Figure:
    faults = []
    try:
        run_state_machine_as_test(
            with_seed(seed)(CoreMachine),
            settings=settings(
                max_examples=runs, stateful_step_count=50, deadline=None, database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - whatever it was, it is told
        faults.append("".join(format_exception(error)))
    return Figure(f"{runs} runs of 50 steps, {len(faults)} of them answered otherwise than the model", faults)
