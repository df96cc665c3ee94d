"""One thing after the other is taken away from three servers, and what people notice of it is measured, row by row."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import attrs

from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.client.client import ChatClient
from chatcore.client.connection_state import ConnectionPhase, ConnectionState
from chatcore.client.observer import Observer
from chatcore.domain.conversations import direct
from chatcore.domain.ids import ConversationId, Token
from chatcore.domain.messages import Message
from chatcore.errors import ChatError
from chatcore.testing import nats_process, postgres_process

from .crowd import PASSWORD, until
from .nodes import Node, Nodes
from .part import Outcome
from .travellers import Balancer, TravellingDialer

SERVERS = 3
EVERY = 0.1
"""Seconds between two messages of the writer."""

PATIENCE = 60.0
"""Seconds after which what has not come counts as lost."""

Act = Callable[[Nodes], Awaitable[None]]


def _client(url: str, dialer: TravellingDialer, token: Token | None = None) -> ChatClient:
    return ChatClient(url, dialer=dialer, clock=SystemClock(), ids=SystemIds(), token=token, wait=False)


class Person(Observer):
    """A client of which the times are kept at which it was told something."""

    def __init__(self, balancer: Balancer, at: int) -> None:
        self.dialer = TravellingDialer(balancer)
        self.dialer.stays_at = at
        self.client = _client(balancer.urls[at], self.dialer)
        self.heard: dict[str, list[float]] = {}
        "By the text of a message."
        self.read: dict[int, float] = {}
        "Of own messages, by seq, when somebody else had read each."
        self.losses = 0
        "How many times the connection was lost."

    def message_received(self, message: Message, /) -> None:
        """See Observer."""
        self.heard.setdefault(message.text, []).append(monotonic())

    def messages_read(self, _: ConversationId, readers: Mapping[int, int], /) -> None:
        """See Observer."""
        for seq in readers:
            self.read.setdefault(seq, monotonic())

    def connection_changed(self, state: ConnectionState, /) -> None:
        """See Observer."""
        self.losses += state.phase is ConnectionPhase.OFFLINE

    @property
    def is_level(self) -> bool:
        """Whether it is connected and has nothing more to ask for."""
        return self.client.connection.phase is ConnectionPhase.ONLINE and self.client.replica.is_level


@attrs.frozen
class Row:
    """A line of the table: what is done to the servers for so many seconds, and undone."""

    name: str
    seconds: float
    begin: Act
    end: Act
    takes_server: bool = False
    "Whether the first server is away meanwhile, with those who are there and do not go elsewhere."
    is_ready: bool = True
    "Whether a balancer would send somebody to the first server."
    most: float = 5.0
    "Seconds after the end within which all is told (in the middle of it, where posts go on)."


@attrs.define
class Seen:
    """What people have noticed."""

    acked: float = 0.0
    "The longest time from sending to the answer, in seconds."
    heard: float = 0.0
    "The same until somebody at another server was told."
    read: float = 0.0
    "The longest time from a mark's answer until the author at another server was told."
    after: float = 0.0
    "Seconds after the end of the outage until all from before that was told."
    losses: int = 0
    "How many times one of the two was disconnected."
    inactive: float | None = None
    "Seconds until those who were at the server are inactive for others."
    out: float | None = None
    "Seconds until a session that was ended at one server is ended at another one."
    faults: list[str] = attrs.field(factory=list)


async def outages(rows: int, seed: int = 0) -> Outcome:
    """Go through the first so many rows of the table."""
    logging.getLogger("chatcore.client").addHandler(logging.NullHandler())  # that clients are refused is no news here
    faults: list[str] = []
    print("| what | answer | told | read | after | disconnected | inactive | log-out |")
    with ExitStack() as block:
        postgres = block.enter_context(postgres_process.running())
        nats = block.enter_context(nats_process.running(Path(block.enter_context(TemporaryDirectory()))))
        async with Nodes(postgres, SERVERS, nats) as nodes:
            for row in ROWS[:rows]:
                seen = await _measured(nodes, row, seed)
                print(_line(row, seen), flush=True)
                faults += [f"{row.name}: {fault}" for fault in seen.faults]
            faults += nodes.faults
    return Outcome(f"{len(ROWS[:rows])} outages, {len(faults)} of them not as promised", faults)


def _line(row: Row, seen: Seen) -> str:
    def said(seconds: float | None) -> str:
        return "" if seconds is None else f"{seconds:.1f} s"

    times = (seen.acked, seen.heard, seen.read, seen.after)
    return f"| {row.name} | {' | '.join(map(said, times))} | {seen.losses} | {said(seen.inactive)} | {said(seen.out)} |"


async def _measured(nodes: Nodes, row: Row, seed: int) -> Seen:
    """Have somebody at the first server write to somebody at the second one while it lasts."""
    seen, balancer = Seen(), Balancer(nodes.urls, seed)
    name = f"{ROWS.index(row)}-{os.urandom(3).hex()}"
    async with AsyncExitStack() as stack:
        people = [Person(balancer, at) for at in (0, 1, 0, 2, 1)]
        writer, reader, idler, leaver, left = people
        for person in people:
            await stack.enter_async_context(person.client)
        for person, who in zip(people, ("writer", "reader", "idler", "leaver", "leaver"), strict=True):
            enter = person.client.log_in if person is left else person.client.register
            await enter(f"{who}-{name}", PASSWORD)
        token = leaver.client.token
        assert token is not None
        same = Person(balancer, 1)
        same.client = _client(nodes.urls[1], same.dialer, token)
        await stack.enter_async_context(same.client)
        for person in (writer, reader):
            person.client.subscribe(person)
        await until(lambda: all(person.is_level for person in (*people, same)), 30)
        await until(lambda: reader.client.replica.is_active(idler.client.me.id), 30)
        writer.losses = reader.losses = 0
        for person in (writer, reader):
            person.dialer.stays_at = None
        if row.takes_server or not row.is_ready:
            balancer.left_out = {0}
        posts = asyncio.create_task(_write(writer, reader, row.seconds, seen))
        await asyncio.sleep(0.3)
        begun = monotonic()
        await row.begin(nodes)
        idler.dialer.is_away = row.takes_server
        watches = [
            asyncio.create_task(_until_inactive(reader, idler, begun, seen, wanted=row.takes_server)),
            asyncio.create_task(_until_out(leaver, same, seen)),
        ]
        await asyncio.sleep(max(0.0, begun + row.seconds - monotonic()))
        await row.end(nodes)
        ended = monotonic()
        sent = await posts
        await asyncio.gather(*watches)
        seen.after = max(0.0, max(max(at) for at in sent.values()) - ended)
        seen.losses = writer.losses + reader.losses
        _judge(row, seen)
    for node in nodes.all:
        await until(lambda node=node: not node.server.has_ended, 30)  # type: ignore[misc]
    await asyncio.sleep(4)  # until all have beaten again
    return seen


def _judge(row: Row, seen: Seen) -> None:
    if seen.after > row.most:
        seen.faults.append(f"{seen.after:.1f} s after the end, and not {row.most:.0f}")
    if seen.inactive is not None and seen.inactive > 15:
        seen.faults.append(f"active for {seen.inactive:.1f} s")
    if seen.out is not None and seen.out > row.seconds + 10:
        seen.faults.append(f"logged in for {seen.out:.1f} s after the log-out")


async def _write(writer: Person, reader: Person, seconds: float, seen: Seen) -> dict[str, list[float]]:
    """Write all the time, and read now and then; return of each message when it was answered and told."""
    conversation = direct(writer.client.me.id, reader.client.me.id)
    answered: dict[str, float] = {}
    sent: dict[str, float] = {}
    deadline = monotonic() + seconds + 1.0
    tasks: list[asyncio.Task[None]] = []

    async def post(text: str) -> None:
        sent[text] = monotonic()
        await writer.client.post(conversation, text)
        answered[text] = monotonic()

    async def mark() -> None:
        seq = reader.client.replica.tally(conversation).seq
        if not seq:
            return
        with suppress(ChatError):
            await reader.client.mark_read(conversation, seq)
            at, losses, was_level = monotonic(), writer.losses, writer.is_level
            with suppress(TimeoutError):
                await until(lambda: seq in writer.read or not was_level or writer.losses > losses, PATIENCE)
            if not was_level or writer.losses > losses:
                pass  # it has loaded that with all else, and no observer was called
            elif seq not in writer.read:
                seen.faults.append("the author was never told that a message was read")
            else:
                seen.read = max(seen.read, writer.read[seq] - at)

    while monotonic() < deadline:
        tasks.append(asyncio.create_task(post(f"message {len(sent)}")))
        if len(sent) % 35 == 5:
            tasks.append(asyncio.create_task(mark()))
        await asyncio.sleep(EVERY)
    with suppress(TimeoutError):
        await until(lambda: all(task.done() for task in tasks) and sent.keys() <= reader.heard.keys(), PATIENCE)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    seen.faults += [f"{text} was not answered" for text in sent if text not in answered]
    seen.faults += [
        f"{text} was told {len(reader.heard.get(text, ()))} times"
        for text in sent
        if len(reader.heard.get(text, ())) != 1
    ]
    seen.acked = max(answered[text] - sent[text] for text in answered)
    seen.heard = max(reader.heard[text][0] - sent[text] for text in sent if text in reader.heard)
    return {text: [answered[text], *reader.heard[text]] for text in answered if text in reader.heard}


async def _until_inactive(reader: Person, idler: Person, begun: float, seen: Seen, *, wanted: bool) -> None:
    if not wanted:
        return
    user = idler.client.me.id
    try:
        await until(lambda: reader.is_level and not reader.client.replica.is_active(user), PATIENCE)
        seen.inactive = monotonic() - begun
    except TimeoutError:
        seen.faults.append("who was at the server stays active")


async def _until_out(leaver: Person, same: Person, seen: Seen) -> None:
    """Log out at one server; see when the same session is over at another one."""
    await asyncio.sleep(0.5)
    begun = monotonic()
    deadline = begun + PATIENCE
    while leaver.client.connection.phase is not ConnectionPhase.LOGGED_OUT and monotonic() < deadline:
        with suppress(ChatError, TimeoutError):
            async with asyncio.timeout(2):
                await leaver.client.log_out()
        await asyncio.sleep(0.05)
    try:
        await until(lambda: same.client.connection.phase is ConnectionPhase.LOGGED_OUT, PATIENCE)
        seen.out = monotonic() - begun
    except TimeoutError:
        seen.faults.append("a session that was ended goes on at another server")


# ---- what can be taken away


async def _nothing(_: Nodes) -> None:
    pass


async def _stop_nats(nodes: Nodes) -> None:
    assert nodes.nats is not None
    await asyncio.to_thread(nodes.nats.stop)


async def _start_nats(nodes: Nodes) -> None:
    assert nodes.nats is not None
    await asyncio.to_thread(nodes.nats.start)


def _to_nats(number: signal.Signals) -> Act:
    async def send(nodes: Nodes) -> None:
        assert nodes.nats is not None
        nodes.nats.send(number)

    return send


def _database(*order: str) -> Act:
    async def control(nodes: Nodes) -> None:
        await asyncio.to_thread(nodes.cluster.control, *order)

    return control


def _to_database(number: signal.Signals) -> Act:
    """Send a signal to all processes of PostgreSQL."""

    async def send(nodes: Nodes) -> None:
        first = int((nodes.cluster.folder / "data" / "postmaster.pid").read_text("ascii").split()[0])
        for pid in _family(first):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    return send


def _family(pid: int) -> Sequence[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [pid, *map(int, children)]


def _to_server(number: signal.Signals) -> Act:
    async def send(nodes: Nodes) -> None:
        nodes.all[0].server.send(number)

    return send


async def _kill_server(nodes: Nodes) -> None:
    await nodes.all[0].kill()


async def _start_server(nodes: Nodes) -> None:
    await nodes.all[0].start()


def _wire(of: Callable[[Node], object], what: str, *, all_of_them: bool = False) -> Act:
    async def do(nodes: Nodes) -> None:
        for node in nodes.all if all_of_them else nodes.all[:1]:
            getattr(of(node), what)()

    return do


def _both(*acts: Act) -> Act:
    async def do(nodes: Nodes) -> None:
        for act in acts:
            await act(nodes)

    return do


def _bus(node: Node) -> object:
    return node.to_bus


def _store(node: Node) -> object:
    return node.to_database


def _clients(node: Node) -> object:
    return node.to_clients


STOP, CONT = signal.SIGSTOP, signal.SIGCONT

ROWS: Sequence[Row] = (
    Row("nothing", 4, _nothing, _nothing),
    Row("NATS killed for 8 s", 8, _stop_nats, _start_nats),
    Row("NATS frozen for 8 s", 8, _to_nats(STOP), _to_nats(CONT)),
    Row("a server cut from NATS for 8 s", 8, _wire(_bus, "cut"), _wire(_bus, "mend")),
    Row("PostgreSQL stopped for 5 s", 5, _database("stop", "-m", "fast"), _database("start")),
    Row("PostgreSQL killed, away for 5 s", 5, _database("stop", "-m", "immediate"), _database("start")),
    Row("PostgreSQL frozen for 5 s", 5, _to_database(STOP), _to_database(CONT)),
    Row("a server killed, away for 20 s", 20, _kill_server, _start_server, takes_server=True),
    Row("a server frozen for 20 s", 20, _to_server(STOP), _to_server(CONT), takes_server=True, most=30),
    Row("a server cut from PostgreSQL for 8 s", 8, _wire(_store, "cut"), _wire(_store, "mend")),
    Row("a server cut from PostgreSQL for 40 s", 40, _wire(_store, "cut"), _wire(_store, "mend"), is_ready=False),
    Row("the line to PostgreSQL of a server held for 8 s", 8, _wire(_store, "hold"), _wire(_store, "mend")),
    Row("a server cut from its clients for 8 s", 8, _wire(_clients, "cut"), _wire(_clients, "mend")),
    Row(
        "NATS and PostgreSQL killed, away for 5 s",
        5,
        _both(_stop_nats, _database("stop", "-m", "immediate")),
        _both(_database("start"), _start_nats),
    ),
    Row(
        "NATS and a server killed, away for 20 s",
        20,
        _both(_stop_nats, _kill_server),
        _both(_start_nats, _start_server),
        takes_server=True,
    ),
)
"""What is promised of several servers is said of these (docs/howto/run-several-servers.md)."""
