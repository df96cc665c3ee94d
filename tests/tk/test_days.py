"""What the window writes of times and days, while days pass."""

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.test_requirements import messages, person, row, say

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]

DAY = 86_400


@pytest.mark.parametrize(("seconds", "separator"), [(DAY, "Yesterday"), (9 * DAY, ", "), (-DAY, ", ")])
async def test_nothing_says_today_any_more_when_another_day_has_begun(
    open_window: Open, server: ServerProcess, seconds: int, separator: str
) -> None:
    """At midnight, after a suspend, or because the clock was set: nothing else happens meanwhile."""
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await say(bob, "alice", "hello")
        await alice.find("bob")
        seen = await alice.until(lambda seen: {"separator": "Today"} in seen["lines"])
        time = row(seen, "bob")["time"]
        assert messages(seen)[0][2].startswith(time)

        await alice.ask(f"later {seconds}")

        seen = await alice.until(lambda seen: separator in seen["lines"][0]["separator"])
        assert f" {time}" in messages(seen)[0][2]
        assert ":" not in row(seen, "bob")["time"]
