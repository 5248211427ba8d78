"""The common kinds of arguments: how the words of a directive become its typed value.

Each slot is what nginx calls a "set" function and speaks its words.  Slots that serve one directive only stand beside its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import values
from .complex_value import ComplexValue
from .text import shown
from .words import Refused, Words

Check = Callable[[Words, Any], None]
"""A bound or condition on a finished value; raises Refused."""


def _checked(words: Words, value: Any, check: Check | None) -> Any:
    if check is not None:
        check(words, value)
    return value


def between(least: int, most: int) -> Check:
    """Refuse numbers outside `least` … `most`."""

    def check(words: Words, value: int) -> None:
        if not least <= value <= most:
            raise Refused(f"value must be between {least} and {most}")

    return check


def ignored(words: Words, value: Any) -> None:
    """Warn of a directive nginx has, but not on Linux."""
    words.report("warn", f'"{words.name}" is not supported, ignored')


class NoValue:
    """A directive that takes no argument, or whose arguments mean nothing here: True."""

    description = "no argument"

    def parse(self, words: Words) -> bool:
        return True


class Flag:
    """`on` or `off`, in any letter case."""

    description = "flag"

    def parse(self, words: Words) -> bool:
        value = words.arguments[0].lower()
        if value not in (b"on", b"off"):
            raise Refused(f'invalid value "{shown(words.arguments[0])}" in "{words.name}" directive, it must be "on" or "off"')
        return value == b"on"


@dataclass(frozen=True, slots=True)
class String:
    """One argument as it stands."""

    description: str = "string"
    check: Check | None = None

    def parse(self, words: Words) -> bytes:
        return bytes(_checked(words, words.arguments[0], self.check))


class Strings:
    """All arguments as they stand, in a tuple."""

    description = "strings"

    def parse(self, words: Words) -> tuple[bytes, ...]:
        return words.arguments


@dataclass(frozen=True, slots=True)
class Parsed:
    """One argument through a parser of `values`; what it refuses is `"NAME" directive COMPLAINT`."""

    description: str
    parser: Callable[[bytes], int | None]
    complaint: str = "invalid value"
    check: Check | None = None

    def parse(self, words: Words) -> int:
        value = self.parser(words.arguments[0])
        if value is None:
            raise Refused(f'"{words.name}" directive {self.complaint}')
        return int(_checked(words, value, self.check))


def number(check: Check | None = None) -> Parsed:
    """A decimal number."""
    return Parsed("number", values.parse_number, "invalid number", check)


def size(check: Check | None = None) -> Parsed:
    """A size in bytes: `k` and `m`."""
    return Parsed("size", values.parse_size, check=check)


def offset(check: Check | None = None) -> Parsed:
    """An offset in bytes: `k`, `m` and `g`."""
    return Parsed("offset", values.parse_offset, check=check)


def seconds(check: Check | None = None) -> Parsed:
    """A time in whole seconds."""
    return Parsed("time", values.parse_seconds, check=check)


def milliseconds(check: Check | None = None) -> Parsed:
    """A time in milliseconds."""
    return Parsed("time (ms)", values.parse_milliseconds, check=check)


class Buffers:
    """A number of buffers and the size of each: (number, size), neither zero."""

    description = "number and size"

    def parse(self, words: Words) -> tuple[int, int]:
        number, size = values.parse_number(words.arguments[0]), values.parse_size(words.arguments[1])
        if not number or not size:
            raise words.invalid_value()
        return number, size


@dataclass(frozen=True, slots=True)
class Enum:
    """One of some words, in any letter case; `choices` maps each to its value."""

    choices: Mapping[bytes, Any]
    description: str = "choice"

    def parse(self, words: Words) -> Any:
        given = words.arguments[0].lower()
        if given not in self.choices:
            raise Refused(f'invalid value "{shown(words.arguments[0])}"')
        return self.choices[given]


@dataclass(frozen=True, slots=True)
class Choices:
    """Any of some words, each once, in any letter case: a frozenset of their values (nginx calls it a bitmask)."""

    choices: Mapping[bytes, Any]
    description: str = "choices"

    def parse(self, words: Words) -> frozenset[Any]:
        earlier = [setting.value for setting in words.scope.all(words.name) if setting.value is not None]
        chosen = set().union(*earlier)
        for argument in words.arguments:
            given = argument.lower()
            if given not in self.choices:
                raise Refused(f'invalid value "{shown(argument)}"')
            if self.choices[given] in chosen:
                words.report("warn", f'duplicate value "{shown(argument)}"')
            chosen.add(self.choices[given])
        return frozenset(chosen)


class Complex:
    """One argument with variables."""

    description = "complex value"

    def parse(self, words: Words) -> ComplexValue:
        return words.complex_value(words.arguments[0])


class ComplexSize:
    """A size that may hold variables: a ComplexValue; a constant one is checked now (limit_rate, proxy_limit_rate)."""

    description = "size (complex value)"

    def parse(self, words: Words) -> ComplexValue:
        value = words.complex_value(words.arguments[0])
        if value.constant is not None and values.parse_size(value.constant) is None:
            raise words.invalid_value()
        return value


class Predicates:
    """Arguments with variables, of which any that is neither empty nor 0 counts (proxy_no_cache …): a tuple of ComplexValue."""

    description = "complex values"

    def parse(self, words: Words) -> tuple[ComplexValue, ...]:
        return tuple(words.complex_value(argument) for argument in words.arguments)


class KeyValue:
    """Two plain arguments: (key, value)."""

    description = "key and value"

    def parse(self, words: Words) -> tuple[bytes, bytes]:
        return words.arguments[0], words.arguments[1]


@dataclass(frozen=True, slots=True)
class Path:
    """A file name, made whole: relative to the prefix, or to the configuration file's folder."""

    configuration_prefix: bool = False
    description: str = "path"

    def parse(self, words: Words) -> bytes:
        return words.path(words.arguments[0], self.configuration_prefix)


class TempPath:
    """A folder for temporary files and up to three levels of its subfolders, one digit each from 1 to 9: (path, levels)."""

    description = "path and levels"

    def parse(self, words: Words) -> tuple[bytes, tuple[int, ...]]:
        path = words.path(words.arguments[0])
        levels = tuple(values.parse_number(argument) or 0 for argument in words.arguments[1:])
        if 0 in levels or sum(levels) > 10:
            raise words.invalid_value()
        message = words.cycle.create_path(path, levels, words.position)
        if message is not None:
            raise Refused(message)
        return path, levels
