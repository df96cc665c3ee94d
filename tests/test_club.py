"""The web site of the tutorial: it lets its members in, they chat, and its log-out ends that."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

import chatcore
from chatcore import GENERAL, ConnectionPhase
from tests.asgi_servers import serving
from tests.waiting import until

pytestmark = pytest.mark.checkout

CLUB = Path(__file__).parent.parent / "examples" / "club.py"


@asynccontextmanager
async def open_club() -> AsyncIterator[str]:
    club = runpy.run_path(str(CLUB))
    try:
        async with serving(club["site"], "uvicorn websockets-sansio", lifespan=True) as url:
            yield url
    finally:
        club["club"].close()


class Browser:
    """Somebody's browser, which keeps their cookie."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("ws://", "http://")
        self._opener = build_opener(HTTPCookieProcessor())

    async def ask(self, path: str, **person: str) -> str | None:
        body = json.dumps(person).encode() if person else b""
        call = Request(self._url + path, body, {"Content-Type": "application/json"})  # noqa: S310 - our own

        def answer() -> str | None:
            with self._opener.open(call) as said:
                read: str | None = json.loads(said.read())
                return read

        return await asyncio.to_thread(answer)

    async def token(self) -> chatcore.Token:
        return chatcore.Token(await self.ask("/chat-token") or "")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def test_members_chat_the_bot_answers_and_their_log_out_ends_it() -> None:
    async with open_club() as url:
        ann, bob = Browser(url), Browser(url)
        await ann.ask("/join", name="ann", password="red")
        await bob.ask("/join", name="bob", password="blue")
        async with (
            chatcore.connect(f"{url}/chat/", token=await ann.token()) as one,
            chatcore.connect(f"{url}/chat/", token=await bob.token()) as other,
        ):
            coming = one.messages()
            await other.post(GENERAL, "When are you open?")
            heard = [(await anext(coming)).text for _ in range(2)]

            await ann.ask("/logout")
            await until(lambda: one.connection.phase is ConnectionPhase.LOGGED_OUT)
            await other.post(GENERAL, "Bob is still here")

    assert heard == ["When are you open?", "We are open from 9 to 5."]


async def test_it_knows_its_members_after_it_was_closed() -> None:
    async with open_club() as url:
        await Browser(url).ask("/join", name="ann", password="red")
    async with open_club() as url:
        ann = Browser(url)
        await ann.ask("/login", name="ann", password="red")
        async with chatcore.connect(f"{url}/chat/", token=await ann.token()) as client:
            assert client.me.display_name == "ann"


@pytest.mark.parametrize(
    ("path", "name", "password", "said"),
    [
        ("/join", "ann", "blue", "somebody has this name already"),
        ("/join", "ann@home", "blue", "a display name has no @ in it (U+0040)"),
        ("/login", "ann", "blue", "the name or the password is wrong"),
        ("/login", "keeper", "", "the name or the password is wrong"),
    ],
)
async def test_nobody_comes_in_as_somebody_else(path: str, name: str, password: str, said: str) -> None:
    async with open_club() as url:
        await Browser(url).ask("/join", name="ann", password="red")

        with pytest.raises(HTTPError) as refused:
            await Browser(url).ask(path, name=name, password=password)
        told = json.loads(refused.value.read())
        refused.value.close()

    assert told == {"detail": said}
