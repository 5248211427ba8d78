"""PS205 beside its examples; what is reached was tried with nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.lint.one_file import marked, server


@pytest.mark.parametrize(
    ("locations", "expected"),
    [
        (["~ ^/a", "~ ^/ab"], ["^/ab"]),
        (["~ ^/ab", "~ ^/a"], []),
        (["~ ^/(a|b)$", "~ ^/(a|b)$"], ["^/(a|b)$"]),
        (["~* ^/A/(.*)$", "~ ^/a/b"], ["^/a/b"]),
        (["~ ^/a/(.*)$", "~* ^/a/b"], []),
        (["~ /a", "/b/a/", "= /a", "^~ /a"], ["/b/a/"]),
        (["~ ^/a", "/b", "/a/b"], ["/a/b"]),
        (["^~ /a/", "~ ^/a/b"], ["^/a/b"]),
        (["^~ /a/", "/a/b/", "~ ^/a/"], ["/a/b/"]),
        (["^~ /a/", "/a/b/", "~ ^/a/.*/x$"], []),
        (["^~ /a/", "~ /a/b"], []),
        (["~ ^/a|^/b", "~ ^/a"], []),
    ],
)
def test_locations_no_request_reaches(locations: list[str], expected: list[str]) -> None:
    content = "\n".join(f"location {location} {{ return 204; }}" for location in locations)
    assert marked("PS205", server(content)) == expected


def test_a_nested_pattern_comes_before_those_of_the_server() -> None:
    assert marked("PS205", server("location ~ ^/a { } location /a/b { location ~ x$ { } }")) == []
