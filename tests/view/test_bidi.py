"""Text in both directions, in the order in which it is drawn. Hebrew letters are written here by their numbers."""

import pytest

from chatcore.view.bidi import Drawn, draw, drawn, is_plain, lines_drawn, shaped

ALEF, BET, GIMEL, DALET = "\u05d0\u05d1\u05d2\u05d3"
BEH, LAM, ALIF, SEEN, FATHA = "\u0628\u0644\u0627\u0633\u064e"
AB, GD = ALEF + BET, GIMEL + DALET
BA, DG = AB[::-1], GD[::-1]


@pytest.mark.parametrize("text", ["", "plain", "Zażółć gęślą jaźń", "你好 👍 12:30", "Ω (x) ½"])
def test_what_has_one_direction_only_stays_as_it_is(text: str) -> None:
    assert is_plain(text)
    assert drawn(text) == shaped(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"{AB} {GD}", f"{DG} {BA}"),
        (f"one {AB} {GD} two", f"one {DG} {BA} two"),
        (f"{AB} one two {GD}", f"{DG} one two {BA}"),
        (f"{AB} 14:30", f"14:30 {BA}"),
        (f"{AB} 12 {GD} 345.", f".345 {DG} 12 {BA}"),
        (f"{AB}-12", f"12-{BA}"),
        (f"one {AB}.", f"one {BA}."),
        (f"{AB}!", f"!{BA}"),
        (f"{AB} (one)", f"(one) {BA}"),
        (f"{AB} ({GD})", f"({DG}) {BA}"),
        (f"a ({AB}) b", f"a ({BA}) b"),
        (f"one ({AB}) {GD}", f"one ({BA}) {DG}"),
        (f"{AB} < {GD}", f"{DG} > {BA}"),
        (f"{AB} 50% {GD}", f"{DG} 50% {BA}"),
        (f"{AB} ", f" {BA}"),
        (f"one\n{AB} {GD}", f"one\n{DG} {BA}"),
        (f"{ALEF}\u05b0{BET}", f"{BET}{ALEF}\u05b0"),
    ],
)
def test_letters_numbers_and_signs_stand_where_readers_of_both_directions_look_for_them(text: str, seen: str) -> None:
    assert drawn(text) == seen


def test_where_a_line_begins_is_its_paragraph_s_affair() -> None:
    lines = lines_drawn(f"{AB} one two\none {AB}", lambda paragraph: [paragraph[:4], paragraph[4:]])

    assert [line.is_rightwards for line in lines] == [False, False, True, True]
    assert [line.text for line in lines[2:]] == ["one ", BA]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        (BEH, "\ufe8f"),
        (BEH * 3, "\ufe91\ufe92\ufe90"),
        (ALIF + BEH, "\ufe8d\ufe8f"),
        (BEH + ALIF, "\ufe91\ufe8e"),
        (f"{BEH} {BEH}", "\ufe8f \ufe8f"),
        (LAM + ALIF, "\ufefb"),
        (SEEN + LAM + ALIF, "\ufeb3\ufefc"),
        (BEH + FATHA + BEH, f"\ufe91{FATHA}\ufe90"),
        (f"{BEH}b{BEH}", "\ufe8fb\ufe8f"),
    ],
)
def test_arabic_letters_take_the_forms_that_they_have_beside_their_neighbours(text: str, forms: str) -> None:
    assert shaped(text) == forms


def test_what_is_selected_on_the_screen_is_found_in_the_text_and_the_other_way_round() -> None:
    line = f"one {AB} {LAM}{ALIF} two"
    seen = draw(line, line)

    assert len(seen.text) == len(seen.spans) == len(line) - 1
    assert seen.place(0, 3) == (0, 3)
    assert [line[start:stop] for start, stop in seen.parts(*seen.place(4, 6))] == [ALEF, BET]
    assert [line[start:stop] for start, stop in seen.parts(4, 5)] == [LAM + ALIF]
    assert "".join(line[start:stop] for start, stop in seen.parts(0, len(seen.text))) == line
    assert Drawn("", "", ()).place(0, 1) == (0, 0)
