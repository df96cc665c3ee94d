"""The standard streams, as whoever started the program left them: closed, full, without a reader, in any encoding."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO, cast

from .courier import Courier, write_all

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDIN, STDOUT, STDERR = 0, 1, 2

REFUSED, INTERRUPTED = 1, 130


class OutputLost(Exception):  # no OSError: those who catch such a one mean their own
    """Standard output takes no more; the message says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"cannot write to standard output: {(error.strerror or str(error)).lower()}")
        self.is_enough: bool = isinstance(error, BrokenPipeError)
        "Whether it is only that the reader has gone (`| head`)."


class _Over(io.RawIOBase):
    """What is written passes through here on its way to another stream."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream

    def fileno(self) -> int:
        """Return its descriptor."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._stream.isatty()

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True


class Output(_Over):
    """Standard output, which says once that it takes no more: later writes, the interpreter's last one too, pass."""

    def __init__(self, stream: io.RawIOBase) -> None:
        super().__init__(stream)
        self._is_lost = False
        self.when_lost: Callable[[OutputLost], object] = _raise
        "What is done about it."

    def give_up(self) -> None:
        """Write nothing any more."""
        self._is_lost = True

    def write(self, data: ReadableBuffer, /) -> int:
        """Write everything."""
        piece = bytes(data)
        if not self._is_lost:
            try:
                write_all(self._stream, piece)
            except OSError as error:
                self._is_lost = True
                self.when_lost(OutputLost(error))
        return len(piece)


class Errors(_Over):
    """Standard error, which never makes anybody wait, and never fails: there is nobody who could be told."""

    def __init__(self, stream: io.RawIOBase) -> None:
        super().__init__(stream)
        self._courier = Courier(stream)

    def write(self, data: ReadableBuffer, /) -> int:
        """Hand it over."""
        piece = bytes(data)
        self._courier.put(piece)
        return len(piece)

    def finish(self) -> None:
        """Wait, not for long, until everything is written."""
        self._courier.finish()


def run(name: str, program: Callable[[], int]) -> int:
    """Run a program on the standard streams as they are, and give its exit status.

    Closed ones are opened, so that no file or socket takes their numbers: input is then empty, and output fails as it
    would have. What cannot be encoded is escaped. Where standard output takes no more, one sentence says so and the
    status is 1; a reader who has enough (`| head`) is no error to be told.
    """
    _open_the_closed()
    errors = Errors(raw(STDERR))
    sys.stdin = sys.stdin or open(STDIN, encoding="utf-8", closefd=False)  # noqa: SIM115 - to the program's end
    out = Output(raw(STDOUT))
    sys.stdout = _text(io.BufferedWriter(out), sys.stdout)
    sys.stderr = _text(errors, sys.stderr, write_through=True)
    try:
        try:
            return program()
        finally:
            sys.stdout.flush()
    except OutputLost as lost:
        if not lost.is_enough:
            sys.stderr.write(f"{name}: {lost}\n")
        return REFUSED
    except KeyboardInterrupt:
        out.give_up()  # perhaps it was for a reader who does not read
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - it is told, as the interpreter would
        sys.excepthook(*sys.exc_info())
        return REFUSED
    finally:
        errors.finish()


def raw(descriptor: int) -> io.RawIOBase:
    """Return what is below Python's own stream, without its buffer and its lock."""
    stream = {STDOUT: sys.__stdout__, STDERR: sys.__stderr__}.get(descriptor)
    if stream is None:  # it was closed when Python started
        return io.FileIO(descriptor, "w", closefd=False)
    return cast("io.RawIOBase", getattr(stream.buffer, "raw", stream.buffer))


def output() -> Output | None:
    """Return standard output where it is one of ours: where a test looks at what is printed it is another."""
    below = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return below if isinstance(below, Output) else None


def is_utf8(stream: TextIO) -> bool:
    """Return whether any text can be written there as it is."""
    return codecs.lookup(stream.encoding or "ascii").name == "utf-8"


def _raise(lost: OutputLost) -> None:
    raise lost


def _open_the_closed() -> None:
    for descriptor in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(descriptor)
        except OSError as error:
            if error.errno != errno.EBADF:
                raise
            # For reading only: what is written to it is refused, as it would have been.
            opened = os.open(os.devnull, os.O_RDONLY)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            os.set_inheritable(descriptor, True)


def _text(
    buffer: io.BufferedWriter | Errors, former: TextIO | None, *, write_through: bool = False
) -> io.TextIOWrapper:
    """Make a text stream in the encoding of the former one."""
    return io.TextIOWrapper(
        buffer,  # type: ignore[arg-type] # a raw one will do where nothing is kept back
        encoding=former.encoding if former else "utf-8",
        errors="backslashreplace",
        line_buffering=buffer.isatty(),
        write_through=write_through,
    )
