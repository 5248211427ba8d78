"""The try_files module: the first of several names that exists."""

from __future__ import annotations

from msgspec import Struct

from ...columns import Arguments
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import Context
from ...text import shown
from ...values import parse_number


class TryName(Struct, frozen=True):
    """A name to look for. is_directory: it is written with a slash at its end, which `value` does not have."""

    value: ComplexValue
    is_directory: bool


class TryFiles(Struct, frozen=True):
    """The names, and what to do when none exists: answer with `code`, or without one redirect inside to `fallback`."""

    names: tuple[TryName, ...]
    fallback: ComplexValue
    code: int | None = None


class TryFilesLocation(Struct, frozen=True):
    try_files: TryFiles | None = None


class TryFilesSlot:
    """`name … last`: a URI, `@name` or `=code`."""

    description = "names, and URI or code"

    def parse(self, use: DirectiveUse) -> TryFiles:
        *names, last = use.arguments
        tried = tuple(
            TryName(use.complex_value(name[:-1] if name.endswith(b"/") else name), name.endswith(b"/")) for name in names
        )
        code = None
        if last.startswith(b"="):
            code = parse_number(last[1:])
            if code is None or code > 999:
                raise RefusedDirective(f'invalid code "{shown(last)}"')
        return TryFiles(tried, use.complex_value(last), code)


MODULE = Module(
    "try_files",
    (
        Directive(
            "try_files",
            Context.SERVER | Context.LOCATION,
            TryFilesSlot(),
            "The files that are tried, and the URI or status that is used when none exists.",
            Arguments(2, None),
            inherit=False,
        ),
    ),
    location=TryFilesLocation,
)
