"""What requests may know of the process that serves them, and of its machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServingProcess:
    """The same for all requests of a process; it comes in from the outer ring."""

    # $hostname, in lower case.
    hostname: bytes

    # $pid.
    pid: int

    # So many random bytes, good enough for identifiers: $request_id, and the servers chosen by chance.
    random: Callable[[int], bytes]
