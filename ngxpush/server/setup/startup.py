"""From a checked configuration to a server that can start: what is opened and bound, with nginx's order and messages.

The command line and a reload use it; messages go to the `Log` that the caller gives.
"""

from __future__ import annotations

import errno
import mmap
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ...config.addresses import Network
from ...config.analysis import Analysis, Diagnostic
from ...config.compiler import compile_configuration
from ...config.configuration import Configuration, ServedAddress
from ...config.cycle import CreatePath, CreatePidFile, MapMemory, OpenLog
from ...config.directives.core.main import CoreMain
from ...config.directives.http.core import HttpCoreLocation
from ...config.logs import ErrorLogSetting
from ...config.sockets import own_sockets
from ..clients.listeners import CannotBind, ListeningSocket, listen
from ..logs.log_files import ErrorLog, LogFile, LogFiles, open_failed, report_briefly
from ..logs.syslog import Syslog
from ..system.worker_user import identity
from ..tls.faults import CannotLoad
from . import upstream_tls
from .cache_memory import CacheMemory, TooSmallZone, UsesAnotherPath
from .limit_memory import BoundToAnotherKey, LimitMemory
from .reading import Failed, Log, Source, describe
from .server_tls import server_contexts
from .trusted_hosts import trusted_hosts
from .upstream_hosts import upstream_hosts

if TYPE_CHECKING:
    from ...http.local_redirects import LocalRedirects
    from ..redis.url import ChannelsUrl
    from ..system.hosts import Addresses
    from ..tls.server_contexts import ServerContexts
    from ..tls.upstream_contexts import UpstreamContexts


class Setup(Struct, eq=False):
    """A configuration with all it needs open: what a master runs."""

    configuration: Configuration

    # The addresses of its servers, with the ports they have on this machine.
    addresses: tuple[ServedAddress, ...]

    # One for each address that has a socket of its own.
    sockets: list[tuple[ListeningSocket, ServedAddress]]

    # All its log files.
    files: LogFiles

    # The log of the main block.
    error_log: ErrorLog

    # The zones of limit_req and limit_conn.
    limits: LimitMemory

    # The caches of PREFIX_cache_path.
    caches: CacheMemory

    # The addresses of the hosts that set_real_ip_from names.
    trusted: Mapping[bytes, tuple[Network, ...]] = field(default_factory=dict)

    # The addresses of the hosts to which requests are passed; those of others are looked up later.
    hosts: Mapping[bytes, Addresses] = field(default_factory=dict)

    # For TLS of servers; None where there is none.
    tls: ServerContexts | None = None

    # For TLS to upstreams; None where there is none.
    contexts: UpstreamContexts | None = None

    # 0, 1, …: counts the configurations of a master.
    epoch: int = 0

    # Where its channels are; None: in its processes.
    channels: ChannelsUrl | None = None

    # What the configuration was made of, for those who show it (`ngxpush run`); None where no one does.
    analysis: Analysis | None = None

    # Where redirects lead that are not to leave this machine; None: where they say.
    redirects: LocalRedirects | None = None

    def reopen(self, failed: Callable[[str], None], owner: int | None = None) -> None:
        """Open the log files again, and have standard error follow. See LogFiles.reopen."""
        self.files.reopen(failed, owner)
        self.error_log.redirect_stderr()


