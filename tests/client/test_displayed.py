"""What is displayed, and so read."""

import pytest

from chatcore import GENERAL, ConversationId
from chatcore.client.displayed import Displayed

BOB = ConversationId("d.a.b")


def test_what_is_visible_in_an_active_window_is_displayed() -> None:
    assert Displayed(BOB, window_active=True, visible=frozenset({1, 2})).seqs() == {1, 2}


@pytest.mark.parametrize(
    "facts",
    [
        Displayed(BOB, window_active=False, visible=frozenset({1})),
        Displayed(None, window_active=True, visible=frozenset({1})),
        Displayed(BOB, window_active=True),
        Displayed(),
    ],
    ids=["inactive", "closed", "nothing visible", "at the start"],
)
def test_what_nobody_looks_at_is_not_displayed(facts: Displayed) -> None:
    assert facts.seqs() == frozenset()


def test_opening_another_conversation_hides_what_was_visible() -> None:
    facts = Displayed(BOB, window_active=True, visible=frozenset({1}))

    facts.opened(GENERAL)

    assert facts.seqs() == frozenset()
    assert facts.window_active


# ---- batches
