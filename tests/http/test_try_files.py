"""The first of several names that exists."""

from __future__ import annotations

import pytest

from .serving import Site, server

_ROOT = "/etc/nginx/html"
_FILES = {_ROOT: None, f"{_ROOT}/a.html": "a", f"{_ROOT}/d": None, f"{_ROOT}/d/index.html": "index", "/other/x": "x"}


@pytest.mark.parametrize(
    ("location", "target", "answer"),
    [
        ("location / { try_files $uri $uri.html =404; }", "/a", (200, "a")),
        ("location / { try_files $uri $uri/ =404; }", "/d", (301, None)),
        ("location / { try_files $uri/ =404; }", "/d/", (404, None)),
        ("location / { try_files $uri =404; }", "/d", (404, None)),
        ("location / { try_files $uri =410; }", "/none", (410, None)),
        ("location / { try_files $uri /f?from=$uri; } location /f { return 200 $args; }", "/none", (200, "from=/none")),
        ("location / { try_files $uri @n; } location @n { return 200 $uri; }", "/none", (200, "/none")),
        ("location / { try_files $uri @none; }", "/x", (500, None)),
        ("location /al/ { alias /other/; try_files $uri =404; }", "/al/x", (200, "x")),
        ("location /al/ { alias /other/; try_files $uri =404; }", "/al/y", (404, None)),
        ("location ~ ^/al/ { alias /other; try_files /x =404; }", "/al/y", (200, "x")),
    ],
)
def test_what_is_served(location: str, target: str, answer: tuple[int, str | None]) -> None:
    assert Site(f"server {{ {location} }}", _FILES).get_own(target) == answer


_SITE: dict[str, str | None] = {f"{_ROOT}/a": "A", f"{_ROOT}/d": None, f"{_ROOT}/x.html": "X"}


@pytest.mark.parametrize(
    ("rule", "target", "answer"),
    [
        ("try_files $uri.html $uri/ @f;", "/x", "/x.html"),
        ("try_files $uri @f;", "/d", "fallback /d"),
        ("try_files $uri $uri/ @f;", "/d", "/d"),
        ("try_files $uri /e?u=$uri;", "/none?q", "e u=/none"),
        ("try_files $uri =404;", "/none", "/none"),
    ],
)
def test_where_the_request_goes(rule: str, target: str, answer: str) -> None:
    show = 'location @f { return 200 "fallback $uri"; } location = /e { return 200 "e $args"; }'
    site = server(f"location / {{ {rule} empty_gif; }} {show}", _SITE)
    body = site.get(target)[1]
    assert site.request is not None
    assert answer == (body if body.startswith(("e ", "fallback")) else site.request.uri.decode())


def test_an_alias_takes_the_name_of_the_location_from_names_with_variables() -> None:
    files = {"/srv/x": "x"}
    text = "server { location /a/ { alias /srv/; try_files %s /a//found$arg_none; } location / { return 200 $uri; } }"
    assert Site(text % "$uri", files).get("/a/x") == (200, "x")
    assert Site(text % "/a/x", files).get("/a/x") == (200, "/found")
