"""What Prometheus is told: a real server is asked, and its page read by Prometheus' own parser."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import chatcore
from chatcore.domain.figures import MOST_CODES, Histogram, Meter
from chatcore.testing.server_process import ServerProcess

Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


async def page(port: int, *headers: str, path: str = "/metrics") -> tuple[int, str, str]:
    """Ask for the page; give status, head and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = "\r\n".join((f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""))
    writer.write(request.encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    return int(head.split()[1]), head, body


def samples(text: str) -> Samples:
    families = list(text_string_to_metric_families(text))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def metrics_port(server: ServerProcess) -> int:
    found = re.search(r"metrics are at http://127\.0\.0\.1:(\d+)/metrics", server.log)
    assert found
    return int(found[1])


async def test_a_scrape_tells_what_people_did(tmp_path: Path) -> None:
    async with (
        ServerProcess(tmp_path / "chat.db", "--metrics-port", "0") as server,
        chatcore.connect(server.url) as alice,
        chatcore.connect(server.url) as stranger,
    ):
        await alice.register("alice", "correct horse battery")
        for text in ("one", "two", "three"):
            await alice.post(chatcore.GENERAL, text)
        with pytest.raises(chatcore.WrongCredentials):
            await stranger.log_in("alice", "another password")

        status, head, body = await page(metrics_port(server))

    found = samples(body)
    assert status == 200
    assert "text/plain" in head
    expected = {
        ("chatcore_messages_total", ()): 3,
        ("chatcore_connections", (("state", "logged_in"),)): 1,
        ("chatcore_connections", (("state", "stranger"),)): 0,
        ("chatcore_connections_opened_total", ()): 2,
        ("chatcore_sessions", ()): 1,
        ("chatcore_active_users", ()): 1,
        ("chatcore_refused_total", (("code", "wrong_credentials"),)): 1,
        ("chatcore_readers_cut_total", ()): 0,
        ("chatcore_pending_changes", ()): 0,
        ("chatcore_pending_hashes", ()): 0,
        ("chatcore_ack_seconds_count", ()): 3,
        ("chatcore_ack_seconds_bucket", (("le", "+Inf"),)): 3,
        ("chatcore_commit_changes_count", ()): 3,
        ("chatcore_commit_changes_sum", ()): 3,
        ("chatcore_commit_changes_bucket", (("le", "1.0"),)): 3,
    }
    assert {name: found.get(name) for name in expected} == expected
    assert 0 < found["chatcore_ack_seconds_sum", ()] < 60
    if sys.platform == "linux":
        assert found["process_resident_memory_bytes", ()] > 0


async def test_names_are_those_of_prometheus_conventions_and_nothing_that_people_choose_is_a_label(
    tmp_path: Path,
) -> None:
    async with (
        ServerProcess(tmp_path / "chat.db", "--metrics-port", "0") as server,
        chatcore.connect(server.url) as alice,
    ):
        await alice.register("alice", "correct horse battery")
        with pytest.raises(chatcore.NotFound):
            await alice.conversation_with("nobody-of-this-name")
        _, _, body = await page(metrics_port(server))

    families = [each for each in text_string_to_metric_families(body) if each.name.startswith("chatcore")]
    assert len(families) >= 12
    for family in families:
        assert re.fullmatch(r"chatcore(_[a-z]+)*", family.name)
        assert family.documentation
        ends = {sample.name.rpartition("_")[2] == "total" for sample in family.samples}
        assert ends <= {family.type == "counter"}
        assert all(set(sample.labels) <= {"code", "state", "le", "version"} for sample in family.samples)
    assert "alice" not in body
    assert "nobody-of-this-name" not in body


async def test_the_port_for_numbers_has_no_chat_and_the_chats_port_no_numbers(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db", "--metrics-port", "0") as server:
        with pytest.raises(chatcore.ChatError):
            async with chatcore.connect(f"ws://127.0.0.1:{metrics_port(server)}") as client:
                await client.register("alice", "correct horse battery")
        status, _, _ = await page(server.port)

    assert status == 404


async def test_with_a_token_from_a_file_the_chats_port_has_the_numbers_and_without_it_not(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("not to be guessed\n")
    async with ServerProcess(tmp_path / "chat.db", "--metrics-token-file", str(file)) as server:
        refused = [
            (await page(server.port, *headers))[0]
            for headers in ((), ("Authorization: Bearer guess",), ("Authorization: not to be guessed",))
        ]
        _, head, _ = await page(server.port)
        status, _, body = await page(server.port, "Authorization: Bearer not to be guessed")

    assert refused == [401, 401, 401]
    assert "WWW-Authenticate: Bearer" in head
    assert (status, samples(body)["chatcore_messages_total", ()]) == (200, 0)
    assert "not to be guessed" not in server.log


async def test_a_token_that_cannot_be_read_ends_the_server_with_one_line(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    for file, told in ((tmp_path / "none", "cannot read the token in"), (empty, "there is no token in")):
        with pytest.raises(RuntimeError, match=f"chatcore-server: {told} {file}"):
            await ServerProcess(tmp_path / "chat.db", "--metrics-token-file", str(file)).start()


def test_a_server_that_is_not_watched_loads_nothing_for_it() -> None:
    program = "import sys, chatcore_server.app, chatcore_server.cli; print('prometheus_client' in sys.modules)"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "False\n"


def test_a_value_is_counted_up_to_its_bound() -> None:
    counted = Histogram((1, 2, 5))

    for value in (0.5, 1, 1.5, 5, 6):
        counted.observe(value)

    assert (counted.counts, counted.sum, counted.total) == ([2, 1, 1, 1], 14, 5)


def test_however_many_codes_there_are_they_are_bounded() -> None:
    meter = Meter()

    for number in range(MOST_CODES + 50):
        meter.refuse(f"code{number}")
    meter.refuse("code0")

    assert len(meter.refused) == MOST_CODES + 1
    assert (meter.refused["other"], meter.refused["code0"]) == (50, 2)
