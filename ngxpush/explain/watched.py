"""Settings and variables that report when they are read: those that are read are those that matter for a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from ..config.configuration import Http, Location, Sources
from ..config.directive import Directive
from ..config.modules import MODULES
from ..config.tree import Statement
from ..http.request import Request
from ..http.variables.evaluation import Getter
from ..http.variables.table import Getters


class Effective(Struct, frozen=True):
    """A directive and the value in force. statements: where it comes from; none for the default, which is `value`."""

    directive: Directive
    value: Any
    statements: tuple[Statement, ...]


class WatchedSettings:
    """A module's settings; `read` gets the name of each field that is read."""

    __slots__ = ("_read", "_settings")

    def __init__(self, settings: Any, read: Callable[[str], None]) -> None:
        self._settings = settings
        self._read = read

    @property
    def settings_id(self) -> int:
        """Which settings they are: blocks that set nothing of a module share those of the block around them."""
        return id(self._settings)

    def __getattr__(self, name: str) -> Any:
        self._read(name)
        return getattr(self._settings, name)


Key = tuple[type[Any], str]
"""A field of a module's settings: their class and its name."""


class Watch:
    """Watches the settings of a whole http block: the compiler puts what `show` returns in their place."""

    def __init__(self) -> None:
        self._read: dict[Key, tuple[Any, Sources]] = {}
        self._prepared: dict[tuple[int, Key], tuple[Any, Sources]] = {}
        self._preparing = True

    def show(self, settings: Any, sources: Sources) -> Any:
        """The settings of one block, watched. sources: the block's."""

        def read(field: str) -> None:
            key = type(settings), field
            if self._preparing:
                self._prepared[id(settings), key] = settings, sources
            else:
                self._read[key] = settings, sources

        return WatchedSettings(settings, read)

    def prepared(self) -> None:
        """Templates and the like are made; what is read from now on is read for a request."""
        self._preparing = False

    def effective(self, templates_of: Location | None) -> Iterator[Effective]:
        """The directives whose values were read, in the order of the table, with the value that was read last.

        templates_of: the location whose templates were used; the settings they were made of count as read.  Of directives that
        share a value (root and alias, allow and deny) those that are written are returned, or else the first.
        """
        ids = set() if templates_of is None else {watched.settings_id for watched in templates_of.settings.values()}
        read = self._read | {key: found for (settings, key), found in self._prepared.items() if settings in ids}
        for module in MODULES:
            groups: dict[Key, list[Directive]] = {}
            for row in module.directives:
                if row.settings is not None and row.field is not None:
                    groups.setdefault((row.settings, row.field), []).append(row)
            for key, rows in groups.items():
                if key in read:
                    settings, sources = read[key]
                    written = [row for row in rows if row.name in sources]
                    for row in written or rows[:1]:
                        yield Effective(row, getattr(settings, key[1]), sources.get(row.name, ()))


class WatchedGetters(dict[bytes, Getter]):
    """The getters of an http block; `note` gets the name and the value of each variable that is evaluated."""

    def __init__(self, http: Http, note: Callable[[bytes, bytes | None], None]) -> None:
        super().__init__()
        self._getters = Getters(http)
        self._note = note

    def __missing__(self, name: bytes) -> Getter:
        get, cacheable = self._getters[name]

        def noted(request: Request) -> bytes | None:
            value = get(request)
            self._note(name, value)
            return value

        getter = self[name] = noted, cacheable
        return getter
