"""What people are called: by their display names, and by their accounts' where two look alike."""

import attrs

from chatcore import GENERAL, Change, ConversationId, Insert, Remove, Reset, Row, Update, User, UserId
from chatcore.view.language import ENGLISH, load
from chatcore.view.list_view import ListView
from chatcore.view.names import Names, ShownName

ME = User(UserId("alice"), "alice", 1, 1)
GENERAL_ROW = Row(GENERAL, "general")


def row(account: str, name: str, look: str = "", *, disabled: bool = False) -> Row:
    user = UserId(account or name)
    return Row(ConversationId(user), name, user, account=account, look=look or name, disabled=disabled)


ANN, OTHER_ANN, BOB = row("ann", "Ann", "ann"), row("kowalska", "Ann", "ann"), row("bob", "Bob")
GONE = Row(ConversationId("gone"), "deleted user", UserId("gone"), look="deleted", disabled=True)


def called(*rows: Row, me: User | None = ME) -> list[str]:
    names = Names(rows, me, ENGLISH)
    return [str(names.of_row(each)) for each in rows]


def test_who_looks_like_nobody_else_is_called_by_their_display_name_alone() -> None:
    assert called(ANN, BOB) == ["Ann", "Bob"]


def test_the_accounts_name_stands_beside_both_of_two_that_look_alike() -> None:
    assert called(ANN, BOB, OTHER_ANN) == ["Ann @ann", "Bob", "Ann @kowalska"]


def test_names_that_are_spelt_otherwise_and_look_the_same_count_as_alike() -> None:
    cyrillic = row("other", "\u0410nn", "ann")

    assert called(ANN, cyrillic) == ["Ann @ann", "\u0410nn @other"]


def test_the_viewer_counts_as_one_of_the_list() -> None:
    me = User(UserId("me"), "annie", 1, 1, "Ann", "ann")
    names = Names([ANN, BOB], me, ENGLISH)

    assert [names.of(me.id), names.of(UserId("ann")), names.of(UserId("bob"))] == [
        ShownName("Ann", "@annie"),
        ShownName("Ann", "@ann"),
        ShownName("Bob"),
    ]


def test_two_whose_look_nobody_knows_are_not_alike() -> None:
    assert called(attrs.evolve(ANN, look=""), attrs.evolve(OTHER_ANN, look="")) == ["Ann", "Ann"]


def test_erased_accounts_are_called_the_same_in_the_viewers_language_without_an_account() -> None:
    rows = [GONE, attrs.evolve(GONE, user=UserId("other"), conversation=ConversationId("other"))]

    assert called(*rows) == ["deleted user"] * 2
    assert str(Names(rows, ME, load("pl")).of(UserId("gone"))) == "usunięty użytkownik"


def test_who_calls_themselves_as_the_erased_are_called_is_told_from_them() -> None:
    assert called(GONE, row("bob", "deleted user", "deleted")) == ["deleted user", "deleted user @bob"]


def test_the_general_chat_is_called_in_the_viewers_language() -> None:
    assert str(Names([GENERAL_ROW], ME, load("pl")).of_row(GENERAL_ROW)) == "Czat ogólny"


def test_who_is_not_in_the_list_yet_is_called_by_their_id_and_a_row_by_its_own_name() -> None:
    names = Names([], ME, ENGLISH)

    assert (str(names.of(UserId("bob"))), str(names.of_row(BOB))) == ("bob", "Bob")


def test_names_are_safe_to_show() -> None:
    assert called(row("b", "B\n\x1bob")) == ["B ⏎ ␛ob"]


def test_the_others_follow_at_once_when_a_second_one_comes_is_renamed_or_goes() -> None:
    people, ann, seen = ListView(ENGLISH), UserId("ann"), []
    people.apply([Reset((ANN, BOB))])
    zoe = attrs.evolve(OTHER_ANN, name="Zoe", look="zoe")
    changes: list[Change[Row]] = [Insert(2, OTHER_ANN), Update(2, zoe), Update(2, OTHER_ANN), Remove(2)]

    for change in changes:
        people.apply([change])
        seen.append(str(people.name_of(ann)))

    assert seen == ["Ann @ann", "Ann", "Ann @ann", "Ann"]


def test_the_others_follow_at_once_when_the_viewer_takes_the_look_of_one_of_them() -> None:
    people, ann = ListView(ENGLISH), UserId("ann")
    people.me = ME
    people.apply([Reset((ANN, BOB))])
    before = str(people.name_of(ann))

    people.me = attrs.evolve(ME, display_name="Ann", look="ann")

    assert (before, str(people.name_of(ann)), str(people.name_of(ME.id))) == ("Ann", "Ann @ann", "Ann @alice")
