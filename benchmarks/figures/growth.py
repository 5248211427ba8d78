"""Growth: what a publish costs beside many other channels, stored messages or idle subscribers; no one gets it."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence

from ..contestants import Contestant, Nginx
from ..load import Load, load
from ..plan import Options, Task, Values, Where, long_enough, settle
from ..servers import Server, nginx, running

# Channels that one request names.
_BATCH = 100
# More are measured once only: to get there takes long.
_MANY = 10_000


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """A task for each kind and number, for those with the directives of push_stream."""
    able = [one for one in contestants if isinstance(one.server, Nginx) and one.server.conf == "push_stream.conf"]
    for kind, numbers in (
        ("channels", options.growth),
        ("stored messages", options.growth),
        ("idle subscribers", options.subscribers),
    ):
        for number in numbers:
            yield _task(options, able, {"beside": kind, "number": number})


def _task(options: Options, contestants: Sequence[Contestant], cell: Where) -> Task:
    def measure(contestant: Contestant, round_number: int) -> Iterator[tuple[Where, Values]]:
        assert isinstance(contestant.server, Nginx)
        number = int(cell["number"])
        if round_number and number > _MANY:
            return
        # Room for all of them.
        conf = contestant.server.text().replace("_size 256m", "_size 4096m").replace("push_stream_max_messages", "#")
        with running(nginx(conf, contestant.server.binary)) as server, load(server.port) as clients:
            _prepare(server, clients, contestant, str(cell["beside"]), number)
            settle()
            clients.publishers(16, *contestant.publishing(100))
            clients.publish(100)
            yield cell, long_enough(server, 2 * options.seconds, clients.publish, 100).values()

    return Task("growth", contestants, [cell], measure)


def _prepare(server: Server, clients: Load, contestant: Contestant, kind: str, number: int) -> None:
    if kind == "idle subscribers":
        clients.subscribe(number, contestant.subscribing("eventsource", "other"))
        return
    for begin in range(0, number, _BATCH):
        # Messages are stored in the same few channels.
        first, count = begin if kind == "channels" else 0, min(_BATCH, number - begin)
        path = "/".join(f"c{one}" for one in range(first, first + count))
        _publish(server, contestant.publishing(100, path, stored=True)[1])


def _publish(server: Server, request: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 20) as client:
        client.sendall(request)
        if b" 20" not in client.recv(4096):
            raise RuntimeError("a message was refused")
