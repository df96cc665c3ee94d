"""Beside which field of a log-in an error stands."""

import pytest

from chatcore import (
    BadFrame,
    Busy,
    ChatError,
    InvalidInvitation,
    InvalidName,
    InvitationNeeded,
    Unreachable,
    UnsupportedVersion,
    WeakPassword,
)
from chatcore.view.credentials import field_of


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (Unreachable("it is not encrypted", field="url"), "server"),
        (Unreachable("HTTP status 404", field="server"), "server"),
        (Unreachable("no answer"), "server"),
        (UnsupportedVersion(field="versions"), "server"),
        (BadFrame(field="type"), None),
        (InvalidName(), "name"),
        (WeakPassword(field="password"), "password"),
        (InvitationNeeded(), "invitation"),
        (InvalidInvitation(field="invitation"), "invitation"),
        (Busy(), None),
    ],
    ids=lambda value: getattr(value, "field", value),
)
def test_an_error_stands_beside_the_field_that_can_mend_it(error: ChatError, field: str | None) -> None:
    assert field_of(error) == field
