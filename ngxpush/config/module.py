"""A module of nginx: its rows of the table, and the dataclasses its settings become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from .columns import EMULATED, Emulation
from .directive import Check, Directive


@dataclass(frozen=True, slots=True)
class Module:
    """One nginx module.

    name: as in nginx's documentation without prefix and suffix: `core`, `http_core`, `rewrite`, `push_stream`, …
    directives: its rows; what follows from the module is filled in (`Directive`).
    prefix: what its directives' names begin with and the fields of its settings do not.
    guards: its directives say who may have a request served (`ngxpush routes` shows them).
    dynamic: the module is there only after `load_module` (mail in Debian's nginx).
    main, server, location: the settings there are once for http (or the whole file), for each server, for each location. A field
        has a name of its own among the three.
    emulation: what ngxpush does with those of its directives whose rows do not say.
    checks: called in nginx's module order when `http` closes, with the use of the http directive and the scope inside (nginx's
        merge phase).
    derive: completes a location's settings with what follows from others: called with them and with `main`.
    """

    name: str
    directives: tuple[Directive, ...]
    prefix: str = ""
    dynamic: bool = False
    guards: bool = False
    main: type[Any] | None = None
    server: type[Any] | None = None
    location: type[Any] | None = None
    emulation: Emulation = EMULATED
    checks: tuple[Check, ...] = ()
    derive: Callable[[Any, Any], Any] | None = None

    def __post_init__(self) -> None:
        kinds = [kind for kind in (self.main, self.server, self.location) if kind is not None]
        defaults = {field.name: (kind, getattr(kind(), field.name)) for kind in kinds for field in fields(kind)}
        object.__setattr__(self, "directives", tuple(self._complete(row, defaults) for row in self.directives))

    def _complete(self, row: Directive, defaults: dict[str, tuple[type[Any], Any]]) -> Directive:
        emulation = self.emulation if row.emulation is EMULATED else row.emulation
        row = replace(row, module=self.name, emulation=emulation)
        field = row.field or row.name.removeprefix(self.prefix)
        if field not in defaults:
            return replace(row, field=None)
        kind, default = defaults[field]
        return replace(row, field=field, settings=kind, default=default)
