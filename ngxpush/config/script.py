"""The steps of the rewrite module's script, one for each directive, in the order of the file.

The steps stand in `Location.script`; those of an `if` are inside its step (`configuration.If`).  `http.rewrite` runs them.  Each
holds its statement, for `ngxpush explain`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from msgspec import Struct, field

from .complex_value import ComplexValue
from .pattern import Pattern
from .tree import Statement


class Set(Struct, frozen=True):
    """`set $variable value`."""

    variable: bytes
    value: ComplexValue
    statement: Statement | None = None


class Compute(Struct, frozen=True):
    """A directive of set-misc: the variable gets what its function makes of the arguments.

    function: the directive's name.  lists: the upstream lists, by name.
    """

    variable: bytes
    function: str
    arguments: tuple[ComplexValue, ...]
    lists: Mapping[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    statement: Statement | None = None


class Return(Struct, frozen=True):
    """`return code`, `return code text`, `return URL` (302). text: None without one."""

    status: int
    text: ComplexValue | None = None
    statement: Statement | None = None


class Break(Struct, frozen=True):
    """`break`."""

    statement: Statement | None = None


class RewriteFlag(enum.Enum):
    NONE = ""
    LAST = "last"
    BREAK = "break"
    REDIRECT = "redirect"
    PERMANENT = "permanent"


class Rewrite(Struct, frozen=True):
    """`rewrite pattern replacement [flag]`.

    replacement: the part before its first literal `?`.  args: the part after it; None without a `?`.
    add_args: whether the request's own arguments are appended. A `?` at the end of the replacement, which is removed, forbids it.
    status: 0, unless the client is redirected: 302 or 301 by the flag, or 302 because the replacement begins with `http://`,
        `https://` or `$scheme`.
    """

    pattern: Pattern
    replacement: ComplexValue
    args: ComplexValue | None = None
    add_args: bool = True
    flag: RewriteFlag = RewriteFlag.NONE
    status: int = 0
    statement: Statement | None = None


class IsTrue(Struct, frozen=True):
    """`if ($variable)`: neither empty nor `0`."""

    variable: ComplexValue


class Equals(Struct, frozen=True):
    """`if ($variable = text)`, or `!=` when negative."""

    variable: ComplexValue
    value: ComplexValue
    negative: bool = False


class Matches(Struct, frozen=True):
    """`if ($variable ~ pattern)`, `~*`, `!~`, `!~*`."""

    variable: ComplexValue
    pattern: Pattern
    negative: bool = False


class FileTest(enum.Enum):
    FILE = "-f"
    DIRECTORY = "-d"
    EXISTS = "-e"
    EXECUTABLE = "-x"


class IsFile(Struct, frozen=True):
    """`if (-f path)` and the other file tests, with `!` when negative."""

    test: FileTest
    path: ComplexValue
    negative: bool = False


Condition = IsTrue | Equals | Matches | IsFile
