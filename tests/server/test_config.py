"""Where the server's settings come from, and what is said of wrong ones."""

from ipaddress import ip_network
from pathlib import Path

import attrs
import pytest

from chatcore import Caps, Rate, Throttles
from chatcore.domain.rates import ANY
from chatcore.process.limits import most_files
from chatcore_server.config import Config, ConfigError, database_file, default_db, load, settings

# A value other than the default for each setting: as text, as TOML has it, and what it means.
VALUES: dict[str, tuple[str, str, object]] = {
    "host": ("::1", '"::1"', "::1"),
    "port": ("7000", "7000", 7000),
    "unix": ("/run/a.sock", '"/run/a.sock"', "/run/a.sock"),
    "db": ("/tmp/a.db", '"/tmp/a.db"', Path("/tmp/a.db")),  # noqa: S108 - nothing is written there
    "node": ("berlin", '"berlin"', "berlin"),
    "bus": ("nats://bus.example", '"nats://bus.example"', "nats://bus.example"),
    "bus_credentials": ("c.txt", '"c.txt"', "c.txt"),
    "db_password_file": ("p.txt", '"p.txt"', "p.txt"),
    "tls_cert": ("c.pem", '"c.pem"', "c.pem"),
    "tls_key": ("k.pem", '"k.pem"', "k.pem"),
    "allow_plaintext": ("true", "true", True),
    "origin": (
        "https://a.example http://b:80",
        '["https://a.example", "http://b:80"]',
        ("https://a.example", "http://b:80"),
    ),
    "trusted_proxy": (
        "10.0.0.1 fd00::/8",
        '["10.0.0.1", "fd00::/8"]',
        (ip_network("10.0.0.1"), ip_network("fd00::/8")),
    ),
    "path_prefix": ("/a/chat", '"/a/chat"', "/a/chat"),
    "metrics_port": ("9000", "9000", 9000),
    "metrics_token_file": ("t.txt", '"t.txt"', "t.txt"),
    "grace": ("0.5", "0.5", 0.5),
    "token_age": ("0.5", "0.5", 0.5),
    "password_cost": ("low", '"low"', "low"),
    "registration": ("closed", '"closed"', "closed"),
    "posts": ("3/s after 9", '"3/s after 9"', "3/s after 9"),
    "reads": ("off", '"off"', "off"),
    "registrations": ("60/m after 9", '"60/m after 9"', "60/m after 9"),
    "registrations_per_address": ("36/h after 9", '"36/h after 9"', "36/h after 9"),
    "guesses": ("7", "7", 7),
    "guesses_per_address": ("1/s after 9", '"1/s after 9"', "1/s after 9"),
    "guesses_per_account": ("1/s after 8", '"1/s after 8"', "1/s after 8"),
    "throttling": ("off", '"off"', "off"),
    "connections_per_session": ("3", "3", 3),
    "connections_per_user": ("4", "4", 4),
    "strangers_per_address": ("5", "5", 5),
    "strangers": ("6", "6", 6),
    "log_level": ("DEBUG", '"debug"', "debug"),
    "log_format": ("json", '"json"', "json"),
}
# The two files of a certificate go together, and a password with a database that asks for one.
COMPANIONS = {
    "tls_cert": {"tls_key": "k.pem"},
    "tls_key": {"tls_cert": "c.pem"},
    "db_password_file": {"db": "postgresql://chat@db.example/chat"},
    "node": {"db": "postgresql://chat@db.example/chat"},
    "bus": {"db": "postgresql://chat@db.example/chat"},
    "bus_credentials": {"db": "postgresql://chat@db.example/chat", "bus": "nats://bus.example"},
}


def toml(folder: Path, text: str) -> Path:
    file = folder / "chatcore.toml"
    file.write_text(text)
    return file


def test_the_table_of_this_test_has_every_setting() -> None:
    assert list(VALUES) == [setting.name for setting in settings()] == [field.name for field in attrs.fields(Config)]


def test_without_anything_the_server_is_for_this_machine_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    config = load({}, {})

    assert (config.host, config.port, config.db) == ("127.0.0.1", 8765, tmp_path / "chatcore" / "chat.db")
    assert (config.tls_cert, config.allow_plaintext, config.origin) == (None, False, ())
    assert (config.grace, config.password_cost) == (5.0, "normal")


