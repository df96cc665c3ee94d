"""The menus: the program's, and a message's."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable

from chatcore import ItemState

from .actions import Actions
from .popup import add_choice, post, post_below, styled_menu
from .sheet import level
from .text_window import show_text


class Menus:
    """Makes each menu when it is wanted."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions
        self._menu: tk.Menu | None = None
        actions.show_menu = self.show_program
        actions.screen.menu_button.configure(command=self.show_program)
        for button in ("<Button-3>", "<Control-Button-1>"):
            actions.screen.timeline.sheet.bind(button, self._show_message)
            actions.screen.roster.sheet.bind(button, self._show_row)

    def show_program(self) -> None:
        """Show the program's menu below its button."""
        do = self._actions
        say = do.language.gettext
        button = do.screen.menu_button
        menu = self._new()
        menu.add_command(label=say("First unread message"), accelerator="Alt+U", command=do.desk.to_unread)
        menu.add_command(label=say("Mark all as read"), accelerator="Alt+E", command=do.desk.read_all)
        menu.add_command(label=say("Go to a day"), accelerator="Ctrl+G", command=do.ask_for_day)
        menu.add_separator()
        menu.add_command(label=say("Light") if do.look.palette.is_dark else say("Dark"),
                         accelerator="Ctrl+T", command=do.switch_theme)  # fmt: skip
        menu.add_command(label=say("Larger text"), accelerator="Ctrl++", command=lambda: do.resize(1))
        menu.add_command(label=say("Smaller text"), accelerator="Ctrl+-", command=lambda: do.resize(-1))
        if do.notifies is not None:
            add_choice(menu, say("Notifications"), do.switch_notifications, chosen=do.notifies())
        if do.urges is not None:
            add_choice(menu, say("Mark in the task bar"), do.switch_urgency, chosen=do.urges())
        menu.add_command(label=say("Keys"), accelerator="F1", command=do.help)
        menu.add_separator()
        if do.accounts is not None:
            accounts = styled_menu(menu, do.look)
            do.accounts.fill(accounts)
            menu.add_cascade(label=say("Accounts"), menu=accounts)
        menu.add_command(label=say("Your name"), command=do.ask_for_name)
        menu.add_command(label=say("Change password"), command=do.change_password)
        if said := do.local_server():
            menu.add_command(label=said, state="disabled")
        menu.add_command(label=say("Log out"), command=do.desk.log_out)
        menu.add_command(label=say("Quit"), accelerator="Ctrl+Q", command=do.quit)
        post_below(menu, button)

    def _show_message(self, event: tk.Event[tk.Misc]) -> None:
        item = self._actions.screen.timeline.item_at(event.y)
        if item is None:
            return
        desk = self._actions.desk
        do = self._actions
        say = do.language.gettext
        commands: list[tuple[str, Callable[[], object]]] = [(say("Copy"), lambda: desk.copy(item))]
        if item.state is ItemState.REFUSED:
            commands.append((say("Try again"), lambda: desk.writing.retry(item)))
            commands.append((say("Discard"), lambda: desk.writing.discard(item)))
        if link := do.screen.timeline.link_at(event.x, event.y):
            commands.append((say("Copy the link"), lambda: do.screen.copy(link)))
        commands.append((say("Select and copy"), lambda: show_text(do.screen, item.text, do.language, do.look)))
        self._offer(commands, event)

    def _show_row(self, event: tk.Event[tk.Misc]) -> None:
        """Show the menu of the row that somebody presses on, as they saw the list."""
        do = self._actions
        desk = do.desk
        say = do.language.gettext
        row = desk.choosing.aimed.under(level(do.screen.roster.sheet) + event.y)
        if row is not None:
            commands: list[tuple[str, Callable[[], object]]] = [(say("Open"), lambda: desk.open(row))]
            if row.unread:
                commands.append((say("Mark all as read"), lambda: desk.read_all(row)))
            commands.append((say("Copy the name"), lambda: do.screen.copy(desk.viewer.people.names.of_row(row).name)))
            self._offer(commands, event)

    def _offer(self, commands: Iterable[tuple[str, Callable[[], object]]], event: tk.Event[tk.Misc]) -> None:
        menu = self._new()
        for label, command in commands:
            menu.add_command(label=label, command=command)
        post(menu, event.x_root, event.y_root)

    def _new(self) -> tk.Menu:
        if self._menu is not None:
            self._menu.destroy()
        self._menu = styled_menu(self._actions.screen, self._actions.look)
        return self._menu
