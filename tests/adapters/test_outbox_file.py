"""The outbox that outlives the program."""

import json
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from chatcore import GENERAL, Draft, ItemState, Refused, StorageError, StorageFull
from chatcore.adapters.journal_file import SMALL
from chatcore.adapters.outbox_file import OutboxFile
from chatcore.domain.ids import ClientId, UserId
from chatcore.ports.outbox import OUTBOX, KeptPost
from chatcore.service.hooks import Hooks
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD

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


def test_a_line_that_is_not_understood_stays_in_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    strange = b'{"rider": "of a newer version"}\n[1]\n\xff\xfe\n{"client_id": "new", "kind": "edit"}\n{"user": "00'
    path.write_bytes(strange)

    outbox = OutboxFile(path)
    assert list(outbox.open()) == []
    outbox.keep(post("one"))
    outbox.drop(ClientId("one"))
    outbox.keep(post("two"))
    outbox.close()

    assert reopened(path) == [post("two")]
    for line in strange.split(b"\n"):
        assert line in path.read_bytes()


def test_a_field_of_a_newer_version_does_no_harm_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    record = {**attrs.asdict(post("one")), "reply_to": 7}
    path.write_text(json.dumps(record) + "\n")

    outbox = OutboxFile(path)
    found = list(outbox.open())
    outbox.keep(post("one", refusal="not_found"))
    outbox.close()

    assert found == [post("one")]
    assert json.loads(path.read_text().splitlines()[-1]) == {**record, "refusal": "not_found"}


