"""Messages and senders as other programs get them: plain values, for a line of JSON."""

from __future__ import annotations

from chatcore import ChatClient, Message, UserId


def message_record(client: ChatClient, message: Message) -> dict[str, object]:
    """Return a message."""
    return {
        "conversation": message.conversation,
        "seq": message.seq,
        **sender_record(client, message.sender),
        "sent_at": message.sent_at.isoformat(),
        "text": message.text,
    }


def sender_record(client: ChatClient, user: UserId) -> dict[str, object]:
    """Return both names of a sender: the account's, by which others than people know them, is empty once erased."""
    known = client.replica.user(user)
    return {"sender": known.name if known else user, "sender_display_name": known.display_name if known else user}
