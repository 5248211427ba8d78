"""memcached_pass: items and their errors, as nginx 1.22.1 has them (tests/differential/test_scripted.py)."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.connection import PeerEvent
from tests.http.upstream.servers import CLOSED, ProxiedSite, Server, says

_ITEM = b"VALUE k 2 4\r\nbody\r\nEND\r\n"
_INVALID = b'memcached sent invalid %s in response "%s" for key "k"'
_NONSENSE = b'memcached sent invalid response: "%s"'


def site(*servers: Server, directives: str = "", target: str = "127.0.0.1:81", group: str = "") -> ProxiedSite:
    types = "types { text/plain txt; } default_type text/x;"
    location = f"location / {{ set $memcached_key $arg_k; memcached_pass {target}; {directives} }}"
    fallback = "error_page 404 = /none; location /none { return 200 none; }"
    return ProxiedSite(f"{group} {types} server {{ {location} {fallback} }}", *servers)


def ask(asked: ProxiedSite, key: str = "k", method: str = "GET") -> bytes:
    return asked.serve(f"{method} /a.txt?k={key} HTTP/1.1\nHost: localhost")


def server(*sent: bytes | PeerEvent) -> Server:
    return Server(*(says(data) if isinstance(data, bytes) else data for data in sent), CLOSED)


@pytest.mark.parametrize("cut", range(1, len(_ITEM)))
def test_an_item_in_any_cut(cut: int) -> None:
    asked = server(_ITEM[:cut], _ITEM[cut:])
    front = site(asked)
    head, _, body = ask(front).partition(b"\r\n\r\n")
    assert asked.sent == b"get k\r\n"
    assert head.split(b"\r\n")[0] == b"HTTP/1.1 200 OK"
    assert {b"Content-Type: text/plain", b"Content-Length: 4", b"Accept-Ranges: bytes"} <= set(head.split(b"\r\n"))
    assert body == b"body"
    assert front.connection.logged == []


@pytest.mark.parametrize(("flag", "encoded"), [(2, True), (1, False), (0, False)])
def test_the_flag_of_compressed_items(flag: int, encoded: bool) -> None:
    assert (b"Content-Encoding: gzip\r\n" in ask(site(server(_ITEM), directives=f"memcached_gzip_flag {flag};"))) is encoded


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"VALUE j 0 4\r\n", _INVALID % (b"key", b"VALUE j 0 4")),
        (b"VALUE k x 4\r\n", _INVALID % (b"flags", b"VALUE k x 4")),
        (b"VALUE k 0 x\r\n", _INVALID % (b"length", b"VALUE k 0 x")),
        (b"VALUE k 0 4 77\r\n", _INVALID % (b"length", b"VALUE k 0 4 77")),
        (b"VALUE k2 0 4\r\n", _NONSENSE % b"VALUE k2 0 4"),
        (b"VALUE k 0\r\n", _NONSENSE % b"VALUE k 0"),
        (b"VALUE k\r\n", _NONSENSE % b"VALUE k"),
        (b"VALUE k 0 4\n", _NONSENSE % b"VALUE k 0 4"),
        (b"ERROR\r\n", _NONSENSE % b"ERROR"),
        (b"END\n", _NONSENSE % b"END"),
        (b"x" * 64, b"upstream sent too big header"),
        (b"", b"upstream prematurely closed connection"),
    ],
)
def test_an_answer_that_makes_no_sense(line: bytes, message: bytes) -> None:
    asked = Server(says(line), CLOSED) if line else Server(CLOSED)
    front = site(asked, directives="memcached_gzip_flag 1; memcached_buffer_size 64;")
    assert ask(front).startswith(b"HTTP/1.1 502 ")
    assert front.connection.logged == [("error", message)]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ([b"VALUE k 0 4\r\nbodyXX"], b"memcached sent invalid trailer"),
        ([b"VALUE k 0 4\r\nbody\r\nEN", b"X\r\n"], b"memcached sent invalid trailer"),
        ([_ITEM + b"more"], b"memcached sent invalid trailer"),
        ([b"VALUE k 0 4\r\nbody\r\nEN"], b"upstream prematurely closed connection"),
    ],
)
def test_a_trailer_that_is_wrong(sent: list[bytes], message: bytes) -> None:
    front = site(server(*sent))
    assert ask(front).endswith(b"\r\n\r\nbody")
    assert front.connection.logged == [("error", message)]


def test_a_key_without_an_item() -> None:
    front = site(server(b"END\r\n"))
    assert ask(front).endswith(b"\r\n\r\nnone")
    assert front.connection.logged == [("info", b'key: "k" was not found by memcached')]


@pytest.mark.parametrize(("key", "sent"), [("a/%C3%BC", b"a/%25C3%25BC"), ("a+b?c", b"a+b?c")])
def test_the_key_is_escaped(key: str, sent: bytes) -> None:
    asked = server(b"END\r\n")
    ask(site(asked), key)
    assert asked.sent == b"get " + sent + b"\r\n"


def test_without_a_key() -> None:
    front = site()
    assert ask(front, "").startswith(b"HTTP/1.1 500 ")
    assert front.connection.logged == [("error", b'the "$memcached_key" variable is not set')]


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_other_methods_are_refused(method: str) -> None:
    assert ask(site(), method=method).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    ("method", "sent", "kept"),
    [("GET", _ITEM, True), ("GET", _ITEM + b"x", False), ("GET", b"END\r\n", True), ("HEAD", _ITEM, False)],
)
def test_which_connections_are_kept(method: str, sent: bytes, kept: bool) -> None:
    asked = server(sent)
    ask(site(asked, target="u", group="upstream u { server 127.0.0.1:81; keepalive 1; }"), method=method)
    assert (asked.resting, asked.closed) == (kept, not kept)


@pytest.mark.parametrize(("word", "sent"), [("not_found", b"END\r\n"), ("invalid_response", b"ERROR\r\n")])
def test_the_next_server(word: str, sent: bytes) -> None:
    group = "upstream u { server 127.0.0.1:81; server 127.0.0.1:82; }"
    front = site(server(sent), server(_ITEM), directives=f"memcached_next_upstream {word};", target="u", group=group)
    assert ask(front).endswith(b"body")
    assert front.opened == [b"127.0.0.1:81", b"127.0.0.1:82"]
