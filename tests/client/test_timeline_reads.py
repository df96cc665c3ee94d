"""What is known of who has read a timeline's messages: as of a version, and across generations of the server."""

from __future__ import annotations

from chatcore.client.timeline_reads import TimelineReads
from chatcore.wire.limits import MAX_STRETCH


def known(*, read: tuple[int, int] = (1, 3), version: int = 4) -> TimelineReads:
    reads = TimelineReads()
    reads.mark([read])
    reads.loaded(version)
    return reads


def test_only_what_is_new_is_said_to_have_changed() -> None:
    reads = known(read=(1, 3))
    reads.receive([(7, 1)])

    assert reads.mark([(2, 5)]) == {4, 5}
    assert reads.receive([(7, 1), (8, 2)]) == [8]
    assert (reads.is_read(5), reads.is_read(6), reads.readers(7), reads.readers(9)) == (True, False, 1, 0)


def test_the_next_mark_makes_the_version_and_one_after_a_gap_does_not() -> None:
    reads = known(version=4)

    reads.mark_next([(4, 4)], 5)
    reads.mark_next([(6, 6)], 7)

    assert reads.version == 5
    assert reads.is_read(6)
    assert (reads.is_behind(5), reads.is_behind(7)) == (False, True)


def test_an_older_page_makes_the_version_no_greater_than_its_own() -> None:
    reads = known(version=4)

    reads.prepended(6)
    assert reads.version == 4
    reads.prepended(2)
    assert reads.version == 2


def test_the_version_of_a_refresh_is_that_of_its_first_answer() -> None:
    reads = known(version=0)
    reads.refresh(MAX_STRETCH + 5)

    newest = reads.next_stretch(1, MAX_STRETCH + 5)
    reads.refreshed(newest, 6, first=1)
    assert reads.is_behind(0)
    oldest = reads.next_stretch(1, MAX_STRETCH + 5)
    reads.refreshed(oldest, 9, first=1)

    assert (newest, oldest) == ((6, MAX_STRETCH + 5), (1, 5))
    assert (reads.version, reads.is_behind(6)) == (6, False)


def test_what_another_generation_told_is_shown_until_it_is_told_anew() -> None:
    reads = known(read=(1, 3))
    reads.receive([(4, 2)])
    reads.renew(1, 4)
    reads.refresh(4)

    assert (reads.is_read(3), reads.readers(4), reads.version) == (True, 2, -1)
    reads.mark([(1, 1)])
    changed = reads.refreshed((1, 4), 8, first=1)

    assert changed == {1, 2, 3, 4}
    assert (reads.is_read(1), reads.is_read(3), reads.readers(4), reads.version) == (True, False, 0, 8)


def test_a_stretch_that_is_trimmed_away_while_it_is_asked_about_ends_the_refresh() -> None:
    reads = known(version=0)
    reads.refresh(MAX_STRETCH + 5)
    reads.refreshed(reads.next_stretch(1, MAX_STRETCH + 5), 3, first=1)

    reads.trim(100)

    assert (reads.version, reads.is_behind(3)) == (3, False)
    assert not reads.is_read(2)


def test_unloaded_it_keeps_marks_which_only_grow_and_no_version() -> None:
    reads = known(read=(1, 3), version=4)

    reads.unload()

    assert (reads.version, reads.is_read(3)) == (-1, True)
