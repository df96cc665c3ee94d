"""The list: which rows are shown, and which is chosen."""

import attrs

from chatcore import GENERAL, ConversationId, Insert, Move, Reset, Row, Update, UserId
from chatcore.view.language import load
from chatcore.view.list_view import ListView
from chatcore.view.stack import Stack


def row(name: str, unread: int = 0) -> Row:
    return Row(ConversationId(name), name, UserId(name), unread=unread)


def roster(*rows: Row) -> ListView:
    made = ListView(load("pl"))
    made.apply([Reset(rows)])
    return made


def names(made: ListView) -> list[str]:
    return [shown.name for shown in made.shown]


BOB, CAROL, DORA = row("bob"), row("Carol"), row("dora", unread=2)
ALL = Row(GENERAL, "general")


def test_the_rows_are_shown_in_the_core_s_order() -> None:
    assert names(roster(DORA, BOB, CAROL)) == ["dora", "bob", "Carol"]


def test_a_part_of_the_name_finds_a_row_in_any_case() -> None:
    made = roster(DORA, BOB, CAROL)

    made.seek(" RO ")

    assert names(made) == ["Carol"]


def test_the_general_chat_is_found_by_each_of_its_names() -> None:
    made = roster(BOB, ALL)
    found = []

    for text in ("gen", "ogóln", "everyb"):
        made.seek(text)
        found.append(names(made))

    assert found == [["general"]] * 3


def test_a_row_is_found_however_the_keyboard_writes_a_letter() -> None:
    """In parts, as some systems paste it, or as wide as the letters of East Asian keyboards."""
    made = roster(BOB, ALL)
    found = []

    for text in ("ogo\u0301ln", "\uff22\uff4f\uff42"):
        made.seek(text)
        found.append(names(made))

    assert found == [["general"], ["bob"]]
    assert made.named("\uff22\uff4f\uff42") == [BOB]


def test_another_text_marks_what_it_fits_best() -> None:
    made = roster(DORA, BOB, CAROL)
    made.mark(CAROL.conversation)

    marked = []
    for text in ("o", "b", ""):
        made.seek(text)
        marked.append(made.cursor)

    assert marked == [DORA.conversation, BOB.conversation, BOB.conversation]


def test_the_name_itself_comes_first_then_its_beginnings_then_other_names_each_in_order() -> None:
    made = roster(row("joanna"), row("annabel"), row("susann"), row("Ann"), row("anna"))

    made.seek("ann")

    assert names(made) == ["Ann", "annabel", "anna", "joanna", "susann"]
    assert made.cursor == "Ann"


def test_what_fits_better_is_marked_when_it_comes_unless_somebody_has_moved_the_mark() -> None:
    made = roster(row("joanna"), row("susann"))
    made.seek("ann")
    marked = [made.cursor]

    for comes in ("annabel", "ann", "ann-marie"):
        made.apply([Insert(0, row(comes))])
        made.settle()
        marked.append(made.cursor)
    made.mark(ConversationId("susann"))
    made.settle()

    assert marked == ["joanna", "annabel", "ann", "ann"]
    assert made.cursor == "susann"


def view(*rows: Row) -> Stack[ConversationId]:
    return Stack(tuple(row.conversation for row in rows), tuple(range(len(rows) + 1)))


def test_what_was_seen_half_a_second_ago_is_aimed_at() -> None:
    made = roster(DORA, BOB, CAROL)
    made.drawn(view(DORA, BOB, CAROL), 10.0)
    made.apply([Move(2, 0, CAROL)])
    made.drawn(view(CAROL, DORA, BOB), 20.0)
    made.apply([Move(2, 0, BOB)])
    made.drawn(view(BOB, CAROL, DORA), 20.3)

    aimed = {now: made.aimed(now) for now in (20.0, 20.49, 20.51, 20.79, 20.81)}

    assert [sight.at(0) for sight in aimed.values()] == [DORA, DORA, CAROL, CAROL, BOB]
    assert [sight.under(1) for sight in aimed.values()] == [BOB, BOB, DORA, DORA, CAROL]
    assert aimed[20.0].under(3) is None


