"""An example of every frame: Alice's client talks with a server on which Bob is, too."""

import attrs

from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.generations import Point
from chatcore.domain.ids import ClientId, ConversationId, Token, UserId
from chatcore.domain.looks import look_of
from chatcore.domain.messages import Message, last
from chatcore.domain.sessions import SessionRecord
from chatcore.domain.tallies import Tally
from chatcore.domain.users import User
from chatcore.errors import NotFound
from chatcore.protocol.server import error_frame
from chatcore.wire import frames as f

ALICE = User(UserId("9f86d081884c7d65"), "alice", 1, 1)
BOB = User(UserId("2c26b46b68ffc68f"), "Bob", 2, 2)
BOBBY = attrs.evolve(BOB, fact=3, display_name="Bobby", look=look_of("Bobby"))
CONVERSATION = direct(ALICE.id, BOB.id)
TOKEN = Token("Jx0kQv3Wn5cYbT1eSg7uRz9pLm2aHd4fNi6oKt8wEyU")
PASSWORD = "correct horse battery"  # noqa: S105 - of nobody real
AT_MS = 1_767_268_800_000


def _message(seq: int, sender: User, text: str, own: int) -> Message:
    client_id = ClientId(f"AZt5k3gAq1s7Xh2mPzLk{seq:02}")
    return Message(CONVERSATION, seq, sender.id, client_id, text, AT_MS + 60_000 * seq, seq, own, 40 + seq)


HELLO = _message(1, BOB, "Hello Alice!", 1)
HOW = _message(2, BOB, "How are you?", 2)
FINE = _message(3, ALICE, "Fine, thank you.", 1)
TALLY = Tally(CONVERSATION, seq=3, live=3, own=1, last=last(FINE), read=1, version=1)
ALL_READ = Tally(CONVERSATION, seq=3, live=3, own=1, last=last(FINE), read=2, version=2)
NOTHING = Tally(GENERAL, version=0)
PHONE = SessionRecord("2d711642b726b044" * 4, "phone", AT_MS, AT_MS + 3_600_000, "192.0.2.7")
BROWSER = SessionRecord("fcde2b2edba56bf4" * 4, "", AT_MS, AT_MS + 60_000, "2001:db8::7")
TOLD = Point("x7Jt1kQv3Wn5cYbT", number=HOW.number, facts=2)
STRANGER = ConversationId("d.0000000000000000.9f86d081884c7d65")

CLIENT = (
    f.Hello(versions=(f.VERSION,), instance="5d41402abc4b2a76"),
    f.Register(1, "alice", PASSWORD, "7KQ2M-X0V4D-9TZB3-HN8RC"),
    f.LogIn(1, "alice", PASSWORD, None),
    f.Resume(1, TOKEN, TOLD),
    f.Enter(1, TOLD),
    f.Post(2, CONVERSATION, FINE.client_id, FINE.text),
    f.Mark(3, CONVERSATION, seqs=(2,)),
    f.SetDisplayName(3, "Alice Liddell"),
    f.ChangePassword(3, PASSWORD, "another horse battery"),
    f.SetAway(3, away=True),
    f.Count(4, CONVERSATION),
    f.FindUser(5, "bob"),
    f.ListUsers(6, after=0),
    f.ListTallies(7, after=""),
    f.History(8, CONVERSATION, after=1, before=None, limit=200),
    f.Stretch(9, CONVERSATION, first=1, last=3),
    f.ListSessions(10, after=""),
    f.BeginSession(11, "chatcore window on desk"),
    f.RenewToken(11),
    f.EndSession(11, PHONE.id),
    f.LogOut(12),
)
"""What a client says."""

SERVER = (
    f.Welcome(f.VERSION),
    f.LoggedIn(1, ALICE, TOKEN),
    f.Snapshot(
        "b1946ac92492d2347c6235b4d2611184",
        attrs.evolve(TOLD, number=FINE.number),
        is_same=True,
        active=(ALICE.id, BOB.id),
        general=NOTHING,
        tallies=(TALLY,),
    ),
    f.Posted(2, FINE.seq, FINE.sent_at_ms, FINE.live, FINE.own, FINE.number, repeated=False, text=None),
    f.Marked(3, ALL_READ, read=((2, 2),)),
    f.Renamed(3, attrs.evolve(ALICE, fact=3, display_name="Alice Liddell", look=look_of("Alice Liddell"))),
    f.PasswordChanged(3),
    f.Noted(3),
    f.Counted(4, ALL_READ),
    f.Found(5, BOB),
    f.Users(6, (ALICE, BOB), upto=2, more=False),
    f.Tallies(7, (ALL_READ,), more=False),
    f.Page(8, ALL_READ, (HOW, FINE), read=((2, 2),), receipts=((3, 1),), more=False),
    f.Sessions(10, (PHONE, BROWSER), own=BROWSER.id, more=False),
    f.SessionBegun(11, Token(TOKEN[::-1])),
    f.TokenRenewed(11, Token(TOKEN[::-1])),
    f.SessionEnded(11),
    f.LoggedOut(12),
    error_frame(NotFound(field="conversation"), 2),
    f.MessageEvent(HOW),
    f.ReadEvent(ALL_READ, read=((2, 2),)),
    f.ReceiptsEvent(CONVERSATION, receipts=((3, 1),)),
    f.UserEvent(BOBBY),
    f.PresenceEvent(active=(BOB.id,), inactive=()),
    f.Closing("draining", "the server is restarting"),
)
"""What a server says."""
