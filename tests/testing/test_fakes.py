"""Chance that repeats, and hashes that take no time, in the shapes of the real ones."""

import base64
import inspect

import pytest

from chatcore import ClientId, Token, UserId
from chatcore.domain.ids import is_client_id, is_user_id
from chatcore.ports.auth import PasswordHasher
from chatcore.ports.ids import IdSource
from chatcore.testing.fakes import QuickHasher, SeededIds


def some(ids: SeededIds) -> list[object]:
    return [ids.user_id(), ids.token(), ids.client_id(1_700_000_000_000), ids.instance(), ids.fraction()]


def test_the_same_seed_gives_the_same_ids_and_another_seed_others() -> None:
    assert some(SeededIds(1)) == some(SeededIds(1))
    assert set(some(SeededIds(1))).isdisjoint(some(SeededIds(2)))


def test_ids_have_the_shape_of_real_ones() -> None:
    ids = SeededIds()
    client_id = ids.client_id(1_700_000_000_123)
    raw = base64.urlsafe_b64decode(client_id + "==")

    assert is_user_id(ids.user_id())
    assert is_client_id(client_id)
    assert (len(raw), int.from_bytes(raw[:6])) == (16, 1_700_000_000_123)
    assert len(ids.token()) * 4 >= 256


def test_no_id_comes_twice() -> None:
    ids = SeededIds()

    users: set[UserId] = {ids.user_id() for _ in range(1_000)}
    tokens: set[Token] = {ids.token() for _ in range(1_000)}
    client_ids: set[ClientId] = {ids.client_id(0) for _ in range(1_000)}

    assert len(users) == len(tokens) == len(client_ids) == 1_000


def test_a_fraction_is_from_0_up_to_but_not_1() -> None:
    ids = SeededIds()

    assert all(0 <= ids.fraction() < 1 for _ in range(1_000))


async def test_a_password_belongs_to_its_hash_and_no_other() -> None:
    hasher = QuickHasher()
    password_hash = await hasher.hash("correct horse battery")

    assert "correct" not in password_hash
    assert await hasher.verify(password_hash, "correct horse battery")
    assert not await hasher.verify(password_hash, "wrong")
    assert not await hasher.verify(None, "correct horse battery")


@pytest.mark.parametrize(("port", "fake"), [(IdSource, SeededIds), (PasswordHasher, QuickHasher)])
def test_a_fake_has_the_methods_of_its_port(port: type, fake: type) -> None:
    methods = [name for name, _ in inspect.getmembers(port, inspect.isfunction) if not name.startswith("_")]

    assert methods
    for name in methods:
        assert inspect.signature(getattr(fake, name)) == inspect.signature(getattr(port, name))
