"""The names of groups, as nginx with OpenSSL 3.0 takes them."""

from __future__ import annotations

import pytest
from OpenSSL import SSL

from ngxpush.server.tls.groups import groups_fault

_INVALID = "error:0A080106:SSL routines::passed invalid argument:group '{}' cannot be set"


@pytest.mark.parametrize("names", [b"prime256v1", b"X25519:P-384:ffdhe2048", b"sect571r1", b"secp256k1:x448"])
def test_good_names(names: bytes) -> None:
    assert groups_fault(SSL.Context(SSL.TLS_SERVER_METHOD), names) is None


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        (b"", ""),
        (b"prime256v1:", ""),
        (b"X448:X448", ""),
        (b"p-256", _INVALID.format("p-256")),
        (b"X25519:auto", _INVALID.format("auto")),
        (b"X25519MLKEM768", _INVALID.format("X25519MLKEM768")),
    ],
)
def test_bad_names(names: bytes, fault: str) -> None:
    assert groups_fault(SSL.Context(SSL.TLS_SERVER_METHOD), names) == fault
