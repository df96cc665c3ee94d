"""Links that a terminal opens (OSC 8): marked in the lines that are drawn, and written around each cell.

The toolkit draws only the cells that have changed, so that no mark of a link's end could be relied on: each cell of a
link carries its address, and the output closes it behind that cell.
"""

from __future__ import annotations

from zlib import crc32

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.output import Output

ZERO_WIDTH = "[ZeroWidthEscape]"
_CLOSE = "\x1b]8;;\x1b\\"


def linked(style: str, text: str, address: str) -> StyleAndTextTuples:
    """Return a text each of whose cells leads to an address."""
    opening = f"\x1b]8;id={crc32(address.encode()):x};{address}\x1b\\"
    return [part for char in text for part in ((ZERO_WIDTH, opening), (style, char))]


def close_behind_each_cell(output: Output) -> None:
    """Have the output close a link behind the one cell that it was opened for."""
    write, write_raw = output.write, output.write_raw
    is_open = False

    def opening(data: str) -> None:
        nonlocal is_open
        is_open = is_open or data.startswith("\x1b]8;id=")
        write_raw(data)

    def writing(data: str) -> None:
        nonlocal is_open
        write(data)
        if is_open:
            is_open = False
            write_raw(_CLOSE)

    output.write, output.write_raw = writing, opening  # type: ignore[method-assign]
