"""Taking back in fields of one line."""

from chatcore_tk.steps import MAX_STEPS, Steps


def test_steps_are_taken_back_and_done_again() -> None:
    steps = Steps()
    steps.begin("", "insert")
    steps.begin("a", "insert")
    steps.cut("ab")
    steps.begin("ab c", "delete")

    assert [steps.back("ab"), steps.back("ab c"), steps.back("ab"), steps.back("")] == ["ab c", "ab", "", ""]
    assert [steps.forth(""), steps.forth("ab")] == ["ab", "ab c"]


def test_who_types_on_cannot_do_again_what_was_taken_back() -> None:
    steps = Steps()
    steps.begin("", "insert")
    assert steps.back("abc") == ""

    steps.begin("", "insert")

    assert steps.forth("x") == "x"


def test_steps_are_bounded() -> None:
    steps = Steps()
    for number in range(10 * MAX_STEPS):
        steps.cut(str(number))

    assert len(steps._before) == MAX_STEPS
