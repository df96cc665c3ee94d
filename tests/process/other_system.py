"""Makes this system look like one that is no Unix, then runs a module: `python other_system.py MODULE [ARGUMENTS…]`.

Hidden are the modules and names that the standard library's documentation (3.11 to 3.14) gives as "Availability: Unix",
as far as programs like ours could be tempted to use them, and `sys.platform` says win32. Packages of others have their
own ways on other systems, which cannot be tried here: they are loaded before.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import runpy
import select
import shutil
import signal
import socket
import sys
import time
import types
from asyncio import unix_events
from collections.abc import Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from typing import Self

OF_OTHERS = """
    aiosqlite argon2 attrs cattrs click concurrent.futures filelock getpass gettext logging orjson platformdirs
    platformdirs.unix prompt_toolkit.application prompt_toolkit.input.vt100 prompt_toolkit.output.defaults
    prompt_toolkit.output.vt100 prompt_toolkit.shortcuts pyte ssl subprocess tempfile websockets.asyncio.client
    websockets.asyncio.server zoneinfo
    PIL.Image PIL.ImageDraw PIL.ImageFont PIL.ImageTk tkinter tkinter.font ttkbootstrap
"""

MODULES = frozenset({"crypt", "curses", "fcntl", "grp", "nis", "ossaudiodev", "pty", "pwd", "readline", "resource"})
MODULES |= {"spwd", "syslog", "termios", "tty", "uvloop"}
"""Chapter "Unix-specific services", what else Windows lacks, and a package that there is for Unix only."""

NAMES = {
    os: """
        chown chroot confstr ctermid eventfd fchdir fchmod fchown fdatasync fork forkpty fpathconf fstatvfs getegid
        geteuid getgid getgrouplist getgroups getloadavg getpgid getpgrp getpriority getresgid getresuid getsid getuid
        initgroups killpg lchown lockf login_tty major makedev memfd_create minor mkfifo mknod nice openpty pathconf
        pidfd_open pipe2 posix_fadvise posix_fallocate posix_openpt posix_spawn posix_spawnp pread preadv pwrite pwritev
        readv register_at_fork sched_getaffinity sched_setaffinity sched_yield sendfile setegid seteuid setgid setgroups
        setns setpgid setpriority setregid setresgid setresuid setreuid setsid setuid splice statvfs sync sysconf
        tcgetpgrp tcsetpgrp ttyname uname unshare wait wait3 wait4 waitid writev copy_file_range
        O_ASYNC O_CLOEXEC O_DIRECT O_DIRECTORY O_DSYNC O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RSYNC
        O_SYNC O_TMPFILE F_LOCK F_TLOCK F_ULOCK EX_OK EX_USAGE EX_NOINPUT EX_UNAVAILABLE EX_SOFTWARE EX_IOERR
    """,
    signal: """
        SIGALRM SIGBUS SIGCHLD SIGCLD SIGCONT SIGHUP SIGIO SIGIOT SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT
        SIGSTKFLT SIGSTOP SIGSYS SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU
        SIGXFSZ SIG_BLOCK SIG_UNBLOCK SIG_SETMASK alarm getitimer pause pidfd_send_signal pthread_kill pthread_sigmask
        setitimer siginterrupt sigpending sigtimedwait sigwait sigwaitinfo
    """,
    socket: "AF_UNIX AF_NETLINK AF_PACKET CMSG_LEN CMSG_SPACE SCM_RIGHTS SO_REUSEPORT recv_fds send_fds sethostname",
    select: "devpoll epoll kqueue poll",
    time: "tzset pthread_getcpuclockid clock_settime",
}

OF_THE_LOOP = ("add_signal_handler", "remove_signal_handler", "create_unix_server", "create_unix_connection")


class Unknown:
    """Finds no module that the other system does not have."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def load_others() -> None:
    for name in OF_OTHERS.split():
        with suppress(ImportError):  # whoever needs it says so
            importlib.import_module(name)
    asyncio.new_event_loop().close()  # newer ones look for the system's loop only when one is made


def hide() -> None:
    sys.meta_path.insert(0, Unknown())
    for name in [name for name in sys.modules if name.partition(".")[0] in MODULES]:
        del sys.modules[name]
    for module, names in NAMES.items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    for name in OF_THE_LOOP:
        setattr(unix_events._UnixSelectorEventLoop, name, not_implemented)


def not_implemented(*_: object, **__: object) -> None:
    raise NotImplementedError


class FreeLock:
    """A lock of a file that nobody else wants: those of the package ask again and again which system this is."""

    def __init__(self, path: object, timeout: float = -1, **_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Nobody has it."""

    def release(self) -> None:
        """Nobody waits for it."""


def put_in_their_place() -> None:
    """Give what Windows has instead, as far as it is needed here."""
    windows = types.ModuleType("msvcrt")
    windows.__dict__.update(LK_NBLCK=2, LK_UNLCK=0, locking=lambda *_: None)
    sys.modules["msvcrt"] = windows
    importlib.import_module("filelock").__dict__["FileLock"] = FreeLock
    socket.__dict__["socketpair"] = pair
    os.__dict__["process_cpu_count"] = os.cpu_count  # as there (Python 3.13); threads ask for it
    shutil.__dict__["disk_usage"] = lambda _: types.SimpleNamespace(free=1 << 40)  # by a call of that system


def pair(*_: object) -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = socket.create_connection(listening.getsockname())
        return one, listening.accept()[0]


def load(packages: Sequence[str]) -> list[str]:
    """Load every module of some packages."""
    names = [
        module.name
        for package in packages
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        if not module.name.endswith("__main__")
    ]
    for name in names:
        importlib.import_module(name)
    return names


if __name__ == "__main__":
    load_others()
    hide()
    put_in_their_place()
    sys.platform = "win32"
    module, *arguments = sys.argv[1:]
    if module == "load":
        print(*load(arguments), sep="\n")  # noqa: T201 - whoever runs this wants to know
    else:
        load(["chatcore", "chatcore_server", "chatcore_cli"])
        sys.argv[:] = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
