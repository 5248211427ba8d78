"""The console's socket. It listens from the start; the rest of the console is loaded when someone connects for the first time."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from ..config.configuration import ListenAddress
from ..numbers import parse_decimal
from ..server.clients.listeners import ListeningSocket, address_name, bind
from ..server.processes.worker import Worker
from ..server.setup.startup import Setup
from ..server.zone.coming import ComingZone
from .recording import RecordedRequests
from .served import Kept

if TYPE_CHECKING:
    from ..server.observing.counts import Counts
    from .served import Lint

# HOST:PORT or PORT; an IPv6 address is in brackets.
_ADDRESS = re.compile(r"(?:\[(?P<ipv6>[^]]*)\]:|(?P<host>[^:]+):)?(?P<port>[0-9]+)")
_LOCALHOST = {"localhost": "127.0.0.1", "": "127.0.0.1"}

# Seconds between two looks whether a worker that starts has its zone.
_PAUSE = 0.01


class InvalidConsoleAddress(ValueError):
    """Not an address for a console. The text says what one is."""


class CannotOpen(Exception):
    """The console's address can't be bound; the text says why."""


def console_address(text: str) -> ListenAddress:
    """The address that HOST:PORT or PORT means; port 0 is a free one. Raises InvalidConsoleAddress."""
    found = _ADDRESS.fullmatch(text)
    port = parse_decimal(found["port"].encode()) if found else None
    if found is None or port is None or port > 65535:
        raise InvalidConsoleAddress(f"takes HOST:PORT or PORT, such as 127.0.0.1:8001, not {text!r}")
    host = found["ipv6"] or found["host"] or ""
    try:
        address = ipaddress.ip_address(_LOCALHOST.get(host, host))
    except ValueError:
        raise InvalidConsoleAddress(f"takes an IP address or localhost, not {host!r}") from None
    if not address.is_loopback:
        raise InvalidConsoleAddress(
            f"takes a loopback address only, such as 127.0.0.1: who reaches {host} would read all messages"
        )
    return ListenAddress(str(address).encode(), port, ipv6=address.version == 6)


def open_console(address: ListenAddress, setup: Setup, lint: Lint, counts: Counts | None = None) -> Console:
    """Bind the console of what is set up; nothing is shown yet. Raises CannotOpen; the sockets of `setup` are closed then.

    counts: what its metrics show; None for no metrics.
    """
    try:
        bound = bind(address)
    except OSError as error:
        for listening, _ in setup.sockets:
            listening.close(unlink=True)
        why = error.strerror or str(error)
        instead = "--console ADDR chooses another address, --no-console does without"
        raise CannotOpen(f"can't open the console on {address_name(address)} ({why}): {instead}") from None
    listening = ListeningSocket(ListenAddress(address.host, bound.getsockname()[1], ipv6=address.ipv6), bound)
    return Console(listening, Kept(secrets.token_urlsafe(16), RecordedRequests(), lint, counts))


class Console:
    """A console that listens. Over a reload it stays where it is. kept: what its pages keep then."""

    def __init__(self, listening: ListeningSocket, kept: Kept) -> None:
        self._listening = listening
        self._kept = kept

    def __enter__(self) -> None:
        """It is closed when the block ends."""

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    @property
    def url(self) -> str:
        return f"http://{self._listening.name}/"

    @contextmanager
    def beside(self, worker: Worker) -> Iterator[None]:
        """Show what the worker does while the block lasts; at its end every client is cut off."""
        worker.observe(self._kept.requests)
        if self._kept.counts is not None:
            worker.observe(self._kept.counts)
        if self._listening.socket.fileno() < 0:  # it could not be loaded
            yield
            return
        own = ListeningSocket(self._listening.address, self._listening.socket.dup())
        opening = _Opening(own, self._kept, worker, self._listening.close)
        try:
            yield
        finally:
            opening.end()


class _Opening:
    """A console for one worker. It is loaded when someone connects for the first time. failed: called if it can't be loaded."""

    def __init__(self, listening: ListeningSocket, kept: Kept, worker: Worker, failed: Callable[[], None]) -> None:
        self._listening = listening
        self._kept = kept
        self._worker = worker
        self._failed = failed
        self._task: asyncio.Task[None] | None = None
        self._cut_off: Callable[[], None] | None = None
        worker.loop.add_reader(listening.socket, self._someone_connects)

    def end(self) -> None:
        if self._task is None:
            self._worker.loop.remove_reader(self._listening.socket)
        else:
            self._task.cancel()
        if self._cut_off is not None:
            self._cut_off()
        self._listening.close()

    def _someone_connects(self) -> None:
        self._worker.loop.remove_reader(self._listening.socket)
        self._task = self._worker.loop.create_task(self._open())
        self._task.add_done_callback(self._opened)

    def _opened(self, opening: asyncio.Task[None]) -> None:
        """Say why the console can't be loaded, if so, and refuse who connects to it."""
        error = None if opening.cancelled() else opening.exception()
        if error is not None:
            self._listening.close()
            self._failed()
            self._worker.loop.call_exception_handler({"message": "the console can't be loaded", "exception": error})

    async def _open(self) -> None:
        """Load the application, in a thread: others are served meanwhile; and give it the socket."""
        application = await asyncio.to_thread(import_module, "ngxpush.console.application")
        while isinstance(self._worker.engine.worker.zone, ComingZone):
            await asyncio.sleep(_PAUSE)
        self._cut_off = await application.serve(self._listening, self._kept, self._worker)
