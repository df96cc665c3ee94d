"""The acts of the demo: a conversation between real clients, in which each requirement happens and is checked."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from time import perf_counter

from actor import PASSWORD, Actor
from transcript import Transcript

import chatcore
from chatcore import GENERAL, ItemState
from chatcore.testing.server_process import ServerProcess

CROWD, EACH = 20, 5
BEAT = 0.01
"""Seconds between two heartbeats of the program."""

READ, SENT, WAITING = ItemState.READ, ItemState.SENT, ItemState.WAITING


class Play:
    """The server, the actors, and what they do. Each act goes on where the one before ended."""

    def __init__(self, server: ServerProcess, transcript: Transcript) -> None:
        self.server, self.transcript = server, transcript
        self.tell, self.show = transcript.tell, transcript.show
        self.direct = GENERAL
        "The conversation of Alice and Bob, from the second act on."

    async def run(self) -> None:
        """Play all of it."""
        self.tell(f"chatcore-server runs at {self.server.url}; its clients are in another process, {os.getpid()}", "E8")
        async with self.actor() as alice, self.actor() as bob, self.actor() as carol:
            self.alice, self.bob, self.carol = alice, bob, carol
            for act in (self.entering, self.starting, self.reading, self.everybody, self.crowd, self.killing):
                self.transcript.act(act.__doc__ or "")
                await act()
        self.transcript.end()

    @asynccontextmanager
    async def actor(self) -> AsyncGenerator[Actor, None]:
        """Return somebody with a client of their own, not logged in."""
        async with chatcore.connect(self.server.url) as client:
            yield Actor(client)

    # ---- the acts

    async def entering(self) -> None:
        """Users register, log in and log out."""
        alice, bob = self.alice, self.bob
        me = await alice.client.register("alice", PASSWORD)
        self.tell("alice registers and is logged in", "E6", holds=me.name == "alice" and alice.is_online)
        await alice.until_all_is_there()
        await bob.client.register("Bob", PASSWORD)
        await alice.until("Bob is new in the list, and active", lambda: alice.newcomers and alice.row("Bob").active)
        self.tell("Bob registers, and is in alice's list at once", "E4", "T7a", holds=alice.newcomers == ["Bob"])
        await self.carol.client.register("carol", PASSWORD)
        await alice.until("carol is in the list, and active", lambda: alice.row("carol").active)
        taken = await self.code_of(lambda client: client.register("BOB", PASSWORD))
        self.tell(f"somebody else wants to be BOB: {taken}", "E6", holds=taken == "name_taken")

        await bob.client.log_out()
        await alice.until("Bob is inactive", lambda: not alice.row("Bob").active)
        is_last = alice.names == ["carol", "general", "Bob"]
        self.tell("Bob logs out: inactive, and below those who are active", "T1", "T4", "T7c", holds=is_last)
        self.show(alice.list_lines())
        wrong = await self.code_of(lambda client: client.log_in("bob", "wrong horse battery"))
        self.tell(f"somebody tries Bob's name with a wrong password: {wrong}", "E7", holds=wrong == "wrong_credentials")
        await bob.client.log_in("bob", PASSWORD)
        await alice.until("Bob is active", lambda: alice.row("Bob").active)
        is_back = alice.names == ["Bob", "carol", "general"]
        self.tell("Bob logs in with the right one: active again, and in his place", "E7", "T1", "T7b", holds=is_back)
        self.show(alice.list_lines())
        await bob.until("alice is in his list", lambda: "alice" in bob.names)
        ready = bob.client.token and bob.is_online
        self.tell("password → session → WebSocket → list of users → live changes: he is in", "U1", holds=ready)

    async def starting(self) -> None:
        """Bob starts a conversation."""
        alice, bob = self.alice, self.bob
        self.direct = await bob.client.conversation_with("alice")
        bob.client.opened(self.direct)
        past = await bob.client.history(self.direct)
        self.tell("Bob chooses alice from his list; nothing was written so far", "U2", holds=past == [])
        for text in ("Hello alice!", "Have you seen the list?", "It sorts itself\nwhile you look."):
            message = await bob.client.post(self.direct, text)
            at = f"{message.sent_at.astimezone():%Y-%m-%d %H:%M:%S}"
            self.tell(f"Bob → alice, stored {at}: {text!r}", "E1", "T2", holds=message.sent_at_ms)
        await alice.until("all have come", lambda: len(alice.received) == message.seq)
        in_order = [(m.seq, m.sender) for m in alice.received] == [(seq, bob.client.me.id) for seq in (1, 2, 3)]
        self.tell("alice receives them, once each and in order", "E2", "T7d", holds=in_order)
        await alice.until_unread("Bob", 3)
        on_top = alice.names[0] == "Bob"
        self.tell("Bob is on top of her list, with 3 unread", "T4", "T5", "T7d", "U2", holds=on_top)
        self.show(alice.list_lines())

    async def reading(self) -> None:
        """Alice reads and answers."""
        alice, bob, direct = self.alice, self.bob, self.direct
        unread = await alice.client.unread(direct)
        self.tell(f"alice asks the server how many of Bob's are unread: {unread}", "T3a", holds=unread == 3)
        await alice.client.mark_read(direct, 2)
        await bob.until("one is read", lambda: bob.states(direct) == [SENT, READ, SENT])
        unread = await alice.client.unread(direct)
        self.tell("she marks only the second as read; Bob sees ✓ ✓✓ ✓", "T2", "T3b", "T7e", holds=unread == 2)
        alice.client.opened(direct)
        await alice.until("the past is there", lambda: len(alice.timeline(direct)) == 3)
        self.tell("she chooses Bob: the conversation opens, with what was written before", "E3", "T5")
        alice.client.visible(direct, [1, 2, 3])
        await asyncio.sleep(1)
        unread = await alice.client.unread(direct)
        self.tell("her window is in the background: nothing is read by that", "T8", holds=unread == 2)
        alice.client.window_active(True)
        await bob.until("all are read", lambda: bob.states(direct) == [READ, READ, READ])
        await alice.until_unread("Bob", 0)
        self.tell("now she looks: what is displayed is reported, Bob sees ✓✓", "T2", "T7e", "T8")
        await alice.client.post(direct, "Hello Bob! Nice. Does it also keep still?")
        await bob.until("the answer is there", lambda: len(bob.timeline(direct)) == 4)
        came = bob.timeline(direct)[3].seq == 4
        self.tell("alice answers, and it appears in Bob's open conversation", "T7d", holds=came)
        lines = bob.bubble_lines(direct)
        sides = lines[0].endswith("▐") and lines[-1].startswith("▌")
        self.tell("the conversation as Bob sees it: sent ones right, received ones left", "T9", holds=sides)
        self.show(lines)

    async def everybody(self) -> None:
        """Alice writes to everybody."""
        alice, readers = self.alice, (self.bob, self.carol)
        await alice.client.post(GENERAL, "Hello everybody!")
        for one in readers:
            await one.until_unread(GENERAL, 1)
        self.tell("a message in the general chat reaches Bob and carol", "E5")
        alice.client.opened(GENERAL)
        for one in readers:
            one.client.opened(GENERAL)
            one.client.window_active(True)
            one.client.visible(GENERAL, [1])
        await alice.until("both have read it", lambda: [i.readers for i in alice.timeline(GENERAL)] == [2])
        self.tell("both display it, and alice sees how many have", "E5", "T7e")
        self.show(alice.bubble_lines(GENERAL))

    async def crowd(self) -> None:
        """Many come at once."""
        alice = self.alice
        heart = asyncio.create_task(_beat())
        async with AsyncExitStack() as stack:
            actors = [await stack.enter_async_context(self.actor()) for _ in range(CROWD)]
            began = perf_counter()
            await asyncio.gather(*(one.client.register(f"guest{n:02}", PASSWORD) for n, one in enumerate(actors)))
            came = perf_counter()
            await asyncio.gather(*(one.client.post(GENERAL, f"{n + 1}") for one in actors for n in range(EACH)))
            done = perf_counter()
            await alice.until("all is there", lambda: alice.client.replica.tally(GENERAL).seq == 1 + CROWD * EACH)
            self.tell(f"{CROWD} more clients register at the same time, in {came - began:.1f} s", "E6", "E9")
            log = await alice.client.history(GENERAL, limit=1000)
            all_there = [m.seq for m in log] == [*range(1, 2 + CROWD * EACH)] and _keeps_order(log)
            told = f"each writes {EACH} messages, {CROWD * EACH} in {done - came:.1f} s: all are there, once, in order"
            self.tell(told, "E5", "E9", holds=all_there)
        heart.cancel()
        beats = await heart
        longest = max(b - a for a, b in pairwise(beats))
        told = f"meanwhile this program's heart beat {len(beats)} times, with pauses of at most {1000 * longest:.0f} ms"
        self.tell(told, "T6", holds=longest < 1)

    async def killing(self) -> None:
        """The server is killed, and comes back."""
        alice, bob, direct = self.alice, self.bob, self.direct
        before = await alice.client.history(direct)
        users = {user.id: user.name for user in alice.client.replica.users}
        await self.server.kill()
        await alice.until("the connection is lost", lambda: not alice.is_online)
        alice.client.opened(direct)
        alice.client.post_soon(direct, "Are you still there?")
        waits = alice.timeline(direct)[-1].state is WAITING
        self.tell("kill -9; alice is offline, and writes: her message waits (◷)", "T6", "T9", holds=waits)
        await self.server.start()
        self.tell("the server is started again, on the same file")
        await alice.until("it is sent", lambda: alice.states(direct)[-1] in {SENT, READ})
        await bob.until("it is there", lambda: bob.timeline(direct)[-1].text == "Are you still there?")
        after = await bob.client.history(direct)
        once = after[:-1] == before and after[-1].seq == len(after)
        self.tell("both come back by themselves; her message is stored and shown, once", "E1", "E2", "E10", holds=once)
        async with self.actor() as again:
            await again.client.log_in("carol", PASSWORD)
            await again.until("the whole list is there", lambda: len(again.client.replica.users) == len(users))
            known = {user.id: user.name for user in again.client.replica.users}
            told = f"carol logs in with her old password; all {len(users)} users are there"
            self.tell(told, "E7", "E11", holds=known == users)
            log = await again.client.history(GENERAL, limit=1000)
            self.tell(f"the general chat has its {len(log)} messages", "E10", holds=len(log) == 1 + CROWD * EACH)

    # ---- helpers

    async def code_of(self, attempt: Callable[[chatcore.ChatClient], Awaitable[object]]) -> str:
        """Return the code of the error with which somebody new is refused; empty where they are not."""
        async with chatcore.connect(self.server.url) as client:
            try:
                await attempt(client)
            except chatcore.ChatError as error:
                return error.code
        return ""


async def _beat() -> list[float]:
    """Beat until cancelled; give the times of the beats."""
    beats: list[float] = []
    try:
        while True:
            beats.append(perf_counter())
            await asyncio.sleep(BEAT)
    except asyncio.CancelledError:
        return beats


def _keeps_order(log: Sequence[chatcore.Message]) -> bool:
    """Return whether each sender's numbers stand in the order in which they were written."""
    by_sender: dict[chatcore.UserId, list[int]] = {}
    for message in log[1:]:
        by_sender.setdefault(message.sender, []).append(int(message.text))
    return all(numbers == sorted(numbers) for numbers in by_sender.values())
