"""A look at the server counts for the part that was the innermost one."""

import pytest

from benchmarks.profile import LOOP, PARTS, looks_by_part

pytestmark = pytest.mark.checkout

LOADS = "run (chatcore_server/app.py:9);_next (chatcore/host/connection.py:7);decode (chatcore/wire/codec.py:137) 12"
COMMIT = "Thread._bootstrap (threading.py:1002);_execute_fetchall (aiosqlite/core.py:133) 99"
ENUM = "receive_data (websockets/protocol.py:27);__call__ (enum.py:712) 5"
KERNEL = "run (asyncio/runners.py:118) 3"


def test_the_innermost_known_frame_decides_and_other_threads_are_not_the_loop() -> None:
    coding = next(part for part, _ in PARTS if part.startswith("JSON"))
    incoming = next(part for part, _ in PARTS if part.startswith("WebSocket"))

    assert looks_by_part([LOADS, COMMIT, ENUM, KERNEL]) == {coding: 12, incoming: 5, LOOP: 3}
