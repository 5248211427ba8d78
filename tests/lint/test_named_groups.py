"""Where the value of a named group may come to."""

from __future__ import annotations

import pytest

from ngxpush.config.places import Context
from ngxpush.lint.named_groups import reach, where_set
from tests.lint.one_file import http, server, subject_of

_SET = "location ~ ^/a/(?<x>.*)$ {"


def known(content: str) -> bool | None:
    """Whether $x may be set in the last location of the file; None when it is not only named groups that set it."""
    subject = subject_of(content)
    origins = where_set(subject).get(b"x")
    location = list(subject.scopes(Context.LOCATION))[-1]
    return None if origins is None else reach(origins, location)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (server(f"{_SET} }}"), True),
        (server(f"{_SET} }} location /b {{ }}"), False),
        (server(f"{_SET} location ~ /b$ {{ }} }}"), True),
        (server("location /b { location ~ ^/b/(?<x>.*)$ { } } location /c { }"), False),
        (server(f"{_SET} rewrite ^ /b last; }} location /b {{ }}"), True),
        (server(f"{_SET} proxy_pass http://127.0.0.1; }} location /b {{ }}"), True),
        (server(f"error_page 404 /b; {_SET} }} location /b {{ }}"), True),
        (server(f"{_SET} try_files $uri /b; }} location /b {{ }}"), True),
        (server("if ($arg_a ~ (?<x>.)) { set $y 1; } location /b { }"), True),
        (server("server_name ~^(?<x>.*)$; location /b { }"), True),
        (http("map $arg_a $y { ~(?<x>.) 1; } server { location /b { } }"), True),
        (http(f"server {{ {_SET} }} }} server {{ location /b {{ }} }}"), False),
        (http("server { server_name ~^(?<x>.*)$; } server { location /b { } }"), False),
        (server(f"{_SET} }} location /b {{ set $x 1; }}"), None),
        (http(f"map $arg_a $x {{ a b; }} server {{ {_SET} }} location /b {{ }} }}"), None),
    ],
)
def test_where_a_named_group_is_known(content: str, expected: bool | None) -> None:
    assert known(content) is expected