def test_the_next_unread_row_is_the_one_that_was_seen_unless_it_was_read_meanwhile() -> None:
    made = roster(BOB, CAROL, DORA)
    made.drawn(view(BOB, CAROL, DORA), 10.0)
    seen = made.aimed(10.1)
    made.apply([Update(1, attrs.evolve(CAROL, unread=1))])
    found = [made.next_unread(seen, BOB.conversation)]
    made.apply([Update(2, attrs.evolve(DORA, unread=0))])

    found.append(made.next_unread(seen, BOB.conversation))

    assert [row.name for row in found if row] == ["dora", "Carol"]


def test_what_the_person_has_changed_counts_at_once() -> None:
    made = roster(DORA, BOB, CAROL)
    made.drawn(view(DORA, BOB, CAROL), 10.0)

    made.seek("o")
    unseen = made.aimed(10.1)
    made.mark(CAROL.conversation)
    made.drawn(view(DORA, BOB, CAROL), 10.2)

    assert unseen.marked == DORA
    assert made.aimed(10.2).marked == CAROL


def test_steps_stop_at_the_ends() -> None:
    made = roster(DORA, BOB, CAROL)

    assert [made.sight.neighbour(BOB.conversation, steps) for steps in (1, -1, 5, -5)] == [CAROL, DORA, CAROL, DORA]
    assert [made.sight.neighbour(None, steps) for steps in (1, -1)] == [DORA, CAROL]
    assert roster().sight.neighbour(None, 1) is None


def test_the_next_unread_is_sought_downwards_and_round_the_end() -> None:
    made = roster(DORA, BOB, attrs.evolve(CAROL, unread=1))

    assert made.sight.next_unread(DORA.conversation) == attrs.evolve(CAROL, unread=1)
    assert made.sight.next_unread(CAROL.conversation) == DORA
    assert roster(DORA, BOB).sight.next_unread(DORA.conversation) is None


def test_what_is_unread_and_who_is_active_is_counted_as_the_rows_change() -> None:
    made = roster(attrs.evolve(BOB, active=True), CAROL, DORA, attrs.evolve(ALL, active=True, unread=3))
    counted = [(made.unread, made.active)]

    made.apply([Update(1, attrs.evolve(CAROL, unread=1, active=True))])
    counted.append((made.unread, made.active))
    made.reset()
    counted.append((made.unread, made.active))

    assert counted == [(5, 1), (6, 2), (0, 0)]


def test_with_nothing_open_the_first_unread_row_is_the_next() -> None:
    assert roster(DORA, attrs.evolve(CAROL, unread=1)).sight.next_unread(None) == DORA


def test_rows_are_found_by_conversation_and_by_name() -> None:
    made = roster(DORA, CAROL, ALL)
    made.apply([Update(1, attrs.evolve(CAROL, active=True))])

    assert made.row(CAROL.conversation) == attrs.evolve(CAROL, active=True)
    assert (made.named("carol"), made.named("Everybody"), made.named("nobody")) == ([made.rows[1]], [ALL], [])
    assert made.unread == 2


ANN = attrs.evolve(row("Ann Kowalska"), account="ann", look="ann")
OTHER_ANN = attrs.evolve(row("Ann Kowalska"), conversation=ConversationId("2"), account="ann2", look="ann")


def test_a_user_is_found_by_both_names() -> None:
    made = roster(BOB, attrs.evolve(ANN, account="kowal"))
    found = []

    for text in ("ann k", "kowal", "@kow"):
        made.seek(text)
        found.append(names(made))

    assert found == [["Ann Kowalska"]] * 3


def test_a_name_is_the_account_of_one_before_it_is_what_others_are_called() -> None:
    calls_herself_ann = attrs.evolve(OTHER_ANN, name="Ann")
    made = roster(calls_herself_ann, ANN, OTHER_ANN)

    assert made.named("ANN") == [ANN]
    assert made.named("@ann2")[0].account == "ann2"
    assert made.named("ann kowalska") == [ANN, OTHER_ANN]


def test_who_is_deleted_is_found_by_what_they_are_called_here() -> None:
    made = roster(BOB, attrs.evolve(ANN, name="deleted user", account="", disabled=True))

    made.seek("usuni")

    assert names(made) == ["deleted user"]


def test_who_is_disabled_is_not_counted_among_the_active() -> None:
    assert roster(attrs.evolve(BOB, active=True, disabled=True), attrs.evolve(CAROL, active=True)).active == 1
