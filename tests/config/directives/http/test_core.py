"""The directives of http_core, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.config.analysis import Diagnostic
from tests.config.said import Case, analysis_of, said, setting

CASES: list[Case] = [
    ("http", "resolver *;", ['[emerg] host not found in resolver "*"']),
    ("http", "types { include; }", ['[emerg] invalid number of arguments in "include" directive']),
    ("http", "types { include a b; }", ['[emerg] invalid number of arguments in "include" directive']),
    (
        "http",
        "types { text/html html; text/plain html; }",
        ['[warn] duplicate extension "html", content type: "text/plain", previous content type: "text/html"'],
    ),
    (
        "http",
        "types { text/html html; } types { text/html html; }",
        ['[warn] duplicate extension "html", content type: "text/html", previous content type: "text/html"'],
    ),
    ("location", "limit_except NONSENSE { }", ['[emerg] invalid method "NONSENSE"']),
    ("location", "limit_except get { deny all; }", []),
    ("location", "keepalive_timeout x;", ['[emerg] "keepalive_timeout" directive invalid value']),
    ("location", "keepalive_timeout 5 x;", ['[emerg] "keepalive_timeout" directive invalid value']),
    ("location", "keepalive_timeout 5 10;", []),
    ("server", "connection_pool_size 100;", ["[emerg] the pool size must be no less than 112"]),
    ("server", "connection_pool_size 120;", ["[emerg] the pool size must be a multiple of 16"]),
    ("server", "request_pool_size 15;", ["[emerg] the pool size must be no less than 112"]),
    ("location", "directio off;", []),
    ("location", "directio x;", ['[emerg] "directio" directive invalid value']),
    ("location", "directio 4m;", []),
    ("location", "aio on;", ['[emerg] "aio on" is unsupported on this platform']),
    ("location", "aio maybe;", ['[emerg] "aio" directive invalid value']),
    ("location", "aio threads=default;", []),
    ("location", "aio threads=$host;", []),
    ("location", "aio off;", []),
    ("location", "open_file_cache max=0;", ['[emerg] invalid "open_file_cache" parameter "max=0"']),
    ("location", "open_file_cache max=x;", ['[emerg] invalid "open_file_cache" parameter "max=x"']),
    ("location", "open_file_cache inactive=x;", ['[emerg] invalid "open_file_cache" parameter "inactive=x"']),
    ("location", "open_file_cache off;", []),
    ("location", "open_file_cache max=5 valid=1;", ['[emerg] invalid "open_file_cache" parameter "valid=1"']),
    ("location", "open_file_cache inactive=5s;", ['[emerg] "open_file_cache" must have the "max" parameter']),
    ("location", "open_file_cache max=5 inactive=5s;", []),
    ("location", "disable_symlinks from=/a;", ['[emerg] "disable_symlinks" must have "off", "on" or "if_not_owner" parameter']),
    ("location", "disable_symlinks on off;", ['[emerg] duplicate parameters "on off"']),
    ("location", "disable_symlinks off from=/a;", ['[emerg] "from=" cannot be used with "off" parameter']),
    ("location", "disable_symlinks maybe;", ['[emerg] invalid parameter "maybe"']),
    ("location", "disable_symlinks if_not_owner from=$document_root;", []),
    ("location", "resolver valid=x 127.0.0.1;", ["[emerg] invalid parameter: valid=x"]),
    ("location", "resolver 127.0.0.1 ipv6=maybe;", ["[emerg] invalid parameter: ipv6=maybe"]),
    ("location", "resolver 127.0.0.1 status_zone=z;", ['[emerg] host not found in resolver "status_zone=z"']),
    ("location", "resolver valid=5s;", ["[emerg] no name servers defined"]),
    ("location", "resolver 127.0.0.1:x;", ['[emerg] invalid port in resolver "127.0.0.1:x"']),
    ("location", "resolver nowhere.invalid;", ['[emerg] host not found in resolver "nowhere.invalid"']),
    ("location", "limit_rate x;", ['[emerg] "limit_rate" directive invalid value']),
    ("location", "limit_rate $uri;", []),
    ("location", "limit_rate_after 5x;", ['[emerg] "limit_rate_after" directive invalid value']),
    ("location", "client_max_body_size x;", ['[emerg] "client_max_body_size" directive invalid value']),
    ("location", "output_buffers 0 4k;", ['[emerg] "output_buffers" directive invalid value']),
    ("location", "client_body_buffer_size x;", ['[emerg] "client_body_buffer_size" directive invalid value']),
    (
        "location",
        "log_not_found maybe;",
        ['[emerg] invalid value "maybe" in "log_not_found" directive, it must be "on" or "off"'],
    ),
    ("location", "if_modified_since nope;", ['[emerg] invalid value "nope"']),
    ("http", "include nope.conf;", ['[emerg] open() "/etc/nginx/nope.conf" failed (2: No such file or directory)']),
    ("location", "} nope", ['[emerg] unexpected "}"']),
    ("http", "large_client_header_buffers 0 1k;", ['[emerg] "large_client_header_buffers" directive invalid value']),
    ("server", "large_client_header_buffers 4 0;", ['[emerg] "large_client_header_buffers" directive invalid value']),
    ("location", "auth_delay x;", ['[emerg] "auth_delay" directive invalid value']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


@pytest.mark.parametrize(
    ("directive", "value"),
    [
        ("keepalive_timeout 5;", (5000, None)),
        ("keepalive_timeout 5 10;", (5000, 10)),
        ("directio off;", None),
        ("directio 4m;", 4 << 20),
        ("open_file_cache max=5 inactive=5s;", (5, 5)),
        ("open_file_cache max=5;", (5, 60)),
        ("open_file_cache off;", None),
        ("types { text/html html htm; A/B C; }", {b"html": b"text/html", b"htm": b"text/html", b"c": b"A/B"}),
        ("types { a/b a; } types { c/d c; }", {b"a": b"a/b", b"c": b"c/d"}),
    ],
)
def test_values(directive: str, value: object) -> None:
    assert setting("location", directive) == value


@pytest.mark.parametrize(
    ("methods", "excepted"),
    [("get", {b"GET", b"HEAD"}), ("HEAD", {b"HEAD"}), ("POST propfind", {b"POST", b"PROPFIND"})],
)
def test_limit_except(methods: str, excepted: set[bytes]) -> None:
    assert setting("location", f"limit_except {methods} {{ }}") == excepted


def test_an_include_of_types() -> None:
    files = {"mime.types": "text/html html;\nimage/png png;"}
    assert setting("http", "types { include mime.types; }", files) == {b"html": b"text/html", b"png": b"image/png"}


def test_disable_symlinks() -> None:
    mode, origin = setting("location", "disable_symlinks if_not_owner from=$document_root;")
    assert (mode, origin.text) == ("if_not_owner", b"$document_root")


def test_a_thread_pool_is_looked_for_after_the_syntax() -> None:
    analysis = analysis_of("location", "aio threads=nope;")
    assert not analysis.diagnostics
    assert next(step.message for step in analysis.steps if isinstance(step, Diagnostic)) == 'unknown thread pool "nope"'
