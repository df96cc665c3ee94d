"""Looks at clients from outside, as somebody does who waits for them: until the first screen, the first picture."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter, sleep

import pyte
from PIL import Image, ImageChops, ImageGrab

PATIENCE = 10.0
CALM = 0.7
"""Seconds without a change after which a picture counts as whole."""

COLUMNS, ROWS = 100, 30


def first_screen(program: Path, environment: Mapping[str, str]) -> float:
    """Start the terminal client; give the milliseconds until the list is there and it is online."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    begun = perf_counter()
    with subprocess.Popen(
        [program], stdin=its, stdout=its, stderr=its, env=environment, start_new_session=True
    ) as process:
        os.close(its)
        try:
            while True:
                data = os.read(ours, 65536)
                now = perf_counter()
                stream.feed(data)
                text = "\n".join(screen.display)
                if "online" in text and "General chat" in text and text.count("user") > 10:
                    return (now - begun) * 1e3
                assert now - begun < PATIENCE, text
        finally:
            process.send_signal(signal.SIGKILL)
            os.close(ours)


def first_picture(program: Path, environment: Mapping[str, str], display: str) -> float:
    """Start the window; give the milliseconds until it looks as it does when nothing changes any more.

    A cursor that blinks, and what else is small, is no change.
    """
    begun = perf_counter()
    with subprocess.Popen([program], env=environment) as process:
        try:
            former = ImageGrab.grab(xdisplay=display)
            changed = begun
            while changed == begun or perf_counter() - changed < CALM:
                sleep(0.002)
                picture = ImageGrab.grab(xdisplay=display)
                now = perf_counter()
                if _differ(former, picture):
                    former, changed = picture, now
                assert now - begun < PATIENCE
            return (changed - begun) * 1e3
        finally:
            process.terminate()


def _differ(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether more than a little is different."""
    changed = ImageChops.difference(one, other).convert("L").histogram()
    return sum(changed[8:]) > 500
