"""A module of nginx: its rows of the table, and the classes its settings become."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from .columns import EMULATED, Emulation
from .directive import Check, Directive


class Module(Struct, frozen=True):
    """One nginx module."""

    # As in nginx's documentation, without prefix and suffix: `core`, `http_core`, `rewrite`, `push_stream`, …
    name: str

    # Its rows. The module fills in their `module`, `settings` and `default`.
    directives: tuple[Directive, ...]

    # What the names of its directives begin with and the fields of its settings do not.
    prefix: str = ""

    # Its directives decide who may have a request served (`ngxpush routes` shows them).
    guards: bool = False

    # The class of the settings there are once for http, or for the whole file. No field name stands in two of the three classes.
    main: type[Any] | None = None

    # The class of each server's settings.
    server: type[Any] | None = None

    # The class of each location's settings.
    location: type[Any] | None = None

    # What ngxpush does with the directives whose rows do not say.
    emulation: Emulation = EMULATED

    # Called in nginx's module order when `http` closes (nginx's merge phase), with the use of the http directive and the scope
    # of its block.
    checks: tuple[Check, ...] = ()

    # What nginx notes at start when there is no http block.
    without_http: str | None = None

    # Completes a location's settings with what follows from other settings: called with the location's and those of `main`, or
    # None for a module that has none there.
    derive: Callable[[Any, Any], Any] | None = None

    # Completes them before that with what follows from the block around: called with the location's settings, those of that
    # block, and the names of the fields that are set in the location itself.
    nest: Callable[[Any, Any, Collection[str]], Any] | None = None

    # The file of a module that is not part of nginx. nginx has its directives only if `load_module` names this file;
    # `ngxpush run` has them always.
    file: str = ""

    # nginx has it only if its `configure` is called with `--with-http_NAME_module`.
    optional: bool = False

    def __post_init__(self) -> None:
        kinds = [kind for kind in (self.main, self.server, self.location) if kind is not None]
        defaults = {name: (kind, getattr(kind(), name)) for kind in kinds for name in kind.__struct_fields__}
        force_setattr(self, "directives", tuple(self._complete(row, defaults) for row in self.directives))

    @property
    def configure_option(self) -> str | None:
        """The option that builds an emulated module into nginx; None for one that is always there, or is not emulated."""
        return f"--with-http_{self.name}_module" if self.optional and self.emulation is EMULATED else None

    def _complete(self, row: Directive, defaults: dict[str, tuple[type[Any], Any]]) -> Directive:
        emulation = self.emulation if row.emulation is EMULATED else row.emulation
        row = replace(row, module=self.name, emulation=emulation, file=self.file)
        field = row.field or row.name.removeprefix(self.prefix)
        if field not in defaults:
            return replace(row, field=None)
        kind, default = defaults[field]
        return replace(row, field=field, settings=kind, default=default)
