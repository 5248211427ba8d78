"""What requests can learn of this process and its machine."""

from __future__ import annotations

import os
import socket
import time

from ...http.serving_process import ServingProcess


def own_process() -> ServingProcess:
    """This process; to be called after the fork."""
    return ServingProcess(socket.gethostname().lower().encode(), os.getpid(), os.urandom, time.time_ns() // 1000 % 1_000_000)
