"""The storage port: accounts, sessions and logs, each method one atomic, durable operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import attrs

from ..domain.generations import Point
from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.invitations import InvitationRecord
from ..domain.messages import Message
from ..domain.read_states import Run
from ..domain.sessions import Ages, Led, SessionRecord
from ..domain.tallies import Tally
from ..domain.users import Exclusion, NewUser, User, UserChange
from .commits import Change, CommitListener, Outcome
from .jobs import Jobs


@attrs.frozen
class Account:
    """A user, and what nobody else is told."""

    user: User
    password_hash: str = attrs.field(repr=False)
    key: str | None = None
    "By which the program that has the chat inside knows them; None where it knows them otherwise."
    exclusion: Exclusion = attrs.field(factory=Exclusion)
    "Why they are disabled."


@attrs.frozen
class Overview:
    """What a client needs at first, read in one transaction."""

    epoch: str
    point: Point
    "The present generation, and how far log and directory have come."
    is_same: bool
    "Whether what the client was told last belongs to this history."
    general: Tally
    tallies: tuple[Tally, ...]
    """Of the newest other conversations, newest first: in the order of the commits of their last messages, since clocks
    go wrong and many messages have one time."""


@attrs.frozen
class Page:
    """A stretch of a conversation for one member, read in one transaction."""

    tally: Tally
    messages: tuple[Message, ...]
    "Oldest first, without holes."
    read: tuple[Run, ...]
    "Which seqs of the stretch the member has read (own ones may be among them)."
    receipts: tuple[tuple[int, int], ...]
    "For the member's own messages of the stretch that somebody has read: seq and number of readers, by seq."
    more: bool
    "Whether the log goes on in the direction that was asked for."


@attrs.frozen
class Happening:
    """A message that was stored, or a user; the other one is None."""

    number: int
    "Of the message; of the newest message before a user registered, or was changed last."
    fact: int
    "The newest one about the user; 0 for a message. By both numbers it is ordered as it happened."
    message: Message | None
    user: User | None


@attrs.frozen
class Happenings:
    """What has happened, read in one transaction."""

    epoch: str
    generation: str
    "The present one."
    is_same: bool
    "Whether the point that was asked for belongs to this history; if not, nothing is given."
    happened: tuple[Happening, ...]


class Accounts(Protocol):
    """Users, with the hashes of their passwords; the directory is a log of facts about them."""

    async def add_user(self, new: NewUser, now_ms: int) -> User:
        """Register a user, with the next number, the next fact, and all of the general chat so far as history.

        Raises NameTaken when somebody has the same folded name, or an account's name of the same look, with the field
        "key" when somebody has the key. With `new.is_own` neither may it be a name, nor look like one, that was given
        up in the last 90 days.

        With `new.invitation` that one is used once, in the same transaction: of many at once there are no more than it
        is for. Raises InvalidInvitation where it admits nobody any more; a user who is not added uses up none.
        """

    async def change_user(self, user: UserId, change: UserChange, now_ms: int) -> User:
        """Change a user, with the next fact, unless nothing is different; return them as they are then.

        With a user who becomes disabled all their sessions end in the same transaction. Why somebody is disabled is
        kept anew each time, also where nothing else is different: then it is no fact, and is told to nobody. Where the
        change does not apply, nothing is changed. An erased one's name, key and password are gone, too. A name that is
        given up is kept as digests (`domain.former_names`). Raises NotFound where there is no such user, or no more,
        and NameTaken as `add_user`; where `change.is_own` also with the field "display_name" when that looks like the
        name of another account.
        """

    async def bans_over(self, now_ms: int, limit: int) -> Sequence[UserId]:
        """List users whose ban has ended by now, those first whose ban ended first."""

    async def set_password(self, user: UserId, password_hash: str, spare: str = "") -> Sequence[str]:
        """Keep the hash of another password, and end the user's sessions in the same transaction; return their digests.

        The session with the digest `spare` goes on. Raises NotFound where there is no such user.
        """

    async def renew_hash(self, user: UserId, former: str, password_hash: str) -> None:
        """Keep another hash of the same password, unless the one that is kept is not `former` any more."""

    async def account(self, folded: str) -> Account | None:
        """Find an account by its folded name."""

    async def account_of(self, user: UserId) -> Account | None:
        """Find an account by its user's id."""

    async def account_with_key(self, key: str) -> Account | None:
        """Find an account by its key."""

    async def user(self, user: UserId) -> User | None:
        """Find a user by id."""

    async def users(self, after: int, limit: int) -> Sequence[User]:
        """List the users of whom there are facts above `after`, by the newest one about each."""


