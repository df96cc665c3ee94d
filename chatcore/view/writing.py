"""Writing: a draft for each conversation, sending, and what is done with a message that was refused."""

from __future__ import annotations

from functools import partial

from ..client.items import Item
from ..domain.ids import ConversationId, UserId
from ..domain.messages import MAX_TEXT, check_text
from ..errors import ChatError
from .commands import Commands
from .drafts import Drafts
from .emoji import with_emoji
from .notices import Notices
from .screen import Composer, Screen
from .sentences import draft_not_kept, not_kept
from .talk import Talk
from .typed import typed
from .viewer import Viewer


class Writing:
    """What is in the composer, whose it is, and where it goes."""

    def __init__(
        self,
        commands: Commands,
        screen: Screen,
        composer: Composer,
        talk: Talk,
        notices: Notices,
        viewer: Viewer,
    ) -> None:
        self._commands, self._screen, self._composer, self._talk = commands, screen, composer, talk
        self._notices, self._viewer, self._language = notices, viewer, viewer.language
        self._drafts = Drafts()
        "Of the user who is here: nobody finds those of another."
        self._conversation: ConversationId | None = None
        self._trouble: ChatError | None = None
        "Why what is being written is not kept."
        self._nothing_is_kept = False
        "Whether it was said of all that is not sent."

    # ---- drafts

    def belong_to(self, drafts: Drafts) -> None:
        """Put everything away, and go on with what another user on a server has written. Closes the former drafts."""
        self.switch(None)
        self._drafts.close()
        self._drafts, self._trouble, self._nothing_is_kept = drafts, None, False

    def recognised(self, user: UserId) -> None:
        """It is known who is here: what they have written before is theirs to go on with."""
        if self._drafts.belong_to(user):
            if self._conversation is not None and not self._composer.unsent:
                self._composer.show(self._drafts.of(self._conversation))
            self._screen.redraw_list()

    def switch(self, conversation: ConversationId | None) -> None:
        """Put the draft away and take up the one of another conversation."""
        self.save()
        self._conversation = conversation
        self._composer.show(self._drafts.of(conversation) if conversation is not None else "")

    def draft_of(self, conversation: ConversationId) -> str:
        """Return what was left there unsent; nothing of the open conversation, where one sees it in the composer."""
        return self._drafts.of(conversation) if conversation != self._conversation else ""

    def save(self) -> None:
        """Have on disk what is written, and say once where that does not work."""
        if self._conversation is not None:
            self._drafts.write(self._conversation, self._composer.unsent)
        self._drafts.save()
        former, self._trouble = self._trouble, self._drafts.trouble
        if self._trouble is not None and former is None and not self._nothing_is_kept:
            self._notices.warn(draft_not_kept(self._trouble, self._language))

    def not_kept(self, error: ChatError) -> None:
        """Say that messages that wait do not outlive the program. Of what is begun that is said too."""
        self._nothing_is_kept = True
        self._notices.warn(not_kept(error, self._language))

    # ---- messages

    def send(self, text: str | None = None) -> bool:
        """Send what is written, or what a frontend makes of it; tell whether there was something to send.

        It goes back where the client will not have it.
        """
        conversation = self._conversation
        text = with_emoji(typed(self._composer.text if text is None else text).strip("\n"))
        if conversation is None or not text.strip() or not self._may_send(conversation, text):
            return False
        self._composer.sent()
        self._notices.clear()
        self._commands.post(conversation, text, partial(self._posted, conversation, text))
        self.save()  # when it is in the outbox: nothing is lost between the two
        self._talk.posted()
        return True

    def retry(self, item: Item | None = None) -> None:
        """Send a refused message again: this one, the picked one, or the newest."""
        item = self._refused(item)
        if item is not None:
            self._commands.retry(item.client_id, self._notices.failed)
            self._talk.unpick()

    def discard(self, item: Item | None = None) -> None:
        """Throw a refused message away: this one, the picked one, or the newest."""
        item = self._refused(item)
        if item is not None:
            self._commands.discard(item.client_id, self._notices.failed)
            self._talk.unpick()

    # ---- within

    def _may_send(self, conversation: ConversationId, text: str) -> bool:
        """Say why a text cannot be sent there, if it cannot."""
        if reason := self._viewer.cannot_write(conversation):
            self._notices.complain(reason)
            return False
        if len(text) > MAX_TEXT:
            sentence = self._language.gettext("A message has at most {most} characters; this one has {length}.")
            self._notices.complain(sentence.format(most=MAX_TEXT, length=len(text)))
            return False
        try:
            check_text(text)
        except ChatError as error:
            self._notices.failed(error)
            return False
        return True

    def _posted(self, conversation: ConversationId, text: str, error: ChatError | None) -> None:
        if error is None:
            return
        if conversation == self._conversation:
            self._composer.give_back(text)
        else:
            self._drafts.write(conversation, "\n".join(filter(None, (text, self._drafts.of(conversation)))))
            self._screen.redraw_list()
        self._notices.failed(error)

    def _refused(self, item: Item | None) -> Item | None:
        """Return the message to act on; what was on the screen is soon past by that."""
        item = item or self._talk.refused
        if item is None:
            self._notices.say(self._language.gettext("There is no refused message here."))
        else:
            self._talk.expect()
        return item
