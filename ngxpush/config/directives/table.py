"""What a row of the directive table says.

One file of this package per nginx module; each holds the module's rows and the dataclasses its settings become. All that
knows directives (analyzer, compiler, linter, explain, the reference page in docs) reads these rows; nobody has another list.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ..analysis import Scope
    from ..words import Words


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


HTTP_SERVER = Context.HTTP | Context.SERVER
HTTP_SERVER_LOCATION = HTTP_SERVER | Context.LOCATION
ANYWHERE = ~Context(0)


class Level(enum.Enum):
    """Which of a module's three configurations a setting belongs to: one for http, one per server, one per location."""

    MAIN = "main"
    SERVER = "server"
    LOCATION = "location"


class Block(enum.Enum):
    """How a directive ends, and who reads what is in its block."""

    NO = "no"  # ends in `;`
    DIRECTIVES = "directives"  # a block of directives: http, server, location, if, limit_except, events, upstream …
    LINES = "lines"  # a block of lines the directive's slot reads itself: map, geo, types, split_clients …
    FILES = "files"  # ends in `;`, and the statements of the files it names stand in its place: include


@dataclass(frozen=True, slots=True)
class Arguments:
    """How many arguments a directive takes. `most` None: any number. `flag`: exactly one, on or off."""

    least: int = 1
    most: int | None = 1
    flag: bool = False

    def allow(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)


FLAG = Arguments(flag=True)
NONE = Arguments(0, 0)
ANY = Arguments(1, None)
"""One argument or more."""


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

    `parse` gets the words (see `words.Words`: the statement, the scope it stands in, what the whole configuration declares,
    `report` for warnings) and returns the value; it raises `words.Refused` with nginx's message otherwise.
    `description` names the kind of value in the docs.
    """

    @property
    def description(self) -> str: ...

    def parse(self, words: Words) -> Any: ...


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
    upstream: the content handler asks another server. nginx redirects to such a location's name from the name without its slash,
        and a limit_except has only handlers of this kind.
    counts_with: directives one of which a location must have (or have on, for a flag) for this one to have an effect there;
        () when it always may have one.
    block: whether a block follows.
    opens: the context inside the block (for Block.DIRECTIVES).
    close: called when the block is complete, with the words of the directive that opened it and the scope inside: nginx's
        checks of a whole block.  It reports by `words.report` or raises `words.Refused`.
    emulation: what ngxpush does with it.
    foreground: what `ngxpush run`, which serves with one process as the user who starts it, does instead.
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
    upstream: bool = False
    counts_with: tuple[str, ...] = ()
    block: Block = Block.NO
    opens: Context | None = None
    close: Callable[[Words, Scope], None] | None = None
    emulation: Emulation = EMULATED
    foreground: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One nginx module: its rows, the dataclasses its settings become, and its checks when the http block is complete.

    guards: its directives say who may have a request served (`ngxpush routes` shows them).
    dynamic: the module is there only after `load_module` (mail in Debian's nginx).
    checks: called in nginx's module order when `http` closes, each with the words of the http directive and the scope inside
        (nginx's merge phase).  They report by `words.report` or raise `words.Refused`.
    derive: completes a location's settings with what follows from others: called with them and the settings for http.
    """

    name: str
    directives: tuple[Directive, ...]
    dynamic: bool = False
    guards: bool = False
    main: type[Any] | None = None
    server: type[Any] | None = None
    location: type[Any] | None = None
    checks: tuple[Callable[[Words, Scope], None], ...] = ()
    derive: Callable[[Any, Any], Any] | None = None


def settings_row(
    module: str,
    name: str,
    contexts: Context,
    slot: Slot,
    summary: str,
    arguments: Arguments,
    settings: tuple[type[Any], type[Any], type[Any]],
    **more: Any,
) -> Directive:
    """A row whose value is an attribute of the module's settings for http, server or location, where it has one of that name.

    The level follows from the contexts, the default from the dataclass.  more: other columns; `field` for another attribute.
    """
    if contexts == Context.HTTP:
        level, owner = Level.MAIN, settings[0]
    elif not contexts & (Context.LOCATION | Context.LOCATION_IF | Context.LIMIT_EXCEPT):
        level, owner = Level.SERVER, settings[1]
    else:
        level, owner = Level.LOCATION, settings[2]
    attribute = more.pop("field", name)
    known = {field.name: field.default for field in fields(owner)}
    if attribute in known:
        more |= {"field": attribute, "default": known[attribute]}
    return Directive(name, module, contexts, slot, arguments, level, summary=summary, **more)
