"""Which history: what was told belongs to it where its generation is known and had come that far."""

from chatcore.domain.generations import KEPT, Generations, Point

NOW = Point("two", 30, 6)


def generations() -> Generations:
    """Two starts of a server, the second when log and directory had come to 20 and 4."""
    return Generations([Point("one", 0, 0), Point("two", 20, 4)])


def test_what_was_told_in_the_present_generation_belongs_to_it_as_far_as_it_has_come() -> None:
    assert generations().has(Point("two", 30, 6), NOW)
    assert not generations().has(Point("two", 31, 6), NOW)
    assert not generations().has(Point("two", 30, 7), NOW)


def test_what_was_told_in_an_earlier_one_belongs_to_it_up_to_where_the_next_began() -> None:
    assert generations().has(Point("one", 20, 4), NOW)
    assert generations().has(Point("one", 0, 0), NOW)


def test_an_older_copy_that_has_grown_since_is_not_taken_for_the_same_history() -> None:
    """The client was told of 25 messages; the copy had 20 when it was put in place, and has 30 by now."""
    assert not generations().has(Point("one", 25, 4), NOW)
    assert not generations().has(Point("one", 20, 5), NOW)


def test_a_generation_that_nobody_knows_is_of_another_history() -> None:
    assert not generations().has(Point("three", 1, 1), NOW)
    assert not Generations().has(Point("", 0, 0), Point("", 0, 0))


def test_p18_only_so_many_generations_are_remembered() -> None:
    long = Generations(Point(f"{n}", n, 0) for n in range(KEPT + 1))

    assert not long.has(Point("0", 0, 0), NOW)
    assert long.has(Point("1", 1, 0), NOW)
    assert long.present == f"{KEPT}"
