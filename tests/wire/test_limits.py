"""The limits of what is said on a connection: what frames say of them, and how they fit together."""

from __future__ import annotations

import inspect
import json
import re
from itertools import pairwise

import pytest

from chatcore.domain.messages import MAX_TEXT
from chatcore.host.send_queue import MAX_BYTES
from chatcore.wire import frames, limits
from chatcore.wire.limits import KIB


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (frames.Hello, f"at most {limits.MAX_INSTANCE} characters"),
        (frames.Mark, f"at most {limits.MAX_MARKS} messages"),
        (frames.History, f"At most {limits.MAX_PAGE}."),
        (frames.Stretch, f"At most {limits.MAX_STRETCH:,} seqs"),
        (frames.Page, f"At most {limits.MAX_PAGE_BYTES // KIB} KiB"),
    ],
)
def test_what_a_frame_says_of_its_limit_is_so(frame: type, said: str) -> None:
    assert said in inspect.getsource(frame)


def test_the_longest_text_fits_into_a_frame_however_it_is_written() -> None:
    longest = max(len(json.dumps(character * MAX_TEXT)) for character in 'x"\\\n\u017c\U0001f986')

    assert longest <= limits.MAX_FRAME - KIB  # for what stands beside it


def test_a_page_is_small_beside_what_may_wait_for_a_connection() -> None:
    assert limits.MAX_PAGE_TEXT < limits.MAX_PAGE_BYTES <= MAX_BYTES / 4


def test_each_limit_says_its_unit_and_why() -> None:
    lines = inspect.getsource(limits).splitlines()

    undocumented = [line for line, below in pairwise(lines) if re.match("[A-Z_]+ = ", line) and below[:3] != '"""']

    assert undocumented == ["KIB = 1024"]
