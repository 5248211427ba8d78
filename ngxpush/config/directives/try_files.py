"""The try_files module: the first of several names that exists."""

from __future__ import annotations

from dataclasses import dataclass

from ..complex_value import ComplexValue
from ..values import parse_number
from ..words import Words
from .table import Arguments, Context, Directive, Module


@dataclass(frozen=True, slots=True)
class TryName:
    """A name to look for; is_directory: it was written with a slash at its end, which `value` does not have."""

    value: ComplexValue
    is_directory: bool


@dataclass(frozen=True, slots=True)
class TryFiles:
    """The names, and what to do when none exists: `code`, or go to `fallback`."""

    names: tuple[TryName, ...]
    fallback: ComplexValue
    code: int | None = None


@dataclass(frozen=True, slots=True)
class TryFilesLocation:
    try_files: TryFiles | None = None


class TryFilesSlot:
    """`name … last`: a URI, `@name` or `=code`."""

    description = "names and what comes last"

    def parse(self, words: Words) -> TryFiles:
        *names, last = words.arguments
        tried = tuple(
            TryName(words.complex_value(name[:-1] if name.endswith(b"/") else name), name.endswith(b"/")) for name in names
        )
        code = None
        if last.startswith(b"="):
            code = parse_number(last[1:])
            if code is None or code > 999:
                raise words.invalid_parameter(last)
        return TryFiles(tried, words.complex_value(last), code)


MODULES = (
    Module(
        "try_files",
        (
            Directive(
                "try_files",
                "try_files",
                Context.SERVER | Context.LOCATION,
                TryFilesSlot(),
                Arguments(2, None),
                field="try_files",
                inherit=False,
                summary="The first of several names that exists.",
            ),
        ),
        location=TryFilesLocation,
    ),
)
