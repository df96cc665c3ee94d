"""What outlives the program: taken over by whoever wrote it, and kept as well as it can be."""

from __future__ import annotations

import pytest

from chatcore import ClientId, StorageFull, UserId
from chatcore.client.keeping import Keeping
from chatcore.client.outbox import Outbox, Outgoing
from chatcore.ports.outbox import KeptPost
from tests.client.replicas import BOB, ME, WITH_BOB
from tests.client.shelf import Shelf


def kept(name: str, user: UserId = ME.id, refusal: str | None = None) -> KeptPost:
    return KeptPost(user, WITH_BOB, ClientId(name), name, 5, refusal)


def written(name: str) -> Outgoing:
    return Outgoing(WITH_BOB, ClientId(name), name, 5)


class FullShelf(Shelf):
    """A keeper on a full disk, until there is room."""

    is_full = True

    def keep(self, post: KeptPost) -> None:
        if self.is_full:
            raise StorageFull
        super().keep(post)


def test_what_earlier_programs_left_is_taken_by_whoever_wrote_it() -> None:
    keeping = Keeping(Shelf(kept("mine"), kept("bob's", BOB.id), kept("refused", refusal="too_long")))
    keeping.open(must_keep=True)
    left = [keeping.left]

    mine = keeping.take(ME.id, Outbox())
    left.append(keeping.left)

    assert [(post.client_id, post.refusal, post.was_sent) for post in mine] == [
        ("mine", None, True),
        ("refused", "too_long", True),
    ]
    assert left == [2, 1]


def test_what_is_in_the_outbox_already_is_not_taken_twice() -> None:
    keeping, outbox = Keeping(Shelf(kept("one"), kept("two"))), Outbox()
    keeping.open(must_keep=True)
    outbox.add(written("one"))

    assert [post.client_id for post in keeping.take(ME.id, outbox)] == ["two"]


def test_what_somebody_wrote_who_left_waits_until_they_come_back() -> None:
    keeping = Keeping(Shelf())

    keeping.set_aside(ME.id, [written("one")])

    assert keeping.take(BOB.id, Outbox()) == []
    assert [post.client_id for post in keeping.take(ME.id, Outbox())] == ["one"]


def test_what_must_be_kept_and_cannot_is_refused() -> None:
    keeping = Keeping(FullShelf())

    with pytest.raises(StorageFull):
        keeping.begin(ME.id, written("one"))


def test_what_need_not_be_kept_says_that_it_is_not_until_it_is() -> None:
    shelf = FullShelf()
    keeping, post = Keeping(shelf), written("one")
    keeping.open(must_keep=False)

    keeping.begin(ME.id, post)
    assert (post.unkept, isinstance(keeping.unkept, StorageFull)) == ("storage_full", True)
    assert not keeping.try_again(ME.id, post)

    shelf.is_full = False
    assert keeping.try_again(ME.id, post)
    assert (post.unkept, list(shelf.kept)) == (None, ["one"])


def test_what_has_become_of_a_post_is_no_reason_to_fail_where_it_cannot_be_kept() -> None:
    keeping = Keeping(FullShelf())

    keeping.change(ME.id, written("one"))
