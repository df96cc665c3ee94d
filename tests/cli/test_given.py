"""A password and a text, from whoever runs a script."""

import io
from pathlib import Path

import click
import pytest
from chatcore_cli.given import PASSWORD_FILE, given_text, password


def gives(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """Have standard input give this."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))


def test_a_password_is_the_file_without_the_end_of_its_line(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b" pass word \r\n")

    assert password({PASSWORD_FILE: str(secret)}, reads_input=True) == " pass word "


@pytest.mark.parametrize(("content", "why"), [(None, "no such file or directory"), (b"\xff\xfe", "it is not UTF-8")])
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, content: bytes | None, why: str) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)

    with pytest.raises(click.UsageError, match=f"{PASSWORD_FILE} names .*secret, which cannot be read: {why}"):
        password({PASSWORD_FILE: str(secret)}, reads_input=False)


def test_without_a_file_the_first_line_of_standard_input_is_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    gives(monkeypatch, "pass wörd\nthe rest".encode())

    assert password({}, reads_input=False) == "pass wörd"


def test_an_empty_standard_input_is_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    gives(monkeypatch, b"\n")

    with pytest.raises(click.UsageError, match="there is no password"):
        password({}, reads_input=False)


def test_standard_input_does_not_bring_two_things() -> None:
    with pytest.raises(click.UsageError, match="standard input brings the text"):
        password({}, reads_input=True)


def test_a_text_keeps_all_its_lines_but_not_their_last_end() -> None:
    assert given_text(io.BytesIO("zażółć\n gęślą\n\n".encode()).read) == "zażółć\n gęślą"


def test_a_text_in_another_encoding_is_refused() -> None:
    with pytest.raises(click.UsageError, match="standard input is not UTF-8"):
        given_text(lambda: "zażółć".encode("iso-8859-2"))


def test_a_standard_input_that_fails_says_why() -> None:
    def fail() -> bytes:
        raise IsADirectoryError(21, "Is a directory")

    with pytest.raises(click.UsageError, match="standard input cannot be read: is a directory"):
        given_text(fail)
