"""PS204: a pattern for the beginning of the URI that also matches in the middle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...config.directive import Scope
from ...config.directives.push_stream.settings import ROLES
from ...config.places import Context, LocationMatch
from ..finding import Finding, Level
from ..patterns import Beginning, beginning
from ..rule import Rule
from ..subject import Subject, choice

_PATH = re.compile(rb"/[A-Za-z0-9_]")


def check(subject: Subject) -> Iterator[Finding]:
    for server in subject.scopes(Context.SERVER):
        prefixes = [inner for inner in server.scopes if choice(inner).match is LocationMatch.PREFIX]
        trees = [location for location in prefixes if _is_tree(location)]
        # The message names one of them, best one whose name looks like a directory.
        trees.sort(key=lambda tree: (choice(tree).name == b"/", not choice(tree).name.endswith(b"/")))
        for location in server.scopes:
            start = _path(location)
            if start is not None:
                other = _named(start, prefixes) or (trees[0] if trees and _is_push(location) else None)
                if other is not None:
                    yield _finding(subject, location, start, other)


def _named(start: Beginning, prefixes: list[Scope]) -> Scope | None:
    """A location that has the pattern's text in its name; where the text alone is enough to match, rule PS205 reports it."""
    if start.whole:
        return None
    return next((other for other in prefixes if start.literal in choice(other).name[1:]), None)


def _path(location: Scope) -> Beginning | None:
    """The beginning of a pattern that looks like a path but has no `^`; `\\.php$` does not look like a path."""
    pattern = choice(location).pattern
    start = beginning(pattern) if pattern is not None else None
    return start if start is not None and not start.anchored and _PATH.match(start.literal) else None


def _is_push(location: Scope) -> bool:
    return any(location.own(role) is not None for role in ROLES)


def _is_tree(location: Scope) -> bool:
    """Whether many different URIs may exist below the location: files, or what another server has."""
    name = choice(location).name
    answers = any(setting.directive.content_handler and not setting.directive.upstream for setting in location.settings)
    refuses = location.own("return") is not None or location.own("deny") is not None
    return not answers and not refuses and b"." not in name.rpartition(b"/")[2]


def _finding(subject: Subject, location: Scope, start: Beginning, other: Scope) -> Finding:
    statement, name = location.statement, choice(other).name
    assert statement is not None and other.statement is not None
    path = name if start.literal in name else name.rstrip(b"/") + (b"" if name != b"/" else b"/any") + start.literal
    where = f"location {name.decode('utf-8', 'replace')} (line {other.statement.start.line})"
    message = f"this pattern matches anywhere in the URI: it takes {path.decode('utf-8', 'replace')}… from {where}"
    return RULE.finding_at_argument(
        subject, statement, len(statement.arguments) - 1, message, f"^{choice(location).name.decode('utf-8', 'replace')}"
    )


RULE = Rule(
    code="PS204",
    name="location-unanchored",
    level=Level.INFO,
    what="A pattern that begins with a path but not with ^, and takes requests from other locations.",
    why="Without ^ a pattern matches anywhere in the URI, and patterns come before plain prefixes: some URIs of another location "
    "are served by this one, with other rules on who may use it.",
    bad="""\
    location ~ /sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
    }
    location /articles/ { root /srv; }""",
    good="""\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
    }
    location /articles/ { root /srv; }""",
    near_misses=(
        """\
    location ~ /sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
    }
    location ^~ /articles/ { root /srv; }
    location = / { return 204; }
    location / { return 404; }
    location /favicon.ico { root /srv; }""",
        """\
    location ~ \\.html$ { root /srv; }
    location /articles/ { root /srv; }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_core_module.html#location",),
    check=check,
)
