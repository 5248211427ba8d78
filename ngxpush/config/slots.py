"""The common kinds of arguments: how the words of a directive become its typed value.

Each slot is what nginx calls a "set" function, and has its messages.  A slot for one directive only stands beside its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from . import values
from .complex_value import ComplexValue
from .directive import DirectiveUse, RefusedDirective
from .text import shown

CheckValue = Callable[[DirectiveUse, Any], None]
"""A condition on a value. Raises RefusedDirective."""


def _checked(use: DirectiveUse, value: Any, check: CheckValue | None) -> Any:
    if check is not None:
        check(use, value)
    return value


def between(least: int, most: int) -> CheckValue:
    """Refuse numbers outside `least` … `most`."""

    def check(use: DirectiveUse, value: int) -> None:
        if not least <= value <= most:
            raise RefusedDirective(f"value must be between {least} and {most}")

    return check


def ignored(use: DirectiveUse, value: Any) -> None:
    """Warn of a directive that nginx supports, but not on Linux."""
    use.report("warn", f'"{use.name}" is not supported, ignored')


class NoValue:
    """True, for a directive without arguments or whose arguments mean nothing here."""

    description = "no argument"

    def parse(self, use: DirectiveUse) -> bool:
        return True


class Flag(Struct, frozen=True):
    """`on` or `off`, in any letter case."""

    check: CheckValue | None = None
    description: str = "`on` or `off`"

    def parse(self, use: DirectiveUse) -> bool:
        value = use.arguments[0].lower()
        if value not in (b"on", b"off"):
            raise RefusedDirective(
                f'invalid value "{shown(use.arguments[0])}" in "{use.name}" directive, it must be "on" or "off"'
            )
        return bool(_checked(use, value == b"on", self.check))


class String(Struct, frozen=True):
    """One argument as it stands."""

    description: str = "string"
    check: CheckValue | None = None

    def parse(self, use: DirectiveUse) -> bytes:
        return bytes(_checked(use, use.arguments[0], self.check))


class Strings:
    """All arguments as they stand, in a tuple."""

    description = "strings"

    def parse(self, use: DirectiveUse) -> tuple[bytes, ...]:
        return use.arguments


class Parsed(Struct, frozen=True):
    """One argument, parsed by a function of `values`. The error message is `"NAME" directive COMPLAINT`."""

    description: str
    parser: Callable[[bytes], int | None]
    complaint: str = "invalid value"
    check: CheckValue | None = None

    def parse(self, use: DirectiveUse) -> int:
        value = self.parser(use.arguments[0])
        if value is None:
            raise RefusedDirective(f'"{use.name}" directive {self.complaint}')
        return int(_checked(use, value, self.check))


def number(check: CheckValue | None = None) -> Parsed:
    """A decimal number."""
    return Parsed("number", values.parse_number, "invalid number", check)


def size(check: CheckValue | None = None) -> Parsed:
    """A size in bytes, with the units `k` and `m`."""
    return Parsed("size", values.parse_size, check=check)


def offset(check: CheckValue | None = None) -> Parsed:
    """An offset in bytes, with the units `k`, `m` and `g`."""
    return Parsed("offset", values.parse_offset, check=check)


class Time(Struct, frozen=True):
    """A time. per_second: how many of the value's units make one second."""

    parser: Callable[[bytes], int | None]
    per_second: int
    description: str = "time"

    def parse(self, use: DirectiveUse) -> int:
        value = self.parser(use.arguments[0])
        if value is None:
            raise use.invalid_value()
        return value


def seconds() -> Time:
    """A time in whole seconds."""
    return Time(values.parse_seconds, 1)


def milliseconds() -> Time:
    """A time in milliseconds."""
    return Time(values.parse_milliseconds, 1000)


class NumberAndSize:
    """A number of buffers and the size of each: (number, size), neither zero."""

    description = "number and size"

    def parse(self, use: DirectiveUse) -> tuple[int, int]:
        number, size = values.parse_number(use.arguments[0]), values.parse_size(use.arguments[1])
        if not number or not size:
            raise use.invalid_value()
        return number, size


class Enum(Struct, frozen=True):
    """One of some words, in any letter case. choices: the value of each word."""

    choices: Mapping[bytes, Any]
    description: str = "choice"

    def parse(self, use: DirectiveUse) -> Any:
        given = use.arguments[0].lower()
        if given not in self.choices:
            raise RefusedDirective(f'invalid value "{shown(use.arguments[0])}"')
        return self.choices[given]


class Choices(Struct, frozen=True):
    """Any of some words, each once, in any letter case: a frozenset of their values (nginx calls it a bitmask)."""

    choices: Mapping[bytes, Any]
    description: str = "choices"

    def parse(self, use: DirectiveUse) -> frozenset[Any]:
        earlier = [setting.value for setting in use.scope.all(use.name) if setting.value is not None]
        chosen = set().union(*earlier)
        for argument in use.arguments:
            given = argument.lower()
            if given not in self.choices:
                raise RefusedDirective(f'invalid value "{shown(argument)}"')
            if self.choices[given] in chosen:
                use.report("warn", f'duplicate value "{shown(argument)}"')
            chosen.add(self.choices[given])
        return frozenset(chosen)


class Complex:
    """One argument that may contain variables: a ComplexValue."""

    description = "complex value"

    def parse(self, use: DirectiveUse) -> ComplexValue:
        return use.complex_value(use.arguments[0])


class ComplexSize:
    """A size that may contain variables: a ComplexValue. A constant one is checked now (limit_rate, proxy_limit_rate)."""

    description = "size (complex value)"

    def parse(self, use: DirectiveUse) -> ComplexValue:
        value = use.complex_value(use.arguments[0])
        if value.constant is not None and values.parse_size(value.constant) is None:
            raise use.invalid_value()
        return value


class Predicates:
    """Conditions, true if any of them is neither empty nor 0 (proxy_no_cache …): a tuple of ComplexValue."""

    description = "complex values"

    def parse(self, use: DirectiveUse) -> tuple[ComplexValue, ...]:
        return tuple(use.complex_value(argument) for argument in use.arguments)


class KeyValue:
    """Two plain arguments: (key, value)."""

    description = "key and value"

    def parse(self, use: DirectiveUse) -> tuple[bytes, bytes]:
        return use.arguments[0], use.arguments[1]


class Path(Struct, frozen=True):
    """The full path of a file, which is relative to the prefix or to the main file's directory."""

    configuration_prefix: bool = False
    description: str = "path"

    def parse(self, use: DirectiveUse) -> bytes:
        return use.path(use.arguments[0], self.configuration_prefix)


class TempPath:
    """A directory for temporary files and up to three levels of subdirectories, each a digit from 1 to 9: (path, levels)."""

    description = "path and levels"

    def parse(self, use: DirectiveUse) -> tuple[bytes, tuple[int, ...]]:
        path = use.path(use.arguments[0])
        levels = tuple(values.parse_number(argument) or 0 for argument in use.arguments[1:])
        if 0 in levels or sum(levels) > 10:
            raise use.invalid_value()
        message = use.cycle.create_path(path, levels, use.position)
        if message is not None:
            raise RefusedDirective(message)
        return path, levels
