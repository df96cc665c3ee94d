"""Whether somebody looks."""

from chatcore.view.attention import WHILE, Attention


def test_without_focus_reports_somebody_looks_for_a_while_after_a_key() -> None:
    attention = Attention(100.0)

    assert attention.holds(100.0 + WHILE - 1)
    assert not attention.holds(100.0 + WHILE)
    attention.touched(200.0)
    assert attention.holds(200.0 + WHILE - 1)
    assert not attention.holds(200.0 + WHILE)


def test_focus_reports_decide_from_the_first_on() -> None:
    attention = Attention(100.0)

    attention.has_focus = False
    attention.touched(101.0)  # the mouse passes over it
    assert not attention.holds(101.0)
    attention.has_focus = True
    assert attention.holds(101.0 + 10 * WHILE)


def test_nobody_looks_at_what_cannot_be_seen() -> None:
    attention = Attention(100.0, has_focus=True, is_hidden=True)

    assert not attention.holds(100.0)
