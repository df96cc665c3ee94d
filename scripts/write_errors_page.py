"""Write the table of docs/errors.md: every error, what it means, who meets it, and what to do."""

import sys
from collections.abc import Mapping

import page_parts
from page_parts import table
from write_protocol_page import sentences

from chatcore import errors

TOLD: Mapping[type[errors.ChatError], tuple[str, str]] = {
    errors.WrongCredentials: (
        "who logs in; the same for a name that nobody has",
        "ask for name and password again",
    ),
    errors.NameTaken: (
        "who registers or is to be shown by a name; one that looks like a name that is taken counts, too",
        "take another name",
    ),
    errors.InvalidName: ("who registers; the program that makes a user", "take another name; the message has the rule"),
    errors.WeakPassword: (
        "who registers or changes a password; the program that sets one",
        "take a longer (or shorter) one; the message has the bounds",
    ),
    errors.CommonPassword: (
        "who registers or changes a password; the program that sets one",
        "take another one",
    ),
    errors.InvitationNeeded: (
        "who registers where registration is by invitation, and gives no code",
        "ask for a code, and register again with it",
    ),
    errors.InvalidInvitation: (
        "who registers with a code that is wrong, used up, over or revoked: which of these is told to nobody",
        "look for a mistyped letter; ask for another code",
    ),
    errors.NotAllowed: (
        "who registers or logs in where `registration` or `passwords` is shut; who is disabled, and who writes to them",
        "come with a token that the program hands out; ask whoever runs the chat",
    ),
    errors.Banned: (
        "who logs in with the right password into an account that is banned; a client whose user is banned meanwhile",
        "show `error.reason` and `error.until`; the same succeeds once the ban is over",
    ),
    errors.NotFound: (
        "whoever names a user, conversation or message; also one that is there, but for others",
        "tell the user; look for a mistyped name",
    ),
    errors.TooLong: ("who writes", "write less"),
    errors.Empty: ("who writes", "write something that can be seen"),
    errors.BadText: ("who writes", "leave out control characters and lone surrogates"),
    errors.Conflict: ("a program that gives client ids", "take a new id for each new message"),
    errors.Refused: (
        "the author of a post that [a hook](howto/use-hooks.md) of the application refuses",
        'show the reason; with the field "hook" see to the hook, whose mistake is in the log',
    ),
    errors.OtherHistory: (
        "the program that reads `events` on after a backup was restored",
        "throw away what was made of the events, and begin anew without a cursor",
    ),
    errors.Busy: (
        "whoever asks while very much waits, or another program holds the database",
        "try again; a client's posts do so by themselves",
    ),
    errors.SlowDown: (
        "whoever writes, asks, registers or guesses passwords faster than `chatcore.Throttles` allow",
        "wait for `error.wait` seconds; a client's posts, marks and questions do so by themselves",
    ),
    errors.StorageFull: (
        "who writes while the server's disk is full; a client whose own outbox file is",
        "make room; posts wait meanwhile",
    ),
    errors.StorageUnavailable: ("who asks for what cannot be read", "try again; the server's log has the cause"),
    errors.LoggedOut: (
        "a client whose session has ended: by a log-out elsewhere, by the program, by its age",
        "log in again, or get a new token",
    ),
    errors.TokenReused: (
        "who comes with a token in whose place another one was used, for a copy of it; the session has ended for both",
        "log in again; have another password where nobody knows how that came about",
    ),
    errors.BadFrame: ("a client that breaks the protocol", "mend the client"),
    errors.UnsupportedVersion: (
        "a client and a server without a common version of the protocol",
        "bring the older one up to date",
    ),
    errors.Unreachable: (
        "a client, when nobody answers for as long as it waits",
        'try again; with the field "url" or "server" mend the address or what is there',
    ),
    errors.AlreadyLoggedIn: ("a program that logs one client in twice", "log out first, or make another client"),
    errors.Closed: ("a program that uses a client after its `async with`", "make another one"),
    errors.Internal: ("whoever asked: the server, or a hook, made a mistake", "tell whoever runs the server"),
    errors.StorageError: (
        "the program that has the chat inside: its block ends with it",
        "see to the disk, run `chatcore-server fsck`, start again",
    ),
}


def every_part() -> str:
    """Return the table; an error that nobody has written about is a KeyError."""
    rows = [
        (f"`{leaf.code}`<br>`{leaf.__name__}`", sentences(leaf).split(". ")[0].rstrip(".") + ".", *TOLD[leaf])
        for leaf in leaves(errors.ChatError)
    ]
    return "\n".join(table(("code, class", "says", "who meets it", "what to do"), rows))


def leaves(root: type[errors.ChatError]) -> list[type[errors.ChatError]]:
    """Return the errors that have none below them, as they stand in the module."""
    below = [kind for kind in root.__subclasses__() if kind.__module__ == errors.__name__]
    return [leaf for kind in below for leaf in (leaves(kind) or [kind])]


if __name__ == "__main__":
    sys.exit(page_parts.main({"errors.md": {"every": every_part}}, sys.argv[1:]))
