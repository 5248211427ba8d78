"""Addresses in headers, as measured with nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.http.forwarded import ClientAddress, forwarded_peer, parse_peer


@pytest.mark.parametrize(
    ("text", "peer"),
    [
        (b"1.2.3.4", ClientAddress(b"1.2.3.4")),
        (b"01.2.3.4", ClientAddress(b"1.2.3.4")),
        (b"1.2.3.4:80", ClientAddress(b"1.2.3.4", 80)),
        (b"[::1]:80", ClientAddress(b"::1", 80)),
        (b"2001:DB8:0:0::1", ClientAddress(b"2001:db8::1")),
        (b"::ffff:1.2.3.4", ClientAddress(b"::ffff:1.2.3.4")),
        (b"::1.2.3.4", ClientAddress(b"::1.2.3.4")),
        (b"::1", ClientAddress(b"::1")),
        (b"1..2.3", ClientAddress(b"1.0.2.3")),
        (b"1.2.3.", ClientAddress(b"1.2.3.0")),
        (b"255.255.255.255", None),
        (b":1::2", ClientAddress(b"1::2")),
        (b"1::2:", ClientAddress(b"1::2:0")),
        (b"::1.02..4", ClientAddress(b"::1.2.0.4")),
        (b"::100", ClientAddress(b"::0.0.1.0")),
        (b"::101", ClientAddress(b"::101")),
        (b"1:2:3:4:5:6::8", ClientAddress(b"1:2:3:4:5:6:0:8")),
        (b"1:2:3:4:5:6:7::", None),
        (b"1:2:3:4:5:6:7:", None),
        (b":::1", None),
        (b"::.1.2.3", None),
        (b"00001::", None),
        (b"fe80::1%eth0", None),
        (b"[::1]", None),
        (b"1.2.3.4:0", None),
        (b"1.2.3.4:99999", None),
        (b"1.2.3.4;", None),
        (b"1.2.3", None),
        (b"unix:/x", None),
        (b"localhost", None),
        (b"", None),
    ],
)
def test_an_address_with_or_without_a_port(text: bytes, peer: ClientAddress | None) -> None:
    assert parse_peer(text) == peer


@pytest.mark.parametrize(
    ("headers", "last", "untrusted"),
    [
        ([b"5.5.5.5"], b"5.5.5.5", b"5.5.5.5"),
        ([b"5.5.5.5, 6.6.6.6, 10.0.0.1"], b"10.0.0.1", b"6.6.6.6"),
        ([b"5.5.5.5 ,10.0.0.1,"], b"10.0.0.1", b"5.5.5.5"),
        ([b"10.0.0.2, 10.0.0.1"], b"10.0.0.1", b"10.0.0.2"),
        ([b"unknown, 10.0.0.1"], b"10.0.0.1", b"10.0.0.1"),
        ([b"5.5.5.5, unknown"], b"10.9.9.9", b"10.9.9.9"),
        ([b"5.5.5.5", b"10.0.0.1"], b"10.0.0.1", b"5.5.5.5"),
        ([b", 5.5.5.5"], b"5.5.5.5", b"5.5.5.5"),
        ([b",5.5.5.5"], b"10.9.9.9", b"10.9.9.9"),
        ([b"5.5.5.5\t10.0.0.1"], b"10.9.9.9", b"10.9.9.9"),
        ([b"5.5.5.5", b""], b"10.9.9.9", b"10.9.9.9"),
        ([], b"10.9.9.9", b"10.9.9.9"),
    ],
)
def test_the_client_behind_proxies(headers: list[bytes], last: bytes, untrusted: bytes) -> None:
    proxy = ClientAddress(b"10.9.9.9", 4711)

    def trusted(text: bytes) -> bool:
        return text.startswith(b"10.")

    assert forwarded_peer(proxy, headers, trusted, recursive=False).text == last
    assert forwarded_peer(proxy, headers, trusted, recursive=True).text == untrusted


def test_no_one_believes_a_stranger() -> None:
    stranger = ClientAddress(b"5.5.5.5")
    assert forwarded_peer(stranger, [b"6.6.6.6"], lambda text: False, recursive=False) is stranger
