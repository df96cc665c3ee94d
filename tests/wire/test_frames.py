"""The frames: plain frozen values, each with a name of its own on the wire."""

import attrs
import pytest

from chatcore.wire.codec import tag
from chatcore.wire.frames import Hello, Posted, UserEvent
from tests.wire.strategies import CLIENT_FRAMES, SERVER_FRAMES


@pytest.mark.parametrize("frames", [CLIENT_FRAMES, SERVER_FRAMES], ids=["client", "server"])
def test_every_frame_of_one_direction_has_a_type_of_its_own(frames: tuple[type, ...]) -> None:
    tags = [tag(frame) for frame in frames]

    assert len(set(tags)) == len(tags) > 10


LATER = {
    ("register", "invitation"),
    ("error", "reason"),
    ("error", "until_ms"),
    ("closing", "reason"),
    ("closing", "until_ms"),
}
"""Fields that were added to a frame, so that who does not send them yet is understood."""


@pytest.mark.parametrize("frame", [*CLIENT_FRAMES, *SERVER_FRAMES], ids=tag)
def test_a_frame_needs_every_field_but_those_that_came_later_which_may_be_null(frame: type) -> None:
    for field in attrs.fields(frame):
        assert field.default is (None if (tag(frame), field.name) in LATER else attrs.NOTHING)


@pytest.mark.parametrize(
    ("frame", "expected"), [(Hello, "hello"), (Posted, "posted"), (UserEvent, "user")], ids=["hello", "posted", "user"]
)
def test_the_type_is_the_name_in_snake_case_without_its_ending(frame: type, expected: str) -> None:
    assert tag(frame) == expected


def test_several_words_are_joined_by_an_underscore() -> None:
    assert {"log_in", "find_user", "list_tallies"} <= {tag(frame) for frame in CLIENT_FRAMES}
    assert {"logged_in", "error", "message", "presence"} <= {tag(frame) for frame in SERVER_FRAMES}
