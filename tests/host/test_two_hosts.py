"""Two hosts of one chat, each with a storage object of its own over one log, joined by a bus."""

from __future__ import annotations

from chatcore import GENERAL
from chatcore.domain.hosts import FORGOTTEN
from chatcore.domain.presence import GRACE
from chatcore.host.passing import TICK
from chatcore.wire import frames as f
from tests.host.raw import between, registered, resumed
from tests.host.two_hosts import two_hosts


async def test_messages_and_receipts_pass_between_hosts_and_each_is_told_once() -> None:
    async with two_hosts() as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")

        alice.post(between(alice, bob), "hello")
        await first.settle()
        bob.ask(lambda number: f.Mark(number, between(alice, bob), (1,)))
        await first.settle()

        assert [event.message.text for event in bob.of(f.MessageEvent)] == ["hello"]
        assert [event.receipts for event in alice.of(f.ReceiptsEvent)] == [((1, 1),)]
        assert [event.user.name for event in alice.of(f.UserEvent)] == ["bob"]


async def test_who_comes_and_goes_at_one_host_is_told_at_the_other() -> None:
    async with two_hosts() as (first, second):
        alice = await registered(first, "alice")

        bob = await registered(second, "bob")
        came = [event.active for event in alice.of(f.PresenceEvent) if bob.me.id in event.active]
        bob.link.abort()
        await first.settle(GRACE + 4 * TICK)
        went = [event.inactive for event in alice.of(f.PresenceEvent) if event.inactive]

        assert came == [(bob.me.id,)]
        assert went == [(bob.me.id,)]


async def test_a_snapshot_has_who_is_present_at_the_other_host() -> None:
    async with two_hosts() as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")

        (alices,) = (await resumed(first, alice.token)).of(f.Snapshot)
        (bobs,) = (await resumed(second, bob.token)).of(f.Snapshot)

        assert set(alices.active) == set(bobs.active) == {alice.me.id, bob.me.id}


async def test_who_moves_to_the_other_host_is_active_all_the_time() -> None:
    async with two_hosts() as (first, second):
        alice, bob = await registered(first, "alice"), await registered(first, "bob")
        alice.forget()

        bob.link.abort()
        await resumed(second, bob.token)
        await first.settle(FORGOTTEN + GRACE)

        assert not any(bob.me.id in event.inactive for event in alice.of(f.PresenceEvent))


async def test_a_log_out_at_one_host_ends_the_connections_of_the_session_at_the_other() -> None:
    async with two_hosts() as (first, second):
        alice = await registered(first, "alice")
        elsewhere, other = await resumed(second, alice.token), await registered(second, "other")

        alice.ask(f.LogOut)
        await first.settle()
        elsewhere.post(GENERAL, "still here")
        await first.settle()

        assert elsewhere.down is not None
        assert [closing.code for closing in elsewhere.of(f.Closing)] == ["logged_out"]
        assert other.of(f.MessageEvent) == []
        assert other.down is None
        assert second.host.active() == first.host.active() == (other.me.id,)


async def test_a_host_that_dies_is_forgotten_with_all_who_were_present_there() -> None:
    async with two_hosts() as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")

        await first.kill()
        await second.settle(FORGOTTEN + 4 * TICK)

        assert second.host.active() == (bob.me.id,)
        assert any(alice.me.id in event.inactive for event in bob.of(f.PresenceEvent))


async def test_hosts_that_are_idle_for_long_go_on_knowing_who_is_present() -> None:
    async with two_hosts() as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        alice.forget()
        bob.forget()

        await first.settle(10 * FORGOTTEN)

        assert set(first.host.active()) == set(second.host.active()) == {alice.me.id, bob.me.id}
        assert alice.heard == bob.heard == []


async def test_a_client_that_comes_back_at_another_host_replaces_its_former_connection_and_nobody_sees_it_go() -> None:
    async with two_hosts() as (first, second):
        alice = await registered(first, "alice")
        bob = await registered(first, "bob")
        once = await resumed(first, bob.token, "the phone")
        other = await resumed(first, bob.token, "the desk")
        bob.link.abort()
        await first.settle(GRACE + 4 * TICK)
        alice.forget()

        again = await resumed(second, bob.token, "the phone")
        await first.settle(GRACE + 4 * TICK)

        assert once.down is not None
        assert [frame.code for frame in once.of(f.Closing)] == ["replaced"]
        assert (other.down, again.down) == (None, None)
        assert [event.inactive for event in alice.of(f.PresenceEvent) if event.inactive] == []


async def test_who_leaves_at_another_host_is_inactive_there_and_where_their_dead_connection_was() -> None:
    async with two_hosts() as (first, second):
        alice = await registered(first, "alice")
        bob = await registered(first, "bob")
        phone = await resumed(first, bob.token, "the phone")
        bob.link.abort()
        phone.link.vanish()
        again = await resumed(second, bob.token, "the phone")
        await again.link.close()
        await first.settle(GRACE + 4 * TICK)

        assert [event.inactive for event in alice.of(f.PresenceEvent) if event.inactive] == [(bob.me.id,)]