@pytest.mark.parametrize("name", VALUES)
def test_each_setting_can_stand_on_the_command_line_in_the_environment_and_in_the_file(
    name: str, tmp_path: Path
) -> None:
    text, in_toml, meaning = VALUES[name]
    companions = COMPANIONS.get(name, {})

    configs = [
        load({name: text, **companions}, {}),
        load(companions, {f"CHATCORE_{name.upper()}": text}),
        load(companions, {}, toml(tmp_path, f"{name} = {in_toml}")),
    ]

    assert [getattr(config, name) for config in configs] == [meaning] * 3


@pytest.mark.parametrize(
    ("flags", "environment", "file", "expected"),
    [
        ({"port": "1"}, {"CHATCORE_PORT": "2"}, "port = 3", 1),
        ({}, {"CHATCORE_PORT": "2"}, "port = 3", 2),
        ({}, {"CHATCORE_PORT": ""}, "port = 3", 3),
        ({}, {}, "port = 3", 3),
        ({}, {}, "", 8765),
    ],
)
def test_the_command_line_goes_before_the_environment_and_that_before_the_file(
    flags: dict[str, str], environment: dict[str, str], file: str, expected: int, tmp_path: Path
) -> None:
    assert load(flags, environment, toml(tmp_path, file)).port == expected


def complaint(
    flags: dict[str, str] | None = None, environment: dict[str, str] | None = None, file: Path | None = None
) -> str:
    with pytest.raises(ConfigError) as caught:
        load(flags or {}, environment or {}, file)
    return str(caught.value)


PORTS = "it must be a whole number from 0 to 65535"
PREFIXES = "it must be a path like /chat, which begins with a slash and does not end with one"
FILES = "it must be the name of a file, in letters that the locale has and without a zero"
ORIGINS = "it must be a list of origins like https://chat.example, with scheme and host and without a path"


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("port", "'http'", PORTS),
        ("port", "65536", PORTS),
        ("port", "-1", PORTS),
        ("port", "'80.5'", PORTS),
        ("host", "''", "it must be a text that is not empty"),
        ("grace", "'soon'", "it must be a number from 0 to 3600"),
        ("grace", "nan", "it must be a number from 0 to 3600"),
        ("password_cost", "'high'", "it must be normal or low"),
        ("log_level", "'loud'", "it must be debug, info, warning or error"),
        ("allow_plaintext", "'perhaps'", "it must be true or false"),
        ("path_prefix", "'chat'", PREFIXES),
        ("path_prefix", "'/chat/'", PREFIXES),
        ("path_prefix", "'/'", PREFIXES),
        ("origin", "['chat.example']", ORIGINS),
        ("origin", "['https://chat.example/path']", ORIGINS),
    ],
)
def test_a_wrong_value_is_told_with_its_place_and_what_is_allowed(name: str, text: str, allowed: str) -> None:
    flag = f"--{name.replace('_', '-')}"

    told = complaint({name: text.strip("[]'")})

    assert told == f"{flag} is {text}: {allowed}"


def test_a_wrong_value_in_the_environment_is_told_with_its_variable() -> None:
    assert complaint(environment={"CHATCORE_PORT": "many"}) == f"CHATCORE_PORT is 'many': {PORTS}"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('port = "8765"', f"port in {{file}} is '8765': {PORTS}"),
        ("port = true", f"port in {{file}} is True: {PORTS}"),
        ("port = 80.0", f"port in {{file}} is 80.0: {PORTS}"),
        ("grace = true", "grace in {file} is True: it must be a number from 0 to 3600"),
        ("db = 5", f"db in {{file}} is 5: {FILES}"),
        ('tls_cert = ""', f"tls_cert in {{file}} is '': {FILES}"),
        ('unix = "a\\u0000b"', f"unix in {{file}} is 'a\\x00b': {FILES}"),
        ('allow_plaintext = "yes"', "allow_plaintext in {file} is 'yes': it must be true or false"),
        ('origin = "https://chat.example"', f"origin in {{file}} is 'https://chat.example': {ORIGINS}"),
    ],
)
def test_the_file_has_to_have_the_right_types(line: str, told: str, tmp_path: Path) -> None:
    file = toml(tmp_path, line)

    assert complaint(file=file) == told.format(file=file)


@pytest.mark.parametrize("line", ["prot = 1", "allow-plaintext = true", "[serve]", 'config = "other.toml"'])
def test_an_unknown_setting_in_the_file_is_told_beside_the_known_ones(line: str, tmp_path: Path) -> None:
    file = toml(tmp_path, line)
    name = line.strip("[]").split(" =")[0]

    assert complaint(file=file) == f"{file} has the unknown setting {name!r}; there are {', '.join(VALUES)}"


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    assert complaint(file=tmp_path / "none") == f"cannot read {tmp_path / 'none'}: no such file or directory"


