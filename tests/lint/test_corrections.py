"""Refused values, put right: each correction is what nginx takes."""

from __future__ import annotations

import pytest

from ngxpush.lint.finding import Finding
from ngxpush.lint.linter import lint
from tests.lint.one_file import PATH, http, one_file, server

_PUSH = "location / { push_stream_subscriber; push_stream_channels_path a; HERE }"
_UPSTREAM = "upstream u { HERE } server { location / { proxy_pass http://u; } }"
_CACHE = "proxy_cache_path /c keys_zone=pages:1m; server { location / { proxy_pass http://a; HERE } }"


def _findings(content: str) -> list[Finding]:
    return list(lint(PATH, "/", one_file(content.encode()), rules=()).findings)


def _instead(content: str) -> list[str]:
    return [finding.instead for finding in _findings(content) if finding.instead]


@pytest.mark.parametrize(
    ("around", "bad", "good"),
    [
        (server(_PUSH), "push_stream_store_messages yes;", "push_stream_store_messages on;"),
        (server(_PUSH), "push_stream_store_messages False;", "push_stream_store_messages off;"),
        (server(_PUSH), "push_stream_store_messages of;", "push_stream_store_messages off;"),
        (server(_PUSH), "push_stream_ping_message_interval 10sec;", "push_stream_ping_message_interval 10s;"),
        (server(_PUSH), "push_stream_ping_message_interval 10 s;", "push_stream_ping_message_interval 10s;"),
        (server(_PUSH), "push_stream_ping_message_interval 1.5m;", "push_stream_ping_message_interval 90s;"),
        (http("HERE"), "push_stream_message_ttl 5min;", "push_stream_message_ttl 5m;"),
        (http("HERE"), "push_stream_max_channel_id_length 1,024;", "push_stream_max_channel_id_length 1024;"),
        (http("HERE"), "client_max_body_size 10MB;", "client_max_body_size 10m;"),
        (http("HERE"), "client_max_body_size 10 m;", "client_max_body_size 10m;"),
        (http("HERE"), "client_body_buffer_size 1g;", "client_body_buffer_size 1024m;"),
        (http("HERE"), "gzip_comp_level 12;", "gzip_comp_level 9;"),
        (http("HERE"), "gzip_comp_level 0;", "gzip_comp_level 1;"),
        (http("HERE"), "gzip_buffers 16 8kb;", "gzip_buffers 16 8k;"),
        (http("HERE"), "keepalive_timeout 1min 60sec;", "keepalive_timeout 1m 60s;"),
        (http("HERE"), "limit_rate 10kb;", "limit_rate 10k;"),
        (http("HERE"), "satisfy al;", "satisfy all;"),
        (http("HERE"), "gzip_proxied expird;", "gzip_proxied expired;"),
        (http("HERE"), "error_log /x wran;", "error_log /x warn;"),
        (http("HERE"), "add_header A b alwys;", "add_header A b always;"),
        (http("HERE"), "limit_req_zone $uri zone=a:1m rtae=1r/s;", "limit_req_zone $uri zone=a:1m rate=1r/s;"),
        (http("log_format timing x; HERE"), "access_log /x timming;", "access_log /x timing;"),
        (http("server { HERE }"), "listen 80 sssl;", "listen 80 ssl;"),
        (http("server { HERE }"), "listen 80 defaultserver;", "listen 80 default_server;"),
        (http("server { HERE }"), 'add_header A "$reqest_uri";', "did you mean request_uri?"),
        (http("map $uri $shape { } server { HERE }"), "add_header A $shap;", "did you mean shape?"),
        (http("server { location / { HERE } }"), "proxy_pass 127.0.0.1:3000;", "proxy_pass http://127.0.0.1:3000;"),
        (http("server { location / { HERE } }"), "limit_except GTE { deny all; }", "limit_except GET { … }"),
        (http("server { HERE }"), "rewrite ^ /a permenant;", "rewrite ^ /a permanent;"),
        (http(_UPSTREAM), "server 127.0.0.1:1 wieght=2;", "server 127.0.0.1:1 weight=2;"),
        (http(_UPSTREAM), "server 127.0.0.1:1 fail_timeout=30sec;", "server 127.0.0.1:1 fail_timeout=30s;"),
        (http("HERE"), "limit_req_zone $uri zone=a:10mb rate=1r/s;", "limit_req_zone $uri zone=a:10m rate=1r/s;"),
        (http("HERE"), "limit_req_zone $uri zone=a:1m rate=10/sec;", "limit_req_zone $uri zone=a:1m rate=10r/s;"),
        (http("HERE"), "access_log /x combined buffer=32kb flush=5sec;", "access_log /x combined buffer=32k flush=5s;"),
        (http("HERE"), "proxy_cache_path /c keys_zone=a:1MB inactive=1day;", "proxy_cache_path /c keys_zone=a:1m inactive=1d;"),
        (http(_CACHE), "proxy_cache page;", "did you mean pages?"),
        ("events {} http { HERE }", "push_stream_shared_memory_size 4k;", "push_stream_shared_memory_size 128k;"),
        ("events {} http { HERE }", "push_stream_shared_memory_size 32MB;", "push_stream_shared_memory_size 32m;"),
        ("events { HERE } http { }", "worker_connections 10k;", "worker_connections 10000;"),
        (http("limit_conn_zone $uri zone=a:1m; HERE"), "limit_conn a 1,000;", "limit_conn a 1000;"),
        ("events { HERE } http { }", "use epol;", "use epoll;"),
        ("events {} http { HERE }", "push_stream_shared_memory_size 10 m;", "push_stream_shared_memory_size 10m;"),
        (http("HERE"), "keepalive_timeout 5 min;", "keepalive_timeout 5m;"),
        (http("HERE"), "expires 1 day;", "expires 1d;"),
        (http("HERE"), "expires modified 2hours;", "expires modified 2h;"),
        (http("HERE"), "gzip_buffers 8k 16;", "gzip_buffers 16 8k;"),
        (http("server { HERE }"), "set foo bar;", "set $foo bar;"),
        (http("HERE"), "deny al;", "deny all;"),
        (http("server { location / { HERE } }"), "proxy_pass htp://127.0.0.1;", "proxy_pass http://127.0.0.1;"),
        (http("server { location / { HERE } }"), "proxy_pass unix:/a;", "proxy_pass http://unix:/a;"),
    ],
)
def test_what_was_meant(around: str, bad: str, good: str) -> None:
    assert _instead(around.replace("HERE", bad)) == [good]
    if good.endswith(";"):
        assert _findings(around.replace("HERE", good)) == [] or "ssl" in good  # there is no certificate


