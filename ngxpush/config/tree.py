"""The directive tree: what the reader makes of a configuration, before anything is known of its meaning.

Everything is bytes, as in the file: names and arguments are already unquoted and unescaped the way nginx does it
(see `reader`), nothing else is interpreted.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a configuration file; `line` and `column` count from 1, `column` in bytes."""

    file: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One directive: its name, its arguments and, when it ends in a block, the statements inside.

    start: where the name begins.  end: where the `;` or `{` stands, whose line is the one nginx names in its errors.
    quoted: for the name and then each argument, whether it was written in quotes.
    positions: where the name and then each argument begins.
    block: None for a directive that ends in `;`. `include` is an ordinary directive here: the analyzer reads its files.
    block_end: where the closing brace stands; None for a directive that ends in `;`.
    comments: the comments that stand directly before the directive or after it on its line.
    """

    name: bytes
    arguments: tuple[bytes, ...]
    start: Position
    end: Position
    quoted: tuple[bool, ...] = ()
    positions: tuple[Position, ...] = ()
    block: tuple[Node, ...] | None = None
    block_end: Position | None = None
    comments: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """A place in a block where the file breaks nginx's syntax; the reader continues after it as well as it can.

    message: nginx's use, without the place.  position: the place nginx names; None when it names none.
    """

    message: str
    position: Position | None
    level: str = "emerg"


Node = Statement | Fault
"""What stands in a block, in source order."""
