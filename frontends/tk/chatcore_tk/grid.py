"""The measures that all of the window keeps to, in pixels of the design: one edge, one step, one corner."""

EDGE = 14
"""From the edge of a pane to what is in it: its heading, its messages, the field below them."""

STEP = 8
"""Between what stands beside or below each other."""

PAD = 12
"""From the edge of a bubble to what is in it."""

RADIUS = 8
"""Of every corner that is round."""

WIDEST = 900
"""That a conversation takes at most: what stands right is not far from what stands left."""

AVATAR = 34
"""Of the disc with somebody's initials, beside letters of the usual size."""


def aside(width: int, widest: int) -> tuple[int, int]:
    """Return how much stays free left and right of a conversation in a pane of this width, all in the same pixels."""
    free = max(0, width - widest)
    return free // 2, free - free // 2
