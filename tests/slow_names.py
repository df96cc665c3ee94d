"""A machine on which looking up the name of a server takes for ever, as with a network that lets nothing through."""

from pathlib import Path

SERVER = "wss://chat.example"

_SLOW = """
import socket, time
look_up = socket.getaddrinfo
def slowly(host, *arguments, **more):
    if str(host).endswith(".example"):
        time.sleep(600)
    return look_up(host, *arguments, **more)
socket.getaddrinfo = slowly
"""


def slow_names(folder: Path) -> dict[str, str]:
    """Return the environment of programs for which it is so; `folder` is for a file of theirs."""
    (folder / "sitecustomize.py").write_text(_SLOW)
    return {"PYTHONPATH": str(folder)}
