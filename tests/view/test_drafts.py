"""What a user has not finished writing."""

from collections.abc import Mapping

from chatcore import GENERAL, ConversationId, StorageFull
from chatcore.view.drafts import Drafts

WITH_BOB = ConversationId("with bob")


class Shelf:
    """A keeper in memory, which may be full."""

    def __init__(self) -> None:
        self.kept: dict[ConversationId, str] = {}
        self.writes = 0
        self.is_full = False

    def open(self) -> Mapping[ConversationId, str]:
        return dict(self.kept)

    def keep(self, conversation: ConversationId, text: str) -> None:
        if self.is_full:
            raise StorageFull
        self.writes += 1
        self.kept[conversation] = text

    def close(self) -> None:
        pass


def test_a_draft_is_there_again_after_the_next_start() -> None:
    shelf = Shelf()
    drafts = Drafts(shelf)
    drafts.open()
    drafts.write(GENERAL, "to be")
    drafts.write(GENERAL, "to be continued")
    drafts.close()

    again = Drafts(shelf)
    again.open()

    assert (again.of(GENERAL), again.of(WITH_BOB)) == ("to be continued", "")
    assert shelf.writes == 1


def test_nothing_is_written_where_nothing_changes() -> None:
    shelf = Shelf()
    drafts = Drafts(shelf)
    drafts.write(GENERAL, "the same")
    drafts.save()
    drafts.write(GENERAL, "the same")
    drafts.write(WITH_BOB, " \n")
    drafts.save()

    assert shelf.writes == 1


def test_a_full_disk_is_told_and_tried_again() -> None:
    shelf = Shelf()
    shelf.is_full = True
    drafts = Drafts(shelf)
    drafts.write(GENERAL, "wait")
    drafts.save()
    told = drafts.trouble

    shelf.is_full = False
    drafts.save()

    assert isinstance(told, StorageFull)
    assert drafts.trouble is None
    assert shelf.kept == {GENERAL: "wait"}


def test_a_draft_that_no_message_may_be_comes_without_what_is_wrong_with_it() -> None:
    shelf = Shelf()
    shelf.kept[GENERAL] = "\x1b[31mred\x1b[0m\r\nline\x00"
    drafts = Drafts(shelf)

    drafts.open()

    assert drafts.of(GENERAL) == "red\nline"
