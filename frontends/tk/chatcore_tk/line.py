"""The window's line to one chat client, which lives in the network's thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from functools import partial

from chatcore import ChatClient, ChatError, ClientId, ConnectionPhase, ConversationId, Internal
from chatcore.client.marking import read_all
from chatcore.home.profiles import Profile
from chatcore.view.commands import Count, Done
from chatcore.view.credentials import Credentials

from .network import Network
from .relay import HandOver, Hearer, Relay

log = logging.getLogger(__name__)


MakeClient = Callable[[Profile], ChatClient]
"""Makes a client for a user on a server, going on with the session where there is a token."""

Enter = Callable[[ChatClient], Awaitable[object]]


class Line:
    """Calls of the window's thread, made on a client in the network's thread; none of them waits.

    It is the desk's `Commands`. What changes comes back through the relay, in the window's thread like the answers.
    """

    def __init__(self, network: Network, make_client: MakeClient, hand_over: HandOver) -> None:
        self._network, self._make_client, self._hand_over = network, make_client, hand_over
        self._relay: Relay | None = None
        self._end: asyncio.Event | None = None

    # ---- coming and going

    def resume(self, profile: Profile, hearer: Hearer) -> None:
        """Go on with a session, as soon as the server answers."""
        self._begin(profile, hearer, None, _nothing)

    def enter(self, credentials: Credentials, hearer: Hearer, done: Done) -> None:
        """Begin a session."""

        def begin(client: ChatClient) -> Awaitable[object]:
            call = client.register if credentials.is_new else client.log_in
            return call(credentials.name, credentials.password)

        self._begin(Profile(credentials.server, credentials.name), hearer, begin, done)

    def leave(self, sending: Count, left: Callable[[int, int], None]) -> None:
        """Before hanging up: wait until all is sent, a few seconds at most, and only where there is a connection.

        `left` is told how many messages are not sent in the end: those that go out with the next start, those that are
        lost.
        """
        relay = self._relay
        if relay is None:
            left(0, 0)
            return

        async def leave(client: ChatClient) -> None:
            await self._flush(relay, sending)
            lost = client.perishable
            relay.tell(partial(left, client.waiting - lost, lost))

        self._network.call(lambda: self._network.spawn(leave(relay.client)))

    def hang_up(self) -> None:
        """Close the client; the session stays. Nothing more is heard of it."""
        if self._relay is not None and self._end is not None:
            self._relay.is_current = False
            self._network.call(self._end.set)
        self._relay = self._end = None

    def log_out(self, sending: Count, done: Done) -> None:
        """Send what is on its way, and end the session."""
        relay = self._relay

        async def log_out(client: ChatClient) -> None:
            if relay is not None:
                await self._flush(relay, sending)
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

    def load_older(self, conversation: ConversationId, limit: int, done: Done) -> None:
        """Let the timeline grow backwards."""
        self._ask(lambda client: client.load_older(conversation, limit), done)

    def read_all(self, conversation: ConversationId, newest: int, done: Done) -> None:
        """Mark all messages up to this seq as read."""
        self._ask(lambda client: read_all(client, conversation, newest), done)

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

    # ---- questions

    def ask_if_at_beginning(self, conversation: ConversationId, told: Callable[[bool], None]) -> None:
        """Tell whether the first message that is here is known to be the first there is, or that there is none."""
        self._look(lambda client: client.replica.is_at_beginning(conversation), told)

    def ask_if_complete(self, told: Callable[[bool], None]) -> None:
        """Tell whether the whole list is there."""
        self._look(lambda client: client.replica.complete, told)

    def ask_for(self, name: str, told: Callable[[ConversationId | None, ChatError | None], None]) -> None:
        """Ask the server for the conversation with the user of a name."""
        found: list[ConversationId] = []

        async def ask(client: ChatClient) -> None:
            found.append(await client.conversation_with(name))

        self._ask(ask, lambda error: told(found[0] if found else None, error))

    # ---- within

    def _begin(self, profile: Profile, hearer: Hearer, enter: Enter | None, done: Done) -> None:
        self.hang_up()
        relay = self._relay = Relay(self._make_client(profile), hearer, self._hand_over)
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
            else:
                if done is not _nothing:
                    self._tell(relay, done, None)

        self._network.call(lambda: relay.when_open(call))

    def _ask(self, ask: Enter, done: Done) -> None:
        relay = self._relay
        if relay is None:
            return

        def call() -> None:
            self._network.spawn(self._answer(ask(relay.client), done, relay))

        self._network.call(lambda: relay.when_open(call))

    def _look(self, at: Callable[[ChatClient], bool], told: Callable[[bool], None]) -> None:
        relay = self._relay
        if relay is not None:
            self._do(lambda client: relay.tell(partial(told, at(client))), _nothing)

    async def _flush(self, relay: Relay, sending: Count) -> None:
        if relay.client.waiting and relay.client.connection.phase is ConnectionPhase.ONLINE:
            relay.tell(partial(sending, relay.client.waiting))
            await relay.client.flush()

    async def _answer(self, answer: Awaitable[object], done: Done, relay: Relay) -> None:
        try:
            await answer
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for a word
            self._tell(relay, done, _told(error))
        else:
            self._tell(relay, done, None)

    def _tell(self, relay: Relay, done: Done, error: ChatError | None) -> None:
        relay.tell(partial(done, error))


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
