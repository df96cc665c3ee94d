"""The desktop client's window with a long history: prints what a scroll step takes. Run by the Python with the wheel.

It logs in with the profile that the environment leads to, and opens the conversation that was open last. Argument: how
many messages to have.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median

from chatcore_tk.app import Options, make_root, make_window, stay_smooth
from chatcore_tk.bridge import Bridge
from chatcore_tk.network import Network
from chatcore_tk.window import Window

from chatcore.view.language import ENGLISH

STEPS = 100


def main(messages: int) -> None:
    """Go to the first message as a person does, then take steps down."""
    stay_smooth()
    network, root = Network(), make_root()
    bridge = Bridge(root, time.monotonic)
    options = Options(server=None, user=None, language=ENGLISH, allow_plaintext=False)
    window = make_window(root, bridge, network, options)
    network.start()
    bridge.open()
    while window.desk.view is None or len(window.desk.view.items) < messages:
        window.desk.talk.to_oldest()
        root.update()
        time.sleep(0.001)
    print(json.dumps({"step": _scrolling(window)}))
    window.close()
    network.stop()


def _scrolling(window: Window) -> float:
    """Return the milliseconds that a step of the wheel takes until the picture is there: the median."""
    taken = []
    for _ in range(STEPS):
        begun = time.perf_counter()
        window.desk.talk.wheel(-1)
        window.root.update()
        taken.append(time.perf_counter() - begun)
    return median(taken) * 1e3


if __name__ == "__main__":
    main(int(sys.argv[1]))
