"""A form in the middle of the screen: fields with their errors beside them, buttons, a line for what goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    AnyContainer,
    BufferControl,
    ConditionalContainer,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    ScrollablePane,
    VSplit,
    Window,
    WindowAlign,
)
from prompt_toolkit.layout.processors import ConditionalProcessor, PasswordProcessor

from chatcore.view.typed import typed_line

from .cells import steady, width, wrap
from .job import stop
from .one_line import one_line
from .steady_input import SteadyProcessor
from .style import style

WIDTH = 56
LABEL = 12


@attrs.define(eq=False)
class Field:
    """A line to fill in."""

    name: str
    "As errors and the log-in name it."
    label: str
    text: str = ""
    is_secret: bool = False
    error: str = ""
    is_shown: bool = True
    on_change: Callable[[], None] = lambda: None
    "Is called when something else is written there."
    buffer: Buffer = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.buffer = one_line(self.name, lambda _text: self.on_change())
        self.buffer.text = self.text
        self.buffer.cursor_position = len(self.text)


@attrs.frozen
class Button:
    """Something that can be done with the form."""

    label: str
    act: Callable[[], None]


class Form:
    """Asks for something. Tab and the arrows move, Enter on a button does what it says."""

    def __init__(
        self, title: str, fields: Sequence[Field], buttons: Sequence[Button], hint: str, *, goes_back: bool = False
    ) -> None:
        """`goes_back`: whether Esc leaves it, because something is behind it."""
        self._title, self._fields, self._hint = title, fields, hint
        self._goes_back = goes_back
        self.message = ""
        "What goes on, or went wrong with no field in particular."
        self.is_wrong = False
        "Whether the message is about an error."
        self._inputs = [self._input(field) for field in fields]
        self._buttons = [self._button(button) for button in buttons]
        self.default = buttons[0]
        "What stands out: Enter does it when all is filled in."
        self.on_enter: Callable[[str], None] = lambda _field: None
        "Is told the field in which Enter is pressed."
        self.app: Application[bool] = Application(
            layout=Layout(self._container()), key_bindings=self._bindings(), full_screen=True
        )
        self.app.style = style(self.app.color_depth)
        self.app.ttimeoutlen = 0.1
        self.app.layout.focus([*self._inputs, *self._buttons][0])

    def tell(self, message: str, errors: Mapping[str, str] | None = None, *, wrong: bool = False) -> None:
        """Show what goes on, and beside the fields what is wrong with them."""
        for field in self._fields:
            field.error = (errors or {}).get(field.name, "")
        self.message, self.is_wrong = message, wrong
        self.app.invalidate()

    def focus(self, name: str) -> None:
        """Put the cursor into a field."""
        names = [field.name for field in self._fields]
        self.app.layout.focus(self._inputs[names.index(name)])

    @property
    def focused(self) -> object:
        """Where the cursor is."""
        return self.app.layout.current_window

    def leave(self, result: bool) -> None:
        """End the form."""
        if self.app.is_running and not self.app.is_done:
            self.app.exit(result=result)

    # ---- what is drawn

    def _container(self) -> AnyContainer:
        rows: list[AnyContainer] = [_line(lambda: [("class:help.title", self._title)]), Window(height=1)]
        for field, window in zip(self._fields, self._inputs, strict=True):
            row = HSplit([VSplit([_line(_label(field), LABEL), window]), _text(_error(field), LABEL)])
            rows.append(ConditionalContainer(row, Condition(_is_shown(field))))
        buttons = [window for button in self._buttons for window in (button, Window(width=2))]
        left = LABEL if self._fields else 0
        rows += [VSplit([Window(width=Dimension(preferred=left, max=left)), *buttons, Window()]), Window(height=1)]
        rows += [_text(self._message, 0), Window(height=1), _text(lambda: ("class:dim", self._hint), 0)]
        box = ScrollablePane(HSplit(rows), show_scrollbar=False, width=Dimension(preferred=WIDTH, max=WIDTH))
        return HSplit([Window(), VSplit([Window(), box, Window()]), Window()])

    def _message(self) -> tuple[str, str]:
        return ("class:error" if self.is_wrong else ""), self.message

    def _input(self, field: Field) -> Window:
        hidden = ConditionalProcessor(PasswordProcessor(), field.is_secret)
        return Window(
            BufferControl(field.buffer, input_processors=[SteadyProcessor(), hidden]), height=1, style="class:field"
        )

    def _button(self, button: Button) -> Window:
        bound = KeyBindings()
        bound.add("enter")(lambda _event: button.act())
        bound.add(" ")(lambda _event: button.act())

        def fragments() -> StyleAndTextTuples:
            focused = get_app().layout.current_window is window
            usual = "class:button.default" if button is self.default else "class:button"
            return [("class:button.focused" if focused else usual, f"[ {button.label} ]")]

        control = FormattedTextControl(fragments, focusable=True, key_bindings=bound, show_cursor=False)
        window = Window(control, height=1, width=width(button.label) + 4, align=WindowAlign.CENTER)
        return window

    def _bindings(self) -> KeyBindings:
        bound = KeyBindings()
        for key in ("tab", "down"):
            bound.add(key)(lambda event: event.app.layout.focus_next())
        for key in ("s-tab", "up"):
            bound.add(key)(lambda event: event.app.layout.focus_previous())
        for key in ("right", "left"):
            on_button = Condition(lambda: self.app.layout.current_window in self._buttons)
            bound.add(key, filter=on_button)(_neighbour(back=key == "left"))
        for key in ("c-q", "c-c"):
            bound.add(key)(lambda _event: self.leave(result=False))
        if self._goes_back:
            bound.add("escape", eager=True)(lambda _event: self.leave(result=False))
        bound.add("c-z")(lambda event: event.app.create_background_task(stop()))
        in_field = Condition(lambda: self.app.layout.current_window in self._inputs)
        bound.add("enter", filter=in_field)(lambda _event: self.on_enter(self._field()))
        bound.add(Keys.BracketedPaste)(lambda event: event.current_buffer.insert_text(typed_line(event.data)))
        return bound

    def _field(self) -> str:
        """Return the field in which the cursor is."""
        return self._fields[self._inputs.index(self.app.layout.current_window)].name


def _neighbour(*, back: bool) -> Callable[[KeyPressEvent], None]:
    def move(event: KeyPressEvent) -> None:
        if back:
            event.app.layout.focus_previous()
        else:
            event.app.layout.focus_next()

    return move


def _is_shown(field: Field) -> Callable[[], bool]:
    return lambda: field.is_shown


def _label(field: Field) -> Callable[[], StyleAndTextTuples]:
    return lambda: [("", field.label)]


def _error(field: Field) -> Callable[[], tuple[str, str]]:
    return lambda: ("class:error", field.error)


def _line(fragments: Callable[[], StyleAndTextTuples], cells: int | None = None) -> Window:
    return Window(FormattedTextControl(fragments), height=1, width=cells)


def _text(said: Callable[[], tuple[str, str]], indent: int) -> AnyContainer:
    """Make room for a sentence, as many lines as it needs and at least one."""

    def lines() -> list[str]:
        return wrap(steady(said()[1]), max(1, min(WIDTH, get_app().output.get_size().columns) - indent))

    def fragments() -> StyleAndTextTuples:
        return [(said()[0], "\n".join(lines()))]

    window = Window(FormattedTextControl(fragments), height=lambda: Dimension.exact(len(lines())))
    return VSplit([ConditionalContainer(Window(width=indent), indent > 0), window])
