"""A lively user for the demo: greets the guest, reads, answers, talks to everybody, and comes and goes."""

import asyncio
import re
from itertools import cycle
from random import Random

import attrs

import chatcore
from chatcore import GENERAL

GUEST = "guest"


@attrs.frozen(kw_only=True)
class Person:
    """Who somebody is."""

    name: str
    greeting: tuple[str, ...]
    "What the guest finds when they come."
    talk: tuple[str, ...]
    "What they say to everybody now and then."
    stays: tuple[float, float] = (3600, 3600)
    "Seconds of a visit: at least, at most."
    is_host: bool = False
    "Whether they answer what the guest writes to everybody."


ADA = Person(
    name="Ada",
    is_host=True,
    greeting=(
        "Hello! I am Ada, a demo user. Write me something: I read it, and you see ✓ turn into ✓✓.",
        "F1 shows all keys. Alt+A goes to the next conversation with unread messages.\nCtrl+Q leaves.",
    ),
    talk=(
        "Does anybody want tea?",
        "Alt+Enter begins a new line:\nroses are red,\nviolets are blue,\nthis is one message,\nnot two.",
        "This chat is a Python library first. The terminal client is only one program on top of it.",
        "Every message has a number in its conversation, without holes. So nobody misses one.",
        "Zażółć gęślą jaźń, 你好, 👍: all of it is text.",
        "PgUp goes back in time, End comes back to now.",
    ),
)
TOM = Person(
    name="Tom",
    greeting=("Hi, I am Tom. I come and go: watch the dot beside my name.",),
    stays=(40, 70),
    talk=(
        "Tea would be lovely.",
        "Has anybody seen my other sock?",
        "I have just read that otters hold hands while they sleep.",
        "If you stop the server, what you write waits and goes out by itself later.",
        "Brr, it is cold in here. Or is it me?",
        "I am going to learn how to juggle. Wish me luck.",
    ),
)
PAUSE = (5, 14)
"""Seconds between two things that somebody says to everybody."""

AWAY = (10, 20)

REPLIES = (
    (r"\b(hi|hello|hey|hej|cześć|dzień dobry|good (morning|evening))\b", "Hello! Nice to see you."),
    (r"\bhow are you\b", "Very well, thank you. And you?"),
    (r"\b(who|what) are you\b", "I am a program of a few lines: examples/lively.py."),
    (r"\bthank|\bdzięk", "You are welcome."),
    (r"\b(bye|good night|see you)\b", "See you soon!"),
    (r"\btea\b", "With milk or without?"),
    (r"\?", "Good question. What do you think?"),
    (r"!$", "You sound cheerful!"),
)
SMALL_TALK = ("I see.", "Tell me more.", "Really?", "That is what my neighbour says, too.", "Go on, I am listening.")


def reply(text: str, otherwise: str) -> str:
    """Find something to say to a text."""
    return next((said for pattern, said in REPLIES if re.search(pattern, text, re.IGNORECASE)), otherwise)


class Lively(chatcore.Observer):
    """Lives a person's life in the chat, visit after visit."""

    def __init__(self, person: Person, url: str, chance: Random) -> None:
        self.person, self._url, self._chance = person, url, chance
        self._token: str | None = None
        self._talk, self._small_talk = cycle(person.talk), cycle(SMALL_TALK)
        self._stirred = asyncio.Event()

    async def register(self, password: str) -> None:
        """Make the account."""
        async with chatcore.connect(self._url) as client:
            await client.register(self.person.name, password)
            self._token = client.token

    async def greet(self) -> None:
        """Write to the guest and to everybody, so that the guest finds something when they come."""
        async with chatcore.connect(self._url, token=self._token) as client:
            guest = await client.conversation_with(GUEST)
            for text in self.person.greeting:
                await client.post(guest, text)
            await client.post(GENERAL, next(self._talk))

    async def live(self) -> None:
        """Come and go until cancelled."""
        while True:
            async with chatcore.connect(self._url, token=self._token, wait=False) as client:
                client.subscribe(self)
                try:
                    async with asyncio.timeout(self._chance.uniform(*self.person.stays)):
                        await self._visit(client)
                except (TimeoutError, chatcore.ChatError):
                    pass
            await asyncio.sleep(self._chance.uniform(*AWAY))

    def rows_changed(self, *_: object) -> None:
        """See Observer."""
        self._stirred.set()

    async def _visit(self, client: chatcore.ChatClient) -> None:
        """Read and answer what comes; when nothing does for a while, say something to everybody."""
        while True:
            self._stirred.clear()
            for row in [row for row in client.replica.rows if row.unread]:
                await self._read(client, row)
            try:
                async with asyncio.timeout(self._chance.uniform(*PAUSE)):
                    await self._stirred.wait()
            except TimeoutError:
                await client.post(GENERAL, next(self._talk))

    async def _read(self, client: chatcore.ChatClient, row: chatcore.Row) -> None:
        await asyncio.sleep(self._chance.uniform(0.8, 1.6))
        messages = [m for m in await client.history(row.conversation, limit=200) if m.sender != client.me.id]
        await client.mark_read(row.conversation, *[message.seq for message in messages[-row.unread :]])
        newest = messages[-1]
        is_from_guest = client.replica.name_of(newest.sender) == GUEST
        if row.user or (is_from_guest and self.person.is_host):
            await asyncio.sleep(self._chance.uniform(1.0, 3.0))
            await client.post(row.conversation, reply(newest.text, next(self._small_talk)))
