"""Settings and variables that tell when they are looked at: what is looked at is what mattered for a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..config.configuration import Http, Location, Server
from ..config.directives.table import Directive, Level
from ..config.modules import MODULES
from ..config.tree import Statement
from ..http.request import Request
from ..http.variables.evaluation import Getter
from ..http.variables.table import Getters

Owner = Http | Server | Location
_LEVELS: dict[type[Owner], Level] = {Http: Level.MAIN, Server: Level.SERVER, Location: Level.LOCATION}


@dataclass(frozen=True, slots=True)
class Effective:
    """A directive and the value in force. statements: where it comes from; none for the default, which is `value`."""

    directive: Directive
    value: Any
    statements: tuple[Statement, ...]


class WatchedSettings:
    """A module's settings; `read` is told the name of each field that is looked at."""

    __slots__ = ("_read", "_settings")

    def __init__(self, settings: Any, read: Callable[[str], None]) -> None:
        self._settings = settings
        self._read = read

    def __getattr__(self, name: str) -> Any:
        self._read(name)
        return getattr(self._settings, name)


Key = tuple[Level, str, str]
"""A field of a module's settings: level, module, field."""


class Watch:
    """Watches the settings of a whole http block."""

    def __init__(self, http: Http) -> None:
        self._read: dict[Key, tuple[Owner, Any]] = {}
        self._prepared: dict[tuple[int, Key], tuple[Owner, Any]] = {}
        self._preparing = True
        owners: list[Owner] = [http, *http.servers, *http.blocks]
        for owner in owners:
            for module, settings in owner.modules.items():
                owner.modules[module] = self._watched(owner, module, settings)

    def _watched(self, owner: Owner, module: str, settings: Any) -> WatchedSettings:
        level = _LEVELS[type(owner)]

        def read(field: str) -> None:
            key = level, module, field
            if self._preparing:
                self._prepared[id(owner), key] = owner, settings
            else:
                self._read[key] = owner, settings

        return WatchedSettings(settings, read)

    def prepared(self) -> None:
        """Templates and the like are made; what is looked at from now on is looked at for a request."""
        self._preparing = False

    def effective(self, templates_of: Location | None) -> Iterator[Effective]:
        """The directives whose values were looked at, in the order of the table, with the value that was looked at last.

        templates_of: the location whose templates were used, which had been made of its settings before.  Of directives that
        share a value (root and alias, allow and deny) come those that are written, else the first.
        """
        read = self._read | {key: found for (owner, key), found in self._prepared.items() if owner == id(templates_of)}
        for module in MODULES:
            groups: dict[Key, list[Directive]] = {}
            for row in module.directives:
                if row.field is not None:
                    groups.setdefault((row.level, module.name, row.field), []).append(row)
            for key, rows in groups.items():
                if key in read:
                    owner, settings = read[key]
                    written = [row for row in rows if row.name in owner.sources]
                    for row in written or rows[:1]:
                        yield Effective(row, getattr(settings, key[2]), owner.sources.get(row.name, ()))


class WatchedGetters(dict[bytes, Getter]):
    """The getters of an http block; `tell` gets each value that is worked out."""

    def __init__(self, http: Http, tell: Callable[[bytes, bytes | None], None]) -> None:
        super().__init__()
        self._getters = Getters(http)
        self._tell = tell

    def __missing__(self, name: bytes) -> Getter:
        get, cacheable = self._getters[name]

        def told(request: Request) -> bytes | None:
            value = get(request)
            self._tell(name, value)
            return value

        getter = self[name] = told, cacheable
        return getter
