from __future__ import annotations

import socket

from ngxpush.server.zone.names import WorkerNames


def test_no_name_is_given_twice() -> None:
    servers = [WorkerNames(), WorkerNames()]
    names = [server.next() for server in servers for _ in range(3)]
    assert len(set(names)) == 6
    assert all(name.startswith(socket.gethostname()) for name in names)
