"""The desktop client with somebody beside it who tells what its window shows. Run by tests in a process of its own.

Each line on standard input asks; the answer is a line of JSON on standard output.
"""

# ruff: noqa: TID251, T201 - a program of its own, with the real clock, that answers on standard output

from __future__ import annotations

import json
import os
import sys
import time
import tkinter as tk
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from threading import Thread
from tkinter import ttk
from typing import Any

import attrs
from chatcore_tk import fonts
from chatcore_tk.app import Options, ended_by_signals, make_root, make_window, stay_smooth
from chatcore_tk.bridge import Bridge
from chatcore_tk.network import Network
from chatcore_tk.roster_pane import DOT, NO_DOT
from chatcore_tk.sheet import Sheet
from chatcore_tk.window import Window

from chatcore.client.changes import Insert
from chatcore.domain.ids import ClientId
from chatcore.home import local_server
from chatcore.view.language import choose

BEAT = 0.010
"""Seconds between two beats of the heart."""


class Heart:
    """Beats in the window's event loop, and knows how late it was at most, and how long it was kept by work at most.

    Late is also who has to wait for a processor, or for the display server, on a machine that does other things.
    """

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self.latest = self.busiest = 0.0
        self._due, self._worked = time.monotonic() + BEAT, time.thread_time()
        self._beat()

    def told(self) -> tuple[float, float]:
        """Return both since this was asked last."""
        latest, busiest = self.latest, self.busiest
        self.latest = self.busiest = 0.0
        return latest, busiest

    def _beat(self) -> None:
        now, worked = time.monotonic(), time.thread_time()
        self.latest = max(self.latest, now - self._due)
        self.busiest = max(self.busiest, worked - self._worked)
        self._due, self._worked = now + BEAT, worked
        self._root.after(round(BEAT * 1000), self._beat)


