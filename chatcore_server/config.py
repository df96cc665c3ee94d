"""The settings of the server: one table of what there is, and where each value comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NewType

import attrs

from chatcore import Caps, Rate, Throttles
from chatcore.domain.addresses import NOT_IN_ADDRESSES, Network, has_password, is_loopback, is_postgres
from chatcore.domain.hosts import is_node_name
from chatcore.domain.invitations import REGISTRATIONS
from chatcore.domain.presence import GRACE
from chatcore.process.folders import NoHome, data_folder
from chatcore.process.limits import most_files

from .kinds import Choice, FileName, Kind, Networks, Number, Often, Origins, Prefix, Switch, Text, rate_of

CONFIG_VARIABLE = "CHATCORE_CONFIG"
"""The environment variable that names the TOML file where no flag does."""


class ConfigError(Exception):
    """A setting is wrong; the message says which one, where it stands and what is allowed."""


def default_db() -> Path:
    """Return chat.db in the user's data directory. Raises ConfigError where there is none."""
    try:
        return data_folder() / "chat.db"
    except NoHome as error:
        msg = f"{error}, or name the database with --db"
        raise ConfigError(msg) from error


DatabaseUrl = NewType("DatabaseUrl", str)
"""The address of a PostgreSQL database."""


def database_at(value: str | Path) -> Path | DatabaseUrl:
    """Return what `--db` says. Raises ConfigError where there is a password in it."""
    if not isinstance(value, str):
        return value
    if not is_postgres(value):
        return Path(_at_home(value))
    if has_password(value):  # not with the address: this is read by others
        raise ConfigError(NOT_IN_ADDRESSES)
    return DatabaseUrl(value)


def _at_home(path: str) -> str:
    """Return a path in which ~ at the beginning is the home directory: no shell stands before a file or a unit."""
    try:
        return str(Path(path).expanduser())
    except RuntimeError as error:
        msg = f"{path} cannot be found: {str(error).rstrip('.').lower()}"
        raise ConfigError(msg) from error


def _file(meaning: str) -> Any:  # noqa: ANN401 - the field says its type
    return _setting(FileName(), meaning, converter=lambda path: path if path is None else _at_home(path))


def _setting(kind: Kind, meaning: str, default: object = None, converter: Callable[[Any], Any] | None = None) -> Any:  # noqa: ANN401 - the field says its type
    return attrs.field(default=default, converter=converter, metadata={"kind": kind, "meaning": meaning})


def _often(meaning: str, usual: Rate) -> Any:  # noqa: ANN401 - the field says its type
    return _setting(Often(), meaning, str(usual))


_USUAL, _CAPS = Throttles(), Caps()


