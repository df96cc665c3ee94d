"""How those come who watch the server in numbers: by a port of this machine, or with a token by the chat's own."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from chatcore import Chat, StorageError
from chatcore.adapters.websocket import Page, WebSocketListener
from chatcore.ports.transport import Link

from .config import Config

PATH = "/metrics"

_LOOPBACK = "127.0.0.1"
_FEW = 80
"""Descriptors for who watches: it is one, now and then."""

log = logging.getLogger(__name__)


@attrs.frozen
class Watched:
    """Pages for those who watch."""

    pages: Mapping[str, Page]
    "Those on the chat's own port."
    keys: Mapping[str, str]
    "What Authorization has to say there, by their paths."


@asynccontextmanager
async def watched(chat: Chat, config: Config) -> AsyncIterator[Watched]:
    """Let those in who watch by a port of their own, while in the block, and tell which pages the chat's port has.

    Raises StorageError where the extra is missing or the token cannot be read, OSError where the port cannot be had.
    """
    if config.metrics_port is None and config.metrics_token_file is None:
        yield Watched({}, {})
        return
    page = _page(chat)
    key = None if config.metrics_token_file is None else _token(Path(config.metrics_token_file))
    by_token = Watched({}, {}) if key is None else Watched({PATH: page}, {PATH: f"Bearer {key}"})
    if config.metrics_port is None:
        yield by_token
        return
    async with WebSocketListener(_nobody, _LOOPBACK, config.metrics_port, pages={PATH: page}, files=_FEW) as listener:
        log.info("metrics are at %s", listener.url.replace("ws:", "http:") + PATH)
        yield by_token


async def _nobody(link: Link) -> None:
    await link.close("there is no chat here")


def _page(chat: Chat) -> Page:
    try:
        from .metrics import Metrics  # noqa: PLC0415 - an extra
    except ImportError as missing:
        msg = (
            f"{missing.name} is not installed; install chatcore with the extra `metrics`: "
            "pip install 'chatcore[server,metrics]'"
        )
        raise StorageError(msg) from missing
    return Metrics(chat.figures).page


def _token(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        msg = f"cannot read the token in {path}: {(getattr(error, 'strerror', None) or 'it is not UTF-8').lower()}"
        raise StorageError(msg) from error
    if not lines or not lines[0].strip():
        msg = f"there is no token in {path}"
        raise StorageError(msg)
    return lines[0].strip()