@pytest.mark.parametrize("content", [b"port 8765", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_told(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "chatcore.toml"
    file.write_bytes(content)

    assert complaint(file=file).startswith(f"{file} is not a TOML file: ")


@pytest.mark.parametrize("given", ["tls_cert", "tls_key"])
def test_a_certificate_needs_its_key_and_a_key_its_certificate(given: str) -> None:
    assert complaint({given: "some.pem"}) == "--tls-cert and --tls-key are needed both or not at all"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "chat.example"])
def test_plaintext_beyond_this_machine_needs_to_be_allowed(host: str) -> None:
    assert complaint({"host": host}) == (
        f"other machines can reach {host}: encrypt with --tls-cert and --tls-key, "
        "or let passwords travel readable with --allow-plaintext"
    )
    assert load({"host": host, "allow_plaintext": "true"}, {}).host == host
    assert load({"host": host, "tls_cert": "c.pem", "tls_key": "k.pem"}, {}).host == host


def test_the_database_is_found_though_other_settings_are_wrong(tmp_path: Path) -> None:
    file = tmp_path / "chatcore.toml"
    file.write_text('db = "file.db"\nport = "many"\n')
    wrong = {"CHATCORE_HOST": "0.0.0.0", "CHATCORE_GRACE": "long"}

    found = [
        database_file({"db": "flag.db"}, {**wrong, "CHATCORE_DB": "variable.db"}, file, ""),
        database_file({}, {**wrong, "CHATCORE_DB": "variable.db"}, file, ""),
        database_file({}, wrong, file, ""),
        database_file({}, wrong, None, ""),
    ]

    assert found == [Path("flag.db"), Path("variable.db"), Path("file.db"), default_db()]


def test_what_the_server_throttles_by_itself_is_what_a_chat_does() -> None:
    assert Config().throttles == Throttles()
    assert Config().caps == Caps(strangers=most_files() // 4)
    assert Config(throttling="off").throttles == Throttles.off()


@pytest.mark.parametrize(
    ("text", "rate"),
    [("50/s after 500", Rate(50, 500)), ("36/h after 2", Rate(0.01, 2)), ("6/m after 1", Rate(0.1, 1)), ("off", ANY)],
)
def test_a_rate_is_said_as_people_say_it(text: str, rate: Rate) -> None:
    assert Config(posts=text).throttles.posts == rate


@pytest.mark.parametrize(
    "text", ["", "50", "0/s after 5", "5/s after 0", "5/d after 5", "-1/s after 5", "5/s after  5"]
)
def test_what_says_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--posts is .*: it must be like 50/s after 500"):
        load({"posts": text}, {})


def test_caps_and_guesses_are_taken_over() -> None:
    config = load(
        {
            "connections_per_session": "3",
            "connections_per_user": "4",
            "strangers_per_address": "5",
            "strangers": "6",
            "guesses": "7",
            "guesses_per_address": "8/h after 8",
            "guesses_per_account": "9/h after 9",
            "registrations": "1/s after 10",
            "registrations_per_address": "1/s after 11",
            "reads": "1/s after 12",
        },
        {},
    )

    assert config.caps == Caps(per_session=3, per_user=4, strangers_per_address=5, strangers=6)
    assert config.throttles == Throttles(
        reads=Rate(1, 12),
        registrations=Rate(1, 10),
        registrations_per_address=Rate(1, 11),
        guesses=7,
        guesses_per_address=Rate(8 / 3600, 8),
        guesses_per_account=Rate(9 / 3600, 9),
    )


@pytest.mark.parametrize(
    "url", ["postgresql://chat:secret@db/chat", "postgresql://db/chat?password=secret", "postgresql://chat:secret@[/c"]
)
def test_an_address_with_a_password_in_it_is_refused_and_not_repeated(url: str) -> None:
    told = complaint({"db": url})

    assert told == "an address is seen in lists of processes and in logs: keep the password in a file of its own"


@pytest.mark.parametrize("name", ["unix", "metrics_token_file", "db", "db_password_file", "tls_cert", "tls_key"])
def test_a_file_may_be_named_from_the_home_directory(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    config = load({**COMPANIONS.get(name, {}), name: "~/chat/file"}, {})

    assert str(getattr(config, name)) == f"{tmp_path}/chat/file"


def test_the_home_directory_of_nobody_is_told() -> None:
    assert complaint({"db": "~nobody-of-this-name/chat.db"}).startswith(
        "~nobody-of-this-name/chat.db cannot be found: "
    )
