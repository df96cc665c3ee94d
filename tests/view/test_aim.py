"""What somebody aims at in what moves."""

from chatcore.view.aim import GLANCE, LAG, Aim


def test_before_anything_was_seen_nothing_is_aimed_at() -> None:
    assert Aim[str]().at(0.0) is None


def test_the_first_picture_is_aimed_at_from_the_first_moment() -> None:
    aim = Aim[str]()

    aim.seen("first", 1.0)

    assert aim.at(1.0) == "first"


def test_a_key_answers_what_was_in_view_a_moment_ago() -> None:
    aim, drawn = Aim[str](), {1.0: "a", 2.0: "b", 2.25: "c", 2.375: "c", 2.625: "a"}
    aimed = ""

    for eighth in range(8, 28):
        if eighth / 8 in drawn:
            aim.seen(drawn[eighth / 8], eighth / 8)
        aimed += aim.at(eighth / 8) or "-"

    assert aimed == "aaaaaaaaaaaabbcccaaa"


def test_what_stood_too_briefly_was_seen_by_nobody() -> None:
    aim = Aim[str]()
    for picture, since in (("a", 1.0), ("b", 2.0), ("c", 2.0 + GLANCE / 2)):
        aim.seen(picture, since)

    assert [aim.at(now) for now in (2.0 + LAG - 0.01, 2.0 + LAG)] == ["a", "c"]


def test_pictures_that_come_without_end_neither_fill_memory_nor_push_out_what_was_seen() -> None:
    aim = Aim[int]()
    for number in range(10_000):
        aim.seen(number, number / 1_000)

    assert len(aim._seen) <= LAG / GLANCE + 2
    assert abs((aim.at(10.0) or 0) - 9_500) <= GLANCE * 1_000


def test_what_somebody_has_changed_themselves_counts_at_once() -> None:
    aim = Aim[str]()
    aim.seen("a", 1.0)

    aim.renew()
    nothing = aim.at(1.1)
    aim.seen("b", 1.2)

    assert (nothing, aim.at(1.2)) == (None, "b")


def test_what_has_changed_is_not_steady_until_people_can_have_seen_it() -> None:
    aim = Aim[bool]()
    steady = [aim.is_steady(0.0)]
    aim.seen(True, 1.0)
    steady.append(aim.is_steady(1.0))
    aim.seen(False, 5.0)

    steady += [aim.is_steady(now) for now in (5.0, 5.0 + LAG / 2, 5.0 + LAG)]

    assert steady == [True, True, False, False, True]
