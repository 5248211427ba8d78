"""Commands of OpenSSL."""

from __future__ import annotations

import pytest
from OpenSSL import SSL

from ngxpush.server.tls.conf_commands import BadValue, NoSuchCommand, changed_options, run_command


def test_commands() -> None:
    context = SSL.Context(SSL.TLS_METHOD)
    run_command(context, b"Ciphersuites", b"TLS_AES_128_GCM_SHA256")
    run_command(context, b"MinProtocol", b"TLSv1.3")
    run_command(context, b"Options", b"-SessionTicket")
    with pytest.raises(NoSuchCommand):
        run_command(context, b"Nothing", b"")
    with pytest.raises(BadValue):
        run_command(context, b"MaxProtocol", b"TLSv9")


@pytest.mark.parametrize(
    ("name", "value", "before", "after"),
    [
        (b"Options", b"ServerPreference,-SessionTicket", 0, SSL.OP_CIPHER_SERVER_PREFERENCE | SSL.OP_NO_TICKET),
        (b"options", b"sessionticket, -serverpreference", SSL.OP_CIPHER_SERVER_PREFERENCE | SSL.OP_NO_TICKET, 0),
        (b"Protocol", b"-TLSv1.2", 0, SSL.OP_NO_TLSv1_2),
        (b"Protocol", b"-ALL,TLSv1.3", 0, 0x1E000000),
        (b"Options", b"Nonsense", 4, 4),
        (b"CipherString", b"-ServerPreference", SSL.OP_CIPHER_SERVER_PREFERENCE, SSL.OP_CIPHER_SERVER_PREFERENCE),
    ],
)
def test_options(name: bytes, value: bytes, before: int, after: int) -> None:
    assert changed_options(before, [(name, value)]) == after


@pytest.mark.parametrize("name", [b"Options", b"Protocol", b"Curves", b"SignatureAlgorithms"])
def test_values_that_openssl_does_not_know(name: bytes) -> None:
    with pytest.raises(BadValue):
        run_command(SSL.Context(SSL.TLS_METHOD), name, b"nonsense")
