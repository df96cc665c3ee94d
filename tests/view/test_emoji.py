"""Emoji by name."""

import pytest

from chatcore.domain.messages import check_text
from chatcore.view.emoji import NAMES, with_emoji
from tests.view.at_desk import ALL, BOB, AtDesk, item


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        (":tada: well done :+1:", "🎉 well done 👍"),
        ("(:heart:)", "(❤)"),
        ("at 10:00:00, std::x::y, a:x:b", "at 10:00:00, std::x::y, a:x:b"),
        (":nothing: of: this:", ":nothing: of: this:"),
        (":tada::tada:", ":tada::tada:"),
    ],
)
def test_only_a_name_that_stands_alone_becomes_its_sign(text: str, becomes: str) -> None:
    assert with_emoji(text) == becomes


def test_every_sign_may_be_sent() -> None:
    for sign in NAMES.values():
        check_text(sign)


def test_a_name_becomes_its_sign_when_the_message_is_sent() -> None:
    at = AtDesk(BOB, ALL)
    at.open_with(item(1))
    at.screen.text = "done :tada:"

    at.desk.send()

    assert ("post", BOB.conversation, "done 🎉") in at.asked.take()
