"""Server memory for each idle EventSource subscriber: what 5,000 more of them add to the memory of all server processes."""

from __future__ import annotations

import argparse
import time

from clients import Subscribers
from servers import Server, allow_many_connections, nchan, nchan_is_installed, ngxpush


def bytes_per_subscriber(server: Server, first: int, more: int) -> float:
    """Connect `first` subscribers, so that what is allocated once is there, then `more`; the growth for each of these."""
    audience = Subscribers(server.port)
    try:
        audience.add(first)
        time.sleep(1)
        before = server.resident_bytes()
        audience.add(more)
        time.sleep(1)
        return (server.resident_bytes() - before) / more
    finally:
        audience.close()


def main() -> None:
    """Print the figure of both servers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--more", type=int, default=5000)
    options = parser.parse_args()

    allow_many_connections()
    for starter in [ngxpush, nchan] if nchan_is_installed() else [ngxpush]:
        with starter() as server:
            figure = bytes_per_subscriber(server, options.first, options.more)
        print(f"{server.name:8} {figure / 1024:6.2f} KiB of server memory per idle subscriber", flush=True)


if __name__ == "__main__":
    main()
