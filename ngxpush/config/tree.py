"""The directive tree: what the reader makes of a configuration, before its directives are interpreted.

All texts are bytes, as in the file. Names and arguments are unquoted and unescaped as nginx does it (see `reader`).
"""

from __future__ import annotations

from msgspec import Struct


class Position(Struct, frozen=True):
    """A place in a configuration file. `line` and `column` start at 1; `column` counts bytes."""

    file: str
    line: int
    column: int = 1


class Statement(Struct, frozen=True, eq=False):
    """One directive: its name, its arguments and, when it ends in a block, the statements inside."""

    name: bytes
    arguments: tuple[bytes, ...]

    # Where the name begins.
    start: Position

    # Where the `;` or `{` stands. nginx names this line in its errors.
    end: Position

    # For the name and then each argument: whether it is written in quotes.
    quoted: tuple[bool, ...] = ()

    # Where the name and then each argument begins.
    positions: tuple[Position, ...] = ()

    # None for a directive that ends in `;`. `include` is an ordinary directive here: the analyzer reads its files.
    block: tuple[Node, ...] | None = None

    # Where the closing brace stands; None for a directive that ends in `;`.
    block_end: Position | None = None

    # The comments directly before the directive, or after it on its line.
    comments: tuple[bytes, ...] = ()


class Fault(Struct, frozen=True, eq=False):
    """A place in a block where the file breaks nginx's syntax; the reader continues after it as well as it can.

    message: nginx's words, without the place.  position: the place nginx names; None when it names none.
    """

    message: str
    position: Position | None
    level: str = "emerg"


Node = Statement | Fault
"""What stands in a block, in source order."""
