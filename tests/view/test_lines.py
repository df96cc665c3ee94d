"""What rows and messages say, in both languages."""

from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest

from chatcore.client.items import Item, ItemState
from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ClientId, ConversationId, UserId
from chatcore.domain.messages import Last
from chatcore.domain.roster import Row
from chatcore.domain.users import User
from chatcore.view.language import ENGLISH, load
from chatcore.view.lines import Bubble, RowLine, badge, bubble, row_line
from chatcore.view.names import Names

POLISH = load("pl")
ME, BOB = UserId("a" * 16), UserId("b" * 16)
WITH_BOB = ConversationId(f"d.{ME}.{BOB}")
NOW = datetime(2025, 10, 12, 15, 30, tzinfo=timezone(timedelta(hours=2)))
AT_MS = int(datetime(2025, 10, 12, 12, 5, tzinfo=UTC).timestamp() * 1000)

ROW = Row(WITH_BOB, "bob", BOB, active=True, unread=3, last=Last(7, BOB, "hi there", AT_MS, 7))
ITEM = Item(WITH_BOB, 7, ClientId("c7"), BOB, "hi there", AT_MS, ItemState.UNREAD)


ALICE = User(ME, "alice", 1, 1)


def say(row: Row, language: str = "en") -> RowLine:
    spoken = load(language)
    return row_line(row, me=ME, names=Names([ROW], ALICE, spoken), now=NOW, language=spoken)


def show(item: Item, language: str = "en") -> Bubble:
    spoken = load(language)
    return bubble(item, me=ME, names=Names([ROW], ALICE, spoken), now=NOW, language=spoken)


def pick(item: Item) -> Bubble:
    return bubble(item, me=ME, names=Names([ROW], ALICE, ENGLISH), now=NOW, language=ENGLISH, is_picked=True)


def own(state: ItemState, readers: int = 0, refusal: str | None = None) -> Item:
    return attrs.evolve(ITEM, sender=ME, state=state, readers=readers, refusal=refusal)


def test_a_row_says_name_status_last_words_time_and_unread() -> None:
    assert say(ROW) == RowLine(name="bob", active=True, preview="hi there", time="14:05", badge="3")


def test_a_row_without_messages_says_only_its_name() -> None:
    assert say(Row(WITH_BOB, "bob", BOB)) == RowLine(name="bob", active=False, preview="", time="", badge="")


def test_the_general_chat_is_named_in_the_language_and_its_words_have_a_sender() -> None:
    row = attrs.evolve(ROW, conversation=GENERAL, name="general", user=None)

    assert (say(row).name, say(row).preview) == ("General chat", "bob: hi there")
    assert (say(row, "pl").name, say(row, "pl").preview) == ("Czat ogólny", "bob: hi there")


@pytest.mark.parametrize("conversation", [GENERAL, WITH_BOB])
def test_the_viewers_own_last_words_say_so(conversation: ConversationId) -> None:
    row = attrs.evolve(ROW, conversation=conversation, last=Last(8, ME, "see {you}", AT_MS, 8))

    assert say(row).preview == "You: see {you}"
    assert say(row, "pl").preview == "Ty: see {you}"


def test_a_row_is_safe_to_show() -> None:
    row = attrs.evolve(ROW, name="b\u202eob", last=Last(7, BOB, "a\n\x1b[2Jb", AT_MS, 7))

    said = row_line(row, me=ME, names=Names([row], ALICE, ENGLISH), now=NOW, language=ENGLISH)

    assert (said.name, said.preview) == ("b\ufffdob", "a ⏎ ␛[2Jb")


def test_a_senders_name_is_safe_to_show() -> None:
    names = Names([attrs.evolve(ROW, name="b\n\x1bob")], ALICE, ENGLISH)
    row = attrs.evolve(ROW, conversation=GENERAL)

    line = row_line(row, me=ME, names=names, now=NOW, language=ENGLISH)
    shown = bubble(ITEM, me=ME, names=names, now=NOW, language=ENGLISH)

    assert line.preview == "b ⏎ ␛ob: hi there"
    assert shown.sender == "b ⏎ ␛ob"


@pytest.mark.parametrize(
    ("unread", "text"), [(0, ""), (-1, ""), (1, "1"), (999, "999"), (1_000, "999+"), (123_456, "999+")]
)
def test_a_badge_is_short(unread: int, text: str) -> None:
    assert badge(unread) == text


def test_a_received_message_has_its_sender_time_and_status() -> None:
    assert show(ITEM) == Bubble(own=False, sender="bob", text="hi there", time="14:05", ticks="•", status="unread")
    assert show(ITEM, "pl").status == "nieprzeczytana"


def test_a_received_message_that_was_read_says_so() -> None:
    item = attrs.evolve(ITEM, state=ItemState.READ)

    assert (show(item).ticks, show(item).status) == ("", "read")
    assert show(item, "pl").status == "przeczytana"


