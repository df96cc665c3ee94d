"""What is given one after another, and may be left at any time."""

from __future__ import annotations

from chatcore import GENERAL, blocking


def test_messages_end_with_their_block(alice: blocking.ChatClient, bob: blocking.ChatClient) -> None:
    with alice.messages() as messages:
        bob.post(GENERAL, "hi")
        first = next(messages)

    assert first.text == "hi"
    assert list(messages) == []


def test_a_history_may_be_left_in_the_middle(alice: blocking.ChatClient) -> None:
    for number in range(3):
        alice.post(GENERAL, str(number))

    texts = [message.text for message, _ in zip(alice.all_history(GENERAL), range(2), strict=False)]

    assert texts == ["0", "1"]
    assert [message.text for message in alice.all_history(GENERAL)] == ["0", "1", "2"]
