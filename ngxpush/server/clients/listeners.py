"""Listening sockets. The master binds them, workers inherit them, a reload keeps those whose address is still configured."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from ...config.configuration import ListenAddress

DEFAULT_BACKLOG = 511

# How often bind() is tried while the address is in use: a server that is stopping may still hold it.
_TRIES = 5
_PAUSE = 0.5

Log = Callable[[str, str], None]


class CannotBind(Exception):
    """An address can't be bound; nginx's message has been logged."""


class ListeningSocket(Struct, eq=False):
    """A listening socket and the address it was made for."""

    address: ListenAddress
    socket: socket.socket

    @property
    def name(self) -> str:
        return address_name(self.address)

    def close(self, unlink: bool = False) -> None:
        """Close it, once. unlink: remove a unix socket's file, too; later the file may be another server's."""
        if self.socket.fileno() < 0:
            return
        self.socket.close()
        if unlink:
            self.remove_file()

    def remove_file(self) -> None:
        """Remove the file of a unix socket."""
        if self.address.path is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.address.path)


def address_name(address: ListenAddress) -> str:
    """The address as nginx prints it: `0.0.0.0:80`, `[::]:80`, `unix:/path`."""
    if address.path is not None:
        return "unix:" + os.fsdecode(address.path)
    host = os.fsdecode(address.host)
    return f"[{host or '::'}]:{address.port}" if address.ipv6 else f"{host or '0.0.0.0'}:{address.port}"


def listen(
    addresses: Iterable[ListenAddress], inherited: Iterable[ListeningSocket], log: Log, testing: bool = False
) -> list[ListeningSocket]:
    """Sockets for `addresses`, in their order: the inherited one where there is one, otherwise a new one.

    An address in use is tried five times, half a second apart, as in nginx; when testing, it is left out without a message.
    Raises CannotBind; none of the new sockets is left open then.
    """
    kept = {listening.name: listening for listening in inherited}
    sockets: dict[str, ListeningSocket] = {}
    missing = {address_name(address): address for address in addresses}
    order = list(missing)
    for name in order:
        if name in kept:
            sockets[name] = kept[name]
            del missing[name]
    try:
        for attempt in range(_TRIES):
            if attempt:
                log("notice", "try again to bind() after 500ms")
                time.sleep(_PAUSE)
            for name, address in list(missing.items()):
                bound = _bind_or_explain(name, address, log, testing)
                if bound is not None:
                    sockets[name] = ListeningSocket(address, bound)
                    del missing[name]
            if not missing or testing:
                return [sockets[name] for name in order if name in sockets]
        log("notice", "try again to bind() after 500ms")
        log("emerg", "still could not bind()")
        raise CannotBind
    except CannotBind:
        for name, listening in sockets.items():
            if name not in kept:
                listening.close(unlink=True)
        raise


def _bind_or_explain(name: str, address: ListenAddress, log: Log, testing: bool) -> socket.socket | None:
    """A bound socket; None when the address is in use. Raises CannotBind for any other error."""
    try:
        return bind(address)
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        if not (in_use and testing):
            log("emerg", f"bind() to {name} failed ({error.errno}: {os.strerror(error.errno or 0)})")
        if not in_use:
            raise CannotBind from error
        return None


def bind(address: ListenAddress) -> socket.socket:
    """A new listening, non-blocking socket. Raises OSError."""
    options: dict[str, Any] = dict(address.options)
    target: str | tuple[str, int]
    if address.path is not None:
        family, target = socket.AF_UNIX, os.fsdecode(address.path)
    elif address.ipv6:
        family, target = socket.AF_INET6, (os.fsdecode(address.host) or "::", address.port)
    else:
        family, target = socket.AF_INET, (os.fsdecode(address.host), address.port)
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        _set_options(bound, family, options)
        try:
            bound.bind(target)
        except OverflowError:
            raise OSError(errno.EINVAL, "ports go from 1 to 65535") from None
        if family == socket.AF_UNIX:
            os.chmod(os.fsdecode(address.path or b""), 0o666)
        bound.listen(int(options.get("backlog", DEFAULT_BACKLOG)))
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


# `listen` parameter → the level and the option it sets to its number.
_NUMBERS = {
    "rcvbuf": ("SOL_SOCKET", "SO_RCVBUF"),
    "sndbuf": ("SOL_SOCKET", "SO_SNDBUF"),
    "fastopen": ("IPPROTO_TCP", "TCP_FASTOPEN"),
}
# `so_keepalive=idle:interval:count` → options of TCP, where the system has them.
_KEEPALIVE = ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")


def _set_options(bound: socket.socket, family: int, options: dict[str, Any]) -> None:
    """Set what the listen directive asks for, and what nginx always sets."""
    if family != socket.AF_UNIX:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(options.get("ipv6only", True)))
    if options.get("reuseport") and hasattr(socket, "SO_REUSEPORT"):
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    for name, (level, option) in _NUMBERS.items():
        if name in options and hasattr(socket, option):
            bound.setsockopt(getattr(socket, level), getattr(socket, option), int(options[name]))
    if options.get("deferred") and hasattr(socket, "TCP_DEFER_ACCEPT"):
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
    _set_keepalive(bound, options.get("so_keepalive"))


def _set_keepalive(bound: socket.socket, value: Any) -> None:
    """value: None (leave it as it is), a bool, or the three numbers of `idle:interval:count`, with None for those left out."""
    if value is None:
        return
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(bool(value)))
    if isinstance(value, tuple):
        for option, number in zip(_KEEPALIVE, value, strict=True):
            if number is not None and hasattr(socket, option):
                bound.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), int(number))
