"""A bot that answers everybody who writes to it: echo_bot.py URL NAME PASSWORD_FILE."""

import sys
from pathlib import Path

import chatcore


async def main(client: chatcore.ChatClient, name: str, password: str) -> None:
    """Log in, at the first time register; then answer what was written meanwhile, and what comes."""
    try:
        await client.register(name, password)
    except chatcore.NameTaken:
        await client.log_in(name, password)
    print(f"{client.me.name} is here", flush=True)
    async for message in client.messages(since="unread"):
        if message.conversation != chatcore.GENERAL:
            await client.post(message.conversation, f"You said: {message.text}")
        await client.mark_read(message)


if __name__ == "__main__":
    url, name, password_file = sys.argv[1:]
    password = Path(password_file).read_text(encoding="utf-8").strip()
    chatcore.connect(url).run(lambda client: main(client, name, password))
