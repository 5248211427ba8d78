"""What rules look at: the analyzed configuration, with answers to the questions rules ask most.

Rules see the scopes as they are written, and the effective setting of a directive with nginx's inheritance. All names are as in
the file; no rule parses the text of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from ..config.analysis import Analysis
from ..config.backends import Backend, local_backends
from ..config.complex_value import ComplexValue
from ..config.directive import Scope, Setting
from ..config.directives.http.location import LocationArguments
from ..config.directives.push_stream.settings import PUBLISHER, ROLES, SUBSCRIBER
from ..config.modules import DIRECTIVES
from ..config.places import Context, LocationMatch
from ..config.third_party import module_of
from ..config.tree import Position

RESUMING = ("push_stream_last_received_message_time", "push_stream_last_received_message_tag", "push_stream_last_event_id")
"""The directives that say which message a subscriber has received last; it resumes after that one."""


Listens = Callable[[Backend], bool]
"""Whether someone listens there."""


class Subject:
    """A configuration to check. It is walked once, and what all rules ask for is kept.

    whole: whether it is all there; otherwise it is a part of one.
    listens: whether someone listens where requests are passed on to; None: no one is asked.
    """

    __slots__ = ("_listens", "_push_locations", "_scopes", "_settings", "_whole", "analysis")

    def __init__(self, analysis: Analysis, whole: bool = True, listens: Listens | None = None) -> None:
        self.analysis = analysis
        self._whole = whole
        self._listens = listens
        self._scopes = tuple(analysis.root.walk())
        self._settings: dict[str, list[tuple[Scope, Setting]]] = {}
        self._push_locations: list[PushLocation] = []
        for scope in self._scopes:
            for setting in scope.settings:
                self._settings.setdefault(setting.directive.name, []).append((scope, setting))
                if setting.directive.name in ROLES:
                    self._push_locations.append(PushLocation(scope, setting))

    def scopes(self, *contexts: Context) -> Iterator[Scope]:
        """Every scope of one of these contexts (all, when none is named), in the order of the file."""
        # Compared by identity: an `&` of flags is slow, and this is asked for each scope by each rule.
        wanted = [context for context in Context if any(context & asked for asked in contexts)] if contexts else list(Context)
        return (scope for scope in self._scopes if scope.context in wanted)

    def settings(self, *names: str) -> Iterator[tuple[Scope, Setting]]:
        """Every use of these directives, with the scope it stands in; one directive after the other, each in the file's order."""
        return (use for name in names for use in self._settings.get(name, ()))

    def push_locations(self, *roles: str) -> Iterator[PushLocation]:
        """The locations with a push role (one of `roles`, directive names; all three when none is named)."""
        wanted = roles or ROLES
        return (location for location in self._push_locations if location.role.directive.name in wanted)

    def http(self) -> Scope | None:
        """The http block."""
        return next((scope for scope in self.analysis.root.scopes if scope.context & Context.HTTP), None)

    def is_complete(self) -> bool:
        """Whether all is there and understood, but third-party directives: only then is a directive that is not found missing."""
        return self._whole and not any(
            diagnostic.fatal and (diagnostic.statement is None or module_of(diagnostic.statement.name.decode("latin-1")) is None)
            for diagnostic in self.analysis.diagnostics
        )

    def silent_backends(self) -> list[Backend]:
        """The servers of this machine that requests are passed on to, and where no one listens."""
        if self._listens is None:
            return []
        return [backend for backend in local_backends(self.analysis.root) if not self._listens(backend)]

    def stores_nothing(self) -> bool:
        """Whether there are publishers (websockets whose clients may publish count) and none of them stores its messages."""
        publishing = [
            location
            for location in self.push_locations(PUBLISHER, SUBSCRIBER)
            if location.role.directive.name == PUBLISHER or value(location.scope, "push_stream_websocket_allow_publish")
        ]
        stored = (value(scope, "push_stream_store_messages") for location in publishing for scope in location.variants)
        return bool(publishing) and self.is_complete() and not any(stored)


class PushLocation(Struct, frozen=True):
    """A location and the directive that gives it its role."""

    scope: Scope
    role: Setting

    @property
    def position(self) -> Position:
        return self.role.statement.start

    @property
    def mode(self) -> str:
        """`normal`, `admin`, `streaming`, `long-polling` …, or "" for statistics."""
        return str(getattr(self.role.value, "value", "") or "")

    @property
    def variants(self) -> tuple[Scope, ...]:
        """The location and the `if` blocks in it: for each request the settings of one of them hold."""
        return (self.scope, *ifs(self.scope))

    @property
    def reads_events_channel(self) -> bool:
        """Whether the events channel, whose messages are always stored, may be subscribed to here."""
        return any(value(variant, "push_stream_allow_connections_to_events_channel") for variant in self.variants)

    def effective(self, *names: str) -> list[Setting]:
        """The uses of these directives that count here for some request, each once."""
        found = (variant.effective(name) for name in names for variant in self.variants)
        return list(dict.fromkeys(setting for setting in found if setting is not None))


def value(scope: Scope, name: str) -> Any:
    """The effective typed value of a directive that is given once, or the table's default."""
    found = scope.effective(name)
    return found.value if found is not None else DIRECTIVES[name.encode()][0].default


def enclosing(scope: Scope, context: Context) -> Scope | None:
    """The nearest scope of `context` that holds `scope`, itself included."""
    level: Scope | None = scope
    while level is not None and not level.context & context:
        level = level.parent
    return level


def complex_values(setting: Setting) -> Iterator[ComplexValue]:
    """The texts with variables in a setting's value."""
    if any(b"$" in argument for argument in setting.statement.arguments):
        yield from _inside(setting.value)


def _inside(value: Any) -> Iterator[ComplexValue]:
    if isinstance(value, ComplexValue):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _inside(getattr(value, name))


def choice(location: Scope) -> LocationArguments:
    """How a location is chosen: its modifier and its name or pattern."""
    if isinstance(location.value, LocationArguments):
        return location.value
    return LocationArguments(LocationMatch.NAMED, b"")  # nginx refused its arguments: it matches nothing


def asked_in_ifs(scope: Scope) -> set[bytes]:
    """The variables the conditions of `if`s directly in a server or location refer to."""
    return {name for setting in scope.all("if") for value in complex_values(setting) for name in value.variables}


def ifs(scope: Scope) -> list[Scope]:
    """The `if` blocks directly in a server or location."""
    if scope.own("if") is None:
        return []
    return [inner for inner in scope.scopes if inner.context in (Context.LOCATION_IF, Context.SERVER_IF)]
