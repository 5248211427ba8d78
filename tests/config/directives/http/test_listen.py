"""The directives of listen, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.config.addresses import ipv4_text
from ngxpush.config.analyzer import analyze
from tests.config.said import Case, said, setting
from tests.machine import Machine

CASES: list[Case] = [
    ("server", "listen [::]:8081 ipv6only=on;", []),
    ("server", "listen [::]:8081 ipv6only=off;", []),
    ("server", "listen [::]:8081 ipv6only=o;", ['[emerg] invalid ipv6only flags "o"']),
    ("server", "listen [::]:8081 ipv6only=x;", ['[emerg] invalid parameter "ipv6only=x"']),
    ("server", "listen 8081 so_keepalive=on;", []),
    ("server", "listen 8081 so_keepalive=30m::10;", []),
    ("server", "listen 8081 so_keepalive=0::1;", []),
    ("server", "listen 8081 so_keepalive=0::;", ['[emerg] invalid so_keepalive value: "0::"']),
    ("server", "listen 8081 so_keepalive=1m:x:;", ['[emerg] invalid so_keepalive value: "1m:x:"']),
    ("server", "listen 8081 so_keepalive=::;", ['[emerg] invalid so_keepalive value: "::"']),
    ("server", "listen 8081 so_keepalive=x;", ['[emerg] invalid so_keepalive value: "x"']),
    (
        "server",
        "listen 8081 accept_filter=x;",
        ['[emerg] accept filters "accept_filter=x" are not supported on this platform, ignored'],
    ),
    ("server", "listen 8081 deferred=x;", ['[emerg] invalid parameter "deferred=x"']),
    (
        "http",
        "server { listen 8081 backlog=5; } server { listen 8081 backlog=6; }",
        ["[emerg] duplicate listen options for 0.0.0.0:8081"],
    ),
    (
        "http",
        "server { listen 8081 default_server; } server { listen 8081 default_server; }",
        ["[emerg] a duplicate default server for 0.0.0.0:8081"],
    ),
    ("server", "listen 8081-8083;", []),
    ("server", "listen 8083-8081;", ['[emerg] invalid port range in "8083-8081" of the "listen" directive']),
    ("server", "listen 8081 rcvbuf=x;", ['[emerg] invalid rcvbuf "rcvbuf=x"']),
    ("server", "listen 8081 sndbuf=x;", ['[emerg] invalid sndbuf "sndbuf=x"']),
    ("server", "listen 8081 fastopen=x;", ['[emerg] invalid fastopen "fastopen=x"']),
    ("server", "listen 8081 setfib=1;", ['[emerg] invalid parameter "setfib=1"']),
    ("server", "listen 8081 nonsense;", ['[emerg] invalid parameter "nonsense"']),
    ("server", "listen nowhere.invalid;", ['[emerg] host not found in "nowhere.invalid" of the "listen" directive']),
    ("server", "listen 127.0.0.1:99999;", ['[emerg] invalid port in "127.0.0.1:99999" of the "listen" directive']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


@pytest.mark.parametrize(
    ("value", "option"),
    [("on", True), ("off", False), ("30m::10", (1800, None, 10)), ("::5", (None, None, 5)), ("0:2:3", (None, 2, 3))],
)
def test_so_keepalive(value: str, option: object) -> None:
    assert setting("server", f"listen 8081 so_keepalive={value};").options == (("so_keepalive", option),)


@pytest.mark.parametrize(
    ("host", "written"),
    [
        ("1.5", "1.0.0.5"),
        ("256", "0.0.1.0"),
        ("1.2.3", "1.2.0.3"),
        ("0x7f.0x1", "127.0.0.1"),
        ("0177.1", "127.0.0.1"),
        ("010.0.0.1", "10.0.0.1"),
        ("4294967295", "255.255.255.255"),
        ("[0::5]", "[::5]"),
        ("[::1:2]", "[::0.1.0.2]"),
        ("[::102:304]", "[::1.2.3.4]"),
        ("[::ffff:0:1]", "[::ffff:0.0.0.1]"),
        ("[1:0:0:2:0:0:0:3]", "[1:0:0:2::3]"),
    ],
)
def test_an_address_has_one_text(host: str, written: str) -> None:
    assert said("server", f"listen {host}:81; listen {written}:81;") == [f"[emerg] a duplicate listen {written}:81"]


@pytest.mark.parametrize("host", ["4294967296", "1.16777216", "08.1", "0x", "1.2.3.4.5", "127.0.0.300"])
def test_what_is_no_address_is_a_name(host: str) -> None:
    assert ipv4_text(host.encode()) is None


def test_an_address_has_no_zone() -> None:
    assert said("server", "listen [::1%lo]:81;") == ['[emerg] invalid IPv6 address in "[::1%lo]:81" of the "listen" directive']


_TWO = {"two": ("127.0.0.1", "127.0.0.3", "0::1")}


@pytest.mark.parametrize(
    ("listens", "message"),
    [
        ("listen two:81; listen two:81;", "a duplicate listen 127.0.0.1:81"),
        ("listen two:81; listen 127.0.0.3:81;", "a duplicate listen 127.0.0.3:81"),
        ("listen 81; listen [::1]:81; listen two:81;", "a duplicate listen [::1]:81"),
        ("listen two:81; listen 127.0.0.3:82;", None),
    ],
)
def test_a_host_name_stands_for_its_addresses(listens: str, message: str | None) -> None:
    text = f"events {{}} http {{ access_log off; server {{ {listens} }} }}"
    machine = Machine({"/etc/nginx/nginx.conf": text.encode()}, hosts=_TWO)
    said = analyze("/etc/nginx/nginx.conf", "/etc/nginx", system=machine).diagnostics
    assert [diagnostic.message for diagnostic in said] == ([] if message is None else [message])
