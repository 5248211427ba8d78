"""The console's socket. It listens from the start; the rest of the console is loaded when someone connects for the first time."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from ..config.configuration import ListenAddress
from ..numbers import parse_decimal
from ..push.local_zone import LocalZone
from ..server.clients.listeners import ListeningSocket, address_name, bind
from ..server.processes.worker import Worker
from ..server.setup.startup import Setup
from .recording import RecordedRequests
from .served import Served

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
    return Console(listening, setup, lint, counts)


class Console:
    """A console that listens."""

    def __init__(self, listening: ListeningSocket, setup: Setup, lint: Lint, counts: Counts | None) -> None:
        self._listening = listening
        self._setup = setup
        self._lint = lint
        self._counts = counts
        self._requests = RecordedRequests()
        self._opening: asyncio.Task[None] | None = None
        self._cut_off: Callable[[], None] | None = None

    @property
    def url(self) -> str:
        return f"http://{self._listening.name}/"

    @contextmanager
    def beside(self, worker: Worker) -> Iterator[None]:
        """Show what the worker does while the block lasts; at its end every client is cut off."""
        worker.observe(self._requests)
        if self._counts is not None:
            worker.observe(self._counts)
        worker.loop.add_reader(self._listening.socket, self._someone_connects, worker)
        try:
            yield
        finally:
            if self._opening is None:
                worker.loop.remove_reader(self._listening.socket)
            else:
                self._opening.cancel()
            if self._cut_off is not None:
                self._cut_off()
            self._listening.close()

    def _someone_connects(self, worker: Worker) -> None:
        worker.loop.remove_reader(self._listening.socket)
        self._opening = worker.loop.create_task(self._open(worker))
        self._opening.add_done_callback(partial(self._opened, worker))

    def _opened(self, worker: Worker, opening: asyncio.Task[None]) -> None:
        """Say why the console can't be loaded, if so, and refuse who connects to it."""
        error = None if opening.cancelled() else opening.exception()
        if error is not None:
            self._listening.close()
            worker.loop.call_exception_handler({"message": "the console can't be loaded", "exception": error})

    async def _open(self, worker: Worker) -> None:
        """Load the application, in a thread: others are served meanwhile; and give it the socket."""
        application = await asyncio.to_thread(import_module, "ngxpush.console.application")
        while not isinstance(worker.engine.worker.zone, LocalZone):
            await asyncio.sleep(_PAUSE)
        assert self._setup.analysis is not None
        served = Served(self._setup, self._setup.analysis, worker.nginx_version, self._lint)
        self._cut_off = await application.serve(self._listening, served, self._requests, worker, self._counts)
