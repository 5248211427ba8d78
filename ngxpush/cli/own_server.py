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
from ..config.configuration import Http, ListenAddress
from ..config.directives.push_stream.settings import SubscriberMode
from ..explain.ways import ways
from .configuration import read_configuration
from .origin import Origin

_CHANNEL = b"bench"
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
    addresses = [((_host(each.listen), moved[each.listen.port]), each) for each in http.addresses if each.listen.path is None]
    found = [way for way in ways(addresses, _CHANNEL) if way.host is None]
    publisher = next((way for way in found if way.mode is None), None)
    subscribers = [(way, way.mode) for way in found if way.mode is not None and mode in (None, way.role)]
    if publisher is None or not subscribers:
        kind = "publisher" if publisher is None else f"{mode or ''} subscriber".strip()
        what = f"the configuration has no {kind} location whose URL follows from how it is written"
        raise click.UsageError(f"{what}; give the URLs of a running server")
    way, found_mode = subscribers[0]
    return PushLocations(publisher.url, way.resuming("~time~", "~tag~", "~event-id~"), found_mode)


def _host(listen: ListenAddress) -> str:
    """Where `ngxpush run --host 127.0.0.1` listens for an address."""
    host = os.fsdecode(listen.host)
    return host if host.startswith("127.") else "127.0.0.1"
