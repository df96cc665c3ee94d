"""A program with a chat inside, to be killed: it writes, has a say, follows the events, hears who has missed what."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

from chatcore import Chat, Draft, Message, OtherHistory, Refused, User

READER = "reader"
"""Who is never there."""


def say(word: str, *rest: object) -> None:
    """Write a line, in one piece."""
    os.write(1, (" ".join([word, *map(str, rest)]) + "\n").encode())


async def follow(chat: Chat, after: str | None) -> None:
    """Tell of each event, with its cursor."""
    try:
        async for event in chat.events(after):
            if event.message is not None:
                say("message", event.cursor, event.message.number, event.message.sender)
            elif event.user is not None:
                say("user", event.cursor, event.user.id)
    except OtherHistory:
        say("other")


async def write(chat: Chat, number: int) -> None:
    """Write messages from a number on, each known by its number; every tenth is of somebody new."""
    reader = await chat.users.get(READER) or await chat.users.create(READER)
    while True:
        name = f"author{number // 10}"
        author = await chat.users.get(name) or await chat.users.create(name)
        say("written", number)
        try:
            message = await chat.post(author, reader, str(number), client_id=str(number))
        except Refused:
            say("refused", number)
        else:
            say("stored", number, message.number, message.text)
        number += 1


async def main(path: str, number: int, after: str | None) -> None:
    """Live until killed."""
    chat = Chat(path, password_cost="low")  # noqa: S106 - of nobody

    @chat.before_post
    async def edit(draft: Draft) -> str | None:
        number = int(draft.text)
        if number % 7 == 3:
            reason = "not this one"
            raise Refused(reason)
        return f"{number}-by-{os.getpid()}" if number % 3 == 0 else None  # another answer in each life

    @chat.missed(after=0.05)
    async def tell(message: Message, readers: Sequence[User]) -> None:
        await asyncio.sleep(0.01)  # a kill hits a call now and then
        say("told", message.number, *(user.name for user in readers))

    async with chat, asyncio.TaskGroup() as tasks:
        tasks.create_task(follow(chat, after))
        if number >= 0:
            tasks.create_task(write(chat, number))
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None))
