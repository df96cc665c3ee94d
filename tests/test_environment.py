"""The suite sees nothing of what its caller has exported."""

import locale
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.environment import KEPT, OF_TOOLS

# No LC_ALL: before Python 3.13 none starts in an encoding that has not all letters of the path in which it is.
STRANGE = {
    "CHATCORE_LANG": "pl",
    "CHATCORE_SERVER": "wss://example.org",
    "COLUMNS": "20",
    "DISPLAY": ":99",
    "FORCE_COLOR": "1",
    "HOME": "/nowhere",
    "LANG": "C",
    "LANGUAGE": "pl",
    "LC_MESSAGES": "pl_PL.UTF-8",
    "LC_TIME": "pl_PL.UTF-8",
    "LINES": "5",
    "NO_COLOR": "1",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONDEVMODE": "1",
    "PYTHONIOENCODING": "latin-1",
    "PYTHONUNBUFFERED": "1",
    "TERM": "dumb",
    "TMUX": "/nowhere,1,0",
    "TZ": ":/nowhere",
    "XDG_CONFIG_HOME": "/nowhere",
    "XDG_DATA_HOME": "/nowhere",
    "XDG_RUNTIME_DIR": "/nowhere",
    "XDG_STATE_HOME": "/nowhere",
}


def test_the_environment_is_that_of_a_machine_that_nobody_has_set_up() -> None:
    more = {name for name in os.environ if name not in KEPT and not name.startswith(OF_TOOLS)}

    assert more == {"HOME", "LANG", "TZ"}
    assert Path.home().name.startswith("chatcore-home-")
    assert (os.environ["LANG"], os.environ["TZ"]) == ("C.UTF-8", "UTC")
    assert (locale.getencoding().lower(), time.tzname[0]) == ("utf-8", "UTC")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


@pytest.mark.parametrize("workers", ["0", "1"])
def test_whatever_the_caller_has_exported_the_suite_sees_the_same(workers: str) -> None:
    command = (sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", __file__)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    only = ("-k", test_the_environment_is_that_of_a_machine_that_nobody_has_set_up.__name__)

    # As a shell starts what runs in the background, and nohup: with signals that are not to be heard.
    deaf = ("sh", "-c", 'trap "" INT HUP; exec "$@"', "sh")
    done = subprocess.run([*deaf, *command, *only], env=kept | STRANGE, capture_output=True, text=True, check=False)

    assert "1 passed" in done.stdout, done.stdout + done.stderr
