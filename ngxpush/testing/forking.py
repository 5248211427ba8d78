"""The process that starts servers: it has loaded what serves, so a server is there as soon as it is forked.

    python -P -m ngxpush.testing.forking DESCRIPTOR

For each byte that comes over the socket DESCRIPTOR, with a control line and a log, it forks a server, and answers with its pid.
It ends when the other end is closed.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import traceback

from . import served
from .control import PID


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no one asks how a server has ended
    gc.disable()
    gc.freeze()
    asked = socket.socket(fileno=int(sys.argv[1]))
    while True:
        data, descriptors, _, _ = socket.recv_fds(asked, 1, 2)
        if not data:
            return
        pid = os.fork()
        if not pid:
            asked.close()
            _be_server(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        asked.sendall(PID.pack(pid))


def _be_server(end: int, log: int) -> None:
    """Serve. Does not return."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 1
    try:
        served.be_server(socket.socket(fileno=end), log)
        status = 0
    except BaseException:
        os.write(log, traceback.format_exc().encode())
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
