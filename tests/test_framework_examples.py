"""The examples for Starlette, Litestar and Django: who is logged in to them enters the chat."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar
from importlib import import_module
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

import chatcore
from chatcore import GENERAL, ConnectionPhase
from tests.asgi_servers import serving
from tests.waiting import until

pytestmark = [pytest.mark.checkout, pytest.mark.usefixtures("logs_as_before")]

EXAMPLES = Path(__file__).parent.parent / "examples"


class Browser:
    """Somebody's browser, which keeps cookies and says Django's token against forged requests."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("ws://", "http://")
        self._cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._cookies))

    async def ask(self, path: str, cookie: str = "", method: str = "POST", **form: str) -> str:
        kept = {each.name: each.value or "" for each in self._cookies}
        headers = {"X-CSRFToken": kept.get("csrftoken", "")} | ({"Cookie": cookie} if cookie else {})
        call = Request(self._url + path, urlencode(form).encode(), headers, method=method)  # noqa: S310 - our own

        def answer() -> str:
            with self._opener.open(call) as said:
                return str(said.read().decode())

        return await asyncio.to_thread(answer)


async def refused(browser: Browser, path: str, **form: str) -> int:
    with pytest.raises(HTTPError) as error:
        await browser.ask(path, **form)
    error.value.close()
    return error.value.code


@pytest.mark.parametrize("name", ["with_litestar", "with_starlette"])
async def test_who_is_logged_in_to_the_application_enters_its_chat(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.delitem(sys.modules, name, raising=False)
    async with serving(import_module(name).application, "uvicorn websockets-sansio", lifespan=True) as url:
        assert await refused(Browser(url), "/chat-token") == 401

        token = json.loads(await Browser(url).ask("/chat-token", cookie="who=ann"))["token"]
        async with chatcore.connect(f"{url}/chat/", token=token) as ann:
            await ann.post(GENERAL, "Hello")
            assert ann.me.display_name == "ann"


@asynccontextmanager
async def django_site(folder: Path) -> AsyncIterator[str]:
    """Run the site in a process of its own: Django has its settings once in each."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = (sys.executable, "-m", "uvicorn", "with_django:application", "--app-dir", str(EXAMPLES))
    said = folder / "log.txt"
    with said.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, "--port", str(port), cwd=folder, env=os.environ, stderr=log, stdout=log
        )
    try:
        await until(lambda: b"running on" in said.read_bytes() or process.returncode is not None)
        assert process.returncode is None, said.read_text(encoding="utf-8")
        yield f"ws://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def test_users_of_a_django_site_chat_until_they_log_out_of_it(tmp_path: Path) -> None:
    async with django_site(tmp_path) as url:
        browser, phone = Browser(url), Browser(url)
        for each in (browser, phone):
            assert await refused(each, "/login", name="ann@example.org", password="red") == 403
            await each.ask("/login", method="GET")  # its form has a token against forged requests
            assert await refused(each, "/login", name="ann@example.org", password="blue") == 401
            assert await refused(each, "/chat-token") == 401
            await each.ask("/login", name="ann@example.org", password="red")
        tokens = [json.loads(await each.ask("/chat-token"))["token"] for each in (browser, browser, phone)]

        async with (
            chatcore.connect(f"{url}/chat/", token=tokens[0]) as one,
            chatcore.connect(f"{url}/chat", token=tokens[2]) as other,
        ):
            await one.post(GENERAL, "Hello")
            await browser.ask("/logout")
            await until(lambda: one.connection.phase is ConnectionPhase.LOGGED_OUT)
            await other.post(GENERAL, "Still on the phone")

    assert tokens[0] == tokens[1] != tokens[2]
