"""What the program says of connections, errors and presence, in both languages."""

import time

import attrs
import pytest

from chatcore import GENERAL, ConversationId, Row, UserId, errors
from chatcore.client.connection_state import ConnectionPhase, ConnectionState
from chatcore.domain.messages import check_text
from chatcore.errors import Phrase, Unreachable
from chatcore.home.profiles import BadProfile
from chatcore.ports.outbox import OUTBOX
from chatcore.view.language import ENGLISH, load
from chatcore.view.sentences import (
    _PHRASES,
    attendance,
    cause_text,
    connection_cause,
    connection_line,
    connection_reason,
    error_text,
    no_messages_text,
    no_rows_text,
    not_remembered,
    presence_text,
    refusal_text,
    sentence,
    title,
    unread_line_text,
)

POLISH = load("pl")


@pytest.mark.parametrize("kind", errors._leaves(errors.ChatError))
def test_every_error_has_its_words(kind: type[errors.ChatError]) -> None:
    assert kind.code in _PHRASES
    assert refusal_text(kind.code, POLISH) != refusal_text(kind.code, ENGLISH)


@pytest.mark.parametrize("code", _PHRASES)
def test_words_for_a_code_begin_small_have_no_full_stop_and_every_figure(code: str) -> None:
    for language in (ENGLISH, POLISH):
        text = refusal_text(code, language)

        assert text[0].islower()
        assert text[-1] != "."
        assert "{" not in text


@pytest.mark.parametrize(
    ("error", "english", "polish"),
    [
        (errors.NameTaken(), "Somebody has this name already.", "Ta nazwa jest już zajęta."),
        (
            errors.WeakPassword("a password has 8 to 128 characters, this one has 3"),
            "A password has 8 to 128 characters.",
            "Hasło musi mieć od 8 do 128 znaków.",
        ),
        (errors.Unreachable(), "No connection to the server.", "Brak połączenia z serwerem."),
        (
            errors.TooLong(),
            "It is too long: a message has at most 4000 characters.",
            "To za długie: wiadomość może mieć najwyżej 4000 znaków.",
        ),
    ],
)
def test_an_error_is_told_as_a_sentence(error: errors.ChatError, english: str, polish: str) -> None:
    assert error_text(error, ENGLISH) == english
    assert error_text(error, POLISH) == polish


def test_an_error_of_many_causes_is_told_with_its_own_words_made_safe() -> None:
    error = errors.Unreachable("cannot reach [::1]:8765:\x1b no route")

    assert error_text(error, ENGLISH) == "No connection to the server: cannot reach [::1]:8765:␛ no route."
    assert error_text(error, POLISH) == "Brak połączenia z serwerem: cannot reach [::1]:8765:␛ no route."


def test_a_cause_that_says_no_more_than_the_error_is_not_told_twice() -> None:
    error = errors.Unreachable("no connection to the server")

    assert error_text(error, ENGLISH) == "No connection to the server."
    assert error_text(error, POLISH) == "Brak połączenia z serwerem."


def test_an_error_of_a_newer_server_is_told_in_its_own_words_made_safe() -> None:
    error = errors.from_wire("too_sunny", "the sun\x1b[2J shines.")

    assert error_text(error, POLISH) == "The sun␛[2J shines."


def test_a_refusal_of_a_newer_server_is_told_by_its_code_made_safe() -> None:
    assert refusal_text("too_{sunny}\x1b", ENGLISH) == "the server says no (too_{sunny}␛)"
    assert refusal_text("too_sunny", POLISH) == "serwer odmawia (too_sunny)"


@pytest.mark.parametrize(
    ("phase", "seconds", "english", "polish"),
    [
        (ConnectionPhase.LOGGED_OUT, None, "not logged in", "nie zalogowano"),
        (ConnectionPhase.CONNECTING, None, "connecting…", "łączenie…"),
        (ConnectionPhase.ONLINE, None, "online", "połączono"),
        (ConnectionPhase.OFFLINE, None, "offline", "brak połączenia"),
        (ConnectionPhase.OFFLINE, 3.2, "offline: trying again in 4 s", "brak połączenia: próba za 4 s"),
        (ConnectionPhase.OFFLINE, -2.5, "offline: trying again in 0 s", "brak połączenia: próba za 0 s"),
        (ConnectionPhase.CLOSED, None, "closed", "zamknięto"),
    ],
)
def test_the_connections_state_is_told(
    phase: ConnectionPhase, seconds: float | None, english: str, polish: str
) -> None:
    state = ConnectionState(phase)

    assert connection_line(state, seconds, ENGLISH) == english
    assert connection_line(state, seconds, POLISH) == polish


