"""The sanitiser against what people and attackers write."""

import sys
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.view.text import _cleaned, _needs_work, clean, clean_line

ZWNJ, ZWJ = "\u200c", "\u200d"
ACUTE = "\u0301"

hostile = st.lists(
    st.one_of(
        st.characters(),
        st.sampled_from("\x00\t\n\r\x1b\x7f\x9b\u00ad\u200b\u200e\u2028\u202e\u2066\u2069\ufeff\ud800\ufffe\ufffd ◌⏎"),
        st.sampled_from(
            ["\r\n", ACUTE, ACUTE * 5, ZWNJ, ZWJ, "\ufe0e", "\ufe0f", "\U000e0041", "1", "a", "ل", "क", "्"]
        ),
        st.sampled_from("😀👨❤🏳🌈🏽⃣"),
    ),
    max_size=60,
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello, world",
        "two\nlines\n\nand a fourth",
        "Zażółć gęślą jaźń – „cytat” … 100 € ½ ×",
        "Zaz\u0307o\u0301l\u0301c\u0301",  # decomposed
        "Ελληνικά Русский Հայերեն",
        "日本語 한국어 中文，。",
        "שלום עולם וְאָהַבְתָּ",
        "مرحبا بالعالم مُحَمَّد",
        "می\u200cخواهم",  # Persian needs the non-joiner
        "हिन्दी क्\u200dष ภาษาไทย ที่ မြန်မာ ខ្មែរ བོད་",
        "😀 👍🏽 🇵🇱 ❤️ ☎︎ 1️⃣ #️⃣ ©️ 🏳️‍🌈 👨‍👩‍👧 👩🏽‍💻 🧑🏻‍❤️‍💋‍🧑🏿 🐦‍⬛ ⛹️‍♀️",
        "\u00a0no\u2009break\u3000spaces",
        "\ue000 private use",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\x00b\x08c\x7fd", "a␀b␈c␡d"),
        ("\x9b2J\x85", "\ufffd2J\ufffd"),
        ("a\rb", "a␍b"),
        ("a\r\nb", "a\nb"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("a\tb", "a    b"),
    ],
)
def test_control_characters_are_shown_as_signs(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_what_turns_the_direction_of_a_line_is_replaced(code: int) -> None:
    assert clean(f"a{chr(code)}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "code",
    [0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0x3164, 0xFE00, 0xFEFF, 0xE0001, 0xE0041],
)
def test_what_nobody_sees_is_left_out(code: int) -> None:
    assert clean(f"a{chr(code)}b") == "ab"


@pytest.mark.parametrize("code", [0x600, 0xFFF9, 0xD800, 0xDFFF, 0xFDD0, 0xFFFE, 0x1FFFF, 0x10FFFF])
def test_what_is_no_character_to_show_is_replaced(code: int) -> None:
    assert clean(f"a{chr(code)}b") == "a\ufffdb"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200db", "ab"),
        ("a\u200cb", "ab"),
        ("a\ufe0f", "a"),
        ("\u200d😀", "😀"),
        ("😀\u200d", "😀"),
        ("😀\u200c😀", "😀😀"),
        ("😀\u200d\u200d😀", "😀\u200d😀"),
        ("😀\ufe0f\ufe0f", "😀\ufe0f"),
        ("ل\u200c\u200cل", "ل\u200cل"),
    ],
)
def test_joiners_and_selectors_stay_only_where_they_do_something(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_pile_of_combining_marks_is_cut_to_eight() -> None:
    assert clean("z" + 40 * ACUTE + "z") == "z" + 8 * ACUTE + "z"
    assert clean("ส" + 40 * "็") == "ส" + 8 * "็"


@pytest.mark.parametrize(
    ("text", "shown"),
    [(ACUTE, "◌" + ACUTE), ("a\n" + ACUTE, "a\n◌" + ACUTE), (" " + ACUTE, " ◌" + ACUTE), ("\x1c" + ACUTE, "␜" + ACUTE)],
)
def test_a_mark_without_a_letter_gets_one_of_its_own(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one line", "one line"),
        ("two\nlines", "two ⏎ lines"),
        ("  a\n\n \n b \n", "a ⏎ b"),
        ("a\u2028b", "a ⏎ b"),
        ("\n", ""),
        ("\ufeff a", "a"),
        ("\x1b[2J\nx", "␛[2J ⏎ x"),
    ],
)
def test_several_lines_become_one(text: str, shown: str) -> None:
    assert clean_line(text) == shown


@given(hostile)
def test_nothing_harmful_gets_through(text: str) -> None:
    shown = clean(text)

    marks = 0
    for before, char in zip("\n" + shown, shown, strict=False):
        marks = marks + 1 if category(char)[0] == "M" else 0
        assert char in {"\n", ZWJ, ZWNJ} or category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert char not in {ZWJ, ZWNJ} or before not in {ZWJ, ZWNJ}
        assert not "\U000e0000" <= char <= "\U000e0fff"
        assert not (marks and before.isspace())
        assert marks <= 8


@given(hostile)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(hostile)
def test_a_cleaned_line_is_one_line(text: str) -> None:
    assert len(clean_line(text).splitlines()) <= 1


def test_what_the_quick_look_lets_through_needs_no_work() -> None:
    harmless = "".join(char for char in map(chr, range(sys.maxunicode + 1)) if not _needs_work(char))

    assert _cleaned(harmless) == harmless
    assert len(harmless) > 100_000


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", [ACUTE, "👨" + ZWJ, "\u202e", " \n", " ", "ل" + ZWNJ, "\x1b[m"])
def test_long_texts_take_time_in_proportion_to_their_length(piece: str) -> None:
    assert clean_line(piece * 200_000) is not None
