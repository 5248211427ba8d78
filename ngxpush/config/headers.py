"""The values of add_header, add_trailer and expires, which the slots make and the headers filter uses.

A constant expires is parsed with the configuration, one with variables for each request.
"""

from __future__ import annotations

import enum

from msgspec import Struct

from .complex_value import ComplexValue
from .values import parse_seconds

_DAY = 24 * 60 * 60


class AddedHeader(Struct, frozen=True):
    """One add_header or add_trailer. always: for answers of any status."""

    name: bytes
    value: ComplexValue
    always: bool = False


class ExpiresKind(enum.Enum):
    OFF = "off"
    EPOCH = "epoch"
    MAX = "max"
    AFTER = "after"  # seconds from now
    MODIFIED = "modified"  # seconds from the file's time
    DAILY = "daily"  # each day, so many seconds after midnight


class Expires(Struct, frozen=True):
    kind: ExpiresKind
    seconds: int = 0


class EvaluatedExpires(Struct, frozen=True):
    """An `expires` with variables. modified: the word `modified` stands before them."""

    value: ComplexValue
    modified: bool


class InvalidExpires(ValueError):
    """A value that is not a time. The message is nginx's."""


def parse_expires(value: bytes, modified: bool = False) -> Expires:
    """Parse `epoch`, `max`, `off`, a time with or without a sign, or `@` and a time of day. Raises InvalidExpires.

    modified: the word `modified` stands before it.
    """
    if not modified:
        for kind in (ExpiresKind.EPOCH, ExpiresKind.MAX, ExpiresKind.OFF):
            if value == kind.value.encode():
                return Expires(kind)
    kind = ExpiresKind.MODIFIED if modified else ExpiresKind.AFTER
    if value.startswith(b"@"):
        if modified:
            raise InvalidExpires('daily time cannot be used with "modified" parameter')
        kind = ExpiresKind.DAILY
    negative = value.startswith(b"-")
    seconds = parse_seconds(value[1:] if value[:1] in (b"@", b"+", b"-") else value)
    if seconds is None:
        raise InvalidExpires("invalid value")
    if kind is ExpiresKind.DAILY and seconds > _DAY:
        raise InvalidExpires("daily time value must be less than 24 hours")
    return Expires(kind, -seconds if negative else seconds)