@attrs.frozen(kw_only=True)
class Config:
    """All settings and their defaults."""

    host: str = _setting(Text("HOST"), "The address to listen on.", "127.0.0.1")
    port: int = _setting(Number(0, 65535), "The port to listen on; 0 takes a free one.", 8765)
    unix: str | None = _file("A Unix socket to listen on as well, for programs of the same user.")
    db: Path | DatabaseUrl = _setting(  # noqa: RUF009 - attrs takes the Factory for what it is
        FileName("FILE|URL"),
        "The SQLite database, or postgresql://ROLE@HOST/DATABASE. [default: chat.db in your data directory]",
        attrs.Factory(default_db),
        database_at,
    )
    node: str | None = _setting(
        Text("NAME"),
        "What this server is called among those that share a PostgreSQL database; no two that run have one name.",
    )
    bus: str | None = _setting(
        Text("URL"),
        "A NATS server by which servers that share a database ring each other, as nats://HOST:PORT. "
        "[default: through the database itself]",
    )
    bus_credentials: str | None = _file(
        "A file with NAME:PASSWORD, a token or the seed of a key for the bus in its first line, or a .creds file."
    )
    db_password_file: str | None = _file("A file with the password for PostgreSQL in its first line.")
    tls_cert: str | None = _file("The certificate for wss://, in PEM form with its chain.")
    tls_key: str | None = _file("The certificate's key, in PEM form without a password.")
    allow_plaintext: bool = _setting(Switch(), "Let passwords travel readable beyond this machine.", default=False)
    origin: tuple[str, ...] = _setting(Origins(), "A web site whose pages may connect; may be repeated.", (), tuple)
    trusted_proxy: tuple[Network, ...] = _setting(
        Networks(),
        "A proxy that is believed who is behind it (X-Forwarded-For); may be repeated.",
        (),
        lambda given: tuple(map(ip_network, given)),
    )
    path_prefix: str | None = _setting(
        Prefix(), "What the paths begin with, behind a proxy that has other things beside the chat."
    )
    metrics_port: int | None = _setting(
        Number(0, 65535),
        "A port of 127.0.0.1 alone for /metrics, as Prometheus reads it; 0 takes a free one.",
    )
    metrics_token_file: str | None = _file(
        "A file with a token in its first line: who sends it (Bearer) may read /metrics on the chat's port."
    )
    grace: float = _setting(
        Number(0, 3600, "SECONDS", whole=False), "How long a user stays active after a broken connection.", GRACE
    )
    token_age: float = _setting(
        Number(0, 24 * 365, "HOURS", whole=False),
        "How old a session's token may be before a client that comes back gets another one.",
        24.0,
    )
    password_cost: str = _setting(
        Choice(("normal", "low")), "How slowly passwords are hashed; low is for tests and demonstrations.", "normal"
    )
    registration: str = _setting(
        Choice(REGISTRATIONS),
        "Who makes an account for themselves: everybody, who is invited (`chatcore-server invite`), or nobody.",
        "open",
    )
    posts: str = _often("Posts of one user.", _USUAL.posts)
    reads: str = _often("Questions of one user, by what they cost: a number 1, a page 2 to 5.", _USUAL.reads)
    registrations: str = _often("Accounts that people make, in all.", _USUAL.registrations)
    registrations_per_address: str = _often("The same from one address.", _USUAL.registrations_per_address)
    guesses: int = _setting(
        Number(1, 1_000_000), "Log-ins that may fail from one address with one account before waits.", _USUAL.guesses
    )
    guesses_per_address: str = _often("Log-ins that may fail from one address.", _USUAL.guesses_per_address)
    guesses_per_account: str = _often("Log-ins that may fail with one account.", _USUAL.guesses_per_account)
    throttling: str = _setting(
        Choice(("normal", "off")), "Whether these rates are kept; off is for tests and measurements.", "normal"
    )
    connections_per_session: int = _setting(
        Number(1, 1_000_000), "Programs at once that share one log-in.", _CAPS.per_session
    )
    connections_per_user: int = _setting(Number(1, 1_000_000), "Programs at once of one user.", _CAPS.per_user)
    strangers_per_address: int = _setting(
        Number(1, 1_000_000),
        "Connections of one address at once on which nobody is logged in.",
        _CAPS.strangers_per_address,
    )
    strangers: int | None = _setting(
        Number(1, 1_000_000), "The same in all. [default: a quarter of the files that the server may open]"
    )
    log_level: str = _setting(Choice(("debug", "info", "warning", "error")), "The least that is logged.", "info")
    log_format: str = _setting(Choice(("text", "json")), "How the lines of the log are written.", "text")

    @property
    def throttles(self) -> Throttles:
        """How fast who may do what."""
        if self.throttling == "off":
            return Throttles.off()
        return Throttles(
            posts=rate_of(self.posts),
            reads=rate_of(self.reads),
            registrations=rate_of(self.registrations),
            registrations_per_address=rate_of(self.registrations_per_address),
            guesses=self.guesses,
            guesses_per_address=rate_of(self.guesses_per_address),
            guesses_per_account=rate_of(self.guesses_per_account),
        )

    @property
    def caps(self) -> Caps:
        """How many connections there may be."""
        return Caps(
            per_session=self.connections_per_session,
            per_user=self.connections_per_user,
            strangers_per_address=self.strangers_per_address,
            strangers=self.strangers or most_files() // 4,
        )

    def __attrs_post_init__(self) -> None:
        if self.db_password_file is not None and isinstance(self.db, Path):
            msg = "--db-password-file is for a database of PostgreSQL, and --db is a file"
            raise ConfigError(msg)
        if self.node is not None and not is_node_name(self.node):
            msg = f"--node is {self.node!r}: it must be 1 to 64 letters, digits, '.', '_' and '-'"
            raise ConfigError(msg)
        if self.node is not None and isinstance(self.db, Path):
            msg = "--node is for servers that share a database of PostgreSQL, and --db is a file"
            raise ConfigError(msg)
        if self.bus is not None and "@" in self.bus:  # not with the address: this is read by others
            raise ConfigError(NOT_IN_ADDRESSES)
        if self.bus is not None and isinstance(self.db, Path):
            msg = "--bus is for servers that share a database of PostgreSQL, and --db is a file"
            raise ConfigError(msg)
        if self.bus_credentials is not None and self.bus is None:
            msg = "--bus-credentials are for a bus, and there is no --bus"
            raise ConfigError(msg)
        if (self.tls_cert is None) != (self.tls_key is None):
            msg = "--tls-cert and --tls-key are needed both or not at all"
            raise ConfigError(msg)
        if self.tls_cert is None and not self.allow_plaintext:
            check_plaintext(self.host)


