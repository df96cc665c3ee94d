"""Says anything at all to whatever takes what others say: codec, server, client, names, and the sanitiser."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from time import monotonic, process_time
from traceback import format_exception
from typing import Any

import pyte
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st

from chatcore.adapters.memory_link import MemoryLink
from chatcore.domain.conversations import GENERAL
from chatcore.domain.display_names import check_display_name
from chatcore.domain.generations import Point
from chatcore.domain.ids import UserId
from chatcore.domain.tallies import Tally
from chatcore.domain.users import AsciiNames, User
from chatcore.errors import BadFrame, ChatError, InvalidName
from chatcore.ports.transport import LinkDown, OutFrame
from chatcore.protocol.states import ANSWERS
from chatcore.testing.world import PASSWORD, URL, ChatWorld
from chatcore.view.text import clean
from chatcore.wire import frames as f
from chatcore.wire.codec import client_frames, plain_loads, server_frames, tag
from chatcore.wire.limits import MAX_FRAME

from .odd_frames import ME, frames
from .odd_frames import answers as answers_of_any_kind
from .part import Outcome

LOT = 200
"""Examples of one seed; then the next one begins, until the time is over."""

MOST_WAIT = 3.0
"""How many times as long it may take by the clock, where the machine does other things as well."""

ANY_TEXT = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["\x1b", "[", "]0;", "2J", "\x07", "\x9b", "\r", "\n", "\t", "\u202e", "a", "e\u0301", "\u200d", "\U0001f468"]
    )
).map("".join)

Answers = dict[str, dict[str, Any]]
"""By the type of an answer, the frame that is said instead of it."""

MOST_ANSWERS = 200
"""So many answers a deceiving server gives on one connection: then it says nothing more."""

VICTIM = User(UserId(ME), "alice", 1, 1)
EMPTY = f.Snapshot("epoch", Point("first", 0, 2), True, (VICTIM.id,), Tally(GENERAL, 3), ())

FROM_CLIENTS, FROM_SERVERS = frames(f.ClientFrame), frames(f.ServerFrame)


class Uncaught(Exception):
    """Something went wrong that nobody has dealt with; the log says what."""


# ---- what is fuzzed


def codec(data: bytes) -> None:
    """Whatever comes is a frame, or BadFrame."""
    for decoder in (client_frames(), server_frames(), client_frames(loads=plain_loads)):
        with suppress(BadFrame):
            decoder.decode(data)


def names(text: str) -> None:
    """Whatever is typed is a name that can be typed, or InvalidName."""
    policy = AsciiNames()
    with suppress(InvalidName):
        folded = policy.fold(text)
        policy.check_new(folded)
        if not folded.isascii() or not folded.isprintable() or policy.fold(folded) != folded:
            raise Uncaught(folded)
    with suppress(InvalidName):
        shown = check_display_name(text)
        if "\n" in shown or check_display_name(shown) != shown:
            raise Uncaught(repr(shown))


def sanitiser(text: str) -> None:
    """Whatever somebody writes, a terminal shows it in its line and changes nothing else."""
    for line in clean(text).split("\n"):
        screen = pyte.Screen(4 * len(line) + 40, 5)
        stream = pyte.Stream(screen)
        stream.feed("above\r\n\r\n\r\nbelow\x1b[2;1H")
        modes, title = set(screen.mode), screen.title
        stream.feed(line)
        others = [screen.display[row].strip() for row in (0, 2, 3, 4)]
        if (others, screen.cursor.y, screen.mode, screen.title) != (["above", "", "below", ""], 1, modes, title):
            raise Uncaught(repr(text))


def server(is_logged_in: bool, said: list[bytes]) -> None:
    """Whatever a client says, the server answers or ends the connection, and others notice nothing."""
    asyncio.run(_attack_server(said, is_logged_in=is_logged_in))


async def _attack_server(said: list[bytes], *, is_logged_in: bool) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        link = await world.network.dial(URL)
        heard = asyncio.ensure_future(_hear_out(link))
        begin: list[f.ClientFrame] = [f.Hello((f.VERSION,), "fuzz")]
        if is_logged_in:
            begin.append(f.Register(1, "mallory", PASSWORD))
        link.write([OutFrame(client_frames().encode(frame)) for frame in begin])
        link.write([OutFrame(data) for data in said if len(data) <= MAX_FRAME])
        await world.settle()
        await alice.post(GENERAL, "I notice nothing")
        link.abort()
        if b'"internal"' in await heard:
            msg = "the server calls it a mistake of its own"
            raise Uncaught(msg)


async def _hear_out(link: MemoryLink) -> bytes:
    heard = b""
    with suppress(LinkDown):
        while True:
            heard += await link.receive()
    return heard


def client(is_online: bool, said: list[bytes], answers: Answers) -> None:
    """Whatever a server says and answers, the client takes it or connects again."""
    asyncio.run(_attack_client(said, is_online=is_online))
    asyncio.run(_deceive_client(said, answers))


async def _attack_client(said: list[bytes], *, is_online: bool) -> None:
    hostile = [OutFrame(data) for data in said]
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        link = world.link(alice)
        if is_online and link is not None:
            link.peer.write(hostile)
            await world.settle()
        else:
            world.network.listen(partial(_welcome, hostile))
            world.cut(alice)
            await world.settle(10)
        _ = alice.replica.rows, alice.connection
        with suppress(ChatError, TimeoutError):  # its session may have ended, and a hostile server says nothing
            async with world.clock.timeout(5):
                await alice.history(GENERAL)


async def _deceive_client(said: list[bytes], answers: Answers) -> None:
    """Let a client in at a server of which every answer is of the right kind, and nothing else right."""
    async with ChatWorld() as world:
        world.network.listen(partial(_answer_all, answers, [OutFrame(data) for data in said]))
        victim = await world.client()
        with suppress(ChatError, TimeoutError):
            async with world.clock.timeout(20):
                await victim.log_in("alice", PASSWORD)
                victim.opened(GENERAL)
                victim.post_soon(GENERAL, "is anybody there?")
                await world.settle(3)
                _ = victim.replica.rows, victim.replica.timeline(GENERAL)
                await victim.mark_read(GENERAL, 1)
                _ = [message async for message in victim.all_history(GENERAL)]
        await world.settle(3)


async def _answer_all(answers: Answers, hostile: list[OutFrame], link: MemoryLink) -> None:
    with suppress(LinkDown):
        link.write([OutFrame(server_frames().encode(f.Welcome(f.VERSION)))])
        for _ in range(MOST_ANSWERS):
            asked = client_frames().decode(await link.receive())
            if isinstance(asked, f.Hello):
                continue
            entered = [] if not isinstance(asked, f.Credentials) else [f.LoggedIn(asked.id, VICTIM, None), EMPTY]
            link.write([OutFrame(server_frames().encode(frame)) for frame in entered])
            link.write(hostile if entered else [_answer(asked, answers)])
    await _hear_out(link)


def _answer(asked: f.Request, answers: Answers) -> OutFrame:
    return OutFrame(json.dumps({**answers[tag(ANSWERS[type(asked)])], "id": asked.id}).encode())


async def _welcome(hostile: list[OutFrame], link: MemoryLink) -> None:
    link.write([OutFrame(server_frames().encode(f.Welcome(f.VERSION))), *hostile])
    await _hear_out(link)


EITHER = st.booleans()
TARGETS: dict[str, tuple[Callable[..., None], Sequence[st.SearchStrategy[Any]]]] = {
    "codec": (codec, (FROM_CLIENTS | FROM_SERVERS | st.binary(max_size=200),)),
    "server": (server, (EITHER, st.lists(FROM_CLIENTS, max_size=12))),
    "client": (client, (EITHER, st.lists(FROM_SERVERS, max_size=12), answers_of_any_kind())),
    "names": (names, (ANY_TEXT,)),
    "sanitiser": (sanitiser, (ANY_TEXT,)),
}

# ---- how


async def fuzz(seconds: float, seed: int = 0) -> Outcome:
    """Fuzz each target for so many seconds of a core, all at once: so no core is idle while the last ones work."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(len(TARGETS)) as pool:
        runs = [loop.run_in_executor(pool, fuzz_one, target, seconds, seed) for target in TARGETS]
        results = await asyncio.gather(*runs)
    faults = [fault for _, found in results for fault in found]
    counts = ", ".join(f"{count:,} of {name}" for name, (count, _) in zip(TARGETS, results, strict=True))
    return Outcome(f"{seconds:g} s each: {counts}; {len(faults)} faults", faults)


class _Mistakes(logging.Handler):
    """Keeps what a program logs as its own mistake."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.said.append(record.getMessage() + "\n" + ("".join(format_exception(error)) if error else ""))


def fuzz_one(target: str, seconds: float, seed: int) -> tuple[int, list[str]]:
    """Fuzz one target until the time is over or something is found; return how many examples there were, and what."""
    mistakes, count = _Mistakes(), 0
    log = logging.getLogger("chatcore")
    log.addHandler(mistakes)
    log.propagate = False
    quiet = settings(max_examples=LOT, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    (work, chances), until = TARGETS[target], process_time() + seconds
    latest = monotonic() + MOST_WAIT * seconds
    try:
        while process_time() < until and monotonic() < latest and not mistakes.said:
            with_seed(seed + count)(quiet(given(*chances)(work)))()
            count += LOT
    except Exception as error:  # noqa: BLE001 - whatever it was, it is told
        mistakes.said.append("".join(format_exception(error)))
    finally:
        log.removeHandler(mistakes)
    return count, [f"{target}, seed {seed + count}: {said}" for said in mistakes.said[:3]]
