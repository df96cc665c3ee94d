"""Pictures of programs, taken from a display of their own; a terminal's is drawn from what is in its cells."""

import mmap
import os
import subprocess
import tkinter as tk
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from tkinter import font as tk_font

import pyte
from attrs import frozen
from PIL import Image

WIDTH, HEIGHT = 1200, 800
PATIENCE = 20.0
CALM = 3.0
"""Seconds without a change after which a picture counts as whole: a cursor without the keyboard is still."""

FONT, FONT_SIZE = "DejaVu Sans Mono", 16

NAMED = {
    "black": "#1c1c1c",
    "red": "#cc3333",
    "green": "#33a050",
    "brown": "#b08020",
    "blue": "#2f6ea5",
    "magenta": "#a050a0",
    "cyan": "#208a8a",
    "white": "#e0e0e0",
}


@frozen
class Ground:
    """What a terminal makes of what has no colour of its own."""

    colour: str
    text: str


@frozen
class Display:
    """A display without a screen."""

    name: str
    file: Path
    "In which its pixels are, as they are at any moment."

    def now(self, width: int, height: int) -> Image.Image:
        """Return its upper left part."""
        return Image.frombytes("RGB", (WIDTH, HEIGHT), self._seen(), "raw", "BGRX").crop((0, 0, width, height))

    def calm(self, width: int, height: int) -> Image.Image:
        """Return its upper left part once something else is there, and nothing changes any more."""
        begun = changed = monotonic()
        former = empty = self._seen()
        while monotonic() - begun < PATIENCE:
            seen = self._seen()
            if seen != former:
                former, changed = seen, monotonic()
            elif former != empty and monotonic() - changed > CALM:
                return self.now(width, height)
            sleep(0.05)
        raise TimeoutError("nothing is shown, or it never rests")

    def _seen(self) -> bytes:
        with self.file.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pixels:
            return pixels[-WIDTH * HEIGHT * 4 :]


@contextmanager
def display(folder: Path) -> Iterator[Display]:
    """Run a display, whose files are in a folder."""
    reading, writing = os.pipe()
    command = ("Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder))
    with subprocess.Popen(
        [*command, "-nolisten", "tcp", "-dpi", "96"], pass_fds=[writing], stderr=subprocess.DEVNULL
    ) as process:
        os.close(writing)
        try:
            with os.fdopen(reading) as pipe:
                yield Display(f":{pipe.readline().strip()}", folder / "Xvfb_screen0")
        finally:
            process.terminate()


class Terminal:
    """A real terminal (tmux), in which a program runs."""

    def __init__(self, socket: Path, columns: int, rows: int, command: Sequence[str]) -> None:
        self._socket, self._columns, self._rows = socket, columns, rows
        self._run("new-session", "-d", "-x", str(columns), "-y", str(rows), *command)

    def press(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self._run("send-keys", *keys)

    def write(self, text: str) -> None:
        """Type a text."""
        self._run("send-keys", "-l", text)

    def until(self, *texts: str) -> None:
        """Wait until these can be read."""
        begun = monotonic()
        while not all(text in (seen := self._run("capture-pane", "-p")) for text in texts):
            if monotonic() - begun > PATIENCE:
                raise TimeoutError(f"{texts} are not in:\n{seen}")
            sleep(0.05)

    def screen(self) -> pyte.Screen:
        """Return what is in its cells."""
        sleep(CALM)
        screen = pyte.Screen(self._columns, self._rows)
        stream = pyte.Stream(screen)
        stream.feed("\r\n".join(self._run("capture-pane", "-e", "-N", "-p").split("\n")[: self._rows]))
        column, row = map(int, self._run("display-message", "-p", "#{cursor_x} #{cursor_y}").split())
        screen.cursor_position(row + 1, column + 1)
        return screen

    def end(self) -> None:
        """End it with what runs in it, and wait until that has put its files away."""
        with suppress(subprocess.CalledProcessError):
            process = int(self._run("display-message", "-p", "#{pane_pid}"))
            self._run("kill-server")
            with suppress(ProcessLookupError):
                while True:
                    os.kill(process, 0)
                    sleep(0.05)

    def _run(self, *arguments: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "TMUX"} | {"LC_CTYPE": "C.UTF-8"}
        command = ("tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *arguments)
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", env=environment)
        return done.stdout


def drawn(screen: pyte.Screen, ground: Ground, on: Display) -> Image.Image:
    """Return a picture of a terminal's cells."""
    root = tk.Tk(screenName=on.name)
    font = tk_font.Font(root, family=FONT, size=-FONT_SIZE)
    bold = tk_font.Font(root, family=FONT, size=-FONT_SIZE, weight="bold")
    wide, tall = font.measure("M"), font.metrics("linespace")
    width, height = screen.columns * wide, screen.lines * tall
    root.geometry(f"{width}x{height}+0+0")
    canvas = tk.Canvas(root, width=width, height=height, background=ground.colour, highlightthickness=0)
    canvas.place(x=0, y=0)
    for row in range(screen.lines):
        for column in range(screen.columns):
            cell = screen.buffer[row][column]
            colours = _colour(cell.bg, ground.colour), _colour(cell.fg, ground.text)
            is_cursor = (screen.cursor.y, screen.cursor.x) == (row, column)
            back, fore = reversed(colours) if cell.reverse != is_cursor else colours
            x, y = column * wide, row * tall
            cells = 2 if column + 1 < screen.columns and screen.buffer[row][column + 1].data == "" else 1
            if cell.data and back != ground.colour:
                canvas.create_rectangle(x, y, x + cells * wide, y + tall, fill=back, width=0)
            if cell.data.strip():
                canvas.create_text(x, y, text=cell.data, fill=fore, font=bold if cell.bold else font, anchor="nw")
                if cell.underscore:
                    canvas.create_line(x, y + tall - 2, x + cells * wide, y + tall - 2, fill=fore)
    root.update()
    root.winfo_pointerxy()  # whose answer comes when all is drawn
    picture = on.now(width, height)
    root.destroy()
    return picture


def _colour(name: str, usual: str) -> str:
    if name == "default":
        return usual
    return NAMED.get(name, f"#{name}")