class Sessions(Protocol):
    """Who is logged in, by the digests of their tokens. `domain.sessions.is_alive` says which of them still live."""

    async def add_session(
        self, digest: str, user: UserId, now_ms: int, label: str = "", *, lasts_ms: int | None = None
    ) -> None:
        """Begin a session known by the digest of its token; its label tells people what it is for.

        With `lasts_ms` it may lie unused so long, and not as long as others. Raises NotAllowed where the user is
        disabled, and NotFound where there is none.
        """

    async def add_session_like(self, digest: str, other: str, ages: Ages, label: str) -> None:
        """Begin another session of the same user as one that lives, which is used now.

        It counts as begun when that one began, may lie unused as long, and belongs to the same session of the
        application. Raises LoggedOut where there is none that lives. It is not there after that one's user was
        disabled, or all of their sessions have ended, whatever happens at the same time.
        """

    async def enter_session(
        self,
        digest: str,
        user: UserId,
        ages: Ages,
        *,
        lasts_ms: int | None,
        host: str | None,
        address: str,
    ) -> None:
        """Note that a session is used now, from an address; begin it where there is none that lives.

        `host` is the digest of the session of the application that it belongs to. Raises what `add_session` does.
        """

    async def sessions_of(self, user: UserId, ages: Ages) -> Sequence[SessionRecord]:
        """List a user's sessions that live, those that began first before the others."""

    async def session(self, digest: str, ages: Ages, address: str = "") -> User | None:
        """Find whose session it is and note that it is used now, and from where unless that is empty.

        None where there is none that lives.
        """

    async def led(self, token: str) -> Led:
        """Find the session that the token with this digest leads to, which is used now: those before it do no more.

        It is durable then. A token that nobody knows leads to the session of its own digest, whether there is one or
        not: so does the first token of each. `is_reuse` where a token of a greater rank was used before.
        """

    async def renew_token(self, session: str, token: str, now_ms: int, since_ms: int) -> bool:
        """Have the token with this digest lead to a session, as long as that is there, in the next rank.

        Nothing changes by it until it is used. Return False, with nothing done, where there is no such session or
        `domain.sessions.may_renew` says no.
        """

    async def end_session(self, digest: str) -> None:
        """End a session. One that is not there has ended already."""

    async def end_sessions_of(self, user: UserId) -> Sequence[str]:
        """End all sessions of a user that have begun before; return their digests."""

    async def end_sessions_of_host(self, host: str) -> Sequence[str]:
        """End all sessions that belong to one of the application's; return their digests."""

    async def use_sessions(self, used: Sequence[str], now_ms: int) -> None:
        """Note that these are used now, as far as they have a life of their own and `domain.sessions.is_due` says so.

        It is asked every few seconds.
        """

    async def renew_sessions(self, used: Sequence[str], ages: Ages) -> Sequence[str]:
        """Note that these sessions are used now, and forget all that are too old for `session` to find.

        Return those of `used` that are not there any more.
        They may be forgotten in many small transactions after the one of the notes, so that no other write waits long.
        """

    async def ended_sessions(self, used: Sequence[str]) -> Sequence[str]:
        """Return those of `used` that are not there any more, in their order. It is asked every few seconds."""


class Invitations(Protocol):
    """The invitations to register, by the digests of their codes."""

    async def add_invitation(self, invitation: InvitationRecord) -> None:
        """Keep a new one."""

    async def invitations(self) -> Sequence[InvitationRecord]:
        """List all, those that were made first before the others."""

    async def invitation(self, digest: str) -> InvitationRecord | None:
        """Find an invitation."""

    async def revoke_invitation(self, digest: str) -> None:
        """Forget an invitation. One that is not there was revoked already."""


