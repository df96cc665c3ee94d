"""Marking: what was displayed, or asked to be marked, is told to the server in batches until it is stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import attrs

from ..domain.ids import ConversationId
from ..domain.marks import MAX_MARKS
from ..errors import ChatError, TemporaryError, Unreachable
from ..wire import frames as f
from .asking import Ask
from .displayed import Displayed
from .follower import Follower
from .mark_queue import MarkQueue
from .pacing import Pacing

log: logging.Logger = logging.getLogger(__name__)


@attrs.define(eq=False)
class _Asked:
    """What a program asked to be marked, and waits for."""

    conversation: ConversationId
    seqs: tuple[int, ...]
    stored: asyncio.Future[None]
    under_way: bool = False
    not_before: float = 0.0


class Marks:
    """Marks on their way out."""

    def __init__(self, follower: Follower, ask: Ask, pacing: Pacing) -> None:
        self._follower, self._ask, self._pacing = follower, ask, pacing
        self._queue = MarkQueue(pacing.fraction)
        self._asked: list[_Asked] = []
        self.displayed: Displayed = Displayed()

    async def mark(self, conversation: ConversationId, seqs: tuple[int, ...], send: Callable[[], None]) -> None:
        """Mark messages and wait until that is stored; `send` sends what is due. Raises NotFound."""
        asked = [
            _Asked(conversation, seqs[at : at + MAX_MARKS], asyncio.get_running_loop().create_future())
            for at in range(0, len(seqs), MAX_MARKS)
        ]
        self._asked += asked
        send()
        await asyncio.gather(*(one.stored for one in asked))

    def note_displayed(self) -> None:
        """Remember what somebody looks at and has not read before."""
        conversation = self.displayed.conversation
        if conversation is not None:
            unread = self._follower.replica.unread_among(conversation, self.displayed.seqs())
            self._queue.add(conversation, unread, self._pacing.now())

    def send_due(self, now: float) -> None:
        """Send the batches that are due."""
        for conversation, seqs in self._queue.take(now):
            self._ask(_request(conversation, seqs), self._displayed_answered(conversation))
        for one in tuple(self._asked):  # some may be answered at once
            if not one.under_way and one.not_before <= now:
                one.under_way = True
                self._ask(_request(one.conversation, one.seqs), self._asked_answered(one))

    def next_due(self) -> float | None:
        """Return when something is due, None where nothing waits for a time."""
        asked = (one.not_before for one in self._asked if not one.under_way)
        times = [at for at in (self._queue.next_due(), min(asked, default=None)) if at is not None]
        return min(times, default=None)

    def connection_lost(self) -> None:
        """What was under way is to be sent again: marks may come twice."""
        self._queue.connection_lost()
        for one in self._asked:
            one.under_way = False

    def forget(self, error: ChatError) -> None:
        """What was displayed, or asked to be marked, belongs to a history that is no more."""
        self._queue.clear()
        self.displayed.visible = frozenset()
        self.fail(error)

    def fail(self, error: ChatError) -> None:
        """Nobody will hear any more what became of the marks."""
        for one in self._asked:
            _settle(one, error)
        self._asked.clear()

    def _displayed_answered(self, conversation: ConversationId) -> Callable[[f.Answer | ChatError], None]:
        def done(answer: f.Answer | ChatError) -> None:
            match answer:
                case f.Marked(_, tally, runs):
                    self._follower.read(tally, runs)
                    self._queue.answered(conversation)
                case Unreachable():
                    pass  # they are sent again when the connection is back
                case TemporaryError():
                    self._queue.postponed(conversation, self._pacing.later(answer))
                case ChatError():
                    log.warning("marks were refused: %s", answer.message)
                    self._queue.answered(conversation)
                case _:
                    pass  # never: the protocol lets no other answer to a mark through

        return done

    def _asked_answered(self, one: _Asked) -> Callable[[f.Answer | ChatError], None]:
        def done(answer: f.Answer | ChatError) -> None:
            match answer:
                case Unreachable():
                    return
                case TemporaryError():
                    one.under_way, one.not_before = False, self._pacing.later(answer)
                    return
                case f.Marked(_, tally, runs):
                    self._follower.read(tally, runs)
                    _settle(one, None)
                case ChatError():
                    _settle(one, answer)
                case _:
                    pass  # never: the protocol lets no other answer to a mark through
            if one in self._asked:
                self._asked.remove(one)

        return done


def _settle(one: _Asked, error: ChatError | None) -> None:
    if one.stored.done():
        return
    if error is None:
        one.stored.set_result(None)
    else:
        one.stored.set_exception(error)


def _request(conversation: ConversationId, seqs: tuple[int, ...]) -> Callable[[int], f.Mark]:
    return lambda number: f.Mark(number, conversation, seqs)