@pytest.mark.parametrize(
    ("word", "mode"),
    [("sse", "eventsource"), ("ws", "websocket"), ("longpolling", "long-polling"), ("EventSorce", "eventsource")],
)
def test_modes_have_other_names(word: str, mode: str) -> None:
    assert _instead(server(f"location / {{ push_stream_subscriber {word}; push_stream_channels_path a; }}")) == [
        f"push_stream_subscriber {mode};"
    ]


@pytest.mark.parametrize(
    ("around", "bad", "syntax"),
    [
        (http("server { location / { HERE } }"), "proxy_http_version 3;", "proxy_http_version 1.0 | 1.1;"),
        (http(_UPSTREAM), "server 127.0.0.1:1 weight=x;", "server <address and parameters>;"),
        (http("map $a $b { } HERE"), "gzip on;", "make the variable with set or map, or correct its name"),
    ],
)
def test_the_syntax_of_what_is_meant(around: str, bad: str, syntax: str) -> None:
    assert _instead(around.replace("HERE", bad)) == [syntax]


@pytest.mark.parametrize(
    ("bad", "syntax"),
    [
        ("push_stream_store_messages perhaps;", "push_stream_store_messages on | off;"),
        ("push_stream_ping_message_interval soon;", "push_stream_ping_message_interval <time>;"),
    ],
)
def test_the_syntax_where_nothing_is_near(bad: str, syntax: str) -> None:
    assert _instead(server(_PUSH.replace("HERE", bad))) == [syntax]
