"""The client without `await`: it has all that the other one has, from any thread, and always ends."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

import chatcore
from chatcore import GENERAL, Closed, Message, Observer, Unreachable, blocking
from tests.blocking.served import PASSWORD

OTHERWISE = {
    "all_history": "Iterator[HistoryMessage]",
    "messages": "Messages",
    "run": "T | None",
}
"""What returns something else than the method that is awaited, as it cannot be the same."""


def _public(kind: type) -> dict[str, object]:
    return {name: inspect.getattr_static(kind, name) for name in dir(kind) if not name.startswith("_")}


@pytest.mark.parametrize("name", _public(chatcore.ChatClient))
def test_it_has_the_same_methods_with_the_same_signatures(name: str) -> None:
    awaited, other = (_public(kind).get(name) for kind in (chatcore.ChatClient, blocking.ChatClient))

    assert type(awaited) is type(other)
    if isinstance(awaited, property) and isinstance(other, property):
        awaited, other = awaited.fget, other.fget
    assert callable(awaited)
    assert callable(other)
    assert not inspect.iscoroutinefunction(other)
    expected, found = inspect.signature(awaited), inspect.signature(other)
    if name != "run":
        assert found.parameters == expected.parameters
    assert found.return_annotation == OTHERWISE.get(name, expected.return_annotation)


def test_it_has_nothing_more() -> None:
    assert _public(blocking.ChatClient).keys() == _public(chatcore.ChatClient).keys()


def test_connect_takes_the_same() -> None:
    assert inspect.signature(blocking.connect).parameters == inspect.signature(chatcore.connect).parameters


def test_two_talk(alice: blocking.ChatClient, bob: blocking.ChatClient) -> None:
    with_bob = alice.conversation_with("bob")
    messages = bob.messages(since="unread")

    for number in range(1, 4):
        alice.post(with_bob, f"message {number}")
    received = [next(messages) for _ in range(3)]
    bob.mark_read(received[0])
    bob.mark_read(with_bob, 3)
    messages.close()

    assert [message.text for message in received] == ["message 1", "message 2", "message 3"]
    assert list(messages) == []
    assert bob.unread(with_bob) == 1
    assert [message.is_read for message in bob.history(with_bob)] == [True, False, True]
    assert [message.seq for message in bob.all_history(with_bob, newest_first=True)] == [3, 2, 1]
    assert bob.wait_for(lambda: bob.replica.total_unread == 1, 30)
    assert [(row.name, row.unread) for row in bob.replica.rows] == [("alice", 1), ("general", 0)]
    assert bob.replica.name_of(alice.me.id) == "alice"
    assert isinstance(bob.replica.rows, tuple)


def test_a_frontend_s_facts_are_told_without_waiting(alice: blocking.ChatClient, bob: blocking.ChatClient) -> None:
    alice.post(GENERAL, "hi")
    bob.opened(GENERAL)
    bob.window_active(True)
    bob.reconnect()  # there is nothing to wait for
    bob.wait_for(lambda: bob.replica.timeline(GENERAL), 30)

    bob.visible(GENERAL, [1])

    assert bob.opened_conversation == GENERAL
    assert bob.wait_for(lambda: bob.replica.total_unread == 0, 30)
    assert not bob.load_older(GENERAL)
    assert [item.text for item in bob.replica.timeline(GENERAL)] == ["hi"]


def test_many_threads_may_use_one_client(alice: blocking.ChatClient, bob: blocking.ChatClient) -> None:
    threads = [threading.Thread(target=lambda: [alice.post(GENERAL, "hi") for _ in range(5)]) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [message.seq for message in bob.all_history(GENERAL)] == list(range(1, 41))


def test_errors_are_those_of_the_client(alice: blocking.ChatClient) -> None:
    with pytest.raises(chatcore.NotFound):
        alice.conversation_with("nobody")
    with pytest.raises(chatcore.Empty):
        alice.post_soon(GENERAL, "")
    with pytest.raises(TimeoutError):
        alice.wait_for(lambda: False, 0.001)
    with pytest.raises(chatcore.AlreadyLoggedIn):
        alice.log_in("alice", PASSWORD)


def test_where_it_cannot_be_entered_nothing_stays() -> None:
    client = blocking.connect("ws://192.0.2.1:1", token="t")  # not encrypted, to another machine: not even tried

    with pytest.raises(Unreachable), client:
        pass

    assert client.url not in " ".join(thread.name for thread in threading.enumerate())


def test_a_client_is_used_within_its_block_once(url: str) -> None:
    client = blocking.connect(url)
    with pytest.raises(RuntimeError, match="not open yet"):
        client.history(GENERAL)
    with client:
        client.register("alice", PASSWORD)
        messages = client.messages()

    for call in (lambda: client.history(GENERAL), lambda: client.post_soon(GENERAL, "hi"), lambda: next(messages)):
        with pytest.raises(Closed):
            call()
    assert client.connection.phase is chatcore.ConnectionPhase.CLOSED
    with pytest.raises(RuntimeError, match="one `with` is for one client"), client:
        pass


def test_who_waits_in_another_thread_is_told_closed(url: str) -> None:
    told: list[type[BaseException]] = []
    waiting = threading.Event()

    def check() -> bool:
        waiting.set()
        return False

    def wait() -> None:
        try:
            client.wait_for(check)
        except Closed as error:
            told.append(type(error))

    with blocking.connect(url) as client:
        client.register("alice", PASSWORD)
        thread = threading.Thread(target=wait)
        thread.start()
        assert waiting.wait(30)
    thread.join(30)

    assert told == [Closed]


def test_an_observer_may_do_what_does_not_wait_and_is_told_so_for_the_rest(
    alice: blocking.ChatClient, bob: blocking.ChatClient
) -> None:
    class Answering(Observer):
        error = ""

        def message_received(self, message: Message) -> None:
            try:
                bob.post(message.conversation, "this would wait")
            except RuntimeError as error:
                self.error = str(error)
            bob.post_soon(message.conversation, f"you said {message.text}, {len(bob.replica.rows)}")

    undo = bob.subscribe(answering := Answering())
    bob.synced()
    messages = alice.messages()
    alice.post(alice.conversation_with("bob"), "hi")

    assert next(messages).text == "you said hi, 2"
    assert "cannot wait for an answer" in answering.error
    undo()


# ---- Ctrl+C, forks and the end of a program


def _interrupting() -> Callable[[], bool]:
    """Return a check that presses Ctrl+C, once, while the main thread waits for it."""
    main = threading.main_thread().ident
    assert main is not None
    presses = iter([main])

    def check() -> bool:
        for thread in presses:
            signal.pthread_kill(thread, signal.SIGINT)
        return False

    return check


def test_ctrl_c_interrupts_what_waits_and_the_client_goes_on(alice: blocking.ChatClient) -> None:
    with pytest.raises(KeyboardInterrupt):
        alice.wait_for(_interrupting())

    assert alice.post(GENERAL, "hi").seq == 1


def test_a_program_that_is_run_ends_in_peace_with_ctrl_c(url: str) -> None:
    client = blocking.connect(url)

    def main(client: blocking.ChatClient) -> int:
        client.register("alice", PASSWORD)
        client.wait_for(_interrupting())
        return 5

    assert client.run(main) is None
    assert client.connection.phase is chatcore.ConnectionPhase.CLOSED
    assert blocking.connect(url).run(lambda client: client.log_in("alice", PASSWORD).name) == "alice"


def _run(code: str, url: str) -> subprocess.CompletedProcess[str]:
    program = f"from chatcore import GENERAL, blocking\nimport os, sys, threading\nurl = {url!r}\n{code}"
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=False, timeout=50
    )


def test_a_program_that_never_leaves_its_client_ends(url: str) -> None:
    run = _run(f"client = blocking.connect(url).__enter__()\nclient.register('alice', {PASSWORD!r})\nprint('end')", url)

    assert (run.returncode, run.stdout, run.stderr) == (0, "end\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_is_told_to_connect_anew_and_both_end(url: str) -> None:
    code = f"""
with blocking.connect(url) as client:
    client.register('alice', {PASSWORD!r})
    child = os.fork()
    if not child:
        try:
            client.history(GENERAL)
        except RuntimeError as error:
            print("child:", error, flush=True)
    else:
        os.waitpid(child, 0)
        print("parent:", client.post(GENERAL, "hi").seq, flush=True)
"""
    run = _run(code, url)

    assert run.stderr == ""
    assert run.stdout.splitlines() == [
        "child: this client belongs to the process that this one is a fork of: connect anew here",
        "parent: 1",
    ]
