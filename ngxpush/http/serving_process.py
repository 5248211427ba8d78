"""What requests use of the process that serves them, and of its machine."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class ServingProcess(Struct, frozen=True):
    """The same for all requests of a process. The outer ring makes it."""

    # $hostname, in lower case.
    hostname: bytes

    # $pid.
    pid: int

    # Returns so many random bytes, good enough for identifiers: for $request_id, and for choosing a server at random.
    random: Callable[[int], bytes]

    # When it began to serve, microseconds of the second: part of the identities that userid makes.
    began: int
