"""`ngxpush run`: one process serves a configuration, on a machine that may lack what the configuration asks for."""

from __future__ import annotations

import errno
import os
import socket
import stat
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from ...config.analysis import Analysis
from ...config.compiler import compile_configuration
from ...config.configuration import Configuration, Http, ListenAddress, ServedAddress, Server
from ...config.cycle import OpenLog
from ...config.directives.http.log import DEFAULT_LOG, AccessLog
from ...config.sockets import own_sockets
from ..clients.listeners import ListeningSocket, address_name, bind
from ..logs.log_files import STDERR, LogFiles, open_log
from ..processes import worker
from ..processes.daemon import PidFile, living
from ..processes.foreground_server import Beside, ForegroundServer, Renewal
from .cache_memory import CacheMemory
from .limit_memory import LimitMemory
from .server_tls import lenient_contexts
from .serving import load
from .startup import Setup, make_main_log
from .trusted_hosts import trusted_hosts
from .upstream_tls import load_what_is_there

if TYPE_CHECKING:
    from ..redis.channels import ChannelsPlaces
    from ..redis.url import ChannelsUrl

Warn = Callable[[str], None]
"""Reports what is missing, and what is done instead."""

# Added to a port that only root may listen on: 80 becomes 8080, as is usual.
_OFFSET = 8000
_PRIVILEGED = 1024
_LOOPBACK_NETWORK = b"127.0.0."
# What the system says of an address that is not one of this machine.
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL)
_CHOOSE = "--listen {port}=PORT or --port-offset N choose another one"


class CannotListen(Exception):
    """An address can't be bound, and no other can take its place; the text says why."""


class Ports(Struct, eq=False):
    """Where ports go. moved: port → port.  offset: is added to all others.

    host: an IP address to bind in place of all addresses of the machine (`listen 80`, `listen [::]:80`); None: all of them.
    free: a directory; each port goes to one that is free, each address that other machines may reach to one of loopback, and each
    unix socket into that directory. None: they stay.
    """

    moved: dict[int, int] = field(default_factory=dict)
    offset: int = 0
    host: str | None = None
    free: str | None = None

    def of(self, listen: ListenAddress) -> ListenAddress:
        """The address with the port it has here."""
        if listen.path is not None:
            return listen if self.free is None else replace(listen, path=_place_in(self.free, listen.path))
        if self.free is not None:
            return replace(listen, port=self.moved.get(listen.port, 0))
        return replace(listen, port=self.moved.get(listen.port, listen.port + self.offset))

    def replaces(self, listen: ListenAddress) -> bool:
        """Whether an address of the other kind is bound in place of this one: of IPv4 for IPv6, or the other way round."""
        return self.bound(listen).ipv6 is not listen.ipv6

    def bound(self, listen: ListenAddress) -> ListenAddress:
        """What is bound for an address: it, or `host` where it means all addresses of the machine."""
        if self.host is None or not listen.is_wildcard:
            return listen
        return replace(listen, host=self.host.encode(), ipv6=":" in self.host)


def _place_in(directory: str, path: bytes) -> bytes:
    """Where the file of a unix socket is in another directory; two of them have two places."""
    return os.path.join(os.fsencode(directory), path.strip(b"/").replace(b"/", b"_"))


def set_up(
    analysis: Analysis,
    ports: Ports,
    warn: Warn,
    before: Setup | None = None,
    opener: Callable[[str], int] | None = None,
    place: Callable[[bytes], bytes] | None = None,
    places: ChannelsPlaces | None = None,
    take_stderr: Callable[[bytes], None] | None = None,
) -> Setup:
    """Open the logs and bind the sockets of an accepted configuration.

    before: at a reload, the setup in force: what the new one also has is shared with it, the sockets by descriptors of their own.
    opener: returns a descriptor for the path of a log; None: its file is opened, or it goes to standard error.
    place: makes the directory of a cache, and returns its path; None: it is where the configuration says, or in this user's.
    places: where channels are; None: in the memory of this process.
    take_stderr: gets what logs write to standard error; None: it is written at once, so it may wait for a terminal.
    Raises CannotListen, CannotLoad, BoundToAnotherKey, UsesAnotherPath, TooSmallZone, ChannelsUnreachable; then nothing is left
    open.
    """
    configuration = compile_configuration(analysis)
    http = configuration.http
    files = _opened_logs(analysis, opener or partial(_open_log, warn=warn, unasked=_unasked_log(analysis, http)), take_stderr)
    try:
        if before is None:
            _check_moved(ports, () if http is None else http.addresses)
        error_log = make_main_log(configuration, files, None)
        tls, contexts = lenient_contexts(http, warn), load_what_is_there(http, warn)
        load(configuration)
        limits = LimitMemory(http, None if before is None else before.limits)
        caches = CacheMemory(http, None if before is None else before.caches, place or partial(_cache_directory, warn=warn))
        channels = None if places is None else _channels(configuration, places, warn)
        sockets, addresses = bind_all(() if http is None else http.addresses, ports, warn, kept=_kept(before, ports))
    except Exception:
        files.close()
        raise
    trusted, epoch = {} if http is None else trusted_hosts(http), 0 if before is None else before.epoch + 1
    return Setup(
        configuration, addresses, sockets, files, error_log, limits, caches, trusted, {}, tls, contexts, epoch, channels, analysis
    )