def test_what_an_earlier_start_left_is_told_beside_the_connection_that_it_waits_for() -> None:
    state = ConnectionState(ConnectionPhase.OFFLINE, left=3)

    assert connection_line(state, 3.2, ENGLISH) == "offline: trying again in 4 s · 3 messages wait"
    assert connection_line(state, None, POLISH) == "brak połączenia · 3 wiadomości czekają"


def test_why_there_is_no_connection_is_told_where_it_is_known() -> None:
    known = ConnectionState(ConnectionPhase.LOGGED_OUT, reason="the session has ended", code="logged_out")
    with_cause = ConnectionState(ConnectionPhase.OFFLINE, reason="connection refused", code="unreachable")
    unknown = ConnectionState(ConnectionPhase.OFFLINE, retry_in=1.0)

    assert connection_reason(known, ENGLISH) == "The session has ended; log in again."
    assert connection_reason(known, POLISH) == "Sesja się zakończyła; zaloguj się ponownie."
    assert connection_reason(with_cause, ENGLISH) == "No connection to the server: connection refused."
    assert connection_reason(unknown, ENGLISH) == ""


def test_beside_a_connection_that_is_down_the_cause_stands_alone() -> None:
    with_cause = ConnectionState(ConnectionPhase.OFFLINE, reason="connection refused", code="unreachable")
    ended = ConnectionState(ConnectionPhase.LOGGED_OUT, reason="the session has ended", code="logged_out")

    assert connection_cause(with_cause, POLISH) == "Connection refused."
    assert connection_cause(ended, ENGLISH) == connection_reason(ended, ENGLISH)
    assert cause_text(errors.Unreachable("cannot reach it: refused"), ENGLISH) == "Cannot reach it: refused."
    assert cause_text(errors.NameTaken(), ENGLISH) == "Somebody has this name already."


def test_presence_the_unread_line_and_the_title_have_their_words() -> None:
    assert [presence_text(active, ENGLISH) for active in (True, False)] == ["active", "inactive"]
    assert [presence_text(active, POLISH) for active in (True, False)] == ["aktywny", "nieaktywny"]
    assert unread_line_text(ENGLISH) == "Unread messages"
    assert unread_line_text(POLISH) == "Nieprzeczytane wiadomości"
    assert [title(unread) for unread in (0, 3)] == ["chatcore", "(3) chatcore"]


def test_a_sentence_that_begins_with_an_address_leaves_it_as_it_is() -> None:
    assert sentence("ws:// to another machine is not encrypted") == "ws:// to another machine is not encrypted."


def test_whom_the_server_does_not_know_is_told_apart_from_what_it_does_not_have() -> None:
    assert error_text(errors.NotFound("no", field="name"), ENGLISH) == "There is no user of this name."
    assert error_text(errors.NotFound("no", field="name"), POLISH) == "Nie ma użytkownika o tej nazwie."
    assert error_text(errors.NotFound(field="seqs"), ENGLISH) == "There is no such user, conversation or message."


def test_which_character_no_message_may_have_is_told() -> None:
    with pytest.raises(errors.BadText) as refused:
        check_text("ab\uffff")
    told = refused.value

    assert error_text(told, ENGLISH) == "The character U+FFFF at position 3 is not allowed in a message."
    assert error_text(told, POLISH) == "Znak U+FFFF na pozycji 3 nie jest dozwolony w wiadomości."
    assert (
        error_text(errors.BadText("of the server's"), ENGLISH) == "There are characters in it that no message may have."
    )


def test_an_outbox_that_fails_is_not_taken_for_the_servers_disk() -> None:
    full, broken = errors.StorageFull("no room", field=OUTBOX), errors.StorageError("no way", field=OUTBOX)

    assert error_text(full, ENGLISH) == "There is no room on this computer's disk for messages that wait."
    assert error_text(broken, ENGLISH) == "Messages that wait cannot be kept on this computer."
    assert error_text(full, POLISH) == "Na dysku tego komputera brakuje miejsca na czekające wiadomości."
    assert error_text(errors.StorageFull(), ENGLISH) == "The server's disk is full."


