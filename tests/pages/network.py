"""A network and processes of its own for a page: every port is free, and nothing outlives it."""

from __future__ import annotations

import fcntl
import functools
import os
import socket
import struct
import subprocess

_IDENTITY = () if os.geteuid() == 0 else ("--user", "--map-current-user", "--keep-caps")
_ALONE = ("unshare", *_IDENTITY, "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
_REQUEST = struct.Struct("16sH14x")


@functools.cache
def alone() -> tuple[str, ...]:
    """The words before a command that give it a network of its own; none where the system does not allow it."""
    try:
        allowed = subprocess.run([*_ALONE, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return ()
    return _ALONE if allowed else ()


def bring_up_loopback() -> None:
    """Give a new network 127.0.0.1. Where it has it already, nothing changes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = fcntl.ioctl(any_socket, _GET_FLAGS, _REQUEST.pack(b"lo", 0))
        _, flags = _REQUEST.unpack(request)
        if not flags & _UP:
            fcntl.ioctl(any_socket, _SET_FLAGS, _REQUEST.pack(b"lo", flags | _UP))
