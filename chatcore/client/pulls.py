"""The pull under way: asks for what is missing, one thing at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import assert_never

from ..domain.ids import ConversationId
from ..domain.rates import Buckets, Rate
from ..errors import ChatError, RuleError, StorageUnavailable, TemporaryError, Unreachable
from ..wire import frames as f
from ..wire.limits import MAX_PAGE
from .asking import Ask
from .follower import Follower
from .pacing import Pacing
from .wishes import WantAfter, WantNewest, WantStretch, WantTallies, WantUsers, Wish

log: logging.Logger = logging.getLogger(__name__)

PAGE = 50
"""How many messages a timeline begins with."""

CATCH_UP = MAX_PAGE
"""How many messages are asked for at once after a gap."""

OFTEN = Rate(per_second=50, burst=1_000)
"""How often something is pulled. A directory of 200,000 comes at once; a server that always has more is not asked
as fast as it can answer."""


class Pulls:
    """Sends the follower's wishes, the next one after the answer to the last: posts never wait behind many."""

    def __init__(self, follower: Follower, ask: Ask, pacing: Pacing) -> None:
        self._follower, self._ask, self._pacing = follower, ask, pacing
        self._under_way: Wish | None = None
        self._not_before = 0.0
        self._asked: Buckets[None] = Buckets(OFTEN)
        self._waiting: dict[Wish, float] = {}
        "Until when these are not asked for: they were answered without progress, or refused."

    def send_due(self, now: float) -> None:
        """Ask for what is wanted next, unless an answer is still to come."""
        if self._under_way is not None or self._not_before > now:
            return
        self._not_before = 0.0
        self._waiting = {wish: at for wish, at in self._waiting.items() if at > now}
        wish = self._under_way = next((wish for wish in self._follower.wishes() if wish not in self._waiting), None)
        if wish is None:
            return
        if early := self._asked.wait(None, now):
            self._under_way, self._not_before = None, now + early
        else:
            self._asked.take(None, now)
            self._ask(_request(wish), partial(self._answered, wish))

    def next_due(self) -> float | None:
        """Return when a pull may be tried again that was refused or came to nothing, None where none was."""
        if self._under_way is not None:
            return None
        return self._not_before or min(self._waiting.values(), default=None)

    def _answered(self, wish: Wish, answer: f.Answer | ChatError) -> None:
        self._under_way = None
        match answer:
            case Unreachable():
                pass  # what is missing then is asked for when the connection is back
            case TemporaryError() if not isinstance(answer, StorageUnavailable):  # which others need not meet
                log.warning("a page was refused for now: %s", answer.message)
                self._not_before = self._pacing.later(answer)
            case ChatError():
                log.warning("a page was refused: %s", answer.message)
                if isinstance(answer, RuleError):
                    self._follower.refused(wish)
                self._waiting[wish] = self._pacing.later()
            case _:  # what was asked for, whichever it is
                self._follower.answered(wish, answer)
                if self._follower.wants(wish):
                    # Asked at once, and answered with the same, it would be asked thousands of times a second.
                    self._waiting[wish] = self._pacing.later()


def _request(wish: Wish) -> Callable[[int], f.Request]:
    match wish:
        case WantNewest(conversation):
            return lambda number: f.History(number, conversation, None, None, PAGE)
        case WantAfter(conversation, after):
            return lambda number: f.History(number, conversation, after, None, CATCH_UP)
        case WantStretch(conversation, (first, last), _):
            return lambda number: f.Stretch(number, conversation, first, last)
        case WantUsers(fact):
            return lambda number: f.ListUsers(number, fact)
        case WantTallies(last_id):
            return lambda number: f.ListTallies(number, last_id)
        case _:
            assert_never(wish)


def older_request(conversation: ConversationId, before: int | None, limit: int) -> Callable[[int], f.History]:
    """Ask for messages before a seq (exclusive), or for the newest."""
    return lambda number: f.History(number, conversation, None, before, limit)