def test_the_status_is_told_in_words_where_the_message_is_picked_or_the_sign_does_not_say_it_all() -> None:
    read, counted = own(ItemState.READ, readers=1), attrs.evolve(own(ItemState.READ, readers=3), conversation=GENERAL)
    refused = own(ItemState.REFUSED, refusal="bad_text")

    assert (show(ITEM).told, show(read).told, show(counted).told) == ("", "", "read by 3")
    assert [pick(item).told for item in (ITEM, read, refused)] == ["unread", "read", ""]


def test_ones_own_message_is_from_you() -> None:
    item = own(ItemState.SENT)

    assert (show(item).own, show(item).sender, show(item, "pl").sender) == (True, "You", "Ty")


@pytest.mark.parametrize(
    ("state", "ticks", "english", "polish"),
    [
        (ItemState.WAITING, "◷", "waiting", "czeka"),
        (ItemState.SENT, "✓", "sent", "wysłana"),
        (ItemState.READ, "✓✓", "read", "przeczytana"),
    ],
)
def test_ones_own_message_tells_how_far_it_came(state: ItemState, ticks: str, english: str, polish: str) -> None:
    shown = show(own(state, readers=1))

    assert (shown.ticks, shown.status) == (ticks, english)
    assert show(own(state, readers=1), "pl").status == polish


@pytest.mark.parametrize(
    ("readers", "english", "polish"),
    [
        (1, "read by 1", "przeczytana przez 1 osobę"),
        (3, "read by 3", "przeczytana przez 3 osoby"),
        (25, "read by 25", "przeczytana przez 25 osób"),
    ],
)
def test_in_the_general_chat_ones_own_message_says_how_many_read_it(readers: int, english: str, polish: str) -> None:
    item = attrs.evolve(own(ItemState.READ, readers=readers), conversation=GENERAL)

    assert show(item).status == english
    assert show(item, "pl").status == polish


def test_a_refused_message_says_why() -> None:
    item = own(ItemState.REFUSED, refusal="bad_text")

    assert show(item).ticks == "!"
    assert show(item).status == "refused: there are characters in it that no message may have"
    assert show(item, "pl").status == "odrzucona: treść zawiera niedozwolone znaki"


def test_a_message_that_is_refused_for_now_says_why_it_waits() -> None:
    item = own(ItemState.WAITING, refusal="storage_full")

    assert show(item).ticks == "◷"
    assert show(item).status == "waiting: the server's disk is full"
    assert show(item, "pl").status == "czeka: na serwerze skończyło się miejsce na dysku"


def test_a_message_keeps_its_lines_and_is_safe_to_show() -> None:
    item = attrs.evolve(ITEM, text="a\nb\x1b[2J")

    assert show(item).text == "a\nb␛[2J"


def test_an_older_message_has_its_date_too() -> None:
    item = attrs.evolve(ITEM, at_ms=AT_MS - 86_400_000)

    assert show(item, "pl").time == "11 paź 14:05"


def test_the_accounts_name_stands_beside_those_who_look_alike_in_rows_previews_and_bubbles() -> None:
    ann = attrs.evolve(ROW, name="Ann", account="ann", look="ann")
    other = attrs.evolve(ann, conversation=ConversationId("other"), user=UserId("other"), account="kowalska")
    names = Names([ann, other], ALICE, ENGLISH)
    in_general = attrs.evolve(ROW, conversation=GENERAL, user=None)

    row = row_line(ann, me=ME, names=names, now=NOW, language=ENGLISH)
    general = row_line(in_general, me=ME, names=names, now=NOW, language=ENGLISH)
    shown = bubble(ITEM, me=ME, names=names, now=NOW, language=ENGLISH)

    assert (row.name, row.account, shown.sender, shown.account) == ("Ann", "@ann", "Ann", "@ann")
    assert general.preview == "Ann @ann: hi there"


def test_who_is_disabled_is_never_shown_as_active() -> None:
    line = say(attrs.evolve(ROW, account="bob", disabled=True))

    assert (line.active, line.is_disabled, line.name) == (False, True, "bob")


def test_a_message_to_somebody_who_was_kept_out_meanwhile_says_who_and_why() -> None:
    refused = own(ItemState.REFUSED, refusal="not_allowed")

    assert show(refused).status == "refused: nobody can write to bob: the account is disabled"
    assert show(refused, "pl").status == "odrzucona: do bob nikt nie może pisać: konto jest wyłączone"
    assert show(attrs.evolve(refused, conversation=GENERAL)).status == "refused: this is not allowed here"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("Zofia Nowakowska", "Zofia Nowakowska: "),
        ("Piotr Wiśniewski-Brzęczyszczykiewicz", "Piotr: "),
        ("Verylongnamewithoutanyspace", "Verylongnamewit…: "),
    ],
)
def test_a_long_name_leaves_room_for_what_was_written(name: str, begins: str) -> None:
    names = Names([attrs.evolve(ROW, name=name)], ALICE, ENGLISH)
    general = attrs.evolve(ROW, conversation=GENERAL, user=None)

    assert row_line(general, me=ME, names=names, now=NOW, language=ENGLISH).preview == f"{begins}hi there"
