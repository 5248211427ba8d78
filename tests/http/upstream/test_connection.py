"""What connections to servers have in common."""

from __future__ import annotations

from msgspec.structs import replace

from ngxpush.config.directives.gateways.tls import UpstreamTls
from ngxpush.http.upstream.connection import Tls, TlsSessions


def test_sessions_are_for_connections_without_a_certificate_of_their_own() -> None:
    sessions, tls = TlsSessions(), Tls(UpstreamTls(), reuses_sessions=True)
    assert tls.resuming(sessions).sessions is sessions
    assert replace(tls, reuses_sessions=False).resuming(sessions).sessions is None
    assert replace(tls, certificate=b"/c").resuming(sessions).sessions is None
