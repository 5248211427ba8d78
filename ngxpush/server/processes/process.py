"""What the main block says of a worker's process: user, limits, priority, processors, directory and environment.

A limit that can't be set is logged, and the worker serves without it, as in nginx.
"""

from __future__ import annotations

import grp
import os
import pwd
import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from ...config.directives.core.main import CoreMain
from ..logs.log_files import Say
from ..system.worker_user import ids_of


class CannotServe(Exception):
    """The process can't become what the configuration asks for; nginx's message has been logged."""


def unknown_user(user: Sequence[bytes]) -> str | None:
    """nginx's message for a `user` directive (user, and perhaps group) that this machine does not know; None when it does."""
    name = os.fsdecode(user[0])
    group = os.fsdecode(user[-1])
    if not _is_known(pwd.getpwnam, name):
        return f'getpwnam("{name}") failed'
    if not _is_known(grp.getgrnam, group):
        return f'getgrnam("{group}") failed'
    return None


def owner_of_logs(user: Sequence[bytes]) -> int | None:
    """The uid that is made the owner of new log files, so that workers can open them, too; None: the owner is not changed."""
    return pwd.getpwnam(os.fsdecode(user[0])).pw_uid if user and os.geteuid() == 0 else None


def become_worker(core: CoreMain, number: int, say: Say) -> None:
    """Set this process up as `core` asks for worker `number` (0, 1, …). Raises CannotServe."""
    set_environment(core.env)
    if core.worker_priority is not None:
        _attempt(say, f"setpriority({core.worker_priority})", os.setpriority, os.PRIO_PROCESS, 0, core.worker_priority)
    _limit(say, "RLIMIT_NOFILE", core.worker_rlimit_nofile)
    _limit(say, "RLIMIT_CORE", core.worker_rlimit_core)
    _become_user(core.user, say)
    if core.worker_cpu_affinity is not None and sys.platform == "linux":
        processors = core.worker_cpu_affinity.of_worker(number, sorted(os.sched_getaffinity(0)))
        _attempt(say, "sched_setaffinity()", os.sched_setaffinity, 0, processors)
    directory = core.working_directory
    if directory is not None and not _attempt(say, f'chdir("{os.fsdecode(directory)}")', os.chdir, directory):
        raise CannotServe


def set_environment(env: Sequence[bytes]) -> None:
    """Keep TZ and the variables that `env` names, set those it sets, and remove all others."""
    kept: dict[bytes, bytes] = {}
    for name, equals, value in [entry.partition(b"=") for entry in (b"TZ", *env)]:
        if equals:
            kept[name] = value
        elif name in os.environb:
            kept[name] = os.environb[name]
    os.environb.clear()
    os.environb.update(kept)
    time.tzset()


def _limit(say: Say, name: str, value: int | None) -> None:
    if value is not None:
        _attempt(say, f"setrlimit({name}, {value})", resource.setrlimit, getattr(resource, name), (value, value))


def _become_user(user: Sequence[bytes], say: Say) -> None:
    """Become the user, if this is root's process and the user can read this program: it loads parts of itself later."""
    if not user or os.geteuid() != 0:
        return
    name, (uid, gid) = os.fsdecode(user[0]), ids_of(user)
    os.setegid(gid)
    os.seteuid(uid)
    readable = all(os.access(path, os.R_OK, effective_ids=True) for path in (__file__, os.__file__))
    os.seteuid(0)
    if not readable:
        os.setegid(os.getgid())
        say("warn", f'the user "{name}" can\'t read ngxpush and Python; the workers stay root')
        return
    try:
        os.setgid(gid)
        os.initgroups(name, gid)
        os.setuid(uid)
    except OSError as error:
        say("emerg", f"setuid({uid}) failed ({error.errno}: {error.strerror})")
        raise CannotServe from error


def _attempt(say: Say, what: str, call: Callable[..., Any], *arguments: Any) -> bool:
    """Whether a system call succeeds; nginx's message for its error is logged."""
    try:
        call(*arguments)
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None) or 1  # Python refuses limits above the hard one by itself: EPERM
        say("alert", f"{what} failed ({number}: {os.strerror(number)})")
        return False
    return True


def _is_known(find: Callable[[str], object], name: str) -> bool:
    try:
        find(name)
    except KeyError:
        return False
    return True
