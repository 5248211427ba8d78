from __future__ import annotations

import pytest
from msgspec.structs import replace

from ngxpush.config.configuration import ListenAddress, Location, Server
from ngxpush.config.directives.http.ssl import SslServer
from ngxpush.config.places import LocationMatch
from ngxpush.config.tls_addresses import has_tls


@pytest.mark.parametrize(
    ("options", "ssl", "expected"),
    [((), False, False), ((("backlog", 5),), False, False), ((("ssl", True),), False, True), ((), True, True)],
)
def test_by_the_parameter_of_listen_or_by_ssl_on_in_the_default_server(
    options: tuple[tuple[str, object], ...], ssl: bool, expected: bool
) -> None:
    settings = {SslServer: replace(SslServer(), ssl=ssl)}
    server = Server(b"", (), (), Location(b"", LocationMatch.PREFIX), settings=settings)
    assert has_tls(ListenAddress(options=options), server) is expected
