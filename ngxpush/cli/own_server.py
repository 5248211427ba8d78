"""A server of a command's own: `ngxpush run` on a configuration, and the URLs of its push locations."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import BinaryIO

import click
from msgspec import Struct

from ..config.compiler import compile_configuration
from ..config.complex_value import Variable
from ..config.configuration import Http, ListenAddress, Location, ServedAddress
from ..config.directives.http.core import HttpCoreLocation
from ..config.directives.http.ssl import SslServer
from ..config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ..console.ways import target_of
from .configuration import read_configuration
from .origin import Origin

_CHANNEL = b"bench"
_ARGUMENT = b"arg_"
_START = 60.0
_LOOK = 0.02


class PushLocations(Struct, frozen=True):
    """Where to publish to one channel, and where to subscribe to it."""

    publisher: str
    subscriber: str
    mode: SubscriberMode


@contextlib.contextmanager
def own_server(path: str, prefix: str | None, mode: str | None) -> Iterator[PushLocations]:
    """`ngxpush run` on a configuration while the block lasts, on free ports of this machine.

    mode: of the subscriber location that is wanted; None for the first one.
    """
    http = compile_configuration(read_configuration(Origin(path, prefix))).http or Http()
    moved = {address.listen.port: 0 for address in http.addresses if address.listen.path is None}
    moved = dict(zip(moved, _free_ports(len(moved)), strict=True))
    locations = _locations(http, moved, mode)
    listens = [word for old, new in moved.items() for word in ("--listen", f"{old}={new}")]
    inside = [] if prefix is None else ["--prefix", prefix]
    command = [sys.executable, "-m", "ngxpush", "run", "--no-console", "--host", "127.0.0.1", *listens, *inside, path]
    with tempfile.TemporaryFile() as output, subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=output) as process:
        try:
            for port in moved.values():
                _wait(port, process, output)
            yield locations
        finally:
            process.terminate()


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _wait(port: int, process: subprocess.Popen[bytes], output: BinaryIO) -> None:
    """Return when the port accepts; end the program where the server does not come."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(_LOOK)
    output.seek(0)
    click.echo(output.read(), err=True, nl=False)
    click.echo("ngxpush: the server does not start", err=True)
    sys.exit(1)


def _locations(http: Http, moved: dict[int, int], mode: str | None) -> PushLocations:
    """The first publisher location, and the first subscriber location of that mode."""
    publisher, subscriber = None, None
    for address in http.addresses:
        for location, url in _urls(address, moved):
            settings = location.of(PushStreamLocation)
            if settings.publisher and publisher is None:
                publisher = url
            elif settings.subscriber and subscriber is None and mode in (None, settings.subscriber.value):
                subscriber = url, settings.subscriber
    if publisher is None or subscriber is None:
        kind = "publisher" if publisher is None else f"{mode or ''} subscriber".strip()
        what = f"the configuration has no {kind} location whose URL follows from how it is written"
        raise click.UsageError(f"{what}; give the URLs of a running server")
    return PushLocations(publisher, *subscriber)


def _urls(address: ServedAddress, moved: dict[int, int]) -> Iterator[tuple[Location, str]]:
    """The push locations of the default server of an address, with their URLs."""
    listen, server = address.listen, address.default_server
    if listen.path is not None:
        return
    scheme = "https" if "ssl" in dict(listen.options) or server.of(SslServer).ssl else "http"
    for location in _inside(server.location):
        settings = location.of(PushStreamLocation)
        used = (settings.publisher or settings.subscriber) and not location.of(HttpCoreLocation).internal
        target = target_of(location, _CHANNEL) if used else None
        if target is not None:
            yield location, f"{scheme}://{_host(listen)}:{moved[listen.port]}{_with_place(target, settings)}"


def _with_place(target: str, settings: PushStreamLocation) -> str:
    """A target with the arguments from which the location takes the last message that a subscriber has."""
    places = (
        (settings.last_received_message_time, "~time~"),
        (settings.last_received_message_tag, "~tag~"),
        (settings.last_event_id, "~event-id~"),
    )
    for value, token in places:
        part = value.parts[0] if value is not None and len(value.parts) == 1 else None
        if settings.subscriber and isinstance(part, Variable) and part.name.startswith(_ARGUMENT):
            target += f"{'&' if '?' in target else '?'}{part.name[len(_ARGUMENT) :].decode()}={token}"
    return target


def _host(listen: ListenAddress) -> str:
    """Where `ngxpush run --host 127.0.0.1` listens for an address."""
    host = os.fsdecode(listen.host)
    return host if host.startswith("127.") else "127.0.0.1"


def _inside(location: Location) -> Iterator[Location]:
    """All locations inside one."""
    inner = location.locations
    for each in () if inner is None else (*inner.exact.values(), *inner.prefix.values(), *inner.regex):
        yield each
        yield from _inside(each)
