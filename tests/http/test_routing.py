import pytest

from ngxpush.http.routing import listeners
from tests.http.serving import Site, compiled

SERVERS = "".join(
    f'server {{ listen 8080; server_name {names}; return 200 "{number} $server_name [$1]"; }}\n'
    for number, names in enumerate(
        ["_", r"~^(\w+)\.shop\.", "www.shop.*", "*.example.com", "*.shop.example.com .dot.org", 'www.shop.example.com ""']
    )
)


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("www.shop.example.com", "5 www.shop.example.com []"),
        ("api.shop.example.com", "4 *.shop.example.com []"),
        ("x.example.com", "3 *.example.com []"),
        ("example.com", "0 _ []"),
        ("dot.org", "4 *.shop.example.com []"),
        ("a.dot.org", "4 *.shop.example.com []"),
        ("www.shop.net", "2 www.shop.* []"),
        ("api.shop.net:99", r"1 ~^(\w+)\.shop\. [api]"),
        ("WWW.Shop.Example.COM.", "5 www.shop.example.com []"),
    ],
)
def test_server_names(host: str, answer: str) -> None:
    assert Site(SERVERS).get("/", host=host) == (200, answer)


def test_server_without_a_host() -> None:
    assert Site(SERVERS).serve("GET / HTTP/1.0").endswith(b"5 www.shop.example.com []")


def test_default_server_and_addresses() -> None:
    http = compiled(
        "server { listen 80; server_name a; } server { listen 80 default_server; listen 127.0.0.1:80; server_name b; }"
        "server { listen 127.0.0.1:81; server_name c; }"
    ).http
    assert http is not None
    wildcard, other = listeners(http)
    assert (wildcard.default_server.name, other.default_server.name) == (b"b", b"c")
    assert wildcard.at(b"127.0.0.1").listen.host == b"127.0.0.1"
    assert wildcard.at(b"10.0.0.1") is wildcard


def test_what_several_servers_say_of_an_address_adds_up_and_only_socket_options_ask_for_a_socket() -> None:
    http = compiled(
        "server { listen 80; } server { listen 127.0.0.1:80; } server { listen 127.0.0.1:80 proxy_protocol; server_name b; }"
        "server { listen 127.0.0.2:80 backlog=5; }"
    ).http
    assert http is not None
    wildcard, bound = listeners(http)
    assert dict(wildcard.at(b"127.0.0.1").listen.options) == {"proxy_protocol": True}
    assert dict(bound.listen.options) == {"backlog": 5}
