"""Variables that only named groups set, and the locations a request can reach with their values."""

from __future__ import annotations

from collections.abc import Iterator

from ..config.directive import Scope, Setting
from ..config.modules import DIRECTIVES
from ..config.places import Context
from ..config.variables import HTTP_VARIABLES, Variables
from .captures import patterns_in
from .subject import Subject, choice, enclosing

_OTHER_WAYS = tuple(row.name for rows in DIRECTIVES.values() for row in rows if row.defines)
# A request that these (or another server, by X-Accel-Redirect) send to another location takes its variables along.
_JUMPS = (
    "rewrite",
    "error_page",
    "try_files",
    "auth_request",
    "mirror",
    "post_action",
    "ssi",
    "add_before_body",
    "add_after_body",
)


Origins = dict[Scope | None, list[Scope]]
"""The blocks whose regular expressions set a variable, by server; under None: those outside of all servers."""


def where_set(subject: Subject) -> dict[bytes, Origins]:
    """For each variable that only named groups set: the blocks whose regular expressions set it."""
    found: dict[bytes, Origins] = {}
    for scope, name in _named_groups(subject):
        found.setdefault(name.lower(), {}).setdefault(enclosing(scope, Context.SERVER), []).append(scope)
    known = Variables(HTTP_VARIABLES)
    for _, setting in subject.settings(*_OTHER_WAYS):
        for argument in setting.statement.arguments:
            known.defined.add(argument[1:].lower())
    return {name: origins for name, origins in found.items() if not known.known(name)}


def _named_groups(subject: Subject) -> Iterator[tuple[Scope, bytes]]:
    for scope in subject.scopes():
        chosen_by = choice(scope).pattern if scope.context is Context.LOCATION else None
        inside = (pattern for setting in scope.settings for pattern in patterns_in(setting))
        for pattern in (*inside, *([chosen_by] if chosen_by is not None else [])):
            yield from ((scope, name) for name, _ in pattern.names)


def reach(origins: Origins, location: Scope) -> bool:
    """Whether a request may come to `location` after the regular expressions of one of these blocks have run."""
    same_server = origins.get(enclosing(location, Context.SERVER), ())
    return None in origins or any(_reaches(origin, location) for origin in same_server)


def _reaches(origin: Scope, location: Scope) -> bool:
    place = enclosing(origin, Context.LOCATION)
    return place is None or _holds(place, location) or _holds(location, place) or _hands_on(place)


def _holds(outer: Scope, inner: Scope) -> bool:
    level: Scope | None = inner
    while level is not None and level is not outer:
        level = level.parent
    return level is not None


def _hands_on(location: Scope) -> bool:
    return any(location.effective(name) is not None for name in ("error_page", "try_files")) or any(
        _is_jump(setting) for scope in location.walk() for setting in scope.settings
    )


def _is_jump(setting: Setting) -> bool:
    return setting.directive.upstream or setting.directive.name in _JUMPS
