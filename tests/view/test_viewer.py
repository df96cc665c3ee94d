"""Who looks."""

from datetime import UTC, datetime

from chatcore import User, UserId
from chatcore.view.language import ENGLISH
from chatcore.view.list_view import ListView
from chatcore.view.viewer import Viewer


def test_nobody_has_an_id_before_the_session_is_open() -> None:
    viewer = Viewer(ENGLISH, lambda: datetime(2024, 5, 1, tzinfo=UTC), ListView("General chat"))
    before = viewer.my_id

    viewer.me = User(UserId("alice"), "Alice", 1, 1)

    assert (before, viewer.my_id) == ("", "alice")
