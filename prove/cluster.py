"""Three servers on one PostgreSQL, with everything done to them that can be, while people write and move about."""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from chatcore.testing import nats_process
from chatcore.testing.postgres_process import running

from .crowd import Member, until
from .nemesis import Nemesis
from .nodes import Node, Nodes, Snapshot
from .part import Outcome
from .travellers import Balancer, Travellers, travels

SERVERS = 3

DEAD = 15.0
"""Seconds within which those are inactive everywhere whose server was killed (promise 15)."""

BACK = 15.0
"""Seconds within which those are active everywhere who are there again: a try of the clients, and 5 s."""


@attrs.frozen
class Trouble:
    """How much is done to how many."""

    faults: int
    people: int
    devices: int
    pause: float
    "Seconds between two faults."
    longest: float
    "Seconds that one lasts at most."
    writing: float
    "Seconds between two things that one client does."


async def cluster(trouble: Trouble, seed: int = 0, *, through_nats: bool = False) -> Outcome:
    """Do so many things to three servers; what was acked has to be there once, and everybody has to see the same.

    They ring each other through the database, or through a NATS to which as much is done.
    """
    logging.getLogger("chatcore.client").addHandler(logging.NullHandler())  # that clients are refused is no news here
    with ExitStack() as block:
        postgres, nats = block.enter_context(running()), None
        if through_nats:
            nats = block.enter_context(nats_process.running(Path(block.enter_context(TemporaryDirectory()))))
        async with Nodes(postgres, SERVERS, nats) as nodes, Snapshot(nodes.address):
            balancer = Balancer(nodes.urls, seed)
            async with Travellers(balancer, seed) as crowd:
                await crowd.come([f"user{n}" for n in range(trouble.people)], trouble.devices)
                crowd.chat(trouble.writing)
                nemesis = Nemesis(nodes, crowd, seed, trouble.pause, trouble.longest)
                await nemesis.run(trouble.faults)
                faults = await crowd.faults(nodes.address) + nodes.faults
                presence = await _presence(nodes.all[seed % SERVERS], crowd, balancer)
    done = ", ".join(f"{count} times {kind}" for kind, count in nemesis.done.items())
    lost = sum("was acked as" in fault for fault in faults)
    doubled = sum("times" in fault or "twice" in fault for fault in faults)
    return Outcome(
        f"{nemesis.done.total()} faults ({done}; {nemesis.ended} transactions), {len(crowd.members)} clients, "
        f"{len(crowd.ledger.entries)} messages, {crowd.acked} acked, {lost} lost, {doubled} doubled; {presence.figure}",
        [*faults, *presence.faults],
    )


async def _presence(node: Node, crowd: Travellers, balancer: Balancer) -> Outcome:
    """Kill a server, of which some stay away and others go elsewhere; let them come back; say when each was seen."""
    leavers = {member.client.me.id for member in crowd.members[: len(crowd.members) // 3]}
    away = [member for member in crowd.members if member.client.me.id in leavers]
    others = [member for member in crowd.members if member.client.me.id not in leavers]
    balancer.left_out = {node.number}
    for member in crowd.members:
        travels(member).stays_at = node.number if member in away else None
        member.cut()
    faults: list[str] = []
    try:
        await until(lambda: not any(_is_astray(member, node, away) for member in crowd.members), BACK)
    except TimeoutError:
        faults += [
            f"{m.label} does not move: {m.client.connection}" for m in crowd.members if _is_astray(m, node, away)
        ]
    if await crowd.seen(leavers, others, active=True, seconds=BACK) is None:
        faults.append("those who moved are not seen by all")
    for member in away:
        travels(member).is_away = True
    await node.kill()
    gone = await crowd.seen(leavers, others, active=False, seconds=DEAD)
    if gone is None:
        faults.append(f"those whose server was killed are shown as active after {DEAD} s")
    for member in away:
        dialer = travels(member)
        dialer.is_away, dialer.stays_at = False, None
    back = await crowd.seen(leavers, others, active=True, seconds=BACK)
    if back is None:
        faults.append(f"those who are there again are not seen by all after {BACK} s")
    await node.start()
    return Outcome(
        f"inactive {gone or DEAD:.1f} s after the kill of their server, active after {back or BACK:.1f} s", faults
    )


def _is_astray(member: Member, node: Node, away: Collection[Member]) -> bool:
    """Return whether a client is not yet where it is to be: at this server, or at another one."""
    return not member.is_level or (travels(member).at == node.number) is not (member in away)
