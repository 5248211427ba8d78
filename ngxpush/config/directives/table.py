"""What a row of the directive table says.

One file of this package per nginx module; each holds the module's rows and the dataclasses its settings become. All that
knows directives (analyzer, compiler, linter, explain, the reference page in docs) reads these rows, nobody keeps a list of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


class Context(enum.Flag):
    """Where a directive may stand. The names are nginx's blocks."""

    MAIN = enum.auto()
    EVENTS = enum.auto()
    HTTP = enum.auto()
    SERVER = enum.auto()
    LOCATION = enum.auto()
    SERVER_IF = enum.auto()
    LOCATION_IF = enum.auto()
    LIMIT_EXCEPT = enum.auto()
    UPSTREAM = enum.auto()
    MAIL = enum.auto()
    MAIL_SERVER = enum.auto()
    STREAM = enum.auto()
    STREAM_SERVER = enum.auto()
    STREAM_UPSTREAM = enum.auto()


class Level(enum.Enum):
    """Which of a module's three configurations a setting belongs to: one for http, one per server, one per location."""

    MAIN = "main"
    SERVER = "server"
    LOCATION = "location"


class Block(enum.Enum):
    """How a directive ends, and who reads what is in its block."""

    NO = "no"  # ends in `;`
    DIRECTIVES = "directives"  # a block of directives: http, server, location, if, limit_except, events, upstream …
    LINES = "lines"  # a block of lines the directive reads itself: map, geo, types, split_clients …


@dataclass(frozen=True, slots=True)
class Arguments:
    """How many arguments a directive takes. `most` None: any number. `flag`: exactly one, on or off."""

    least: int = 1
    most: int | None = 1
    flag: bool = False


class Support(enum.Enum):
    """What ngxpush does with a directive."""

    EMULATED = "emulated"
    ACCEPTED = "accepted"  # no effect here, and that is safe: the reason says why
    UNSUPPORTED = "unsupported"  # nginx would behave differently: the user is warned, the reason says how


@dataclass(frozen=True, slots=True)
class Emulation:
    support: Support
    reason: str = ""


EMULATED = Emulation(Support.EMULATED)


def accepted(reason: str) -> Emulation:
    return Emulation(Support.ACCEPTED, reason)


def unsupported(reason: str) -> Emulation:
    return Emulation(Support.UNSUPPORTED, reason)


class Slot(Protocol):
    """Turns a directive's arguments into its value, with nginx's checks and nginx's words.

    `parse` gets the words (see `analyzer.Words`: the statement, the scope it stands in, `report` for warnings) and returns the
    value; it raises `analyzer.Refused` with nginx's message otherwise. `description` names the kind of value in the docs.
    """

    description: str

    def parse(self, words: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Directive:
    """A row of the table.

    name: as written in the file.
    module: as in nginx's documentation without prefix and suffix: `core`, `http_core`, `rewrite`, `push_stream`, …
    contexts: where it may stand.
    arguments: how many arguments.
    slot: how they become a value.
    level: which configuration holds the value (for http modules).
    field: the attribute of the module's settings dataclass; None when the value is not kept.
    default: the value when nothing is set anywhere (already typed, not text).
    once: a second use in one block is refused as duplicate; otherwise values add up in a tuple.
    inherit: whether an inner block without the directive takes the outer block's value.
    content_handler: the handler this directive makes of its location (the last one written wins), as a name in http.content.
    block: whether a block follows.
    emulation: what ngxpush does with it.
    summary: one sentence for docs and `explain`.
    """

    name: str
    module: str
    contexts: Context
    slot: Slot
    arguments: Arguments = Arguments()
    level: Level = Level.LOCATION
    field: str | None = None
    default: Any = None
    once: bool = True
    inherit: bool = True
    content_handler: str | None = None
    block: Block = Block.NO
    emulation: Emulation = EMULATED
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One nginx module: its rows, the dataclasses its settings become, and its checks when a block is complete."""

    name: str
    directives: tuple[Directive, ...]
    main: type[Any] | None = None
    server: type[Any] | None = None
    location: type[Any] | None = None
    checks: tuple[Callable[..., None], ...] = field(default=())