def set_up(
    source: Source,
    analysis: Analysis,
    log: Log,
    before: Setup | None = None,
    testing: bool = False,
    accepted: Callable[[Configuration], None] = lambda configuration: None,
) -> Setup:
    """Load certificates, make the directories, open the logs, bind the sockets. Raises Failed; then nothing is left open.

    before: at a reload, the setup in force: its sockets are kept where their address is still wanted.
    testing: for `nginx -t`: the pid file is made, too, and addresses in use are no errors.
    accepted: is called with it when all that it says makes sense, and nothing has been made or opened.
    """
    configuration = compile_configuration(analysis)
    http = configuration.http
    tls, contexts = server_contexts(http, log), _contexts(configuration, log)
    accepted(configuration)
    files = LogFiles()
    try:
        lacking = take_steps(analysis, files, log, testing)
        trusted, hosts = ({}, {}) if http is None else (trusted_hosts(http), upstream_hosts(http))
        error_log = _main_log(configuration, files, source.error_log, log)
        say = error_log.log if before else report_twice(error_log)
        if lacking is not None:
            _report_lack(lacking, say)
            raise Failed
        _log_notices(analysis, error_log)
        limits, caches = _limits(configuration, before, say), _caches(configuration, before, log, say)
        channels = _channels(configuration, source, say, error_log, testing)
        sockets = bind(configuration, before, say, testing)
    except Failed:
        files.close()
        raise
    addresses = () if http is None else http.addresses
    epoch = before.epoch + 1 if before else 0
    return Setup(
        configuration, addresses, sockets, files, error_log, limits, caches, trusted, hosts, tls, contexts, epoch, channels
    )


def take_steps(analysis: Analysis, files: LogFiles, log: Log, testing: bool) -> int | None:
    """Do what nginx does after `syntax is ok`, in its order. Raises Failed.

    Returns the bytes of the first zone the machine has no memory for; the steps after it are not taken.
    """
    for step in analysis.steps:
        match step:
            case Diagnostic():
                if step.fatal:
                    log(step.level, describe(step))
                    raise Failed
            case CreatePidFile():
                if testing:
                    _touch(os.fsdecode(step.path), log)
            case CreatePath():
                _make_directory(os.fsdecode(step.path), log)
                _give_away(step.path, analysis)
            case OpenLog():
                _open(files, os.fsdecode(step.path), log)
            case MapMemory():
                if not _can_map(step.size):
                    return step.size
    return None


def _can_map(size: int) -> bool:
    """Whether the machine lets a process map so many bytes. They are given back at once."""
    try:
        mmap.mmap(-1, size).close()
    except (OSError, OverflowError):
        return False
    return True


def _report_lack(size: int, log: Log) -> None:
    """What nginx says of a zone without memory: it also tries to give back what it has not got."""
    log("alert", f"mmap(MAP_ANON|MAP_SHARED, {size}) failed ({errno.ENOMEM}: {os.strerror(errno.ENOMEM)})")
    log("alert", f"munmap(FFFFFFFFFFFFFFFF, {size}) failed ({errno.EINVAL}: {os.strerror(errno.EINVAL)})")


def _give_away(path: bytes, analysis: Analysis) -> None:
    """Make a directory for temporary files that of nginx's workers, which may move files there and remove them."""
    setting = analysis.root.own("user")
    owner = identity(setting.value if setting is not None and setting.value is not None else ())
    if owner is not None:
        with suppress(OSError):
            os.chown(path, owner[0], -1)


def bind(
    configuration: Configuration, before: Setup | None, log: Log, testing: bool
) -> list[tuple[ListeningSocket, ServedAddress]]:
    """The listening sockets with the addresses they are for. Raises Failed."""
    addresses = [] if configuration.http is None else own_sockets(configuration.http.addresses)
    inherited = [listening for listening, _ in before.sockets] if before else []
    try:
        sockets = listen([address.listen for address in addresses], inherited, log, testing)
    except CannotBind:
        raise Failed from None
    by_key = {address.listen.key: address for address in addresses}
    return [(listening, by_key[listening.address.key]) for listening in sockets]


def _main_log(configuration: Configuration, files: LogFiles, default: str | None, log: Log) -> ErrorLog:
    try:
        return make_main_log(configuration, files, default)
    except OSError as error:
        log("emerg", open_failed(default or "stderr", error))
        raise Failed from error


def _limits(configuration: Configuration, before: Setup | None, log: Log) -> LimitMemory:
    try:
        return LimitMemory(configuration.http, before.limits if before else None)
    except BoundToAnotherKey as error:
        log("emerg", str(error))
        raise Failed from None