def check_plaintext(host: str) -> None:
    """Raise ConfigError where other machines can reach a host, so that passwords would travel readable."""
    if not is_loopback(host):
        msg = (
            f"other machines can reach {host}: encrypt with --tls-cert and --tls-key, "
            "or let passwords travel readable with --allow-plaintext"
        )
        raise ConfigError(msg)


@attrs.frozen
class Setting:
    """One line of the table: a field of `Config` as people meet it."""

    name: str
    "In the TOML file."
    kind: Kind
    meaning: str

    @property
    def flag(self) -> str:
        """How the command line calls it."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """How the environment calls it."""
        return f"CHATCORE_{self.name.upper()}"


def settings() -> tuple[Setting, ...]:
    """List all settings."""
    return tuple(Setting(field.name, field.metadata["kind"], _meaning(field)) for field in attrs.fields(Config))


def _meaning(field: attrs.Attribute[Any]) -> str:
    meaning: str = field.metadata["meaning"]
    has_plain_default = isinstance(field.default, str | int | float) and not isinstance(field.default, bool)
    return f"{meaning} [default: {field.default}]" if has_plain_default else meaning


def load(flags: Mapping[str, str], environment: Mapping[str, str], file: Path | None = None) -> Config:
    """Take each setting from the first that has it: flags, environment, TOML file, default.

    Flags go by the settings' names. An empty environment variable is none. Raises ConfigError.
    """
    return choose(flags, environment, file).config


@attrs.frozen
class Chosen:
    """What holds, and where it was said."""

    config: Config
    sources: Mapping[str, str]
    "By the settings' names: the flag, the variable or the file; nothing for what is as it is by itself."


def choose(flags: Mapping[str, str], environment: Mapping[str, str], file: Path | None = None) -> Chosen:
    """Do what `load` does, and tell where each setting comes from. Raises ConfigError."""
    values = _values(settings(), flags, environment, file)
    config = Config(**{name: value for name, (value, _) in values.items()})
    return Chosen(config, {name: source for name, (_, source) in values.items()})


def database_file(flags: Mapping[str, str], environment: Mapping[str, str], file: Path | None, instead: str) -> Path:
    """Take the setting `db` alone, as `load` does; the others may be wrong, or not meant for this machine.

    Raises ConfigError where the database is no file, with what there is `instead`.
    """
    db = database(flags, environment, file).db
    if not isinstance(db, Path):
        msg = f"this command is for a SQLite file, and {db} is in PostgreSQL: {instead}"
        raise ConfigError(msg)
    return db


@attrs.frozen
class Database:
    """The settings about the database alone."""

    db: Path | DatabaseUrl
    db_password_file: str | None
    bus: str | None
    bus_credentials: str | None


def database(flags: Mapping[str, str], environment: Mapping[str, str], file: Path | None = None) -> Database:
    """Take these settings alone, as `load` does. Raises ConfigError."""
    names = [field.name for field in attrs.fields(Database)]
    only = [setting for setting in settings() if setting.name in names]
    values = {name: value for name, (value, _) in _values(only, flags, environment, file).items()}
    db = database_at(values.pop("db")) if "db" in values else default_db()
    return Database(db, **{name: values.get(name) for name in names if name != "db"})


def _values(
    wanted: Iterable[Setting], flags: Mapping[str, str], environment: Mapping[str, str], file: Path | None
) -> dict[str, tuple[Any, str]]:
    """Return what was said of the settings, and where."""
    table = _read(Path(_at_home(str(file)))) if file else {}
    values = {}
    for setting in wanted:
        kind, variable = setting.kind, environment.get(setting.variable)
        if setting.name in flags:
            values[setting.name] = _checked(setting.flag, kind, kind.parse(flags[setting.name]))
        elif variable:
            values[setting.name] = _checked(setting.variable, kind, kind.parse(variable))
        elif setting.name in table:
            values[setting.name] = _checked(f"{setting.name} in {file}", kind, table[setting.name])
    return values


def _checked(where: str, kind: Kind, value: object) -> tuple[Any, str]:
    if not kind.accepts(value):
        msg = f"{where} is {value!r}: it must be {kind.allowed}"
        raise ConfigError(msg)
    return value, where


def _read(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"cannot read {file}: {(error.strerror or str(error)).lower()}"
        raise ConfigError(msg) from error
    except ValueError as error:
        msg = f"{file} is not a TOML file: {error}"
        raise ConfigError(msg) from error
    names = [setting.name for setting in settings()]
    for name in table:
        if name not in names:
            msg = f"{file} has the unknown setting {name!r}; there are {', '.join(names)}"
            raise ConfigError(msg)
    return table
