"""Parts of configurations: which block they belong to, and what of the check is about them."""

from __future__ import annotations

import pytest

from ngxpush.config.tree import Position
from ngxpush.lint.finding import Level
from ngxpush.lint.linter import lint
from ngxpush.lint.partial_file import AROUND, PartialFile, block_of, whole_file
from ngxpush.lint.report import Report
from tests.machine import Machine

_PART = "/conf.d/site.conf"
_MAIN = "/(around)"


def _lint(content: str, block: str, given: bool = True) -> Report:
    part = PartialFile(_PART, block, given)
    machine = Machine({_MAIN: part.whole_file().encode(), _PART: content.encode()})
    return lint(_MAIN, "/", machine, part=part)


def _found(content: str, block: str) -> list[tuple[str, str, int]]:
    return [
        (each.level.word, each.message, each.position.line) for each in _lint(content, block).findings if each.code == "nginx"
    ]


@pytest.mark.parametrize(
    ("content", "block"),
    [
        ("server {\n listen 80; }\nserver {\n }", "http"),
        ("upstream u { server 127.0.0.1:80; }\n\npush_stream_ping_message_interval 10s;", "http"),
        ("# more_set_headers\nmore_set_headers a;\nserver { }", "http"),
        ("error_log /x;\nserver { }", "http"),
        ("include /x;\nlocation / { }", "server"),
        ("\ufefflocation /a { return 204; }\n\nlocation /b { }", "server"),
        ("allow all;\n\ndeny all;", "http"),
        ("\n\nreturn 204;", "server"),
        ("\n\nalias /x;", "location"),
        ("proxy_set_header A b;\nproxy_pass http://a;", "location"),
        ("server 127.0.0.1:80;\nserver 127.0.0.1:81 backup;", "upstream"),
        ("worker_connections 10;", "events"),
        ("server { listen 80; }\nlocation / { }\nserver { }", "http"),
    ],
)
def test_parts_are_recognised(content: str, block: str) -> None:
    assert block_of(content.encode()) == block


@pytest.mark.parametrize(
    "content",
    [
        "events {}\nserver {}",
        "http {}\nserver {}",
        "  http\n{\n}",
        "bogus on;",
        "include missing;",
        "user root;\nserver {}",
        "error_log /x;",
        "",
        "}",
    ],
)
def test_other_files_are_not(content: str) -> None:
    assert block_of(content.encode()) is None


@pytest.mark.parametrize("block", AROUND)
def test_a_part_of_any_block_is_checked_there(block: str) -> None:
    assert _found("bogus on;", block) == [("error", 'unknown directive "bogus"', 1)]
    assert _lint("# nothing", block).findings == ()


def test_names_and_lines_are_those_of_the_part() -> None:
    report = _lint("location / {\n  proxy_buffering perhaps;\n}\n", "server")
    assert [each.position for each in report.findings] == [Position(_PART, 2, 19)]
    assert list(report.files) == [_PART]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("listen 443 ssl;", 'no "ssl_certificate" is defined for the "listen ... ssl" directive'),
        ("access_log /x main;", 'unknown log format "main"'),
        ("location / { proxy_cache store; proxy_pass http://a; }", '"proxy_cache" zone "store" is unknown'),
        ("return 200 $shape;", 'unknown "shape" variable'),
        ("location / { uwsgi_pass app; }", 'no port in upstream "app"'),
    ],
)
def test_what_stands_around_may_set_what_is_missing(content: str, message: str) -> None:
    assert _found(f"server {{ {content} }}", "http") == [("info", message, 1)]


def test_the_memory_and_in_a_location_the_channels_may_be_set_around() -> None:
    assert _found("push_stream_subscriber;", "location") == [
        ("info", "push stream module: push_stream_channels_path must be set.", 1)
    ]
    assert _found("location / { push_stream_subscriber; }", "server") == [
        ("error", "push stream module: push_stream_channels_path must be set.", 1)
    ]


def test_a_part_that_was_recognised_says_so() -> None:
    report = _lint("listen 80;", "server", given=False)
    assert [each.level for each in report.findings] == [Level.INFO]
    assert report.findings[0].message.endswith("it is checked as one that the server block of another file includes")


def test_captures_of_a_regular_expression_around_it_are_not_missed() -> None:
    assert [each.code for each in _lint("return 200 $1;", "location").findings] == []


@pytest.mark.parametrize(
    ("block", "path", "text"),
    [
        ("main", "/a.conf", "include /a.conf;"),
        ("events", "/a.conf", "events { include /a.conf; }"),
        ("location", "/a.conf", "events {} http { server { location / { include /a.conf; } } }"),
        ("http", '/a b/"c".conf', 'events {} http { include "/a b/\\"c\\".conf"; }'),
    ],
)
def test_the_whole_file(block: str, path: str, text: str) -> None:
    assert whole_file(block, path) == text
