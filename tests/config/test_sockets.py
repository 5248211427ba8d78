from ngxpush.config.sockets import own_sockets
from tests.http.serving import compiled


def test_a_wildcard_covers_the_addresses_of_its_port_but_for_those_with_options_of_a_socket() -> None:
    http = compiled(
        "server { listen 80; listen 127.0.0.1:80; listen 127.0.0.2:80 backlog=5; listen [::1]:80; listen 127.0.0.1:81; listen unix:/s; }"
    ).http
    assert http is not None
    found = [(address.listen.host, address.listen.port, address.listen.path) for address in own_sockets(http.addresses)]
    assert found == [(b"", 80, None), (b"127.0.0.2", 80, None), (b"::1", 80, None), (b"127.0.0.1", 81, None), (b"", 0, b"/s")]