class Onlooker:
    """Reads what the window shows from what Tk has drawn."""

    def __init__(self, window: Window, heart: Heart) -> None:
        self._window, self._heart = window, heart

    def answer(self, question: str) -> object:
        """Answer a question."""
        if question == "beat":
            return self._heart.told()
        if question.startswith("time "):
            return self._timed(question.removeprefix("time "))
        if question.startswith("clip "):
            self._window.root.clipboard_clear()
            self._window.root.clipboard_append(json.loads(question.removeprefix("clip ")))
        if question == "server":
            process = self._window.offer._starter.process
            return process.pid if process else 0
        if question.startswith("later "):
            self._pass(float(question.removeprefix("later ")))
        if question.startswith("title "):
            self._window.root.title(question.removeprefix("title "))
            self._window.root.update()
        if question.startswith("post "):
            screen = self._window.screen
            screen.composer.show(question.removeprefix("post "))
            self._window.desk.send()
        if question == "oldest":
            self._window.desk.talk.to_oldest()
            return len(self._window.desk.view.items) if self._window.desk.view else 0
        return self._seen()

    def _seen(self) -> dict[str, object]:
        window, screen = self._window, self._window.screen
        clipboard = _clipboard(window.root)  # Tk waits for it, and goes on meanwhile: nothing may be read before
        window.root.update_idletasks()
        return {
            "title": window.root.title(),
            "place": [window.root.winfo_rootx(), window.root.winfo_rooty(), *_size(window.root)],
            "form": bool(window.login.winfo_viewable()) and _holds_keyboard(window.login),
            "errors": {name: str(label.cget("text")) for name, label in window.login._errors.items()},
            "message": str(window.login._message.cget("text")),
            "server": window.login.server.get(),
            "name": window.login.name.get(),
            "me": str(screen.me.cget("text")),
            "status": str(screen.status.cget("text")),
            "banner": str(screen.banner._label.cget("text")) if screen.banner.winfo_viewable() else "",
            "notice": screen.notice.sentence if screen.notice.winfo_viewable() else "",
            "offer": str(window.offer.label.cget("text")) if window.offer.winfo_viewable() else "",
            "head": [str(screen.name.cget("text")), str(screen.presence.cget("text"))],
            "said": window.desk.talk.empty_text if window.desk.view and not window.desk.view.items else "",
            "clipboard": clipboard,
            "written": screen.composer.text,
            "filter": screen.filter.get(),
            "jump": str(screen.jump.cget("text")) if screen.jump.winfo_viewable() else "",
            "talk": [
                screen.timeline.sheet.winfo_rootx() - window.root.winfo_rootx(),
                screen.timeline.sheet.winfo_rooty() - window.root.winfo_rooty(),
            ],
            "rows": list(self._rows()) if screen.roster.winfo_viewable() else [],
            "nobody": "" if screen.roster.list.shown else " ".join(t["text"] for t in _texts(screen.roster.sheet)),
            "lines": list(self._lines()) if screen.timeline.winfo_viewable() else [],
            "shown": list(_shown(window.root)),
            "help": _has_help(window),
            "still": self._is_still(),
            "keyboard": _keyboard(window),
            "entry": _entry(window.root),
            "focused": bool(window.root.tk.call("focus", "-displayof", ".")),
            "dark": window._look.palette.is_dark,
            "count": len(window.desk.view.items) if window.desk.view else 0,
            "size": window._look.fonts.size,
            "ground": str(screen.timeline.sheet.cget("background")),
        }

    def _is_still(self) -> bool:
        """Return whether a press means what is seen now: nothing has moved for the moment that people need."""
        desk = self._window.desk
        aims = (desk.viewer.people._aim, desk.talk._aim)
        return all(aim.at(time.monotonic()) is None or len(aim._seen) == 1 for aim in aims)

    def _rows(self) -> Iterator[dict[str, object]]:
        """Return the rows from the texts and dots on the canvas."""
        roster = self._window.screen.roster
        texts, height = list(_texts(roster.sheet)), roster.row_height
        dots = _dots(self._window)
        for top in range(-(roster._top % height), roster.sheet.winfo_height(), height):
            inside = [text for text in texts if top <= text["y"] < top + height]
            names = [text for text in inside if text["font"] in {fonts.TEXT, fonts.BOLD}]
            small = [text for text in inside if text["font"] == fonts.SMALL and text["anchor"] == "nw"]
            if names:
                badges = [text["text"] for text in inside if text["font"] == fonts.SMALL_BOLD and text["anchor"] == "n"]
                accounts = [text["text"] for text in small if text["y"] < names[0]["y"] + height / 4]
                previews = [text for text in small if text["y"] >= names[0]["y"] + height / 4]
                dot = next((dot for y, dot in dots if top <= y < top + height), "")
                yield {
                    "name": " ".join([names[0]["text"], *accounts]),
                    "y": names[0]["y"],
                    "time": next((text["text"] for text in inside if text["anchor"] == "ne"), ""),
                    "preview": previews[0]["text"] if previews else "",
                    "badge": badges[0] if badges else "",
                    "crossed": any(text["text"] == NO_DOT for text in inside),
                    "active": dot == self._window._look.palette.active,
                    "selected": self._is_selected(top, height),
                }

    def _is_selected(self, top: int, height: int) -> bool:
        sheet = self._window.screen.roster.sheet
        middle = top + height // 2
        found = sheet.find_overlapping(8, middle, 9, middle)
        colours = [_option(sheet, item, "fill") for item in found if _kind(sheet, item) == "rectangle"]
        return self._window._look.palette.selected in colours

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Return the messages and separators from the texts on the canvas, from above."""
        sheet = self._window.screen.timeline.sheet
        width, message = sheet.winfo_width(), dict[str, Any]()
        for text in _texts(sheet):
            match text["font"], text["anchor"]:
                case _, "n":
                    yield {"separator": text["text"]}
                case _, "center":
                    pass  # somebody's initials
                case fonts.SMALL_BOLD, "nw" if "sender" not in message:
                    message = {"sender": text["text"], "own": text["x"] > width * 0.3, "x": text["x"], "y": text["y"]}
                case fonts.SMALL, "nw" if text["y"] == message.get("y"):
                    message["sender"] += f" {text['text']}"
                case fonts.TEXT, "nw":
                    message["text"] = text["text"]
                case _, "ne":
                    yield message | {"foot": text["text"]}
                    message = {}
                case _:
                    message.setdefault("more", []).append([text["text"], text["x"], text["y"]])

    def _pass(self, seconds: float) -> None:
        """Set the clock by which the window writes times and days."""
        viewer = self._window._viewer
        now, later = viewer.now, timedelta(seconds=seconds)
        viewer.now = self._window.desk._calendar._now = lambda: now() + later

    def _timed(self, what: str) -> list[float]:
        """Return the seconds of work that each of some steps takes until the picture is there."""
        act = {"scroll": self._scroll, "append": self._append, "key": self._type}[what]
        taken = []
        for step in range(20):
            begun = time.thread_time()
            act(step)
            self._window.root.update()
            taken.append(time.thread_time() - begun)
        return taken

    def _scroll(self, step: int) -> None:
        self._window.desk.talk.wheel(1 if step < 10 else -1)

    def _append(self, step: int) -> None:
        view = self._window.desk.view
        if view is not None:
            last = view.items[-1]
            item = attrs.evolve(last, seq=None, client_id=ClientId(f"appended-{step}"), text=f"appended {step}")
            self._window.desk.timeline_changed(view.conversation, [Insert(len(view.items), item)])

    def _type(self, _step: int) -> None:
        field = self._window.screen.composer.field
        field.focus_force()
        field.event_generate("<Key>", keysym="x")


def _clipboard(root: tk.Tk) -> str:
    try:
        return root.clipboard_get()
    except tk.TclError:  # it is empty
        return ""


def _shown(root: tk.Tk) -> Iterator[str]:
    """Return what can be read as a whole in the window with the keyboard, and the widget with it as itself."""
    focused = root.focus_get()
    top = focused.winfo_toplevel() if focused else root
    for widget in (top, *_within(top)):
        x, y, (width, height) = widget.winfo_rootx(), widget.winfo_rooty(), _size(widget)
        inside = min(top.winfo_rootx() + top.winfo_width(), root.winfo_screenwidth())
        below = min(top.winfo_rooty() + top.winfo_height(), root.winfo_screenheight())
        if widget.winfo_viewable() and x >= 0 and y >= 0 and x + width <= inside and y + height <= below:
            if isinstance(widget, ttk.Label | ttk.Button):
                yield str(widget.cget("text"))
            if widget is focused:
                yield "(keyboard)"


def _within(widget: tk.Misc) -> Iterator[tk.Misc]:
    for child in widget.winfo_children():
        yield child
        yield from _within(child)


def _size(widget: tk.Misc) -> tuple[int, int]:
    return widget.winfo_width(), widget.winfo_height()


def _holds_keyboard(widget: tk.Misc) -> bool:
    """Return whether keys go into a widget, or would if its window had them: Tk waits until it is to be seen."""
    return str(widget.tk.call("focus", "-lastfor", widget)).startswith(f"{widget}.")


def _keyboard(window: Window) -> str:
    """Return where keys go: `form`, `filter`, `composer`, `talk`, `help`, `menu`, `other`; empty in another program."""
    focused = str(window.root.tk.call("focus", "-displayof", "."))
    screen = window.screen
    places = {"filter": screen.filter, "composer": screen.composer.field, "talk": screen.timeline.sheet}
    found = [name for name, widget in places.items() if focused == str(widget)]
    if found or not focused:
        return "".join(found)
    if str(window.root.tk.call("winfo", "class", focused)) == "Menu":
        return "menu"
    if focused.startswith(f"{window.login}."):
        return "form"
    return "help" if _has_help(window) else "other"


def _entry(root: tk.Tk) -> str:
    """Return which entry of a menu the keys have come to."""
    focused = str(root.tk.call("focus", "-displayof", "."))
    if not focused or str(root.tk.call("winfo", "class", focused)) != "Menu":
        return ""
    active = str(root.tk.call(focused, "index", "active"))
    return str(root.tk.call(focused, "entrycget", active, "-label")) if active.isdigit() else ""


def _has_help(window: Window) -> bool:
    """Return whether the keyboard is in the help."""
    focused = str(window.root.tk.call("focus", "-displayof", "."))
    return bool(focused) and str(window.root.tk.call("winfo", "toplevel", focused)) != "."


def _kind(sheet: Sheet, item: int) -> str:
    return str(sheet.tk.call(sheet, "type", item))


def _option(sheet: Sheet, item: int, name: str) -> str:
    return str(sheet.tk.call(sheet, "itemcget", item, f"-{name}"))


def _texts(sheet: Sheet) -> Iterator[dict[str, Any]]:
    height = sheet.winfo_height()
    for item in sheet.find_all():
        if _kind(sheet, item) == "text" and -2000 < sheet.coords(item)[1] < height:
            x, y = sheet.coords(item)
            options = {name: _option(sheet, item, name) for name in ("text", "font", "anchor", "fill")}
            yield {"x": x, "y": y, **options}


def _dots(window: Window) -> list[tuple[float, str]]:
    """Return the height and colour of each dot."""
    sheet, look = window.screen.roster.sheet, window._look
    size = look.px(DOT) - 2 * look.px(2)  # without the ring around it
    colours = {str(kept): key[3] for key, kept in look.pictures._kept.items() if key[:3] == ("rounded", size, size)}
    images = [item for item in sheet.find_all() if _kind(sheet, item) == "image"]
    return [
        (sheet.coords(item)[1], str(colours[name]))
        for item in images
        if (name := _option(sheet, item, "image")) in colours
    ]


def main(arguments: list[str]) -> None:
    """Run the window until it is closed.

    The world may be one where Tk has been built without Xft, or where the server's address is the default one.
    """
    server, lang, *world = arguments
    options = Options(server=server or None, user=None, language=choose(lang, os.environ), allow_plaintext=False)
    stay_smooth()
    network, root = Network(), make_root()
    if "no-xft" in world:
        root.tk.eval("proc ::tk::pkgconfig {args} {return x11}")
    if "default-server" in world:
        local_server.DEFAULT_SERVER = server  # type: ignore[attr-defined] # where it is looked up
    bridge = Bridge(root, time.monotonic)
    window = make_window(root, bridge, network, options)
    network.start()
    bridge.open()
    onlooker = Onlooker(window, Heart(root))

    def say(question: str) -> None:
        print(json.dumps(onlooker.answer(question)), flush=True)

    def listen() -> None:
        for line in sys.stdin:
            bridge.hand_over(partial(say, line.strip()))

    Thread(target=listen, daemon=True).start()
    try:
        with ended_by_signals(window, bridge):
            root.mainloop()
    finally:
        sys.exit(0 if network.stop() else 3)


if __name__ == "__main__":
    main(sys.argv[1:])
