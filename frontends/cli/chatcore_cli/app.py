"""The composition root: brings profile, server and clock together and runs screens or scripts over one client."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import datetime

import attrs
from prompt_toolkit.application import get_app_session

from chatcore import (
    ChatClient,
    ConnectionPhase,
    ConnectionState,
    Observer,
    Unreachable,
    User,
)
from chatcore.adapters.system import SystemClock
from chatcore.home import local_server
from chatcore.home.entry import Entry, entered_by
from chatcore.home.profiles import Profile
from chatcore.home.zone import LocalZone
from chatcore.process.folders import NoHome, state_folder
from chatcore.process.signals import ENDS, HANGUP, handled
from chatcore.view.credentials import Credentials
from chatcore.view.language import ENGLISH, Language
from chatcore.view.sentences import connection_reason, left_behind, sentence
from chatcore.view.viewer import Viewer

from .chat_screen import ChatScreen
from .first_start import LogInScreen, Offer
from .job import GO_ON, STOP, PutAway, go_on, stop, without_a_word
from .preferences import FILE, BadPreference, Preferences, read_preferences
from .scripts import Script
from .style import colour_depth
from .terminal import Outcome, use_colours


@attrs.frozen(kw_only=True)
class Options:
    """What the command line and the environment say for all commands."""

    server: str | None = None
    "None: the one used last, else the default."
    user: str | None = None
    "None: the one used last."
    language: Language = ENGLISH
    allow_plaintext: bool = False
    "Whether ws:// may lead beyond this machine."
    pin: str | None = None
    "By which the server's certificate is known, where no authority has signed it; None: one of an earlier time."


class Program:
    """One run of the terminal client."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._entry = Entry(
            options.language, allow_plaintext=options.allow_plaintext, pin=options.pin, program="terminal"
        )
        self._clock = SystemClock()
        self._zone = LocalZone()
        self._trouble = ""
        "What cannot be kept for the next time, and why."
        self._leave: Callable[[], None] = lambda: None
        "Ends what is on the screen."
        self._is_over = False
        "Whether the program was told to end; no further screen is shown."
        self._put_away: PutAway = nullcontext
        self._stopping: asyncio.Task[None] | None = None
        self._is_new = False
        "Whether nobody who uses it has logged in here before."
        self.last_words = ""
        "What there is to say when the screen has gone, or the script is interrupted."

    def profile(self) -> Profile:
        """Return what the options and the last time say; name and token may be missing."""
        found = self._entry.find(self._options.server, self._options.user)
        self._trouble, self._is_new = found.trouble, found.is_new
        return found.profile

    def take_trouble(self) -> str:
        """Return what there is to say about files, once; empty where there is nothing."""
        trouble, self._trouble = self._trouble, ""
        return trouble

    def own_server(self) -> int | None:
        """Return the process of the server that was started from here, now or earlier, and still runs."""
        return local_server.running(state_folder())

    # ---- the full screen

    async def chat(self, profile: Profile) -> None:
        """Show the chat until the user leaves or the program is told to end; where nobody is logged in, ask."""
        logging.getLogger("chatcore").addHandler(logging.NullHandler())  # the screen is no place for it
        use_colours(get_app_session().output, colour_depth(os.environ))
        with ExitStack() as stack:
            stack.enter_context(without_a_word(self._end))
            for names, act in (((*ENDS, HANGUP), self._end), ((STOP,), self._stop), ((GO_ON,), go_on)):
                stack.enter_context(handled(names, act))
            stack.enter_context(suppress(EOFError))  # the terminal has gone
            await self._chat(profile)

    def _end(self) -> None:
        self._is_over = True
        self._leave()

    def _stop(self) -> None:
        self._stopping = asyncio.create_task(stop(self._put_away, whom=os.getpid()))

    async def _chat(self, profile: Profile) -> None:
        if await local_server.is_missing(profile.server, self._clock) and not await self._offer(profile.server).run():
            return
        message = self.take_trouble()
        while not self._is_over:
            async with AsyncExitStack() as stack:
                entered = await self._enter(stack, profile, message)
                if entered is None or self._is_over:
                    return
                client, profile = entered
                self._trouble = self._entry.remember(profile) or self._trouble
                self._is_new = False
                followed = _Followed(client, profile, self._entry)
                with followed.until_the_end():
                    outcome = await self._show(client, profile)
                self._trouble, profile = followed.trouble or self._trouble, followed.profile
                self._note_left_behind(client)
                if outcome is Outcome.QUIT:
                    return
                message = connection_reason(client.connection, self._options.language)
                self._trouble = self._entry.forget_session(profile) or self._trouble
                profile = attrs.evolve(profile, token=None, is_borrowed=False)

    def _offer(self, server: str) -> Offer:
        async def start() -> None:
            await local_server.start(server, state_folder() / "server.log", self._clock)

        offer = Offer(self._options.language, server, start)
        self._leave = lambda: offer.form.leave(result=False)
        return offer

    async def _enter(self, stack: AsyncExitStack, profile: Profile, message: str) -> tuple[ChatClient, Profile] | None:
        """Return a client with a session, the profile's or one that the user begins; None where they leave instead."""
        if profile.token is not None:
            return await stack.enter_async_context(self._entry.client(profile)), profile
        entered: list[ChatClient] = []

        async def enter(credentials: Credentials, tell: Callable[[str], None]) -> None:
            async with AsyncExitStack() as attempt:
                begun = Profile(credentials.server, credentials.name)
                client = await attempt.enter_async_context(self._entry.client(begun))
                with _telling(client, tell):
                    await entered_by(client, credentials)
                entered.append(client)
                stack.push_async_exit(attempt.pop_all())

        asked = LogInScreen(
            self._options.language,
            enter,
            server=profile.server,
            name=profile.name,
            message=message,
            is_new=self._is_new,
        )
        self._leave = lambda: asked.form.leave(result=False)
        if not await asked.run() or not entered:
            return None
        client = entered[0]
        return client, Profile(client.url, client.me.name, client.token, user=client.me.id)

    async def _show(self, client: ChatClient, profile: Profile) -> Outcome:
        viewer = Viewer(self._options.language, self._now)
        screen = ChatScreen(
            client, viewer, self._clock, self._entry.drafts(profile), self._preferences(), self._entry.opened(profile)
        )
        screen.desk.notices.add(self.take_trouble())
        self._leave = lambda: screen.leave(Outcome.QUIT)
        self._put_away = screen.put_away
        try:
            return await screen.run()
        finally:
            self._put_away = nullcontext
            self._entry.note_opened(profile, screen.desk.conversation)

    def _preferences(self) -> Preferences:
        """Return what somebody wants of the screen; where the file is wrong that is said."""
        try:
            wanted = read_preferences(self._entry.config() / FILE)
        except NoHome:
            return Preferences()
        except BadPreference as error:
            wanted = Preferences(trouble=str(error))
        if wanted.trouble:
            self._trouble = " ".join(filter(None, (self._trouble, sentence(wanted.trouble))))
        return wanted

    # ---- scripts

    @asynccontextmanager
    async def script(
        self, profile: Profile, credentials: Credentials | None, tell: Callable[[str], None], *, keeps: bool
    ) -> AsyncIterator[Script]:
        """Return a client to a script: with credentials one whose session ends with it, else the profile's.

        `tell` is told why the server cannot be reached, while it is tried again, and an empty text once it is reached.
        `keeps`: whether what is not sent outlives the script. Raises ChatError.
        """
        if credentials is not None:
            profile = Profile(profile.server, profile.name)
        client = self._entry.client(profile, keeps=keeps, wait=True)
        async with AsyncExitStack() as stack:
            stack.enter_context(_telling(client, tell, back=lambda: tell("")))
            await stack.enter_async_context(client)
            if credentials is not None:
                await entered_by(client, credentials)
                stack.push_async_callback(_log_out, client)
            try:
                yield self._script(client)
            finally:
                self._note_left_behind(client)

    def _script(self, client: ChatClient) -> Script:
        return Script(client, self._clock, lambda moment: moment.astimezone(self._zone))

    # ---- what they are made of

    def _note_left_behind(self, client: ChatClient) -> None:
        lost = client.perishable
        self.last_words = left_behind(client.waiting - lost, lost, self._options.language)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now_ms() / 1000, self._zone)


