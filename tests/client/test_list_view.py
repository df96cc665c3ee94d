"""The list: which rows are shown, and which is chosen."""

import attrs

from chatcore import GENERAL, ConversationId, Reset, Row, Update, UserId
from chatcore.client.list_view import ListView


def row(name: str, unread: int = 0) -> Row:
    return Row(ConversationId(name), name, UserId(name), unread=unread)


def roster(*rows: Row) -> ListView:
    made = ListView("Czat ogólny")
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


def test_the_cursor_stays_with_its_row_and_goes_to_the_first_where_that_is_hidden() -> None:
    made = roster(DORA, BOB, CAROL)
    made.cursor = CAROL.conversation

    made.seek("o")
    stayed = made.cursor
    made.seek("b")

    assert (stayed, made.cursor) == (CAROL.conversation, BOB.conversation)


def test_steps_stop_at_the_ends() -> None:
    made = roster(DORA, BOB, CAROL)

    assert [made.neighbour(BOB.conversation, steps) for steps in (1, -1, 5, -5)] == [CAROL, DORA, CAROL, DORA]
    assert [made.neighbour(None, steps) for steps in (1, -1)] == [DORA, CAROL]
    assert roster().neighbour(None, 1) is None


def test_the_next_unread_is_sought_downwards_and_round_the_end() -> None:
    made = roster(DORA, BOB, attrs.evolve(CAROL, unread=1))

    assert made.next_unread(DORA.conversation) == attrs.evolve(CAROL, unread=1)
    assert made.next_unread(CAROL.conversation) == DORA
    assert roster(DORA, BOB).next_unread(DORA.conversation) is None


def test_what_is_unread_and_who_is_active_is_counted_as_the_rows_change() -> None:
    made = roster(attrs.evolve(BOB, active=True), CAROL, DORA, attrs.evolve(ALL, active=True, unread=3))
    counted = [(made.unread, made.active)]

    made.apply([Update(1, attrs.evolve(CAROL, unread=1, active=True))])
    counted.append((made.unread, made.active))
    made.reset()
    counted.append((made.unread, made.active))

    assert counted == [(5, 1), (6, 2), (0, 0)]


def test_with_nothing_open_the_first_unread_row_is_the_next() -> None:
    assert roster(DORA, attrs.evolve(CAROL, unread=1)).next_unread(None) == DORA


def test_rows_are_found_by_conversation_and_by_name() -> None:
    made = roster(DORA, CAROL, ALL)
    made.apply([Update(1, attrs.evolve(CAROL, active=True))])

    assert made.row(CAROL.conversation) == attrs.evolve(CAROL, active=True)
    assert (made.named("carol"), made.named("Everybody"), made.named("nobody")) == (made.rows[1], ALL, None)
    assert made.unread == 2
