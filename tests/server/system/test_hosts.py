"""What the system knows of host names."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from ngxpush.server.system.hosts import look_up


def test_addresses_of_ipv4_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    six, four = ("2001:db8::1", 0, 0, 0), ("192.0.2.1", 0)
    found = [(socket.AF_INET6, 1, 6, "", six), (socket.AF_INET, 1, 6, "", four), (socket.AF_INET, 1, 6, "", four)]

    def getaddrinfo(host: str, port: object, **asked: Any) -> list[Any]:
        assert (host, port, asked["flags"]) == ("a", None, socket.AI_ADDRCONFIG)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert look_up("a") == [(b"192.0.2.1", False), (b"2001:db8::1", True)]