def test_who_is_there_is_told_of_the_partner_and_counted_in_the_general_chat_with_the_viewer() -> None:
    general = Row(GENERAL, "general", active=True)
    anna = Row(ConversationId("a"), "anna", UserId("a"), active=True)
    bob = attrs.evolve(anna, user=UserId("b"), name="bob", active=False)

    assert [attendance(row, 1, ENGLISH) for row in (general, anna, bob)] == ["2 active", "active", "inactive"]
    assert attendance(general, 0, POLISH) == "1 aktywny"


def test_attendance_says_who_will_not_come() -> None:
    disabled = Row(ConversationId("1"), "anna", UserId("anna"), account="anna", active=True, disabled=True)
    erased = attrs.evolve(disabled, account="")

    assert [attendance(row, 1, ENGLISH) for row in (disabled, erased)] == ["account disabled", "account deleted"]
    assert [attendance(row, 1, POLISH) for row in (disabled, erased)] == ["konto wyłączone", "konto usunięte"]


def test_a_log_in_that_cannot_be_remembered_is_told_with_the_file_and_the_reason() -> None:
    error = PermissionError(13, "Permission denied", "/home/profiles.json")

    assert not_remembered(error, ENGLISH) == ("This log-in is not remembered: /home/profiles.json: Permission denied")
    assert not_remembered(BadProfile("it is damaged"), ENGLISH) == "This log-in is not remembered: it is damaged"


@pytest.mark.parametrize(
    ("is_empty", "phase", "english"),
    [
        (True, ConnectionPhase.ONLINE, "No messages yet. Write the first one."),
        (True, ConnectionPhase.OFFLINE, "No messages yet. Write the first one."),
        (False, ConnectionPhase.ONLINE, "Loading…"),
        (False, ConnectionPhase.OFFLINE, "The messages come with the connection."),
        (False, ConnectionPhase.CONNECTING, "The messages come with the connection."),
    ],
)
def test_that_there_are_no_messages_is_said_only_where_it_is_known(
    is_empty: bool, phase: ConnectionPhase, english: str
) -> None:
    assert no_messages_text(is_empty=is_empty, phase=phase, language=ENGLISH) == english


def test_that_nobody_has_the_name_is_said_only_where_there_is_a_list() -> None:
    assert no_rows_text(has_rows=True, language=ENGLISH) == "Nobody has this in the name."
    assert no_rows_text(has_rows=False, language=ENGLISH) == "The list comes with the connection."


def test_why_a_server_cannot_be_reached_is_told_in_the_language_of_the_person() -> None:
    cause = Phrase("it answers with HTTP status {status} and not as a chat server", status="404")
    reason = Phrase("cannot reach {where}: {cause}", where="online", cause=cause)
    state = ConnectionState(ConnectionPhase.OFFLINE, reason=reason, code=Unreachable.code)

    assert sentence(reason, POLISH) == (
        "Nie można połączyć się z online: odpowiada kodem HTTP 404, a nie jak serwer czatu."
    )
    assert sentence(reason) == "Cannot reach online: it answers with HTTP status 404 and not as a chat server."
    assert connection_reason(state, POLISH) == (
        "Brak połączenia z serwerem: nie można połączyć się z online: odpowiada kodem HTTP 404, a nie jak serwer czatu."
    )


NOON_MS = 1_796_040_000_000


@pytest.mark.parametrize(
    ("reason", "until_ms", "english", "polish"),
    [
        (
            "spam\x1b[2J",
            NOON_MS,
            "This account is banned until 2026-11-30 13:00: spam\u241b[2J.",
            "To konto jest zablokowane do 2026-11-30 13:00: spam\u241b[2J.",
        ),
        (
            "",
            NOON_MS,
            "This account is banned until 2026-11-30 13:00.",
            "To konto jest zablokowane do 2026-11-30 13:00.",
        ),
        ("spam", None, "This account is banned: spam.", "To konto jest zablokowane: spam."),
        ("", 2**53, "This account is banned.", "To konto jest zablokowane."),
    ],
)
def test_who_is_banned_reads_why_and_until_when_by_their_own_clock(
    reason: str, until_ms: int | None, english: str, polish: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Warsaw")
    time.tzset()
    try:
        error = errors.from_wire("banned", "whatever a server says", reason=reason or None, until_ms=until_ms)
        state = ConnectionState(ConnectionPhase.LOGGED_OUT, reason=error.message, code=error.code)

        assert error_text(error, ENGLISH) == connection_reason(state, ENGLISH) == english
        assert error_text(error, POLISH) == connection_reason(state, POLISH) == polish
    finally:
        monkeypatch.undo()
        time.tzset()
