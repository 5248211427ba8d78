"""PS205: a location no request can reach."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from ...config.directive import Scope
from ...config.pattern import Pattern
from ...config.places import Context, LocationMatch
from ..finding import Finding, Level
from ..patterns import Beginning, beginning
from ..rule import Rule
from ..subject import Subject, choice


def check(subject: Subject) -> Iterator[Finding]:
    for level in subject.scopes(Context.SERVER, Context.LOCATION):
        locations = [inner for inner in level.scopes if inner.context & Context.LOCATION]
        if len(locations) > 1:
            for location, other in _shadowed(locations):
                statement = location.statement
                assert statement is not None and other.statement is not None
                words = b" ".join(other.statement.arguments).decode("utf-8", "replace")
                message = f"no request gets here: location {words} (line {other.statement.start.line}) takes them all"
                yield RULE.finding_at_argument(
                    subject,
                    statement,
                    len(statement.arguments) - 1,
                    message,
                    "put the narrower pattern first, and begin both with ^",
                )


def _shadowed(locations: list[Scope]) -> Iterator[tuple[Scope, Scope]]:
    """The locations of one level that can't be reached, each with one that takes its requests."""
    takers = _Takers()
    prefixes = _Prefixes(locations)
    for location in locations:
        pattern = choice(location).pattern
        if pattern is not None:
            start = beginning(pattern)
            other = takers.same(pattern) or takers.find(start) or prefixes.without_regex(start)
            if other is not None:
                yield location, other
            takers.add(location, pattern, start)
    for location in locations:
        # Patterns inside a location are tried before those of its level.
        if choice(location).match is LocationMatch.PREFIX and not location.scopes:
            name = Beginning(anchored=True, literal=choice(location).name, whole=True, caseless=False)
            taker = takers.find(name)
            if taker is not None:
                yield location, taker


class _Takers:
    """The patterns so far, by what they certainly match; those without regard to letter case apart (True)."""

    def __init__(self) -> None:
        self._patterns: dict[tuple[bytes, bool], Scope] = {}
        self._beginning: dict[bool, dict[bytes, Scope]] = {False: {}, True: {}}
        self._anywhere: dict[bool, dict[bytes, Scope]] = {False: {}, True: {}}
        self._lengths: dict[bool, set[int]] = {False: set(), True: set()}  # of the texts in the latter

    def add(self, location: Scope, pattern: Pattern, start: Beginning) -> None:
        self._patterns.setdefault((pattern.text, pattern.caseless), location)
        if start.whole:
            table = self._beginning if start.anchored else self._anywhere
            table[start.caseless].setdefault(start.literal, location)
            if not start.anchored:
                self._lengths[start.caseless].add(len(start.literal))

    def same(self, pattern: Pattern) -> Scope | None:
        """A location with the same pattern."""
        caseless = self._patterns.get((pattern.text, True))
        return caseless if caseless is not None else self._patterns.get((pattern.text, pattern.caseless))

    def find(self, start: Beginning) -> Scope | None:
        """A location whose pattern matches all that begins like this."""
        for caseless in (True, False):
            if caseless or not start.caseless:
                text = start.literal.lower() if caseless else start.literal
                found = self._find(text, start.anchored, caseless)
                if found is not None:
                    return found
        return None

    def _find(self, text: bytes, anchored: bool, caseless: bool) -> Scope | None:
        anywhere = self._anywhere[caseless]
        for length in self._lengths[caseless]:
            for start in range(len(text) - length + 1):
                found = anywhere.get(text[start : start + length])
                if found is not None:
                    return found
        lengths = range(len(text) + 1) if anchored else ()
        return next((known for end in lengths if (known := self._beginning[caseless].get(text[:end])) is not None), None)


class _Prefixes:
    """The locations of a level that are chosen by the longest prefix."""

    def __init__(self, locations: list[Scope]) -> None:
        arguments = [(choice(location), location) for location in locations]
        self._locations = {
            found.name: (found.match, location)
            for found, location in arguments
            if found.match in (LocationMatch.PREFIX, LocationMatch.PREFIX_NO_REGEX)
        }
        self._with_regex = sorted(found.name for found, _ in arguments if found.match is LocationMatch.PREFIX)

    def without_regex(self, start: Beginning) -> Scope | None:
        """A `^~` location that is the longest prefix of all that match, so that no pattern is tried."""
        if not start.anchored or start.caseless:
            return None
        place = bisect_right(self._with_regex, start.literal)
        if place < len(self._with_regex) and self._with_regex[place].startswith(start.literal):
            return None  # for some URIs that the pattern matches, this is the longest prefix
        for end in range(len(start.literal), -1, -1):
            match, location = self._locations.get(start.literal[:end], (None, None))
            if location is not None:
                return location if match is LocationMatch.PREFIX_NO_REGEX else None
        return None


RULE = Rule(
    code="PS205",
    name="location-shadowed",
    level=Level.WARNING,
    what="A location whose requests all go to another one.",
    why="nginx takes the first pattern, in the order of the file, that matches anywhere in the URI, and a pattern comes before "
    "any plain prefix; only an exact location and a prefix with ^~ keep patterns away.",
    bad="""\
    location ~ /sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
    }
    location ~ ^/events/sub/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    good="""\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
    }
    location ~ ^/events/sub/(.*)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    near_misses=(
        """\
    location ~ ^/sub/(\\w+)$ { return 204; }
    location ~ ^/sub/(.*)$ { return 404; }
    location / { return 404; }""",
        """\
    location ^~ /sub/private/ { return 404; }
    location ^~ /sub/public/ { return 404; }
    location ~ ^/sub/(.*)$ { return 204; }
    location = /sub/x { return 204; }""",
        """\
    location ^~ /sub/ { return 404; }
    location /sub/open/ { return 404; }
    location ~ ^/sub/(.*)/x$ { return 204; }""",
        """\
    location ~ ^/sub/(.*)$ { return 204; }
    location ~* ^/sub/(.*)$ { return 204; }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_core_module.html#location",),
    check=check,
)
