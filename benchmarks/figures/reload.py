"""Reload: the longest time a request waits meanwhile, and how many subscribers miss the next message.

Who is closed by the reload subscribes again, as a browser does.

There are many channels, each with a stored message. A request asks for something else than push, over a new connection.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence

from ..contestants import Contestant, Nginx
from ..load import load
from ..plan import Options, Task, Values, Where
from ..servers import Server, running


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """A task for those that can reload."""
    cell: Where = {"channels": options.channels, "subscribers": options.audience}

    def measure(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values]]:
        with running(contestant.prepare(), all_cores=True) as server, load(server.port) as clients:
            _fill(server, contestant, options.channels)
            clients.subscribe(options.audience, contestant.subscribing("eventsource"))
            clients.watch(200)
            os.kill(server.pid, signal.SIGHUP)
            longest = _longest_wait(server, options.reload_seconds)
            closed = clients.watch(200).closed
            clients.subscribe(closed, contestant.subscribing("eventsource"))
            _ask(server, contestant.publishing(100)[1])
            received = clients.watch(round(options.reload_seconds * 500)).done
            yield cell, {"longest_ms": longest * 1000, "closed": closed, "lost": options.audience - received}

    yield Task("reload", [one for one in contestants if isinstance(one.server, Nginx)], [cell], measure)


def _fill(server: Server, contestant: Contestant, channels: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 20) as client:
        for number in range(channels):
            client.sendall(contestant.publishing(100, f"channel{number}", stored=True)[1])
            if b" 20" not in client.recv(4096):
                raise RuntimeError("a message was refused")


def _longest_wait(server: Server, seconds: float) -> float:
    longest, end = 0.0, time.monotonic() + seconds
    while (began := time.monotonic()) < end:
        _ask(server, b"GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        longest = max(longest, time.monotonic() - began)
        time.sleep(0.001)
    return longest


def _ask(server: Server, request: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 20) as client:
        client.sendall(request)
        if b" 20" not in client.recv(4096):
            raise RuntimeError("a request was refused")
