"""A fair queue: one of each address in turn, one of each account in turn, and the greediest loses where it is full."""

from __future__ import annotations

from chatcore.domain.fair_queue import FairQueue


def order(queue: FairQueue[str]) -> list[str]:
    taken = []
    while (item := queue.pop()) is not None:
        taken.append(item)
    return taken


def test_what_one_address_sends_comes_in_order() -> None:
    queue: FairQueue[str] = FairQueue(10)
    for item in ("one", "two", "three"):
        queue.push(item, "a", "alice")

    assert order(queue) == ["one", "two", "three"]


def test_who_sends_much_delays_only_themselves() -> None:
    queue: FairQueue[str] = FairQueue(100)
    for number in range(50):
        queue.push(f"flood {number}", "attacker", f"made-up-{number}")
    queue.push("alice's", "home", "alice")
    queue.push("bob's", "office", "bob")

    assert order(queue)[:5] == ["flood 0", "alice's", "bob's", "flood 1", "flood 2"]


def test_within_an_address_accounts_take_turns() -> None:
    queue: FairQueue[str] = FairQueue(100)
    for number in range(50):
        queue.push(f"guess {number}", "office", "victim")
    queue.push("alice's", "office", "alice")

    assert order(queue)[:3] == ["guess 0", "alice's", "guess 1"]


def test_without_an_address_accounts_take_turns() -> None:
    queue: FairQueue[str] = FairQueue(100)
    for number in range(50):
        queue.push(f"guess {number}", "", "victim")
    queue.push("alice's", "", "alice")
    queue.push("from an address", "home", "bob")

    assert order(queue)[:4] == ["guess 0", "alice's", "from an address", "guess 1"]


def test_where_it_is_full_the_last_of_whoever_has_most_goes() -> None:
    queue: FairQueue[str] = FairQueue(3)
    gone = [queue.push(f"flood {number}", "attacker", "victim") for number in range(4)]

    assert gone == [None, None, None, "flood 3"]
    assert queue.push("alice's", "home", "alice") == "flood 2"
    assert len(queue) == 3
    assert order(queue) == ["flood 0", "alice's", "flood 1"]


def test_where_all_have_one_the_newcomer_goes() -> None:
    queue: FairQueue[str] = FairQueue(2)

    assert [queue.push(name, name, name) for name in ("a", "b", "c")] == [None, None, "c"]


def test_what_is_taken_out_leaves_nothing_behind() -> None:
    queue: FairQueue[str] = FairQueue(10)
    for item in ("one", "two"):
        queue.push(item, "a", item)

    queue.remove("one")
    queue.remove("one")

    assert (len(queue), order(queue), queue.pop()) == (1, ["two"], None)
    assert vars(queue)["_lines"] == {}
