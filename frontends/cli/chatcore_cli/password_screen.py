"""Another password, asked for in place of the chat."""

from __future__ import annotations

from chatcore.view.commands import Commands
from chatcore.view.notices import Notices
from chatcore.view.password_change import FIELDS, PasswordChange
from chatcore.view.viewer import Viewer

from .form import Button, Field, Form


class PasswordScreen:
    """The form for another password; nothing that is written there is shown."""

    def __init__(self, commands: Commands, notices: Notices, viewer: Viewer) -> None:
        say = viewer.language.gettext
        labels = (say("Current"), say("New"), say("Repeat"))
        self._fields = [Field(name, label, is_secret=True) for name, label in zip(FIELDS, labels, strict=True)]
        self._change = PasswordChange(self, commands, notices, viewer)
        self.form = Form(
            say("Change password"),
            self._fields,
            [Button(say("Change"), self._change.send), Button(say("Cancel"), self.leave)],
            say("Tab moves, Enter goes on, Esc goes back."),
            goes_back=True,
        )
        self.form.on_enter = self._change.enter

    async def run(self) -> None:
        """Show the form until the password is another one, or the user goes back."""
        await self.form.app.run_async()
        self._change.left()

    # ---- what the change needs of it

    @property
    def written(self) -> tuple[str, str, str]:
        """What stands in the fields."""
        password, new, repeated = (field.buffer.text for field in self._fields)
        return password, new, repeated

    def go_to(self, field: str) -> None:
        """Put the keyboard into a field."""
        self.form.focus(field)

    def redraw(self) -> None:
        """Show what there is to say."""
        self.form.tell(self._change.message, self._change.errors, wrong=self._change.is_wrong)

    def leave(self) -> None:
        """End the form."""
        self.form.leave(result=False)
