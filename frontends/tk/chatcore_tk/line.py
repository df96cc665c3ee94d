"""The window's line to one chat client, which lives in the network's thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from functools import partial

from chatcore import ChatClient, ChatError, ConnectionPhase, Internal
from chatcore.domain.ids import ClientId, ConversationId
from chatcore.home.profiles import Profile
from chatcore.view.credentials import Credentials

from .network import Network
from .relay import HandOver, Relay, SessionObserver

log = logging.getLogger(__name__)


MakeClient = Callable[[Profile], ChatClient]
"""Makes a client for a user on a server, going on with the session where there is a token."""

PAGE = 100
"""How many older messages are loaded at a time."""

Done = Callable[[ChatError | None], None]
"""Is told in the window's thread what became of it: None where all is well."""

Enter = Callable[[ChatClient], Awaitable[object]]


class Line:
    """Calls of the window's thread, made on a client in the network's thread; none of them waits.

    What changes comes back through the observer, in the window's thread.
    """

    def __init__(self, network: Network, make_client: MakeClient, hand_over: HandOver) -> None:
        self._network, self._make_client, self._hand_over = network, make_client, hand_over
        self._relay: Relay | None = None
        self._end: asyncio.Event | None = None

    # ---- coming and going

    def resume(self, profile: Profile, observer: SessionObserver) -> None:
        """Go on with a session, as soon as the server answers."""
        self._begin(profile, observer, None, _nothing)

    def enter(self, credentials: Credentials, observer: SessionObserver, done: Done) -> None:
        """Begin a session."""

        def begin(client: ChatClient) -> Awaitable[object]:
            call = client.register if credentials.is_new else client.log_in
            return call(credentials.name, credentials.password)

        self._begin(Profile(credentials.server, credentials.name), observer, begin, done)

    def leave(self, sending: Callable[[int], None], left: Callable[[int, int], None]) -> None:
        """Before hanging up: wait until all is sent, a few seconds at most, and only where there is a connection.

        Both are told in the window's thread: `sending` how many messages are on their way, if any; `left` how many are
        not sent in the end, those that go out with the next start and those that are lost.
        """
        relay = self._relay
        if relay is None:
            left(0, 0)
            return

        async def leave(client: ChatClient) -> None:
            if client.waiting and client.connection.phase is ConnectionPhase.ONLINE:
                self._hand_over(partial(sending, client.waiting))
                await client.flush()
            lost = client.perishable
            self._hand_over(partial(left, client.waiting - lost, lost))

        self._network.call(lambda: self._network.spawn(leave(relay.client)))

    def hang_up(self) -> None:
        """Close the client; the session stays. Nothing more is heard of it."""
        if self._relay is not None and self._end is not None:
            self._relay.is_current = False
            self._network.call(self._end.set)
        self._relay = self._end = None

    def log_out(self, done: Done) -> None:
        """Send what is on its way, and end the session."""

        async def log_out(client: ChatClient) -> None:
            if client.connection.phase is ConnectionPhase.ONLINE:
                await client.flush()
            await client.log_out()

        self._ask(log_out, done)

    # ---- what the window wants

    def post(self, conversation: ConversationId, text: str, done: Done) -> None:
        """Put a message into the outbox."""
        self._do(lambda client: client.post_soon(conversation, text), done)

    def retry(self, client_id: ClientId, done: Done) -> None:
        """Try a refused message again."""
        self._do(lambda client: client.retry(client_id), done)

    def discard(self, client_id: ClientId, done: Done) -> None:
        """Throw a refused or never-sent message away."""
        self._do(lambda client: client.discard(client_id), done)

    def load_older(self, conversation: ConversationId, done: Done) -> None:
        """Let the timeline grow backwards."""
        self._ask(lambda client: client.load_older(conversation, PAGE), done)

    # ---- facts

    def opened(self, conversation: ConversationId | None) -> None:
        """Another conversation is shown, or none."""
        self._do(lambda client: client.opened(conversation), _nothing)

    def window_active(self, active: bool) -> None:
        """Somebody looks at the window, or no longer."""
        self._do(lambda client: client.window_active(active), _nothing)

    def visible(self, conversation: ConversationId, seqs: Collection[int]) -> None:
        """These messages are on the screen now, and no others."""
        self._do(lambda client: client.visible(conversation, seqs), _nothing)

    def ask_if_empty(self, conversation: ConversationId, told: Callable[[bool], None]) -> None:
        """Find out whether a conversation of which no message is here is known to have none."""
        relay = self._relay

        def look(client: ChatClient) -> None:
            is_empty = client.replica.is_at_beginning(conversation)
            self._hand_over(lambda: told(is_empty) if relay and relay.is_current else None)

        self._do(look, _nothing)

    # ---- within

    def _begin(self, profile: Profile, observer: SessionObserver, enter: Enter | None, done: Done) -> None:
        self.hang_up()
        relay = self._relay = Relay(self._make_client(profile), observer, self._hand_over)
        end = self._end = asyncio.Event()
        self._network.call(lambda: self._network.spawn(self._keep(relay, enter, done, end)))

    async def _keep(self, relay: Relay, enter: Enter | None, done: Done, end: asyncio.Event) -> None:
        """Keep a client open until the line is hung up."""
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(relay.client)
            except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for a word
                self._tell(relay, done, _told(error))
                return
            if relay.client.unkept is not None:
                relay.not_kept(relay.client.unkept)
            relay.client.subscribe(relay)
            relay.opened()
            if enter is not None:
                self._network.spawn(self._answer(enter(relay.client), done, relay))
            await end.wait()

    def _do(self, act: Callable[[ChatClient], object], done: Done) -> None:
        relay = self._relay
        if relay is None:
            return

        def call() -> None:
            try:
                act(relay.client)
            except ChatError as error:
                self._tell(relay, done, error)

        self._network.call(lambda: relay.when_open(call))

    def _ask(self, ask: Enter, done: Done) -> None:
        relay = self._relay
        if relay is None:
            return

        def call() -> None:
            self._network.spawn(self._answer(ask(relay.client), done, relay))

        self._network.call(lambda: relay.when_open(call))

    async def _answer(self, answer: Awaitable[object], done: Done, relay: Relay) -> None:
        try:
            await answer
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for a word
            self._tell(relay, done, _told(error))
        else:
            self._tell(relay, done, None)

    def _tell(self, relay: Relay, done: Done, error: ChatError | None) -> None:
        call = partial(done, error)
        self._hand_over(lambda: call() if relay.is_current else None)


def _told(error: Exception) -> ChatError:
    """Return an error as the window can tell it; a mistake of the program is in its log."""
    if isinstance(error, ChatError):
        return error
    log.error("a call of the client has failed", exc_info=error)
    return Internal("this program made a mistake; its log says more")


def _nothing(error: ChatError | None) -> None:
    """Pass over what became of it: the facts of a window are never refused."""
    if error is not None:
        log.warning("refused: %s", error.message)