def _opened_logs(analysis: Analysis, opener: Callable[[str], int], take_stderr: Callable[[bytes], None] | None) -> LogFiles:
    files = LogFiles(opener, take_stderr)
    for step in analysis.steps:
        if isinstance(step, OpenLog):
            files.open(os.fsdecode(step.path))
    return files


def _channels(configuration: Configuration, places: ChannelsPlaces, warn: Warn) -> ChannelsUrl | None:
    from ..redis.reaching import find_channels  # only --channels needs it

    return find_channels(configuration, places, warn)


def _check_moved(ports: Ports, addresses: tuple[ServedAddress, ...]) -> None:
    """Refuse to move a port that no server has. Raises CannotListen."""
    known = dict.fromkeys(address.listen.port for address in addresses if address.listen.path is None)
    for port, wanted in ports.moved.items():
        if port not in known:
            there = f"the ports there are: {', '.join(map(str, known))}" if known else "there are no ports"
            raise CannotListen(f"--listen {port}={wanted}: no server listens on port {port}; {there}")


def _kept(before: Setup | None, ports: Ports) -> dict[str, socket.socket]:
    """The sockets that are open, by the address that is bound."""
    sockets = [] if before is None else before.sockets
    return {address_name(ports.bound(listening.address)): listening.socket for listening, _ in sockets}


def serve(setup: Setup, nginx_version: bytes, beside: Beside, renewal: Renewal) -> None:
    """Serve until SIGINT or SIGTERM."""
    worker.run(_serve(setup, nginx_version, beside, renewal))


async def _serve(setup: Setup, nginx_version: bytes, beside: Beside, renewal: Renewal) -> None:
    await ForegroundServer(setup, nginx_version, beside, renewal).serve()


def write_pid(path: str, warn: Warn) -> PidFile | None:
    """The pid file a configuration asks for; None where it can't be written, or is that of a server that runs."""
    other = living(path)
    if other is not None:
        warn(f"{path} is the pid file of process {other}: no pid file is made")
        return None
    file = PidFile(path)
    failed = file.write()
    if failed is None:
        return file
    warn(f"{failed}: no pid file is made")
    return None


def _cache_directory(path: bytes, warn: Warn) -> bytes:
    """Where the files of a cache are: in its directory, or, where no file can be made there, in one of this user."""
    with suppress(OSError):
        os.makedirs(path, 0o700, exist_ok=True)
    if os.access(path, os.W_OK | os.X_OK):
        return path
    temporary = _temporary_directory()
    if temporary is None:
        warn(f"{os.fsdecode(path)} can't be written, nor is there a directory for temporary files: no answer is cached")
        return path
    instead = os.path.join(temporary, f"ngxpush-cache-{os.geteuid()}").encode() + path
    warn(f"{os.fsdecode(path)} can't be written: answers are cached in {os.fsdecode(instead)}")
    return instead


def _temporary_directory() -> str | None:
    """None where no such directory can be written, as in a container whose root is read-only."""
    with suppress(OSError):
        return tempfile.gettempdir()
    return None


