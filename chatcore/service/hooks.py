"""The hooks of an application: what it says to each post before it is stored, and what it hears of commits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import Literal, TypeVar

import attrs

from ..domain.display_names import check_display_name
from ..domain.events import Event
from ..domain.ids import ConversationId
from ..domain.messages import Message, check_text
from ..domain.users import User
from ..errors import Refused, RuleError
from ..ports.clock import Clock

TIME = 2.0
"""Seconds that a hook may take for one post, or name."""
MAX_REASON = 200
"""Code points of a reason; what is more is cut off."""

T = TypeVar("T")

log: logging.Logger = logging.getLogger(__name__)


@attrs.frozen
class Draft:
    """A post before it is stored, as a hook sees it."""

    author: User
    conversation: ConversationId
    text: str
    via: Literal["client", "host"]
    "Whether somebody has written it, or the program that has the chat inside."


@attrs.frozen
class NameDraft:
    """A display name before it is set, as a hook sees it."""

    user: User
    "Who wants to be shown by it, as they are now."
    display_name: str


BeforePost = Callable[[Draft], Awaitable[str | None]]
"""Returns None to have a draft stored as it is, or another text; raises `Refused(reason)`."""

BeforeName = Callable[[NameDraft], Awaitable[str | None]]
"""Returns None to have a display name set as it is, or another one; raises `Refused(reason)`."""

AfterCommit = Callable[[Event], None]
"""Hears of what was committed."""

MissedHook = Callable[[Message, Sequence[User]], Awaitable[None]]
"""Is told of a message and of who has missed it."""


@attrs.frozen
class WhenMissed:
    """A hook for what was missed, and what it wants to hear of."""

    call: MissedHook
    after: float
    "Seconds after the commit."
    general: bool
    "Whether conversations for all are among it."


_is_inside: ContextVar[bool] = ContextVar("inside a hook", default=False)


@attrs.define
class Hooks:
    """The hooks of one chat."""

    before_post: BeforePost | None = None
    before_name: BeforeName | None = None
    after_commit: list[AfterCommit] = attrs.field(factory=list)
    missed: WhenMissed | None = None

    def committed(self, events: Iterable[Event]) -> None:
        """Tell what was committed; a hook that raises is logged, and hears of the next event all the same."""
        for event in events if self.after_commit else ():
            for hook in self.after_commit:
                try:
                    hook(event)
                except Exception:
                    log.exception("a hook of the application failed after a commit")


def is_inside_hook() -> bool:
    """Return whether this is called by a hook that looks at a post: what it posts itself it does not see again."""
    return _is_inside.get()


async def within(seconds: float, work: Awaitable[T], clock: Clock) -> T:
    """Return what a hook returns. Raises what it raises, TimeoutError, and RuntimeError where it cancels itself."""
    try:
        async with clock.timeout(seconds):
            return await work
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        msg = "the hook has cancelled itself"
        raise RuntimeError(msg) from None


async def ask(hook: BeforePost, draft: Draft, clock: Clock) -> str | None:
    """Return the text to store in a draft's place, None for its own. Raises Refused, for whatever the hook does."""
    return await _answer(hook(draft), check_text, "post", "the message may be stored", clock)


async def ask_about_name(hook: BeforeName, draft: NameDraft, clock: Clock) -> str | None:
    """Return the display name to set in a draft's place, None for its own. Raises Refused, as `ask` does."""
    return await _answer(hook(draft), check_display_name, "name", "the name may be set", clock)


async def _answer(
    asked: Awaitable[str | None], check: Callable[[str], object], of: str, what: str, clock: Clock
) -> str | None:
    token = _is_inside.set(True)
    try:
        text = await within(TIME, asked, clock)
        if text is not None:
            check(text)
    except Refused as refused:
        raise Refused(refused.message[:MAX_REASON]) from None
    except TimeoutError:
        log.error("a hook took more than %s s for a %s, which is refused", TIME, of)  # noqa: TRY400 - not our fault
    except RuleError as error:
        log.error("a hook gave a %s that is none: %s", of, error.message)  # noqa: TRY400 - the message says it all
    except Exception:
        log.exception("a hook failed, and the %s is refused", of)
    else:
        return text
    finally:
        _is_inside.reset(token)
    msg = f"the application could not say whether {what}"
    raise Refused(msg, field="hook")
