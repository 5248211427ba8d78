"""Upstream blocks as requests see them."""

from __future__ import annotations

from ngxpush.config.directives.upstream.group import LeastConn, UpstreamGroup, UpstreamServer, upstream_groups
from ngxpush.config.places import Context
from tests.config.said import analysis_of


def _groups(block: str) -> dict[bytes, UpstreamGroup]:
    analysis = analysis_of("http", block)
    assert not analysis.diagnostics
    return upstream_groups(next(scope for scope in analysis.root.scopes if scope.context is Context.HTTP))


def test_servers_the_method_and_idle_connections() -> None:
    servers = "server a weight=2 max_fails=3 fail_timeout=5s max_conns=7; server b backup;"
    groups = _groups(f"upstream U {{ least_conn; {servers} keepalive 4; keepalive_requests 9; }}")
    group = groups[b"u"]
    assert group.servers == (UpstreamServer(b"a", 2, 3, 5, 7), UpstreamServer(b"b", backup=True))
    assert (group.name, group.method, group.keepalive, group.keepalive_requests) == (b"U", LeastConn(), 4, 9)


def test_without_more_the_servers_take_turns() -> None:
    assert _groups("upstream u { server a; }") == {b"u": UpstreamGroup(b"u", (UpstreamServer(b"a"),))}