def _unasked_log(analysis: Analysis, http: Http | None) -> str | None:
    """The log of requests where no access_log is set; None if the configuration names that file itself."""
    if http is None:
        return None
    assert DEFAULT_LOG.path is not None
    path = os.path.join(http.prefix, DEFAULT_LOG.path.text)
    logs = [setting.value for scope in analysis.root.walk() for setting in scope.all("access_log")]
    asked = any(isinstance(log, AccessLog) and log.path is not None and log.path.constant == path for log in logs)
    return None if asked else os.fsdecode(path)


def _open_log(path: str, warn: Warn, unasked: str | None) -> int:
    try:
        descriptor = open_log(path)
    except OSError as error:
        if path == unasked:  # nginx's own place, which is seldom beside a configuration; the terminal has the request log
            return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        warn(f"{path} can't be written ({error.strerror}): what is logged there goes to standard error")
        return STDERR
    if not _leads_to_stderr(descriptor):
        return descriptor
    os.close(descriptor)
    return STDERR


def _leads_to_stderr(descriptor: int) -> bool:
    """Whether it leads to the terminal or the pipe of standard error, as /dev/stderr does. A file takes all at once."""
    with suppress(OSError):  # there is no standard error
        there = os.fstat(STDERR)
        return not stat.S_ISREG(there.st_mode) and os.path.samestat(os.fstat(descriptor), there)
    return False


# ------------------------------------------------------------------------------------------------------------- sockets


Bound = list[tuple[ListeningSocket, ServedAddress]]
"""Sockets with the addresses they are for."""


def bind_all(
    addresses: tuple[ServedAddress, ...],
    ports: Ports,
    warn: Warn,
    binder: Callable[[ListenAddress], socket.socket] = bind,
    kept: Mapping[str, socket.socket] = MappingProxyType({}),
) -> tuple[Bound, tuple[ServedAddress, ...]]:
    """Bind a socket for each address that needs one, or for the nearest address that is possible.

    kept: the sockets that are open already, by the name of what is bound.
    Returns the sockets, and all addresses as they are served. Raises CannotListen.
    """
    own = own_sockets(addresses)
    sockets: dict[int, tuple[ListeningSocket, ServedAddress]] = {}
    binding = _Binding(ports, warn, binder, kept, {(address.listen.host, address.listen.port) for address in own})
    try:
        for address in sorted(own, key=lambda address: _turn(address.listen, ports)):
            bound = binding.bind(address)
            if bound is not None:
                sockets[id(address)] = bound, replace(address, listen=bound.address)
        if own and not sockets:
            raise CannotListen("no address of the configuration can be listened on")
    except CannotListen:
        for listening, _ in sockets.values():
            listening.close(unlink=address_name(ports.bound(listening.address)) not in kept)
        raise
    shared = {id(address): replace(address, listen=ports.of(address.listen)) for address in addresses if address not in own}
    served = {id(address): address for address in own} | {key: address for key, (_, address) in sockets.items()} | shared
    return [sockets[id(address)] for address in own if id(address) in sockets], tuple([served[id(each)] for each in addresses])


def _turn(listen: ListenAddress, ports: Ports) -> tuple[bool, bool]:
    """When an address is bound. First what need not move: the port in whose place another moves may be one of the configuration.

    Then what is of the kind of `ports`' host: its servers count where only one of two can be bound.
    """
    return _is_privileged(ports.of(listen)), ports.replaces(listen)


def _is_privileged(listen: ListenAddress) -> bool:
    """Whether only root may listen on the port."""
    return listen.path is None and 0 < listen.port < _PRIVILEGED


