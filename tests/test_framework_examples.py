"""The examples for Starlette, Litestar and Django: who is logged in to them enters the chat, at both kinds of path."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

import chatcore
from chatcore import GENERAL
from tests.asgi_servers import serving

pytestmark = pytest.mark.checkout

EXAMPLES = Path(__file__).parent.parent / "examples"


async def ask(url: str, cookie: str) -> str:
    """Ask for the token as a browser does."""
    call = Request(url.replace("ws://", "http://") + "/chat-token", b"", {"Cookie": cookie})  # noqa: S310 - our own

    def answer() -> str:
        with urlopen(call) as said:  # noqa: S310 - the same
            return str(json.loads(said.read())["token"])

    return await asyncio.to_thread(answer)


@pytest.mark.parametrize("name", ["with_django", "with_litestar", "with_starlette"])
async def test_who_is_logged_in_to_the_application_enters_its_chat(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(EXAMPLES))
    if name == "with_django" and settings.configured:  # by another test of this process: it is configured once only
        monkeypatch.setattr(settings, "configure", lambda **_: None)
        monkeypatch.setattr(settings, "ROOT_URLCONF", name)
    monkeypatch.delitem(sys.modules, name, raising=False)
    application = import_module(name).application
    async with serving(application, "uvicorn websockets-sansio", lifespan=True) as url:
        with pytest.raises(HTTPError, match="401") as refused:
            await ask(url, "")
        refused.value.close()

        token = await ask(url, "who=ann")
        async with chatcore.connect(f"{url}/chat/", token=token) as ann:
            await ann.post(GENERAL, "Hello")
            assert ann.me.name == "ann"
