"""Who looks."""

from datetime import UTC, datetime

from chatcore import GENERAL, Reset, Row, User, UserId
from chatcore.view.language import ENGLISH, load
from chatcore.view.viewer import Viewer


def test_nobody_has_an_id_before_the_session_is_open() -> None:
    viewer = Viewer(ENGLISH, lambda: datetime(2024, 5, 1, tzinfo=UTC))
    before = viewer.my_id

    viewer.me = User(UserId("alice"), "Alice", 1, 1)

    assert (before, viewer.my_id) == ("", "alice")


def test_the_general_chat_is_found_by_what_it_is_called_in_the_viewer_s_language() -> None:
    viewer = Viewer(load("pl"), lambda: datetime(2024, 5, 1, tzinfo=UTC))
    viewer.people.apply([Reset((Row(GENERAL, "general"),))])

    viewer.people.seek("ogólny")

    assert [row.conversation for row in viewer.people.shown] == [GENERAL]
