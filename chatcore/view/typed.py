"""What somebody typed or pasted, made into what a message may be: plain line ends, no control characters."""

from __future__ import annotations

import re

_line_end = re.compile("\r\n|[\r\x0b\x0c\x85]")

# Text that was copied from a terminal brings its escape sequences: colours, titles and links, other character sets.
_sequence = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)"  # OSC and the other strings
    "|\x1b[ -/]+[0-~]"  # which letters are meant
)

_never_legitimate = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def typed(text: str) -> str:
    """Return a text that no server refuses for its characters: what a message may never have is left out."""
    if text.isprintable():
        return text
    return _never_legitimate.sub("", _sequence.sub("", _line_end.sub("\n", text)))


def typed_line(text: str) -> str:
    """Return the same for a field of one line: its lines follow each other with a space between, trimmed."""
    return " ".join(line for line in typed(text).strip("\n").split("\n"))
