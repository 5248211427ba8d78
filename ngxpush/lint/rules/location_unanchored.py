"""PS204: a pattern for the beginning of the URI that matches in the middle, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...config.analysis import Scope
from ...config.configuration import LocationMatch
from ...config.directives.table import Context
from ..finding import Finding, Level
from ..patterns import Beginning, beginning
from ..rule import Rule
from ..source import argument_place
from ..subject import PUSH_ROLES, Subject, choice

_PATH = re.compile(rb"/[A-Za-z0-9_]")
_MORE = "…"


def check(subject: Subject) -> Iterator[Finding]:
    for server in subject.scopes(Context.SERVER):
        prefixes = [inner for inner in server.scopes if choice(inner).match is LocationMatch.PREFIX]
        for location in server.scopes:
            pattern, statement = choice(location).pattern, location.statement
            if pattern is None or statement is None:
                continue
            start = beginning(pattern)
            # A pattern that begins like a path was meant to be one; `\.php$` was not.
            if not start.anchored and _PATH.match(start.literal):
                other = _other(location, start, prefixes)
                if other is not None:
                    position, length = argument_place(subject.analysis, statement, len(statement.arguments) - 1)
                    yield RULE.finding(position, _message(start, other), f"^{pattern.text.decode('utf-8', 'replace')}", length)


def _other(location: Scope, start: Beginning, prefixes: list[Scope]) -> Scope | None:
    """A location that loses requests to the pattern: one that has its text in its name, else the tree of something else."""
    named = (other for other in prefixes if start.literal in choice(other).name[1:] and not start.whole)
    trees = [other for other in prefixes if _is_tree(other)] if _is_push(location) else []
    # The more it looks like a folder, the better it shows what happens.
    trees.sort(key=lambda other: (choice(other).name == b"/", not choice(other).name.endswith(b"/")))
    return next(named, None) or next(iter(trees), None)


def _is_push(location: Scope) -> bool:
    return any(location.own(role) is not None for role in PUSH_ROLES)


def _is_tree(location: Scope) -> bool:
    """Whether many different URIs may be asked for below the location: files or what another server has."""
    name = choice(location).name
    answers = any(setting.directive.content_handler and not setting.directive.upstream for setting in location.settings)
    refuses = location.own("return") is not None or location.own("deny") is not None
    return not answers and not refuses and b"." not in name.rpartition(b"/")[2]


def _message(start: Beginning, other: Scope) -> str:
    name, statement = choice(other).name, other.statement
    assert statement is not None
    path = name if start.literal in name else name.rstrip(b"/") + (b"" if name != b"/" else b"/any") + start.literal
    where = f"location {name.decode('utf-8', 'replace')} (line {statement.start.line})"
    return f"this pattern matches anywhere in the URI: it takes {path.decode('utf-8', 'replace')}{_MORE} from {where}"


RULE = Rule(
    code="PS204",
    name="location-unanchored",
    level=Level.INFO,
    what="A pattern that begins with a path, without ^ before it, beside locations it takes requests from.",
    why="Without ^ a pattern matches anywhere in the URI, and patterns come before plain prefixes: part of another location's "
    "tree becomes a push location, with other rules on who may use it.",
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
