"""What rows and messages look like."""

import attrs
from chatcore_cli.cells import width
from chatcore_cli.render import Line, message_lines, row_lines, sender_style
from hypothesis import given
from hypothesis import strategies as st

from chatcore import GENERAL, ClientId, Item, ItemState, UserId
from chatcore.view.lines import Bubble, RowLine
from chatcore.view.senders import COLOURS
from chatcore.view.separators import Separators

texts = st.text(st.sampled_from("ab żć\n你🎉"), min_size=1, max_size=80)
names = st.text(st.sampled_from("abc你"), min_size=1, max_size=40)


def item(state: ItemState, refusal: str | None = None) -> Item:
    return Item(GENERAL, 1, ClientId("c"), UserId("u"), "", 0, state, refusal=refusal)


def bubble(*, own: bool, sender: str = "bob", text: str = "hello", status: str = "read", ticks: str = "✓✓") -> Bubble:
    ticks = ticks if own or ticks == "•" else ""
    return Bubble(own=own, sender=sender, text=text, time="31 Dec 2026 23:59", ticks=ticks, status=status)


def plain(lines: list[Line]) -> list[str]:
    return ["".join(fragment[1] for fragment in line) for line in lines]


def laid_out(words: Bubble, state: ItemState, cells: int = 60, *, hint: str = "") -> list[str]:
    before = Separators("", "")
    return plain(
        message_lines(item(state), words, before, cells=cells, picked=False, hint=hint),
    )


@given(names, texts, st.booleans(), st.sampled_from(ItemState), st.integers(24, 170))
def test_no_line_of_a_message_leaves_its_column(name: str, text: str, own: bool, state: ItemState, cells: int) -> None:
    lines = laid_out(bubble(own=own, sender=name, text=text), state, cells, hint="do something")

    assert all(width(line) <= cells for line in lines)
    assert len({width(line) for line in lines}) == 1
    assert not own or all(width(line) == cells for line in lines)


@given(st.text(st.sampled_from("ab ▎•:\n\u00a0你"), min_size=1, max_size=80), st.integers(24, 170))
def test_every_line_of_a_text_begins_further_in_than_a_head(text: str, cells: int) -> None:
    head, *body = laid_out(bubble(own=False, text=text, ticks="•"), ItemState.UNREAD, cells)

    assert head[:1] == "▎" != head[1:2] != " "
    assert all(line.startswith("▎ ") for line in body)


def test_time_and_state_are_there_even_beside_a_long_name() -> None:
    head = laid_out(bubble(own=False, sender="a" * 40, status="unread", ticks="•"), ItemState.UNREAD, 50)[0]

    assert "aaaa…" in head
    assert "31 Dec 2026 23:59 •" in head


def test_in_the_general_chat_it_says_how_many_have_read_it() -> None:
    words = attrs.evolve(bubble(own=True, status="read by 3"), is_counted=True)

    assert "✓✓ read by 3" in laid_out(words, ItemState.READ)[0]
    assert "read by 3" not in laid_out(attrs.evolve(words, is_counted=False), ItemState.READ)[0]


def test_a_refused_message_says_why_and_what_to_do() -> None:
    words = bubble(own=True, status="refused: no", ticks="!")
    text = " ".join(laid_out(words, ItemState.REFUSED, hint="Press a key."))

    assert "! refused: no. Press a key." in text


def test_a_message_that_has_to_wait_says_why() -> None:
    words = attrs.evolve(bubble(own=True, status="waiting: no room", ticks="◷"), has_reason=True)
    delayed = item(ItemState.WAITING, refusal="storage_full")
    lines = message_lines(delayed, words, Separators("", ""), cells=60, picked=False, hint="Press a key.")

    assert "◷ waiting: no room." in plain(lines)[-1]
    assert "Press a key" not in plain(lines)[-1]


def test_day_and_unread_line_stand_before_the_message() -> None:
    lines = message_lines(
        item(ItemState.UNREAD),
        bubble(own=False),
        Separators("Monday", "Unread"),
        cells=40,
        picked=False,
    )

    assert plain(lines)[:2] == ["─" * 16 + " Monday " + "─" * 16, "─" * 16 + " Unread " + "─" * 16]


@given(names, texts, st.sampled_from(["", "7", "999+"]), st.booleans(), st.integers(22, 60))
def test_every_line_of_a_row_fills_the_list_s_width(
    name: str, preview: str, badge: str, mark: bool, cells: int
) -> None:
    words = RowLine(
        name=name,
        active=mark,
        preview=preview.replace("\n", " "),
        time="31 Dec 2025" if mark else "",
        badge=badge,
        draft="Draft:" if mark else "",
    )

    lines = plain(row_lines(words, cells, selected=mark, found=not mark))

    assert {width(line) for line in lines} == {cells}
    assert not badge or lines[1].endswith(f" {badge}  ")


def test_a_row_without_a_message_takes_one_line() -> None:
    words = RowLine(name="bob", active=False, preview="", time="", badge="")

    assert plain(row_lines(words, 22, selected=False, found=False)) == [" ○ bob" + " " * 16]


def test_a_sender_has_one_of_the_colours_and_keeps_it() -> None:
    colours = {sender_style(UserId(f"user{number}")) for number in range(200)}

    assert len(colours) == COLOURS
    assert sender_style(UserId("user1")) == sender_style(UserId("user1"))


@given(names, names, st.sampled_from(["", "@a", "@an-account-of-some-length", "@" + "a" * 32]), st.integers(20, 60))
def test_an_account_s_name_takes_no_line_out_of_its_column(sender: str, name: str, account: str, cells: int) -> None:
    words = RowLine(name=name, account=account, active=True, preview="hi", time="14:05", badge="3", is_disabled=True)
    head = attrs.evolve(bubble(own=False, sender=sender), account=account)

    assert {width(line) for line in plain(row_lines(words, cells, selected=False, found=False))} == {cells}
    assert {width(line) for line in laid_out(head, ItemState.READ, max(24, cells))} != {0}
    assert all(width(line) <= max(24, cells) for line in laid_out(head, ItemState.READ, max(24, cells)))


def test_the_account_s_name_stands_beside_the_name_in_a_style_of_its_own() -> None:
    words = RowLine(name="Ann", account="@ann", active=True, preview="", time="", badge="")
    (line,) = row_lines(words, 22, selected=False, found=False)

    assert plain([line]) == [" ● Ann @ann" + " " * 11]
    assert [style for style, text, *_ in line if "@ann" in text] == ["class:row.dim"]


def test_a_name_gives_way_before_the_account_s_that_tells_two_apart() -> None:
    words = RowLine(name="Anna Maria Kowalska", account="@ann2", active=True, preview="", time="14:05", badge="")

    assert plain(row_lines(words, 24, selected=False, found=False)) == [" ● Anna Ma… @ann2 14:05 "]


def test_who_is_disabled_is_grey_and_has_a_cross_in_the_place_of_the_dot() -> None:
    words = RowLine(name="bob", active=False, preview="", time="", badge="", is_disabled=True)
    (line,) = row_lines(words, 22, selected=False, found=False)

    assert plain([line])[0].startswith(" × bob")
    assert [style for style, text, *_ in line if "bob" in text] == ["class:row.dim"]
