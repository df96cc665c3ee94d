"""Opening a link."""

import webbrowser
from threading import Event

import pytest
from chatcore_tk.browser import open_link


def test_only_addresses_of_the_web_are_opened_and_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    done = Event()

    def open_(address: str) -> bool:
        opened.append(address)
        done.set()
        return True

    monkeypatch.setattr(webbrowser, "open", open_)

    open_link("file:///etc/passwd")
    open_link("javascript:alert(1)")
    open_link("https://example.org/")

    assert done.wait(10)
    assert opened == ["https://example.org/"]
