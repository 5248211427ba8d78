"""The blocks whose settings nginx merges."""

from __future__ import annotations

from ngxpush.config.directives.http.merged import merged_scopes
from ngxpush.config.places import Context
from tests.config.said import analysis_of


def test_servers_and_what_is_in_them_in_their_order() -> None:
    block = "location / { if ($arg_a) { } limit_except GET { } } location /b { location /b/c { } }"
    analysis = analysis_of("http", f"upstream u {{ server 127.0.0.1; }} server {{ {block} }}")
    (http,) = (scope for scope in analysis.root.scopes if scope.context is Context.HTTP)
    expected = [
        Context.SERVER,
        Context.LOCATION,
        Context.LOCATION_IF,
        Context.LIMIT_EXCEPT,
        Context.LOCATION,
        Context.LOCATION,
    ]
    assert [scope.context for scope in merged_scopes(http)] == expected
