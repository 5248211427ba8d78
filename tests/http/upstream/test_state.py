"""What the error log says of the server of a request."""

from __future__ import annotations

import pytest

from ngxpush.http.log import context
from ngxpush.http.upstream.connection import PeerEvent
from tests.http.fakes import FakeConnection

from .servers import CLOSED, SILENT, ProxiedSite, Server, location


def test_what_the_error_log_says_of_the_server() -> None:
    tested = ProxiedSite(location("", "http://127.0.0.1:81"), Server(CLOSED))
    tested.get("/x?y")
    request = tested.request
    assert request is not None
    said = context(tested.connection, b"0.0.0.0:80", request)
    assert said.endswith(b', request: "GET /x?y HTTP/1.1", upstream: "http://127.0.0.1:81/x?y", host: "localhost"')


@pytest.mark.parametrize(("end", "shown"), [(CLOSED, b"http://unix:/s:/"), (SILENT, b"http://unix:/s/")])
def test_a_colon_stands_after_a_unix_socket_while_it_is_in_use(
    end: PeerEvent, shown: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time that is over is reported when the server has been given up (measured)."""
    tested = ProxiedSite("upstream app { server unix:/s; }" + location("", "http://app"), Server(end))
    urls: list[bytes] = []
    monkeypatch.setattr(FakeConnection, "log", lambda connection, level, text, request: urls.append(request.upstream.url))
    tested.get("/")
    assert urls == [shown]
