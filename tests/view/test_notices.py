"""What there is to say, until something else is done."""

from collections.abc import Callable

from chatcore import NotFound
from chatcore.view.language import ENGLISH
from chatcore.view.notices import Notices


def notices() -> tuple[Notices, list[str]]:
    drawn: list[str] = []
    made = Notices(ENGLISH, lambda: drawn.append(made.text))
    return made, drawn


def test_what_is_said_takes_the_place_of_what_was_said_before() -> None:
    made, drawn = notices()

    made.say("One.")
    made.say("Two.")

    assert (made.text, drawn) == ("Two.", ["One.", "Two."])


def test_what_is_added_stands_beside_it_once() -> None:
    made, drawn = notices()

    made.add("One.")
    made.add("Two.")
    made.add("One.")

    assert (made.text, len(drawn)) == ("One.\nTwo.", 2)


def test_what_may_be_lost_stands_before_what_is_said() -> None:
    made, drawn = notices()

    made.add("One.")
    made.warn("Lost.")
    made.warn("Lost.")

    assert drawn == ["One.", "Lost.\nOne."]


def test_an_error_is_told_as_a_sentence_and_none_is_not_told() -> None:
    made, drawn = notices()

    made.failed(None)
    made.failed(NotFound())

    assert drawn == ["There is no such user, conversation or message."]


def test_nothing_is_drawn_anew_where_there_was_nothing_to_clear() -> None:
    made, drawn = notices()

    made.clear()
    made.say("One.")
    made.clear()

    assert drawn == ["One.", ""]


def test_only_what_went_wrong_is_told_as_trouble() -> None:
    made, _ = notices()
    told = []
    steps: list[Callable[[], None]] = [
        lambda: made.say("Done."),
        lambda: made.add("And this."),
        lambda: made.complain("Too long."),
        lambda: made.add("And this."),
        lambda: made.say("Done."),
        lambda: made.warn("Lost."),
        made.clear,
        lambda: made.failed(NotFound()),
    ]
    for step in steps:
        step()
        told.append(made.is_trouble)

    assert told == [False, False, True, True, False, True, False, True]
