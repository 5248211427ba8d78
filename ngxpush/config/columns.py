"""The values of some columns of the table: how many arguments, what kind of block, what ngxpush does with a directive."""

from __future__ import annotations

import enum

from msgspec import Struct


class Arguments(Struct, frozen=True):
    """How many arguments a directive takes. `most` None: any number."""

    least: int = 1
    most: int | None = 1

    def allow(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)


ONE = Arguments()
NONE = Arguments(0, 0)
ANY = Arguments(1, None)
"""One argument or more."""


class Block(enum.Enum):
    """How a directive ends, and what reads the content of its block."""

    NO = "no"  # ends in `;`
    DIRECTIVES = "directives"  # a block of directives: http, server, location, if, limit_except, events, upstream …
    LINES = "lines"  # a block of lines that the directive's slot reads: map, geo, types, split_clients …
    FILES = "files"  # ends in `;`, and is replaced by the statements of the files it names: include


class Support(enum.Enum):
    """What ngxpush does with a directive."""

    EMULATED = "emulated"
    ACCEPTED = "accepted"  # no effect here, and none is needed: the reason says why
    UNSUPPORTED = "unsupported"  # nginx behaves differently: the user is warned, the reason says how


class Emulation(Struct, frozen=True):
    support: Support
    reason: str = ""


EMULATED = Emulation(Support.EMULATED)


def accepted(reason: str) -> Emulation:
    return Emulation(Support.ACCEPTED, reason)


def unsupported(reason: str) -> Emulation:
    return Emulation(Support.UNSUPPORTED, reason)