class _Binding(Struct, frozen=True):
    """Binds addresses, or others in their places. done: what is bound at the host of `ports`, with its servers.

    kept: see `bind_all`.  taken: hosts and ports of the configuration, and those of this machine that stand for others.
    """

    ports: Ports
    warn: Warn
    binder: Callable[[ListenAddress], socket.socket]
    kept: Mapping[str, socket.socket]
    taken: set[tuple[bytes, int]]
    done: dict[str, tuple[Server, ...]] = field(default_factory=dict)

    def bind(self, address: ServedAddress) -> ListeningSocket | None:
        """The socket; None when the machine has no addresses of this kind, or the host of `ports` has its port already."""
        wanted = address.listen
        listen: ListenAddress | None = self._here(wanted)
        while listen is not None:
            name = self._name(listen)
            if name in self.done:
                if any(server not in self.done[name] for server in address.servers):
                    self.warn(f"{address_name(listen)} is left out: {name} is bound already, for other servers")
                return None
            try:
                bound = self.kept[name].dup() if name in self.kept else self.binder(self.ports.bound(listen))
            except OSError as error:
                listen = self._instead(wanted, listen, error)
                continue
            if listen.path is None and listen.port == 0:
                listen = replace(listen, port=bound.getsockname()[1])
            if self.ports.bound(listen) is not listen:
                self.done[self._name(listen)] = address.servers
            self._remember(wanted, listen)
            return ListeningSocket(listen, bound)
        return None

    def _name(self, listen: ListenAddress) -> str:
        """The address that is bound for `listen`."""
        return address_name(self.ports.bound(listen))

    def _instead(self, wanted: ListenAddress, listen: ListenAddress, error: OSError) -> ListenAddress | None:
        """What to try when `listen` can't be bound; None: nothing, it is left out. Raises CannotListen."""
        why = f"can't listen on {self._name(listen)} ({error.strerror or error})"
        temporary = _temporary_directory()
        if temporary and listen.path is not None and listen == wanted and error.errno != errno.EADDRINUSE:
            file = f"ngxpush-{os.getpid()}-{os.fsdecode(os.path.basename(listen.path))}"
            return replace(listen, path=os.fsencode(os.path.join(temporary, file)))
        if error.errno in (errno.EACCES, errno.EPERM) and _is_privileged(listen):
            return replace(listen, port=listen.port + _OFFSET)
        if error.errno == errno.EADDRINUSE and self._may_be_any(wanted, listen):
            return replace(listen, port=0)
        if error.errno in _NOT_HERE and self.ports.bound(listen) is not listen:
            raise CannotListen(f"{why}: --host takes an address of this machine")
        if error.errno == errno.EAFNOSUPPORT or (listen.ipv6 and error.errno in (errno.EADDRNOTAVAIL, errno.EINVAL)):
            self.warn(f"{why}: the address is left out")
            return None
        if (error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror)) and listen.host == wanted.host:
            return replace(listen, host=self._loopback(wanted.port))
        if error.errno == errno.EADDRNOTAVAIL and listen.host.startswith(_LOOPBACK_NETWORK):
            return replace(listen, host=b"127.0.0.1", port=0)  # macOS has this one loopback address only
        hint = "" if listen.path is not None else ": " + _CHOOSE.format(port=wanted.port)
        raise CannotListen(why + hint)

    def _here(self, wanted: ListenAddress) -> ListenAddress:
        """Where an address is on this machine, if that can be bound."""
        listen = self.ports.of(wanted)
        is_local = listen.path is not None or listen.is_wildcard or listen.host.startswith(b"127.") or listen.host == b"::1"
        if self.ports.free is None or is_local:
            return listen
        return replace(listen, host=self._loopback(wanted.port), ipv6=False)

    def _loopback(self, port: int) -> bytes:
        """An address of this machine for one of another machine. Each has its own: the servers of an address are its own."""
        hosts = (_LOOPBACK_NETWORK + b"%d" % number for number in range(1, 255))
        host = next((host for host in hosts if (host, port) not in self.taken), b"127.0.0.1")
        self.taken.add((host, port))
        return host

    def _may_be_any(self, wanted: ListenAddress, listen: ListenAddress) -> bool:
        """Whether any other port will do in place of one that is in use: no user has chosen it."""
        if self.ports.free is not None:
            return listen.port != 0
        chosen = bool(self.ports.offset) or wanted.port in self.ports.moved
        return listen.port == wanted.port + _OFFSET and not chosen

    def _remember(self, wanted: ListenAddress, listen: ListenAddress) -> None:
        """Report an address that was chosen in place of another, and move all addresses of that port there."""
        asked = self.ports.of(wanted)
        if asked.path is None and asked.port == 0:  # any port will do
            asked = replace(asked, port=listen.port)
            self.ports.moved[wanted.port] = listen.port
        if listen == asked:
            return
        if self.ports.free is not None:
            if listen.path is None:
                self.ports.moved.setdefault(wanted.port, listen.port)
            return
        hint = "" if listen.path is not None or listen.port == asked.port else "; " + _CHOOSE.format(port=wanted.port)
        self.warn(f"can't listen on {self._name(asked)} here: listening on {self._name(listen)} instead{hint}")
        if listen.path is None and listen.port != asked.port:
            self.ports.moved[wanted.port] = listen.port
