"""What is given one after another, for programs without an event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from ..client.message_stream import MessageStream
from ..domain.messages import Message
from .loop_thread import LoopThread

T = TypeVar("T")


class Messages(Iterator[Message]):
    """Messages of others, as `chatcore.MessageStream` gives them. May be used as `with`, or closed."""

    def __init__(self, thread: LoopThread, messages: MessageStream) -> None:
        self._thread, self._messages = thread, messages

    def __next__(self) -> Message:
        try:
            return self._thread.wait_for(self._messages.__anext__)
        except StopAsyncIteration:
            raise StopIteration from None

    def close(self) -> None:
        """Take no more: what comes from now on is not kept."""
        self._thread.wait_for(self._messages.aclose)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Pages(Iterator[T], Generic[T]):
    """All that an asynchronous generator gives."""

    def __init__(self, thread: LoopThread, given: AsyncGenerator[T, None]) -> None:
        self._thread, self._given = thread, given

    def __next__(self) -> T:
        try:
            return self._thread.wait_for(self._next)
        except StopAsyncIteration:
            raise StopIteration from None

    async def _next(self) -> T:
        return await anext(self._given)
