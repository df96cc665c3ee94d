"""A bot that answers everybody who writes to it: echo_bot.py URL NAME PASSWORD_FILE."""

import asyncio
import sys
from pathlib import Path

import chatcore


class Inbox(chatcore.Observer):
    """Keeps what is received until it is dealt with."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[chatcore.Message] = asyncio.Queue()

    def message_received(self, message: chatcore.Message) -> None:
        """Keep it: an observer must not wait."""
        if message.conversation != chatcore.GENERAL:
            self.messages.put_nowait(message)


async def main(url: str, name: str, password: str) -> None:
    """Log in (register at the first time), answer what waits, then what comes."""
    inbox = Inbox()
    async with chatcore.connect(url) as client:
        client.subscribe(inbox)
        try:
            await client.register(name, password)
        except chatcore.NameTaken:
            await client.log_in(name, password)
        for row in client.replica.rows:
            if row.user and row.unread:
                for message in (await client.history(row.conversation))[-row.unread :]:
                    inbox.messages.put_nowait(message)
        print(f"{client.me.name} is here", flush=True)
        while True:
            message = await inbox.messages.get()
            await client.post(message.conversation, f"You said: {message.text}")
            await client.mark_read(message.conversation, message.seq)


if __name__ == "__main__":
    url, name, password_file = sys.argv[1:]
    asyncio.run(main(url, name, Path(password_file).read_text(encoding="utf-8").strip()))
