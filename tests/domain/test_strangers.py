"""Strangers: so many from one address and in all, the oldest makes room, and nothing is left of who has gone."""

from __future__ import annotations

import pytest

from chatcore.domain.strangers import Strangers, origin


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("127.0.0.1", ""),
        ("127.8.9.1", ""),
        ("::1", ""),
        ("a socket on disk", ""),
    ],
)
def test_an_address_counts_where_it_says_something(address: str, where: str) -> None:
    assert origin(address) == where


def test_addresses_of_one_customer_are_one() -> None:
    assert origin("2001:db8:1:2::1") == origin("2001:db8:1:2:ffff::9") != origin("2001:db8:1:3::1")


def test_the_oldest_of_an_address_makes_room_for_one_more_from_there() -> None:
    strangers: Strangers[int] = Strangers(10, per_address=2)

    left = [strangers.come(number, "192.0.2.7") for number in (1, 2, 3, 4)]
    other = strangers.come(5, "192.0.2.8")

    assert (left, other, len(strangers)) == ([None, None, 1, 2], None, 3)


def test_without_an_address_only_all_are_counted() -> None:
    strangers: Strangers[int] = Strangers(4, per_address=2)

    assert [strangers.come(number, "127.0.0.1") for number in range(6)] == [None, None, None, None, 0, 1]


def test_the_oldest_of_all_makes_room_when_there_are_too_many() -> None:
    strangers: Strangers[int] = Strangers(2, per_address=2)

    assert [strangers.come(number, f"192.0.2.{number}") for number in range(4)] == [None, None, 0, 1]


def test_who_is_known_or_has_left_counts_no_more() -> None:
    strangers: Strangers[int] = Strangers(9, per_address=1)
    for number in range(3):
        assert strangers.come(number, "192.0.2.7") is None
        strangers.go(number)
        strangers.go(number)

    assert (len(strangers), strangers.oldest, strangers._by_origin) == (0, None, {})
