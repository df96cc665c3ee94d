"""The composition root: puts host, storage and listener together and runs them."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import attrs

from chatcore import Chat, ChatError, StorageError
from chatcore.adapters.sqlite.tools.backup import back_up
from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.adapters.websocket import WebSocketListener
from chatcore.domain.addresses import host_and_port
from chatcore.process.limits import allow_many_files

from .admin.acts import Acts, no_backup
from .admin.audit import Audit
from .admin.databases import Shared, desk
from .admin.listener import Recorded, operator_listener
from .admin.nodes import door_of
from .admin.operating import acts_on
from .config import Config, ConfigError, check_plaintext, default_db
from .door import serve
from .health import Health
from .heap import keep_heap
from .server import Server
from .service_manager import ServiceManager, handed_over
from .storages import kept_at
from .tls import Certificate
from .watching import Watched, watched

try:
    from uvloop import new_event_loop
except ImportError:  # an extra: faster, never required
    from asyncio import new_event_loop  # type: ignore[assignment]


log = logging.getLogger(__name__)

# Objects that are made before young garbage is looked for: a commit makes thousands, and none of them in cycles.
_GC_THRESHOLD = 20_000


class ServerError(Exception):
    """The server cannot start, or cannot go on; the message says why."""


def run(config: Config, announce: Callable[[str], None]) -> None:
    """Serve until told to stop. `announce` is told the URL once clients can come. Raises ServerError."""
    allow_many_files()  # each client is one
    keep_heap()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(config, announce))


async def _serve(config: Config, announce: Callable[[str], None]) -> None:
    certificate = _certificate(config)
    _make_default_folder(config)
    manager = ServiceManager.of(os.environ, os.getpid())
    try:
        async with _composed(config, certificate, manager) as server, _watched(manager):
            # What is there by now stays: the garbage collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(_GC_THRESHOLD)
            log.info("the database is %s", config.db)
            await server.run(announce)
    except ChatError as error:
        raise ServerError(error.message) from error


@asynccontextmanager
async def _composed(config: Config, certificate: Certificate | None, manager: ServiceManager) -> AsyncIterator[Server]:
    async with AsyncExitStack() as stack:
        farewells = stack.enter_context(ExitStack())
        sockets = _handed_over(config)
        kept = kept_at(config.db, config.db_password_file, config.bus, config.bus_credentials)
        chat = Chat(
            storage=kept.storage,
            bus=kept.bus,
            registration=config.registration,
            password_cost=config.password_cost,
            grace=config.grace,
            caps=config.caps,
            throttles=config.throttles,
            node=config.node,
            token_age=config.token_age * 3600,
        )
        await stack.enter_async_context(chat)
        health = Health(kept.storage)
        numbers = await stack.enter_async_context(_watched_by_number(chat, config))
        door = serve(
            chat,
            host=config.host,
            port=config.port,
            origins=config.origin,
            tls=None if certificate is None else certificate.context,
            pages={**health.pages, **numbers.pages},
            keys=numbers.keys,
            proxies=config.trusted_proxy,
            unix=None if config.unix is None else Path(config.unix),
            sockets=sockets,
            path_prefix=config.path_prefix or "",
        )
        listener = await stack.enter_async_context(_listening(door, config))
        server = Server(chat, listener, health, tell=manager.tell)
        if certificate is not None:
            server = attrs.evolve(server, reload=partial(_read_anew, certificate, config))
        acts = Acts(
            copy=partial(back_up, config.db) if isinstance(config.db, Path) else no_backup,
            url=lambda: listener.url,
            active=lambda: len(chat.active()),
            stop=server.order.set,
            since_ms=SystemClock().now_ms(),
        )

        def keep(writer: asyncio.StreamWriter) -> None:  # whoever has the server stop waits for this end
            farewells.callback(writer.close)

        try:
            here = config.db if isinstance(config.db, Path) else Shared(config.db)
            stands_at = door_of(here, config.node)
            recorded = Recorded({**acts.table(), **acts_on(chat)}, Audit(desk(here)), SystemClock().now_ms)
        except StorageError as error:
            log.warning("operators cannot come: %s", error.message)
        else:
            await stack.enter_async_context(operator_listener(stands_at, recorded, SystemIds().token(), keep))
        yield server


@asynccontextmanager
async def _listening(
    door: AbstractAsyncContextManager[WebSocketListener], config: Config
) -> AsyncIterator[WebSocketListener]:
    async with AsyncExitStack() as stack:
        try:
            listener = await stack.enter_async_context(door)
        except OSError as error:
            msg = f"cannot listen on {host_and_port(config.host, config.port)}: {_reason(error)}"
            raise ServerError(msg) from error
        yield listener


def _make_default_folder(config: Config) -> None:
    """Make the folder for the database where the user has not said which; only for their own eyes."""
    with suppress(ConfigError):  # who has no home has named the database
        if isinstance(config.db, Path) and config.db == default_db():
            try:
                config.db.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                msg = f"cannot make the folder {config.db.parent}: {_reason(error)}"
                raise ServerError(msg) from error


@asynccontextmanager
async def _watched_by_number(chat: Chat, config: Config) -> AsyncIterator[Watched]:
    async with AsyncExitStack() as stack:
        try:
            numbers = await stack.enter_async_context(watched(chat, config))
        except OSError as error:
            msg = f"cannot listen on 127.0.0.1:{config.metrics_port} for metrics: {_reason(error)}"
            raise ServerError(msg) from error
        yield numbers


@asynccontextmanager
async def _watched(manager: ServiceManager) -> AsyncIterator[None]:
    telling = asyncio.create_task(manager.keep_alive(SystemClock()))
    try:
        yield
    finally:
        telling.cancel()


def _handed_over(config: Config) -> tuple[socket.socket, ...]:
    """Take the sockets of a service manager; they are bound to what plaintext is bound to."""
    try:
        sockets = handed_over(os.environ, os.getpid())
    except OSError as error:
        raise ServerError(str(error.strerror)) from error
    for one in sockets:
        where = one.getsockname()
        if isinstance(where, tuple) and config.tls_cert is None and not config.allow_plaintext:
            check_plaintext(where[0])
    return sockets


def _certificate(config: Config) -> Certificate | None:
    if config.tls_cert is None or config.tls_key is None:
        return None
    try:
        return Certificate(config.tls_cert, config.tls_key)
    except OSError as error:
        raise ServerError(_unusable(config, error)) from error


def _read_anew(certificate: Certificate, config: Config) -> None:
    try:
        certificate.read_anew()
    except OSError as error:
        log.error("%s; the one that was read before stays", _unusable(config, error))  # noqa: TRY400 - it says all
    else:
        log.info("the certificate %s is read anew", config.tls_cert)


def _unusable(config: Config, error: OSError) -> str:
    return f"cannot use the certificate {config.tls_cert} with the key {config.tls_key}: {_reason(error)}"


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return "they are not a certificate and its key in PEM form, or the key has a password"
    if error.errno in {None, errno.EADDRNOTAVAIL}:  # None: newer asyncio has tried all addresses of the name
        return "this machine does not have the address"
    # A name that was not found has numbers of its own, and says what they mean.
    is_about_a_name = isinstance(error, socket.gaierror)
    return (str(error.strerror) if is_about_a_name else os.strerror(error.errno)).lower()
