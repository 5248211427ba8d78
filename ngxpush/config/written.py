"""Values in the syntax of a configuration file."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from .complex_value import ComplexValue
from .directive import Directive
from .directives.http.core_slots import KeepaliveTimeout
from .directives.http.log import AccessLog
from .directives.http.root import Root
from .directives.push_stream.slots import Interval
from .slots import Enum, Time
from .text import shown


def argument(text: bytes) -> str:
    """An argument, in quotes where they are needed."""
    written = shown(text)
    if written and not any(character in written for character in " \t\r\n;{}\"'"):
        return written
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def value_of(row: Directive, value: Any) -> str:
    """A value of the directive in `row`; empty for None."""
    match row.slot:
        case Time() if value is not None:
            return f"{value / row.slot.per_second:g}s"
        case Interval() if value is not None:
            return f"{value:g}s"
        case KeepaliveTimeout():
            timeout, header = value
            return f"{timeout / 1000:g}s" + ("" if header is None else f" {header}s")
        case Enum(choices=choices) if value is not None:
            return next(argument(word) for word, choice in choices.items() if choice == value)
    return _written(value)


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case bytes():
            return argument(value)
        case ComplexValue():
            return argument(value.text)
        case Root():
            return _written(value.value)
        case AccessLog():
            return _joined((value.path, value.format.name))
        case enum.Enum():
            return str(value.value)
        case frozenset():
            return _joined(sorted(value))
        case tuple():
            return _joined(value)
        case dict():
            return _joined(value.values())
    return str(value)


def _joined(values: Iterable[Any]) -> str:
    return " ".join(filter(None, map(_written, values)))
