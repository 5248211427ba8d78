"""Commands of OpenSSL."""

from __future__ import annotations

import pytest
from OpenSSL import SSL

from ngxpush.server.tls.conf_commands import BadValue, NoSuchCommand, run_command


def test_commands() -> None:
    context = SSL.Context(SSL.TLS_METHOD)
    run_command(context, b"Ciphersuites", b"TLS_AES_128_GCM_SHA256")
    run_command(context, b"MinProtocol", b"TLSv1.3")
    run_command(context, b"Options", b"-SessionTicket")
    with pytest.raises(NoSuchCommand):
        run_command(context, b"Nothing", b"")
    with pytest.raises(BadValue):
        run_command(context, b"MaxProtocol", b"TLSv9")