class Logs(Protocol):
    """The conversations' logs of messages, and who has read what of them."""

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        """Store messages and marks in one transaction; the outcomes stand in the order of the changes.

        A new message gets the next seq of its conversation, a `number` greater than that of every message before it
        (in any conversation), and the time `now_ms`, or the time of the message before it where that is later by at
        most a minute (`domain.jumps.dated`). The same (sender, client id) again, in this batch or ever before, is
        Repeated when conversation and text are the same, else refused with Conflict; neither uses up a seq. Marks are
        made after the batch's messages. A mark beyond the last message is refused whole with NotFound. Own messages in
        a mark are passed over. That the sender or reader belongs to the conversation was checked before.

        A NewRefusal is kept by (sender, client id), unless its message is stored already (then that is Repeated, or a
        Conflict) or it was refused before. For 24 hours, and at most 1,000 of each sender, the newest, a post or
        refusal of the same (sender, client id) is refused as the first one was: with its code, words and field.
        """

    async def is_settled(self, sender: UserId, client_id: ClientId, now_ms: int) -> bool:
        """Return whether a message is stored under a client id, or a refusal kept."""

    async def tallies(self, user: UserId, after: str, limit: int) -> Sequence[Tally]:
        """List the user's conversations that have messages, with ids above `after`, by id (the general chat too)."""

    async def tally(self, user: UserId, conversation: ConversationId) -> Tally:
        """Return the numbers of one conversation, all zero where it has no messages."""

    async def page(
        self, user: UserId, conversation: ConversationId, *, after: int | None, before: int | None, limit: int
    ) -> Page:
        """Read at most `limit` messages: the first ones after seq `after`, or the last ones before seq `before`.

        With neither, the newest ones. Of both, `after` decides.
        """

    async def stretch(self, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
        """Read what is known of the messages between two seqs, both included, without the messages themselves."""


class Storage(Accounts, Sessions, Invitations, Logs, Jobs, Protocol):
    """Where everything is kept: what a host works with. Whoever needs less asks for one of the parts.

    *Atomic and durable*: a method that writes returns after its one transaction is on disk, or raises and has written
    nothing. Cancelling the caller does not undo a write under way: its commit is told all the same.
    *Isolation*: a method that reads sees one moment; what a returned write did is seen by every later read.
    *Order*: commits are told to the listener in the order in which they happened, before the writing method returns.
    *Concurrency*: any method may be called while others run.
    *One object a host*: an object tells the commits made through it, and no others. Each host needs one of its own, or
    it would take what another host has written for its own work; of that it hears by the bus.

    What raises a TemporaryError has written nothing: StorageFull where there is no room, Busy where something else
    holds a lock for too long, StorageUnavailable where what is needed cannot be read, or else not be written. All
    else goes on. A StorageError says that it is not known whether a commit has happened: stop.
    """

    def listen(self, listener: CommitListener) -> Callable[[], None]:
        """Call `listener` on the event loop with each commit made through this object, and with no other.

        So each host of a chat has a storage object of its own: of the others' commits it hears by the bus. Two hosts
        with one object would both tell of each commit, and the bus a second time.

        All outcomes of an `append` are told, what was repeated or refused too; an `append` of nothing tells nothing.
        It must not raise. What is returned ends it.
        """

    async def begin(self, generation: str) -> Point:
        """A server starts on this storage: write down a generation of this name, before anything is told to anybody.

        With it is kept how far log and directory have come, and that is returned. Where other servers are at work on
        the storage, none begins.
        """

    async def happenings(self, after: Point | None, limit: int) -> Happenings:
        """Read the first messages and facts about users after a point, in the order of commits.

        The point has the generation in which something was given, and its number and fact; None is before everything.
        Nothing that is committed later stands before what was given. A user stands where they registered, before all of
        their messages, and where they were changed last, both times as they are now.
        """

    async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
        """Read what a client needs at first, with at most `limit` tallies beside the general chat's.

        `told` is what the client was told last: None where it was told nothing, which belongs to every history.
        """
