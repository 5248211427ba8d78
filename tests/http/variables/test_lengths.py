"""Variables that are lengths, versions and addresses as bytes."""

from __future__ import annotations

import pytest

from tests.http.serving import Site


@pytest.mark.parametrize(
    ("head", "shown"),
    [
        ("GET / HTTP/1.1\nHost: a\nContent-Length: 0", b"0|HTTP/1.1|\x7f\0\0\1"),
        ("GET / HTTP/1.0", b"|HTTP/1.0|\x7f\0\0\1"),
        ("GET / HTTP/1.0\nX-From: ::1", b"|HTTP/1.0|" + bytes(15) + b"\1"),
    ],
)
def test_lengths_versions_and_addresses(head: str, shown: bytes) -> None:
    text = "$content_length|$server_protocol|$binary_remote_addr"
    realip = "set_real_ip_from 127.0.0.1; real_ip_header X-From;"
    assert Site(f'server {{ {realip} location / {{ return 200 "{text}"; }} }}').serve(head).endswith(b"\r\n\r\n" + shown)