def test_the_reason_of_a_refusal_is_kept_with_it(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    refused = attrs.evolve(post("one", refusal="refused"), reason="We sell nothing here.")
    outbox = OutboxFile(path)
    outbox.open()
    outbox.keep(refused)
    outbox.close()
    assert reopened(path) == [refused]

    record = attrs.asdict(post("one", refusal="refused"))
    for written_before in ({key: value for key, value in record.items() if key != "reason"}, {**record, "reason": 7}):
        path.write_text(json.dumps(written_before) + "\n")
        assert reopened(path) == [post("one", refusal="refused")]


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    outbox = OutboxFile(tmp_path / "outbox")
    outbox.open()

    assert (tmp_path / "outbox").stat().st_mode & 0o777 == 0o600
    outbox.close()


def test_a_file_in_which_nothing_waits_is_removed_at_the_end(tmp_path: Path) -> None:
    reopened(tmp_path / "outbox")

    assert list(tmp_path.iterdir()) == []


def test_two_programs_have_a_file_each_and_take_nothing_from_each_other_while_they_run(tmp_path: Path) -> None:
    first, second = OutboxFile(tmp_path / "outbox"), OutboxFile(tmp_path / "outbox")
    first.open()
    first.keep(post("one"))

    seen_by_second = list(second.open())
    second.keep(post("two"))
    seen_by_first = list(first.take_over())
    second.close()
    first.close()

    assert (seen_by_second, seen_by_first) == ([], [])
    assert reopened(tmp_path / "outbox") == [post("one"), post("two")]


def test_what_an_ended_program_left_is_taken_over_by_one_that_runs(tmp_path: Path) -> None:
    first, second = OutboxFile(tmp_path / "outbox"), OutboxFile(tmp_path / "outbox")
    first.open()
    second.open()
    second.keep(post("two"))
    second.keep(post("three"))
    second.close()

    taken = list(first.take_over())
    taken_again = list(first.take_over())
    first.drop(ClientId("two"))
    first.close()

    assert (taken, taken_again) == ([post("two"), post("three")], [])
    assert reopened(tmp_path / "outbox") == [post("three")]


def test_each_programs_posts_keep_their_order_whatever_the_clock_said(tmp_path: Path) -> None:
    first, second = OutboxFile(tmp_path / "outbox"), OutboxFile(tmp_path / "outbox")
    first.open()
    second.open()
    for client_id, at_ms, outbox in (("a", 9, first), ("b", 3, first), ("c", 5, second), ("d", 7, second)):
        outbox.keep(attrs.evolve(post(client_id), at_ms=at_ms))
    first.close()
    second.close()

    order = [kept.client_id for kept in reopened(tmp_path / "outbox")]

    assert order.index(ClientId("a")) < order.index(ClientId("b"))
    assert order.index(ClientId("c")) < order.index(ClientId("d"))


@pytest.mark.parametrize("how", ["removed", "moved", "replaced", "folder removed"])
def test_a_file_that_goes_under_a_running_program_is_written_anew(tmp_path: Path, how: str) -> None:
    path = tmp_path / "folder" / "outbox"
    outbox = OutboxFile(path)
    outbox.open()
    outbox.keep(post("one"))
    match how:
        case "removed":
            path.unlink()
        case "moved":
            path.rename(tmp_path / "elsewhere")
        case "replaced":
            (tmp_path / "another").write_bytes(b"")
            (tmp_path / "another").replace(path)
        case _:
            shutil.rmtree(path.parent)

    outbox.take_over()

    rest = OutboxFile(path)
    rest.open()
    outbox.close()
    assert list(rest.take_over()) == [post("one")]
    rest.close()


def test_a_file_that_was_removed_is_there_again_when_the_program_has_ended(tmp_path: Path) -> None:
    outbox = OutboxFile(tmp_path / "outbox")
    outbox.open()
    outbox.keep(post("one"))
    (tmp_path / "outbox").unlink()

    outbox.close()

    assert reopened(tmp_path / "outbox") == [post("one")]


def test_another_name_of_the_same_file_is_the_same_outbox(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "outbox")
    first, second = OutboxFile(tmp_path / "outbox"), OutboxFile(tmp_path / "link")
    first.open()
    first.keep(post("one"))

    assert list(second.open()) == []
    second.keep(post("two"))
    second.close()
    first.close()

    assert reopened(tmp_path / "link") == [post("one"), post("two")]
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_where_something_else_has_the_name_another_one_is_taken(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "outbox"
    path.mkdir() if kind == "folder" else os.mkfifo(path)

    outbox = OutboxFile(path)
    outbox.open()
    outbox.keep(post("one"))
    outbox.close()

    assert reopened(path) == [post("one")]


def test_a_full_disk_is_told_and_a_message_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    outbox = OutboxFile(tmp_path / "outbox")
    outbox.open()
    outbox.keep(post("one"))
    with small_files(300), pytest.raises(StorageFull, match="no room") as caught:
        outbox.keep(post("two", "x" * 1_000))
    outbox.keep(post("three"))
    outbox.close()

    assert caught.value.field == OUTBOX
    assert reopened(tmp_path / "outbox") == [post("one"), post("three")]


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """Let no file of this program grow beyond so many bytes."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_a_message_that_waits_for_ever_does_not_let_the_file_grow(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    outbox = OutboxFile(path)
    outbox.open()
    outbox.keep(post("refused", refusal="not_found"))
    for number in range(300):
        outbox.keep(post(f"{number}", "x" * 1_000))
        outbox.drop(ClientId(f"{number}"))
    outbox.keep(post("last"))
    size = path.stat().st_size
    outbox.close()

    assert size < 2 * SMALL
    assert reopened(path) == [post("refused", refusal="not_found"), post("last")]
    assert list(tmp_path.iterdir()) == [path]


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="file/outbox cannot be used"):
        OutboxFile(tmp_path / "file" / "outbox").open()


def test_a_path_that_can_be_used_later_is_used_from_then_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outbox = OutboxFile(tmp_path / "file" / "outbox")
    with pytest.raises(StorageError):
        outbox.open()
    (tmp_path / "file").unlink()

    outbox.keep(post("one"))
    outbox.close()

    assert reopened(tmp_path / "file" / "outbox") == [post("one")]


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


async def refuse(_draft: Draft) -> str | None:
    reason = "We sell nothing here."
    raise Refused(reason)


async def test_why_the_application_has_refused_a_post_is_still_shown_when_the_program_runs_again(
    tmp_path: Path,
) -> None:
    async with ChatWorld(hooks=Hooks(refuse)) as world:
        alice = await world.log_in("alice", keeper=OutboxFile(tmp_path / "outbox"))
        alice.post_soon(GENERAL, "cheap watches")
        await world.settle()
        await alice.__aexit__(None, None, None)

        again = await world.client(alice.token, OutboxFile(tmp_path / "outbox"))
        again.opened(GENERAL)
        await world.settle()

        (item,) = again.replica.timeline(GENERAL)
        assert (item.state, item.refusal, item.reason) == (ItemState.REFUSED, "refused", "We sell nothing here.")
        await again.__aexit__(None, None, None)


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


async def test_what_two_programs_of_one_user_could_not_send_is_delivered_once_by_the_next(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        bob = (await world.users("bob"))[0]
        programs = [await world.log_in("alice", keeper=OutboxFile(tmp_path / "outbox")) for _ in range(2)]
        token = programs[0].token
        await world.kill()
        for number, program in enumerate(programs):
            program.post_soon(GENERAL, f"first of {number}")
            program.post_soon(GENERAL, f"second of {number}")
        for program in programs:
            await program.__aexit__(None, None, None)

        again = await world.client(token, OutboxFile(tmp_path / "outbox"))
        await world.start()
        await world.settle(60)

        said = [message.text for message in await bob.history(GENERAL)]
        assert sorted(said) == ["first of 0", "first of 1", "second of 0", "second of 1"]
        assert all(said.index(f"first of {n}") < said.index(f"second of {n}") for n in range(2))
        assert again.waiting == 0
        await again.__aexit__(None, None, None)
    assert reopened(tmp_path / "outbox") == []


async def test_what_an_ended_program_could_not_send_goes_out_by_the_one_that_runs(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        bob = (await world.users("bob"))[0]
        stays, leaves = [await world.log_in("alice", keeper=OutboxFile(tmp_path / "outbox")) for _ in range(2)]
        stays.opened(GENERAL)
        await world.kill()
        leaves.post_soon(GENERAL, "from the one that ended")
        await leaves.__aexit__(None, None, None)
        await world.settle(60)
        shown = [(item.text, item.state) for item in stays.replica.timeline(GENERAL)]
        await world.start()
        await world.settle(60)

        assert shown == [("from the one that ended", ItemState.WAITING)]
        assert [message.text for message in await bob.history(GENERAL)] == ["from the one that ended"]
        await stays.__aexit__(None, None, None)


async def test_what_waits_at_a_log_out_goes_out_when_the_same_user_logs_in_again(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        alice = await world.log_in("alice", keeper=OutboxFile(tmp_path / "outbox"))
        await world.settle()
        alice.post_soon(GENERAL, "one")
        alice.post_soon(GENERAL, "two")
        await alice.log_out()
        await alice.log_in("alice", PASSWORD)
        await world.settle()

        assert [message.text for message in await alice.history(GENERAL)] == ["one", "two"]
        await alice.__aexit__(None, None, None)
