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
        self.messages.put_nowait(message)


async def main(url: str, name: str, password: str) -> None:
    """Log in, at the first time register; then answer what comes."""
    inbox = Inbox()
    async with chatcore.connect(url) as client:
        client.subscribe(inbox)
        try:
            await client.register(name, password)
        except chatcore.NameTaken:
            await client.log_in(name, password)
        print(f"{client.me.name} is here", flush=True)
        while True:
            message = await inbox.messages.get()
            if message.conversation != chatcore.GENERAL:
                await client.post(message.conversation, f"You said: {message.text}")
                await client.mark_read(message.conversation, message.seq)


if __name__ == "__main__":
    url, name, password_file = sys.argv[1:]
    asyncio.run(main(url, name, Path(password_file).read_text(encoding="utf-8").strip()))
