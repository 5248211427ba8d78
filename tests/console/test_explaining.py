"""What `ngxpush explain` says of a recorded request."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ngxpush.console import explaining
from ngxpush.console.explaining import ShownExplanation, explained, inquiry_of, why_not
from ngxpush.console.recording import RecordedRequest, RecordedRequests
from ngxpush.console.served import Served
from ngxpush.console.shown_files import ShownFiles
from tests.console.opened import ended, served

_HTTP = """
    server {
        listen 127.0.0.1:80;
        location /pub { push_stream_publisher; push_stream_channels_path $arg_id; push_stream_store_messages on; }
        location /closed { deny all; }
    }
    server { listen 127.0.0.1:81; return 204; }
    server { listen unix:/run/push.sock; return 202; }
"""


def _recorded(line: str, **facts: Any) -> RecordedRequest:
    requests = RecordedRequests()
    requests.request_ended(ended(line, **facts))
    return requests.newest()[0]


def _explained(shown: Served, request: RecordedRequest) -> ShownExplanation:
    return asyncio.run(explained(shown, request, ShownFiles(shown.analysis.files)))


def _port(shown: Served, number: int) -> tuple[bytes, int]:
    """Where an address is on this machine."""
    listen = shown.setup.addresses[number].listen
    return listen.host, listen.port


def test_decisions_with_their_lines() -> None:
    shown = served(_HTTP)
    explanation = _explained(shown, _recorded("GET /closed HTTP/1.1", server_address=_port(shown, 0)))
    assert explanation.status == 403
    decisions = [decision for _, decisions in explanation.phases for decision in decisions]
    deny = next(decision for decision in decisions if decision.written == "deny all")
    assert deny.place is not None and deny.place.name == "nginx.conf:6"
    assert ("/conf/nginx.conf", 6) in explanation.decided
    assert "HTTP/1.1 403 Forbidden" in explanation.answer


def test_push_with_the_body_that_was_sent() -> None:
    shown = served(_HTTP)
    facts = {"headers": ((b"Host", b"x"), (b"Content-Length", b"5")), "body": b"hello", "body_length": 5}
    explanation = _explained(shown, _recorded("POST /pub?id=a HTTP/1.1", server_address=_port(shown, 0), **facts))
    assert (explanation.status, explanation.channels) == (200, ("create: a", "publish and store: a"))
    assert ("id", "a") not in explanation.variables and ("arg_id", "a") in explanation.variables
    places = {setting.written: setting.place for setting in explanation.settings}
    assert places["push_stream_store_messages on"] is not None and places["push_stream_channel_info_on_publish on"] is None
    empty = _explained(shown, _recorded("POST /pub?id=a HTTP/1.1", server_address=_port(shown, 0)))
    assert empty.status == 400


@pytest.mark.parametrize(
    ("line", "status", "otherwise"),
    [
        ("GET /closed HTTP/1.1", 403, False),
        ("GET /closed HTTP/1.1", 200, True),
        ("GET /gone HTTP/1.1", 444, False),  # there is a status, and no answer
        ("GET /closed", 403, False),  # HTTP/0.9: an answer has no head
        ("GET /passed HTTP/1.1", 502, False),
        ("GET /sub HTTP/1.1", 200, False),
        ("GET /sub HTTP/1.1", 304, False),
        ("GET /sub HTTP/1.1", 499, False),  # its client has left
        ("GET /sub HTTP/1.1", 403, True),
    ],
)
def test_whether_it_was_answered_otherwise(line: str, status: int, otherwise: bool) -> None:
    """How another server answers, and with which status one who waits is sent away, does not follow from the configuration."""
    shown = served(
        "server { listen 127.0.0.1:80; location /closed { deny all; } location /gone { return 444; }"
        " location /passed { proxy_pass http://127.0.0.1:1; }"
        " location /sub { push_stream_subscriber; push_stream_channels_path a; } }"
    )
    request = _recorded(line, status=status, server_address=_port(shown, 0))
    assert _explained(shown, request).otherwise == otherwise


@pytest.mark.parametrize(("number", "status"), [(0, 404), (1, 204), (2, 202)])
def test_the_address_it_came_in_on(number: int, status: int) -> None:
    """It may be another one here than in the file."""
    shown = served(_HTTP)
    address = (b"unix:/run/push.sock", 0) if number == 2 else _port(shown, number)
    if number == 2:
        (unix,) = [address for address in shown.setup.configuration.http.addresses if address.listen.path is not None]  # type: ignore[union-attr]
        shown.setup.addresses = (*shown.setup.addresses[:2], unix)
    request = _recorded("GET / HTTP/1.1", server_address=address)
    assert _explained(shown, request).status == status


def test_any_address_of_the_machine() -> None:
    shown = served("server { listen 80; return 204; }")
    shown.setup.addresses = shown.setup.configuration.http.addresses  # type: ignore[union-attr]
    assert inquiry_of(shown, _recorded("GET / HTTP/1.1", server_address=(b"192.0.2.7", 80))).listen == "0.0.0.0:80"
    assert inquiry_of(shown, _recorded("GET / HTTP/1.1", server_address=(b"192.0.2.7", 99))).listen is None


def test_what_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = served(_HTTP)
    facts = {"headers": ((b"content-type", b"x"), (b"Transfer-Encoding", b"chunked")), "host": b"push.example"}
    inquiry = inquiry_of(shown, _recorded("POST /pub HTTP/2.0", body=b"ab", body_length=4, peer=b"192.0.2.9", **facts))
    # HTTP/2 may name the host in another way.
    assert inquiry.head == b"POST /pub HTTP/1.1\r\nHost: push.example\r\ncontent-type: x\r\nContent-Length: 4\r\n\r\n"
    assert (inquiry.body, inquiry.client) == (b"abxx", b"192.0.2.9")
    monkeypatch.setattr(explaining, "LONGEST_BODY", 3)
    assert inquiry_of(shown, _recorded("POST /pub HTTP/1.1", body=b"ab", body_length=4)).body == b"abx"


def test_a_directive_of_several_lines() -> None:
    shown = served('server {\n return\n 200\n "text"; }')
    explanation = _explained(shown, _recorded("GET / HTTP/1.1"))
    assert {line for _, line in explanation.decided} >= {3, 4, 5}


def test_what_can_not_be_explained() -> None:
    shown = served("server { listen 127.0.0.1:443 ssl; ssl_certificate /$ssl_server_name; ssl_certificate_key /x; return 204; }")
    address = {"server_address": _port(shown, 0)}
    assert why_not(shown, _recorded("GET / HTTP/1.1", by_tls=True, **address)) == ""
    assert "came without TLS" in why_not(shown, _recorded("GET / HTTP/1.1", **address))
    assert "head was refused" in why_not(shown, _recorded("GET / HTTP/1.1", by_tls=True, refused=True, **address))
    assert why_not(shown, _recorded("GET / HTTP/1.1", server_address=(b"192.0.2.7", 99))) == ""
