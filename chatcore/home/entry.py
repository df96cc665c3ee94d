"""How a person enters the chat from their machine: who they were last, and a client that keeps what is not sent."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NoReturn

import attrs

from ..adapters.cache_file import CacheFile
from ..adapters.drafts_file import DraftsFile
from ..adapters.outbox_file import OutboxFile
from ..adapters.websocket import WebSocketDialer, pinned_tls
from ..app import connect_with
from ..client.client import ChatClient
from ..client.patience import PATIENCE
from ..domain.addresses import plain_address
from ..domain.ids import ConversationId, UserId
from ..domain.users import User
from ..errors import StorageError
from ..ports.cache import CacheKeeper, NoCache
from ..ports.drafts import DRAFTS, DraftKeeper
from ..ports.given import Given
from ..ports.outbox import OUTBOX, KeptPost, OutboxKeeper
from ..process.folders import NoHome, config_folder, state_folder
from ..view.credentials import Credentials
from ..view.drafts import Drafts
from ..view.language import ENGLISH, Language
from ..view.sentences import not_remembered, sentence
from .accounts import account_key, cache_path, drafts_path, drafts_path_by_name, outbox_path
from .kept_tokens import KeptTokens
from .last_open import LastOpen
from .local_server import own_socket
from .own_session import OwnSession, label_of
from .profiles import DEFAULT_SERVER, BadProfile, Profile, Profiles


@attrs.frozen
class Found:
    """Who somebody is, as far as it is known before they are asked."""

    profile: Profile
    "The server is always there; name and token may be missing."
    is_new: bool = False
    "Whether nobody of this server and name has logged in here before."
    trouble: str = ""
    "A sentence about what could not be read; empty where all is well."


@attrs.frozen
class Entry:
    """What a program needs to let a person in. What cannot be had of the machine is told; nothing ends by it."""

    language: Language = ENGLISH
    allow_plaintext: bool = False
    "Whether ws:// may lead beyond this machine."
    pin: str | None = None
    "By which the server's certificate is known from now on, in the place of an authority."
    config: Callable[[], Path] = config_folder
    "Gives the folder of the profiles. Raises NoHome."
    program: str = ""
    "Which program it is, by the name that its sessions are kept under."
    state: Callable[[], Path] = state_folder
    "Gives the folder of what is not sent and what is not finished. Raises NoHome."

    # ---- who they are

    def find(self, server: str | None = None, name: str | None = None) -> Found:
        """Return who was here last, of a server or user where they are given."""
        trouble = ""
        try:
            known = self._profiles().find(server, name)
        except NoHome:
            known = None  # nothing is remembered there
        except BadProfile as error:
            known, trouble = None, sentence(str(error))
        profile = known or Profile(server or DEFAULT_SERVER, name or "")
        return Found(profile, is_new=known is None, trouble=trouble)

    def known(self) -> list[Profile]:
        """Return everybody who was here, the last one first; nobody where that cannot be read: `find` tells."""
        try:
            return self._profiles().all()
        except (NoHome, BadProfile):
            return []

    def remember(self, profile: Profile, formerly: str = "") -> str:
        """Have it found first next time. Return a sentence where that cannot be, else an empty text.

        `formerly` is what the account was called in the profile that it replaces, where it was renamed: what is kept
        under that name is found by the new one, too.
        """
        try:
            if self.pin is not None:
                self._profiles().keep_pin(profile.server, self.pin)
            self._profiles().remember(profile, formerly)
        except (OSError, BadProfile, NoHome) as error:
            return not_remembered(error, self.language)
        return ""

    def forget_session(self, profile: Profile) -> str:
        """The session of a profile has ended: remember who it was, without its token. Return what `remember` does."""
        try:
            self._profiles().forget(profile)
        except (OSError, BadProfile, NoHome) as error:
            return not_remembered(error, self.language)
        return ""

    # ---- what they have

    def client(self, profile: Profile, *, wait: bool = False, keeps: bool = True) -> ChatClient:
        """Return a client for a user on a server, not opened yet; with a token it goes on with that session.

        It keeps what is not sent; its `unkept` tells why it cannot, once it is open. `keeps` is false for one that
        sends nothing. `wait`: whether opening it waits for the server. Where the token is that of another program, the
        client begins a session of its own from it before anything else.
        """
        token: Given[str] | None = profile.token
        if profile.is_borrowed:
            token = OwnSession(
                profile, label_of(self.program), partial(self._passing, profile), partial(self._own, profile)
            )
        return self._connect(
            profile,
            self._outbox(profile) if keeps else None,
            token,
            cache=self._cache(profile) if keeps and not wait else None,  # a script asks for what it needs
            wait=wait,
        )

    def drafts(self, profile: Profile) -> Drafts:
        """Return what a user on a server had not finished writing; to be closed. Its `trouble` tells what is wrong.

        It belongs to the account, and not to whoever has its name: where that is not known yet, there is nothing until
        `Drafts.belong_to` tells.
        """
        drafts = Drafts(keeper_of=partial(self._draft_keeper, profile))
        if profile.user is not None:
            drafts.belong_to(profile.user)
        return drafts

    def opened(self, profile: Profile) -> ConversationId | None:
        """Return which conversation a user on a server had open last in this program; None where that is not known."""
        with suppress(NoHome):
            return self._last_open().of(account_key(profile.server, profile.name))
        return None

    def note_opened(self, profile: Profile, conversation: ConversationId | None) -> None:
        """Remember which one they have open, where it is one."""
        if conversation is not None:
            with suppress(NoHome):
                self._last_open().note(account_key(profile.server, profile.name), conversation)

    # ---- within

    def _last_open(self) -> LastOpen:
        return LastOpen(self.state() / f"{self.program}-opened.json")

    def _tls(self, server: str) -> ssl.SSLContext | None:
        """Return how a server's certificate is checked: by its pin where there is one, else by authorities."""
        pin = self.pin
        if pin is None:
            with suppress(NoHome, BadProfile):  # of which `find` has told
                pin = self._profiles().pin(server)
        return None if pin is None else pinned_tls(pin)

    def _connect(
        self,
        profile: Profile,
        outbox: OutboxKeeper | None,
        token: Given[str] | None,
        *,
        cache: CacheKeeper | None = None,
        wait: bool,
    ) -> ChatClient:
        return connect_with(
            outbox,
            WebSocketDialer(
                allow_plaintext=self.allow_plaintext,
                allowed_by="--allow-plaintext",
                nearby=_nearby(),
                tls=self._tls(profile.server),
            ),
            profile.server,
            token=token,
            wait=wait,
            must_keep=False,
            tokens=KeptTokens(self._profiles),
            cache=cache,
            patience=PATIENCE if wait else 0.0,  # who looks at a screen is told at once
        )

    def _passing(self, profile: Profile, token: str) -> ChatClient:
        """Return a client that asks one thing and goes."""
        return self._connect(profile, None, token, wait=True)

    def _own(self, profile: Profile, token: str) -> str:
        """Keep the token of a session of this program's own; return the one to use."""
        try:
            return self._profiles().keep_own(profile, token)
        except (OSError, BadProfile, NoHome):
            return token  # the next start begins another one; that nothing is remembered is told by `remember`

    def _profiles(self) -> Profiles:
        return Profiles(self.config() / "profiles.json", self.program)

    def _former_names(self, profile: Profile) -> tuple[str, ...]:
        """Return what an account was called before, as far as that is remembered."""
        try:
            known = self._profiles().find(profile.server, profile.name)
        except (NoHome, BadProfile):  # of which `find` has told
            return ()
        return known.former if known else ()

    def _outbox(self, profile: Profile) -> OutboxKeeper:
        try:
            former = [outbox_path(self.state(), profile.server, name) for name in self._former_names(profile)]
            return OutboxFile(outbox_path(self.state(), profile.server, profile.name), former)
        except NoHome as error:
            return _NoPlace(error, OUTBOX)

    def _cache(self, profile: Profile) -> CacheKeeper:
        try:
            folder = self.state()
        except NoHome:
            return NoCache()
        return CacheFile(partial(cache_path, folder, profile.server), profile.user)

    def _draft_keeper(self, profile: Profile, user: UserId) -> DraftKeeper:
        try:
            folder = self.state()
        except NoHome as error:
            return _NoPlace(error, DRAFTS)
        former = []
        if profile.user is None and profile.token is not None:  # an older version knew this session by the name
            names = (profile.name, *self._former_names(profile))
            former = [drafts_path_by_name(folder, profile.server, name) for name in names]
        return DraftsFile(drafts_path(folder, profile.server, user), former)


def _nearby() -> Mapping[str, Path]:
    """Return the sockets of servers that are begun from the clients, which listen at the default port as well."""
    own = own_socket()
    return {} if own is None else {plain_address(DEFAULT_SERVER): own}


class _NoPlace:
    """Keeps nothing, for want of a folder, and says so as one does that finds the disk full."""

    def __init__(self, reason: NoHome, field: str) -> None:
        self._reason, self._field = reason, field

    def open(self) -> NoReturn:
        self._refuse()

    def take_over(self) -> tuple[KeptPost, ...]:
        return ()

    def keep(self, *_what: object, **_named: object) -> NoReturn:
        self._refuse()

    def drop(self, client_id: object) -> None:
        pass

    def close(self) -> None:
        pass

    def _refuse(self) -> NoReturn:
        raise StorageError(str(self._reason), field=self._field) from self._reason


async def entered_by(client: ChatClient, credentials: Credentials) -> User:
    """Register or log in, as a form was filled in. Raises ChatError."""
    if credentials.is_new:
        return await client.register(credentials.name, credentials.password, invitation=credentials.invitation)
    return await client.log_in(credentials.name, credentials.password)
