"""A program of the person's own that is run for each message of others, one after another."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence

from chatcore import ChatClient, Message, Observer
from chatcore.ports.clock import Clock
from chatcore.view.language import Language
from chatcore.view.text import clean_line

from .records import message_record

PATIENCE = 30.0
"""Seconds that it may take for a message, before it is ended."""

MOST_WAITING = 1_000
"""Messages that wait for it; where more come than it can take, the oldest are left out."""


class Hook(Observer):
    """Gives each message to a program's standard input, as a line of JSON like those of `chatcore tail --json`.

    `command` is the program with its arguments, empty for none. `say` is told that it fails, once until it goes well.
    """

    def __init__(
        self, command: Sequence[str], client: ChatClient, clock: Clock, language: Language, say: Callable[[str], None]
    ) -> None:
        self._command, self._client, self._clock, self._language, self._say = command, client, clock, language, say
        self._waiting: deque[Message] = deque(maxlen=MOST_WAITING)
        self._came = asyncio.Event()
        self._has_failed = False

    def message_received(self, message: Message) -> None:
        """Take note of it, where there is a program to give it to."""
        if not self._command:
            return
        self._waiting.append(message)
        self._came.set()

    async def run(self) -> None:
        """Run the program for what comes, until cancelled."""
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                self._told(await self._give(self._waiting.popleft()))

    async def _give(self, message: Message) -> str:
        """Run it for one message; return what went wrong, or nothing."""
        line = json.dumps(message_record(self._client, message)).encode() + b"\n"
        silence = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=silence, stderr=silence, start_new_session=True
            )
        except OSError as error:
            return error.strerror or str(error)
        except UnicodeEncodeError:
            return self._language.gettext("this locale does not have all letters of its name")
        try:
            async with self._clock.timeout(PATIENCE):
                await process.communicate(line)
        except TimeoutError:
            return self._language.gettext("it took too long")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        words = self._language.gettext("it ended with status {status}")
        return words.format(status=process.returncode) if process.returncode else ""

    def _told(self, reason: str) -> None:
        if reason and not self._has_failed:
            words = self._language.gettext("The hook {program} does not work: {reason}.")
            self._say(words.format(program=clean_line(self._command[0]), reason=clean_line(reason)))
        self._has_failed = bool(reason)
