"""The outbox that outlives the program."""

import os
from pathlib import Path

import pytest

from chatcore import GENERAL, ItemState, StorageError, StorageFull
from chatcore.adapters.outbox_file import OutboxFile
from chatcore.domain.ids import ClientId, UserId
from chatcore.ports.outbox import OUTBOX, KeptPost
from chatcore.testing import ChatWorld

ALICE = UserId("00000000000000aa")


def post(client_id: str, text: str = "hello", refusal: str | None = None) -> KeptPost:
    return KeptPost(ALICE, GENERAL, ClientId(client_id), text, 1_700_000_000_000, refusal)


def reopened(path: Path) -> list[KeptPost]:
    outbox = OutboxFile(path)
    try:
        return list(outbox.open())
    finally:
        outbox.close()


def test_what_was_kept_is_there_again_in_order_without_what_was_dropped(tmp_path: Path) -> None:
    outbox = OutboxFile(tmp_path / "outbox")
    outbox.open()
    for kept in (post("one"), post("two", "zażółć 🦊\nnext\u2028more\u2029and\x85more"), post("three")):
        outbox.keep(kept)
    outbox.drop(ClientId("one"))
    outbox.keep(post("three", refusal="not_found"))
    outbox.close()

    again = reopened(tmp_path / "outbox")

    two = post("two", "zażółć 🦊\nnext\u2028more\u2029and\x85more")
    assert again == [two, post("three", refusal="not_found")]


def test_the_file_is_empty_when_nothing_waits_however_much_was_written(tmp_path: Path) -> None:
    outbox = OutboxFile(tmp_path / "outbox")
    outbox.open()
    for number in range(100):
        outbox.keep(post(f"{number}"))
        outbox.drop(ClientId(f"{number}"))

    length = (tmp_path / "outbox").stat().st_size

    assert length == 0
    outbox.close()


def test_a_program_that_is_killed_loses_nothing_it_kept(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    child = os.fork()
    if child == 0:
        outbox = OutboxFile(path)
        outbox.open()
        outbox.keep(post("one"))
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)

    assert reopened(path) == [post("one")]


def test_half_a_line_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    outbox = OutboxFile(path)
    outbox.open()
    outbox.keep(post("one"))
    outbox.close()
    path.write_text(path.read_text() + '{"user": "00', encoding="utf-8")

    assert reopened(path) == [post("one")]


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    reopened(tmp_path / "outbox")

    assert (tmp_path / "outbox").stat().st_mode & 0o777 == 0o600


def test_a_second_program_has_no_outbox_file_and_takes_nothing_from_the_first(tmp_path: Path) -> None:
    first, second = OutboxFile(tmp_path / "outbox"), OutboxFile(tmp_path / "outbox")
    first.open()
    first.keep(post("one"))

    seen_by_second = second.open()
    second.keep(post("two"))
    second.close()
    first.close()

    assert list(seen_by_second) == []
    assert reopened(tmp_path / "outbox") == [post("one")]


def test_a_full_disk_is_told_before_the_post_is_taken() -> None:
    outbox = OutboxFile("/dev/full")
    outbox._journal = Path("/dev/full").open("ab", buffering=0)  # noqa: SIM115 - closed by the outbox

    with pytest.raises(StorageFull, match="no room") as caught:
        outbox.keep(post("one"))

    assert caught.value.field == OUTBOX

    outbox.close()


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="file/outbox cannot be used"):
        OutboxFile(tmp_path / "file" / "outbox").open()


async def test_posts_that_were_not_answered_go_out_in_order_when_the_program_runs_again(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        bob = (await world.users("bob"))[0]
        alice = await world.log_in("alice", keeper=OutboxFile(tmp_path / "outbox"))
        token = alice.token
        await world.kill()
        for number in range(3):
            alice.post_soon(GENERAL, f"message {number}")
        await alice.__aexit__(None, None, None)

        again = await world.client(token, OutboxFile(tmp_path / "outbox"))
        await world.start()
        await world.settle(40)
        again.opened(GENERAL)
        await world.settle()

        assert [message.text for message in await bob.history(GENERAL)] == ["message 0", "message 1", "message 2"]
        assert [item.state for item in again.replica.timeline(GENERAL)] == [ItemState.SENT] * 3
        assert [row.unread for row in bob.replica.rows if row.conversation == GENERAL] == [3]
        await again.__aexit__(None, None, None)
    assert reopened(tmp_path / "outbox") == []


async def test_the_outbox_of_one_user_is_not_sent_for_another(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        alice = await world.log_in("alice", keeper=OutboxFile(tmp_path / "outbox"))
        await world.kill()
        alice.post_soon(GENERAL, "only from me")
        await alice.__aexit__(None, None, None)
        await world.start()

        bob = await world.log_in("bob", keeper=OutboxFile(tmp_path / "outbox"))
        await world.settle()

        assert await bob.history(GENERAL) == []
        await bob.__aexit__(None, None, None)
    assert [kept.text for kept in reopened(tmp_path / "outbox")] == ["only from me"]
