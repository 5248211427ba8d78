"""What the linter reports of one place."""

from __future__ import annotations

import enum

from msgspec import Struct

from ..config.tree import Position


class Level(enum.IntEnum):
    """How bad it is. ERROR is only for what nginx refuses; what a rule reports is a warning or information."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Edit(Struct, frozen=True):
    """A safe rewrite: in `file`, the bytes from `start` up to `end` (offsets) become `replacement`."""

    file: str
    start: int
    end: int
    replacement: bytes


class Finding(Struct, frozen=True):
    """One finding.

    code: of the rule, or `nginx` for its own messages.  message: what is wrong here, in one sentence.
    why: what happens because of it.  instead: what to write.  length: how many bytes of the line to underline.
    edits: the rewrites that `--fix` may make, () when none is safe.
    """

    code: str
    level: Level
    position: Position
    message: str
    why: str = ""
    instead: str = ""
    length: int = 1
    edits: tuple[Edit, ...] = ()