class _Followed(Observer):
    """Keeps a profile under the name that its account has, which may be another one than at the last start."""

    def __init__(self, client: ChatClient, profile: Profile, entry: Entry) -> None:
        self._client, self._entry = client, entry
        self.profile, self.trouble = profile, ""

    @contextmanager
    def until_the_end(self) -> Iterator[None]:
        """Follow as long as the block takes."""
        undo = self._client.subscribe(self)
        try:
            yield
        finally:
            undo()

    def connection_changed(self, state: ConnectionState) -> None:
        """Look what the account is called."""
        if state.phase is ConnectionPhase.ONLINE:
            self.user_changed(self._client.me)

    def user_changed(self, user: User) -> None:
        """Follow, where it is the one who is logged in."""
        me, former = self._client.replica.me, self.profile
        if me is None or user.id != me.id or not user.name:
            return
        self.profile = former.entered(user, self._client.token)
        if self.profile != former:
            self.trouble = self._entry.remember(self.profile, formerly=former.name)


async def _log_out(client: ChatClient) -> None:
    with suppress(Unreachable):  # the session ends by itself, later
        await client.log_out()


@contextmanager
def _telling(
    client: ChatClient, tell: Callable[[str], None], back: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Tell why tries to connect fail, and when one has not, for as long as the block takes."""
    undo = client.subscribe(_Trouble(tell, back))
    try:
        yield
    finally:
        undo()


class _Trouble(Observer):
    """Tells why tries to connect fail, once for each reason, and that one has succeeded after that."""

    def __init__(self, tell: Callable[[str], None], back: Callable[[], None]) -> None:
        self._tell, self._back = tell, back
        self._told: str | None = None
        "Why it is out of reach, as it was told; None while it is not."

    def connection_changed(self, state: ConnectionState) -> None:
        """Tell it."""
        if state.phase is ConnectionPhase.OFFLINE and state.reason != self._told:
            self._told = state.reason
            self._tell(state.reason)
        elif state.phase is ConnectionPhase.ONLINE and self._told is not None:
            self._told = None
            self._back()
