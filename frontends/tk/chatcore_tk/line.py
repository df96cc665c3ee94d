"""The window's line to one chat client, which lives in the network's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack

from chatcore import ChatClient, ChatError, ClientId, ConversationId
from chatcore.client.calls import Calls, as_told
from chatcore.home.awakening import rouse
from chatcore.home.desk_observer import HandOver, Hearer
from chatcore.home.entry import entered_by
from chatcore.home.profiles import Profile
from chatcore.ports.clock import Clock
from chatcore.view.commands import Count, Done
from chatcore.view.credentials import Credentials

from .network import Network
from .relay import Relay

MakeClient = Callable[[Profile], ChatClient]
"""Makes a client for a user on a server, going on with the session where there is a token."""

Enter = Callable[[ChatClient], Awaitable[object]]


class Line:
    """Calls of the window's thread, made on a client in the network's thread; none of them waits.

    It is the desk's `Commands`. What changes comes back through the relay, in the window's thread like the answers.
    """

    def __init__(self, network: Network, make_client: MakeClient, hand_over: HandOver, clock: Clock) -> None:
        self._network, self._make_client, self._hand_over, self._clock = network, make_client, hand_over, clock
        self._relay: Relay | None = None
        self._end: asyncio.Event | None = None

    # ---- coming and going

    def resume(self, profile: Profile, hearer: Hearer) -> None:
        """Go on with a session, as soon as the server answers."""
        self._begin(profile, hearer, None, lambda _error: None)

    def enter(self, credentials: Credentials, hearer: Hearer, done: Done) -> None:
        """Begin a session."""

        def begin(client: ChatClient) -> Awaitable[object]:
            return entered_by(client, credentials)

        self._begin(Profile(credentials.server, credentials.name), hearer, begin, done)

    def leave(self, sending: Count, left: Callable[[int, int], None]) -> None:
        """Before hanging up: wait until all is sent, a few seconds at most, and only where there is a connection.

        `left` is told how many messages are not sent in the end: those that go out with the next start, those that are
        lost.
        """
        relay = self._relay
        if relay is None:
            left(0, 0)
        else:  # a client that is not open yet sends nothing: it is not waited for
            self._network.call(lambda: relay.calls.leave(relay.back(sending), relay.back(left)))

    def hang_up(self) -> None:
        """Close the client; the session stays. Nothing more is heard of it."""
        if self._relay is not None and self._end is not None:
            self._relay.is_current = False
            self._network.call(self._end.set)
        self._relay = self._end = None

    def log_out(self, sending: Count, done: Done) -> None:
        """Send what is on its way, and end the session."""
        self._do(lambda relay: relay.calls.log_out(relay.back(sending), relay.back(done)))

    # ---- what the window wants

    def post(self, conversation: ConversationId, text: str, done: Done) -> None:
        """Put a message into the outbox."""
        self._do(lambda relay: relay.calls.post(conversation, text, relay.back(done)))

    def retry(self, client_id: ClientId, done: Done) -> None:
        """Try a refused message again."""
        self._do(lambda relay: relay.calls.retry(client_id, relay.back(done)))

    def discard(self, client_id: ClientId, done: Done) -> None:
        """Throw a refused or never-sent message away."""
        self._do(lambda relay: relay.calls.discard(client_id, relay.back(done)))

    def load_older(self, conversation: ConversationId, limit: int, done: Done) -> None:
        """Let the timeline grow backwards."""
        self._do(lambda relay: relay.calls.load_older(conversation, limit, relay.back(done)))

    def read_all(self, conversation: ConversationId, newest: int, done: Done) -> None:
        """Mark all messages up to this seq as read."""
        self._do(lambda relay: relay.calls.read_all(conversation, newest, relay.back(done)))

    def set_display_name(self, name: str | None, done: Done) -> None:
        """Be shown by another name; None stands for the account's."""
        self._do(lambda relay: relay.calls.set_display_name(name, relay.back(done)))

    def change_password(self, password: str, new_password: str, done: Done) -> None:
        """Have another password in place of the one up to now."""
        self._do(lambda relay: relay.calls.change_password(password, new_password, relay.back(done)))

    # ---- facts

    def opened(self, conversation: ConversationId | None) -> None:
        """Another conversation is shown, or none."""
        self._do(lambda relay: relay.calls.opened(conversation))

    def window_active(self, active: bool) -> None:
        """Somebody looks at the window, or no longer."""
        self._do(lambda relay: relay.calls.window_active(active))

    def visible(self, conversation: ConversationId, seqs: Collection[int]) -> None:
        """These messages are on the screen now, and no others."""
        self._do(lambda relay: relay.calls.visible(conversation, seqs))

    def reconnect(self) -> None:
        """Try at once where the next try to connect is waited for."""
        self._do(lambda relay: relay.calls.reconnect())

    # ---- questions

    def ask_if_at_beginning(self, conversation: ConversationId, told: Callable[[bool], None]) -> None:
        """Tell whether the first message that is here is known to be the first there is, or that there is none."""
        self._do(lambda relay: relay.calls.ask_if_at_beginning(conversation, relay.back(told)))

    def ask_if_complete(self, told: Callable[[bool], None]) -> None:
        """Tell whether the whole list is there."""
        self._do(lambda relay: relay.calls.ask_if_complete(relay.back(told)))

    def ask_for(self, name: str, told: Callable[[ConversationId | None, ChatError | None], None]) -> None:
        """Ask the server for the conversation with the user of a name."""
        self._do(lambda relay: relay.calls.ask_for(name, relay.back(told)))

    # ---- within

    def _begin(self, profile: Profile, hearer: Hearer, enter: Enter | None, done: Done) -> None:
        self.hang_up()
        client = self._make_client(profile)
        relay = self._relay = Relay(client, Calls(client, self._network.spawn), hearer, self._hand_over)
        end = self._end = asyncio.Event()
        self._network.call(lambda: self._network.spawn(self._keep(relay, enter, done, end)))

    async def _keep(self, relay: Relay, enter: Enter | None, done: Done, end: asyncio.Event) -> None:
        """Keep a client open until the line is hung up."""
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(relay.client)
            except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for a word
                relay.back(done)(as_told(error))
                return
            relay.opened()
            if enter is not None:
                relay.calls.ask(enter(relay.client), relay.back(done))
            watch = asyncio.create_task(rouse(relay.client, self._clock))
            stack.callback(watch.cancel)  # and not waited for: the client's goodbye is what is in a hurry
            await end.wait()

    def _do(self, act: Callable[[Relay], None]) -> None:
        relay = self._relay
        if relay is not None:
            self._network.call(lambda: relay.when_open(lambda: act(relay)))
