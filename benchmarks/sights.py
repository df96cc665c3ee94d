"""Looks at clients from outside, as somebody does who waits for them: until the first screen, the first picture."""

from __future__ import annotations

import fcntl
import mmap
import os
import pty
import shutil
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

import attrs
import pyte

from .load import Fault
from .meter import LOAD_CORE, SERVER_CORE, pin

PATIENCE = 15.0

CALM = 0.7
"""Seconds without a change after which a picture counts as whole."""

TALL = 60
"""Rows of pixels that are another one, before it is another picture: a cursor that blinks changes fewer."""

COLUMNS, ROWS = 100, 30
WIDTH, HEIGHT = 1000, 700


@attrs.frozen
class Display:
    """A display without a screen."""

    name: str
    picture: Path
    "The file in which its pixels are, as they are at any moment."

    def rows(self) -> Iterator[Sequence[bytes]]:
        """Return what is to be seen, again and again."""
        with self.picture.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pixels:
            while True:
                seen = pixels[-WIDTH * HEIGHT * 4 :]
                yield [seen[start : start + WIDTH * 4] for start in range(0, len(seen), WIDTH * 4)]


@contextmanager
def display(folder: Path) -> Iterator[Display]:
    """Run a display, away from the core of its client."""
    if shutil.which("Xvfb") is None:
        raise Fault("the window needs Xvfb")
    reading, writing = os.pipe()
    command = ("Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder))
    with subprocess.Popen(
        [*command, "-nolisten", "tcp", "-dpi", "96"], pass_fds=[writing], stderr=subprocess.DEVNULL
    ) as process:
        os.close(writing)
        pin(process.pid, SERVER_CORE)
        try:
            with os.fdopen(reading) as pipe:
                yield Display(f":{pipe.readline().strip()}", folder / "Xvfb_screen0")
        finally:
            process.terminate()


def first_screen(program: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    """Start the terminal client; give the milliseconds until the list is there, and until it is online as well."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    listed = 0.0
    begun = perf_counter()
    process = subprocess.Popen([program], stdin=its, stdout=its, stderr=its, env=environment, start_new_session=True)
    with _watched(process):
        os.close(its)
        try:
            while True:
                data = os.read(ours, 65536)
                now = perf_counter()
                stream.feed(data)
                text = "\n".join(screen.display)
                if not listed and "General chat" in text and text.count("user") > 10:
                    listed = now
                if listed and "online" in text:
                    return (listed - begun) * 1e3, (now - begun) * 1e3
                if now - begun > PATIENCE:
                    raise Fault(f"the terminal client shows no list: {text}")
        finally:
            os.close(ours)


def first_picture(program: Path, environment: Mapping[str, str], on: Display) -> float:
    """Start the window; give the milliseconds until it looks as it does when nothing changes any more."""
    pictures = on.rows()
    former = next(pictures)
    begun = perf_counter()
    process = subprocess.Popen([program], env=environment)
    with _watched(process):
        changed = begun
        for picture in pictures:
            now = perf_counter()
            if sum(one != other for one, other in zip(former, picture, strict=True)) > TALL:
                former, changed = picture, now
            elif now - changed > CALM and changed > begun:
                return (changed - begun) * 1e3
            if now - begun > PATIENCE:
                break
            sleep(0.002)
    raise Fault("the window shows nothing")


@contextmanager
def _watched(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave the core to a client while it is looked at; end it afterwards."""
    pin(process.pid, LOAD_CORE)
    pin(os.getpid(), SERVER_CORE)
    try:
        yield
    finally:
        process.kill()
        process.wait()
        pin(os.getpid(), LOAD_CORE)