def _caches(configuration: Configuration, before: Setup | None, log: Log, say: Log) -> CacheMemory:
    """log: that of the old configuration.  say: that of the new one."""
    try:
        return CacheMemory(configuration.http, before.caches if before else None)
    except UsesAnotherPath as error:
        say("emerg", str(error))
        raise Failed from None
    except TooSmallZone as error:
        log("crit", str(error))
        raise Failed from None


def _contexts(configuration: Configuration, log: Log) -> UpstreamContexts | None:
    try:
        return upstream_tls.load(configuration.http)
    except CannotLoad as error:
        log("emerg", str(error))
        raise Failed from None


def _channels(configuration: Configuration, source: Source, say: Log, error_log: ErrorLog, testing: bool) -> ChannelsUrl | None:
    """Where the channels are. `nginx -t` does not look whether they can be reached. Raises Failed."""
    if source.channels is None:
        return None
    from ..redis.reaching import find_channels
    from ..redis.url import ChannelsUnreachable

    try:
        found = find_channels(configuration, source.channels, partial(say, "warn"), reaching=not testing)
    except ChannelsUnreachable as error:
        say("emerg", str(error))
        raise Failed from None
    if found is not None and not testing:
        error_log.log("notice", f"the channels are in {found}")
    return found


def make_error_log(settings: tuple[ErrorLogSetting, ...], files: LogFiles) -> ErrorLog:
    """The error log that error_log directives describe."""
    targets, servers = _destinations(settings, files)
    return ErrorLog(targets, servers)


def make_main_log(configuration: Configuration, files: LogFiles, default: str | None) -> ErrorLog:
    """The error log of the main block. If no directive names a file for it, it has also `default` or standard error, at level
    error: nginx needs a file that standard error is redirected to. Raises OSError.
    """
    targets, servers = _destinations(configuration.of(CoreMain).error_log, files)
    if not targets:
        targets.append((files.open(default or "stderr"), "error"))
    return ErrorLog(targets, servers, any(setting.stderr for setting in _error_logs(configuration)))


def _destinations(
    settings: tuple[ErrorLogSetting, ...], files: LogFiles
) -> tuple[list[tuple[LogFile, str]], list[tuple[Syslog, str]]]:
    targets, servers = [], []
    for setting in settings:
        if setting.stderr:
            targets.append((files.open("stderr"), setting.level))
        elif setting.path is not None:
            targets.append((files.open(os.fsdecode(setting.path)), setting.level))
        elif setting.syslog is not None:
            servers.append((Syslog(setting.syslog), setting.level))
    return targets, servers


def _error_logs(configuration: Configuration) -> Iterator[ErrorLogSetting]:
    """The settings of all blocks."""
    http = configuration.http
    blocks = () if http is None else http.each(HttpCoreLocation)
    return chain(configuration.of(CoreMain).error_log, *(block.error_log for block in blocks))


def has_debug_log(configuration: Configuration) -> bool:
    """Whether some error log takes lines of level debug."""
    return any(setting.level == "debug" for setting in _error_logs(configuration))


def _log_notices(analysis: Analysis, error_log: ErrorLog) -> None:
    """Write what is not an error to the error log, which is open by now, and not to the terminal."""
    for step in analysis.steps:
        if isinstance(step, Diagnostic) and not step.fatal:
            error_log.log(step.level, describe(step))


def report_twice(error_log: ErrorLog) -> Log:
    """A `Log` for a start whose error log is open: it writes there and, briefly, to the terminal."""

    def log(level: str, text: str) -> None:
        error_log.log(level, text)
        if not error_log.on_stderr:
            report_briefly(level, text)

    return log


def _touch(path: str, log: Log) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))
    except OSError as error:
        log("emerg", open_failed(path, error))
        raise Failed from error


def _make_directory(path: str, log: Log) -> None:
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass
    except OSError as error:
        log("emerg", f'mkdir() "{path}" failed ({error.errno}: {error.strerror})')
        raise Failed from error


def _open(files: LogFiles, path: str, log: Log) -> None:
    try:
        files.open(path)
    except OSError as error:
        log("emerg", open_failed(path, error))
        raise Failed from error
