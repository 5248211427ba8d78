"""A short way to write the rows of a small module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..slots import Flag
from .table import EMULATED, FLAG, HTTP_SERVER_LOCATION, Arguments, Context, Directive, Emulation, Slot


def rows_of(
    module: str, settings: type[Any] | None = None, contexts: Context = HTTP_SERVER_LOCATION, emulation: Emulation = EMULATED
) -> Callable[..., Directive]:
    """A function that makes the rows of `module`: name, slot and summary suffice where the other columns are the usual ones.

    A row whose name (or `field`) is an attribute of `settings` keeps its value there.
    """
    defaults = {} if settings is None else {field.name: field.default for field in settings.__dataclass_fields__.values()}

    def row(name: str, slot: Slot, summary: str, arguments: Arguments = Arguments(), **more: Any) -> Directive:
        attribute = more.pop("field", name)
        if attribute in defaults:
            more = {"field": attribute, "default": defaults[attribute], **more}
        if isinstance(slot, Flag):
            arguments = FLAG
        columns = {"contexts": contexts, "emulation": emulation, "arguments": arguments, "summary": summary, **more}
        return Directive(name, module, slot=slot, **columns)

    return row
