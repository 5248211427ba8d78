"""Which captures are lost on the way through a location's script; what nginx does was tried with nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.config.places import Context
from ngxpush.lint.captures import Script, capture_uses, maps_with_patterns
from tests.lint.one_file import http, subject_of

_MAPS = 'map $arg_a $regex { ~x 1; default ""; } map $regex $outer { 1 2; } map $arg_a $plain { x 1; }'


def lost(script: str) -> list[str]:
    """Directive and capture of each loss in a location with two groups and `add_header X $1` after the script."""
    location = f"location ~ ^/(a)/(.*)$ {{ {script} add_header X $2; }}"
    subject = subject_of(http(f"{_MAPS} server {{ listen 80; {location} }}"))
    assert not subject.analysis.diagnostics[1:-1]  # nginx notes the memory, and that the module is not used
    found = Script(maps_with_patterns(subject))
    found.run(next(subject.scopes(Context.LOCATION)))
    return sorted(f"{use.setting.directive.name} ${use.number}" for use, _ in found.lost)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", []),
        ("set $x $1;", []),
        ("if ($arg_b = x) { set $x $1; }", []),
        ("if ($arg_b ~ x) { set $y 1; }", ["add_header $2"]),
        ("if ($arg_b !~ x) { set $y $1; }", ["add_header $2", "set $1"]),
        ("if ($arg_b ~ (x)) { set $y $1; }", ["add_header $2"]),
        ("if ($arg_b ~ (x)(y)) { add_header Y $2; }", ["add_header $2"]),
        ("if ($arg_b ~ (x)) { add_header Y $2; }", ["add_header $2", "add_header $2"]),
        ("if ($arg_b = x) { add_header Y $1; } if ($arg_b ~ y) { set $y 1; }", ["add_header $1", "add_header $2"]),
        ("set $x $1; if ($arg_b ~ x) { return 403; } set $y $1;", ["add_header $2", "set $1"]),
        ("rewrite ^/nothing /else;", ["add_header $2"]),
        ("if ($arg_b ~ x) { proxy_pass http://127.0.0.1; proxy_redirect ~^/(.)$ /$1; }", ["add_header $2"]),
        ("rewrite ^/a/(.)(.*)$ /b/$2 break;", []),
        ("if ($arg_b = x) { rewrite ^/nothing /else; }", ["add_header $2"]),
        ("if ($arg_b = x) { rewrite ^ /else last; }", []),
        ("if ($arg_b = x) { rewrite ^/nothing /else; return 403; }", []),
        ("return 200 $1; rewrite ^/nothing /else;", []),
        ("if ($plain) { set $y 1; }", []),
        ("if ($regex) { set $y 1; }", ["add_header $2"]),
        ("set $y $outer;", ["add_header $2"]),
        ("set $y $1$regex;", ["add_header $2"]),
        ("set $y $regex$1;", ["add_header $2", "set $1"]),
        ("add_header Y $1$regex;", []),
        ("add_header Y $regex$1;", ["add_header $1"]),
        ("push_stream_allowed_origins $regex; push_stream_channels_path $1;", ["push_stream_channels_path $1"]),
        ("push_stream_allowed_origins $plain; push_stream_channels_path $1;", []),
        ("push_stream_allowed_origins $1;", []),
        (
            "push_stream_allowed_origins $regex; if ($arg_b) { push_stream_channels_path $2; }",
            ["push_stream_channels_path $2"],
        ),
    ],
)
def test_lost_captures(script: str, expected: list[str]) -> None:
    assert lost(script) == expected


def test_uses_know_their_place() -> None:
    subject = subject_of(http("server { listen 80; location /a { add_header X ${host}-$1/$uri$2; } }"))
    setting = next(subject.settings("add_header"))[1]
    uses = [(use.number, use.index, use.start, sorted(use.before)) for use in capture_uses(setting)]
    assert uses == [(1, 1, 8, [b"host"]), (2, 1, 15, [b"host", b"uri"])]
