"""What the tests of the client without `await` share."""

from collections.abc import Iterator

import pytest

from chatcore import blocking
from tests.blocking.served import PASSWORD, served


@pytest.fixture
def url() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture
def alice(url: str) -> Iterator[blocking.ChatClient]:
    with blocking.connect(url) as client:
        client.register("alice", PASSWORD)
        yield client


@pytest.fixture
def bob(url: str) -> Iterator[blocking.ChatClient]:
    with blocking.connect(url) as client:
        client.register("bob", PASSWORD)
        yield client
