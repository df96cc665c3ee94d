"""The send queue: order, holding behind the snapshot, and the bounds at which a link is cut."""

import pytest

from chatcore.adapters.memory_link import MemoryLink, link_pair
from chatcore.domain.figures import Meter
from chatcore.host.send_queue import SendQueue
from chatcore.ports.transport import OutFrame


def frames(*texts: str) -> list[OutFrame]:
    return [OutFrame(text.encode()) for text in texts]


async def received(link: MemoryLink) -> list[str]:
    """Return what has arrived at a link."""
    return [(await link.receive()).decode() for _ in range(len(link._arrived))]


async def test_frames_leave_in_order() -> None:
    near, far = link_pair()
    queue = SendQueue(near)

    queue.put(frames("1", "2"))
    queue.put(frames("3"))

    assert await received(far) == ["1", "2", "3"]


async def test_what_is_held_waits_behind_the_snapshot() -> None:
    near, far = link_pair()
    queue = SendQueue(near)
    queue.put(frames("before"))
    queue.hold()

    queue.put(frames("1"))
    queue.put(frames("2"))
    arrived_while_held = await received(far)
    queue.release(*frames("snapshot"))
    queue.put(frames("3"))

    assert arrived_while_held == ["before"]
    assert await received(far) == ["snapshot", "1", "2", "3"]


async def test_the_snapshot_and_what_was_held_leave_in_one_write() -> None:
    writes: list[int] = []

    class Counting(MemoryLink):
        def write(self, frames: object) -> None:
            writes.append(len(frames))  # type: ignore[arg-type]

    queue = SendQueue(Counting())
    queue.hold()
    queue.put(frames("1", "2"))

    queue.release(*frames("snapshot"))

    assert writes == [3]


@pytest.mark.parametrize(("size", "is_cut"), [(100, False), (101, True)])
async def test_a_link_is_cut_when_more_bytes_were_left_unread_than_may(size: int, *, is_cut: bool) -> None:
    near, far = link_pair()
    queue = SendQueue(near, max_bytes=100)

    queue.put(frames("x" * 50))
    queue.put(frames("x" * (size - 50)))
    was_cut = queue.is_cut
    queue.put(frames("x"))

    assert (was_cut, queue.is_cut) == (False, is_cut)
    assert (far._down is not None) is is_cut


async def test_what_comes_in_one_turn_may_be_as_much_again() -> None:
    near, far = link_pair()
    queue = SendQueue(near, max_bytes=100)

    queue.put(frames("x" * 100))
    queue.put(frames("x" * 50, "x" * 50))
    await received(far)
    queue.put(frames(*["x" * 50] * 4))
    was_cut = queue.is_cut
    await received(far)
    queue.put(frames(*["x" * 50] * 5))

    assert (was_cut, queue.is_cut) == (False, False)  # a slice: the link might have taken it at once


async def test_more_than_that_is_kept_for_nobody() -> None:
    near, _ = link_pair()
    queue = SendQueue(near, max_bytes=100)

    queue.put(frames("x" * 90))
    queue.put(frames("x" * 60, "x" * 60))

    assert queue.is_cut


async def test_a_single_frame_of_any_size_goes_where_nothing_waits() -> None:
    near, far = link_pair()
    queue = SendQueue(near, max_bytes=100)

    queue.put(frames("x" * 1_000))

    assert not queue.is_cut
    assert await received(far) == ["x" * 1_000]


async def test_bytes_that_were_read_do_not_count() -> None:
    near, far = link_pair()
    queue = SendQueue(near, max_bytes=100)

    for _ in range(10):
        queue.put(frames("x" * 90))
        await received(far)

    assert not queue.is_cut


@pytest.mark.parametrize(
    ("held", "is_cut"), [(["x"] * 4, False), (["x"] * 5, True), (["x" * 100], False), (["x" * 60, "x" * 41], True)]
)
async def test_what_is_held_has_the_same_bounds(held: list[str], *, is_cut: bool) -> None:
    near, _ = link_pair()
    queue = SendQueue(near, max_bytes=100, max_frames=4)
    queue.hold()

    for text in held:
        queue.put(frames(text))

    assert queue.is_cut is is_cut


async def test_after_the_snapshot_holding_begins_at_nothing() -> None:
    near, far = link_pair()
    queue = SendQueue(near, max_bytes=100)
    for _ in range(3):
        queue.hold()
        queue.put(frames("x" * 60))
        queue.release(*frames("s"))
        await received(far)

    assert not queue.is_cut


async def test_a_large_snapshot_does_not_count_until_it_has_left() -> None:
    near, far = link_pair()
    queue = SendQueue(near, max_bytes=100)
    queue.hold()
    queue.put(frames("x" * 50))
    queue.release(*frames("s" * 1_000))
    queue.put(frames("x" * 50))
    was_cut = queue.is_cut

    await received(far)
    queue.put(frames("x" * 101))
    queue.put(frames("x"))

    assert (was_cut, queue.is_cut) == (False, True)


async def test_nothing_leaves_on_a_link_that_was_cut() -> None:
    near, far = link_pair()
    queue = SendQueue(near, max_bytes=10)
    queue.hold()
    queue.put(frames("x" * 11))

    queue.put(frames("1"))
    queue.release(*frames("snapshot"))

    assert await received(far) == []


def test_a_link_that_is_cut_is_counted_once() -> None:
    meter = Meter()
    near, _ = link_pair()
    queue = SendQueue(near, max_frames=1, meter=meter)
    queue.hold()

    queue.put(frames("1"))
    before = meter.cut
    queue.put(frames("2"))
    queue.put(frames("3"))

    assert (before, meter.cut, queue.is_cut) == (0, 1, True)
