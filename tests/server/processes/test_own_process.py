"""What requests may know of this process."""

from __future__ import annotations

import os
import socket

from ngxpush.server.processes.own_process import own_process


def test_this_process() -> None:
    process = own_process()
    assert (process.hostname, process.pid) == (socket.gethostname().lower().encode(), os.getpid())
    assert len(process.random(16)) == 16
    assert process.random(16) != process.random(16)
