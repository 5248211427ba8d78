"""Server CPU time for each delivered message: one channel, 1,000 EventSource subscribers, ngxpush and nchan in turns.

A message is published when the one before has reached every subscriber, so nothing is gathered into larger writes. The time is
that of all processes of the server (user and system), not of the clients. Each server is started anew for each round; the
figure is the median over the rounds.
"""

from __future__ import annotations

import argparse
import statistics

from clients import Publisher, Subscribers
from servers import Server, allow_many_connections, nchan, nchan_is_installed, ngxpush

# Counts the messages that arrive: no framing of an event has this byte.
_MARK = b"#"


def microseconds_per_delivery(server: Server, subscribers: int, messages: int, size: int) -> float:
    """Publish `messages` of `size` bytes to `subscribers`; the server's CPU time for each delivery."""
    audience = Subscribers(server.port)
    publisher = Publisher(server.port)
    body = _MARK + b"x" * (size - 1)
    try:
        audience.add(subscribers)
        audience.drain()
        for _ in range(20):  # warm up
            _deliver(publisher, audience, body, subscribers)
        before = server.cpu_seconds()
        for _ in range(messages):
            _deliver(publisher, audience, body, subscribers)
        return (server.cpu_seconds() - before) * 1e6 / (messages * subscribers)
    finally:
        publisher.close()
        audience.close()


def _deliver(publisher: Publisher, audience: Subscribers, body: bytes, subscribers: int) -> None:
    status = publisher.publish("bench", body)
    if status not in (200, 201, 202):
        raise ConnectionError(f"publishing was answered with {status}")
    audience.count(_MARK, subscribers)


def main() -> None:
    """Print the figure of both servers and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=200, help="in each round")
    parser.add_argument("--size", type=int, default=100, help="bytes of a message")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    allow_many_connections()
    starters = [ngxpush, nchan] if nchan_is_installed() else [ngxpush]
    figures: dict[str, list[float]] = {}
    for number in range(options.rounds):
        for starter in starters:
            with starter() as server:
                figure = microseconds_per_delivery(server, options.subscribers, options.messages, options.size)
            figures.setdefault(server.name, []).append(figure)
            print(f"round {number + 1}: {server.name:8} {figure:6.2f} µs of server CPU per delivered message", flush=True)
    medians = {name: statistics.median(values) for name, values in figures.items()}
    for name, median in medians.items():
        print(f"median:  {name:8} {median:6.2f} µs")
    if "nchan" in medians:
        print(f"ratio:   {medians['ngxpush'] / medians['nchan']:.2f} × nchan")


if __name__ == "__main__":
    main()
