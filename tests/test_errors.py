"""The errors: one tree, stable codes, and the same error again at the other end."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import chatcore
from chatcore import ChatError, NotFound, Unreachable, errors
from chatcore.errors import LinkError, PeerError, Phrase, RuleError, TemporaryError, from_wire


def leaves(root: type[ChatError]) -> list[type[ChatError]]:
    return [leaf for child in root.__subclasses__() for leaf in (leaves(child) or [child])]


LEAVES = leaves(ChatError)
SENT = [leaf for leaf in LEAVES if not issubclass(leaf, LinkError)]

CODES = {
    "wrong_credentials",
    "name_taken",
    "invalid_name",
    "weak_password",
    "common_password",
    "invitation_needed",
    "invalid_invitation",
    "not_allowed",
    "banned",
    "not_found",
    "too_long",
    "empty",
    "bad_text",
    "conflict",
    "refused",
    "other_history",
    "busy",
    "slow_down",
    "storage_full",
    "storage_unavailable",
    "logged_out",
    "token_reused",
    "bad_frame",
    "unsupported_version",
    "already_logged_in",
    "unreachable",
    "closed",
    "internal",
    "storage_error",
}
"""Programs and other servers rely on these words: one may be added, none changed."""


def test_the_codes_never_change() -> None:
    assert {leaf.code for leaf in LEAVES} == CODES
    assert len(LEAVES) == len(CODES)


@pytest.mark.parametrize("error", LEAVES, ids=lambda error: error.code)
def test_every_error_is_public_and_says_by_itself_what_is_wrong(error: type[ChatError]) -> None:
    raised = error()

    assert getattr(chatcore, error.__name__) is error
    assert raised.message
    assert str(raised) == raised.message
    assert not raised.message.endswith(".")
    assert raised.field is None


@pytest.mark.parametrize("error", SENT, ids=lambda error: error.code)
def test_an_error_comes_back_from_the_wire_as_itself(error: type[ChatError]) -> None:
    again = from_wire(error.code, "what is wrong", "name")

    assert type(again) is error
    assert (again.message, again.field) == ("what is wrong", "name")


@pytest.mark.parametrize("error", leaves(LinkError), ids=lambda error: error.code)
def test_a_client_s_own_error_never_comes_from_the_wire(error: type[ChatError]) -> None:
    assert type(from_wire(error.code, "what is wrong")) is ChatError


def test_an_error_that_a_program_derives_from_one_of_ours_never_comes_from_the_wire() -> None:
    script = (
        "from chatcore import Busy; from chatcore.errors import from_wire\n"
        "class TooBusy(Busy): code = 'too_busy'\n"
        "class Mine(Busy): pass\n"
        "print(type(from_wire('busy', 'later')).__name__, type(from_wire('too_busy', 'later')).__name__)"
    )

    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)

    assert run.stdout == "Busy ChatError\n"


def test_an_error_of_a_newer_server_is_an_error_all_the_same() -> None:
    error = from_wire("full_moon", "not tonight")

    assert type(error) is ChatError
    assert error.message == "not tonight"


def test_just_four_errors_are_temporary() -> None:
    temporary = {leaf.code for leaf in LEAVES if issubclass(leaf, TemporaryError)}

    assert temporary == {"busy", "slow_down", "storage_full", "storage_unavailable"}


@pytest.mark.parametrize(
    ("base", "codes"),
    [(LinkError, {"already_logged_in", "unreachable", "closed"}), (PeerError, {"bad_frame", "unsupported_version"})],
    ids=["link", "peer"],
)
def test_the_tree_is_split_by_whose_fault_it_is(base: type[ChatError], codes: set[str]) -> None:
    assert {leaf.code for leaf in LEAVES if issubclass(leaf, base)} == codes


def test_an_error_may_name_the_field_at_fault() -> None:
    error = NotFound("there is no user bob", field="name")

    assert isinstance(error, RuleError)
    assert (error.message, error.field) == ("there is no user bob", "name")


def test_the_picture_of_the_tree_shows_every_error() -> None:
    picture = errors.__doc__ or ""

    assert all(leaf.__name__ in picture for leaf in LEAVES)


def test_a_phrase_is_its_text_and_keeps_apart_what_is_filled_in() -> None:
    cause = Phrase("no answer within {seconds} s", seconds="8")
    phrase = Phrase("cannot reach {where}: {cause}", where="chat{0}.example", cause=cause)
    error = Unreachable(phrase)

    assert phrase == "cannot reach chat{0}.example: no answer within 8 s"
    assert (phrase.template, phrase.values["cause"]) == ("cannot reach {where}: {cause}", cause)
    assert error.message is phrase
    assert pickle.loads(pickle.dumps(phrase)).template == phrase.template  # noqa: S301 - our own
