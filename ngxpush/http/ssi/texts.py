"""Texts with variables in commands, and the conditions of `if`."""

from __future__ import annotations

import re

from msgspec import Struct, field

from ...config.pattern import InvalidPattern, Match, PatternFailed, compile_pattern
from ...dates import format_by
from ..request import Request
from ..variables.evaluation import variable

_DATES = (b"date_local", b"date_gmt")


class RefusedCommand(Exception):
    """A command that can't be carried out. message: for the error log, at that level."""

    def __init__(self, message: bytes, level: str = "error") -> None:
        super().__init__(message)
        self.message = message
        self.level = level


class Shared(Struct, eq=False):
    """What the commands of an answer and of all that is included in it share.

    variables: of `set`, in lower case.  blocks: of `block`.  match: of the last regular expression that matched.
    """

    variables: dict[bytes, bytes] = field(default_factory=dict)
    blocks: dict[bytes, bytes] = field(default_factory=dict)
    match: Match | None = None


class Texts:
    """Evaluates texts for one request. timefmt: of its own `config`; None for nginx's format."""

    __slots__ = ("_request", "shared", "timefmt")

    def __init__(self, request: Request) -> None:
        self._request = request
        self.shared: Shared = request.main.modules.setdefault("ssi", Shared())
        self.timefmt: bytes | None = None

    def variable(self, name: bytes) -> bytes | None:
        """The value of a variable: of `set`, a group of the last pattern, or one of nginx. None for none."""
        name = name.lower()
        if name in self.shared.variables:
            return self.shared.variables[name]
        if len(name) == 1 and name.isdigit():
            match, number = self.shared.match, name[0] - ord(b"0")
            return match.groups[number] or b"" if match is not None and number < len(match.groups) else None
        if name in _DATES and self.timefmt is not None:
            return format_by(self.timefmt, self._request.now, name == b"date_local")
        return variable(self._request, name) if name else None

    def evaluate(self, text: bytes) -> bytes:
        """A text with its variables. Raises RefusedCommand."""
        return b"".join([piece if literal else self.variable(piece) or b"" for literal, piece in _pieces(text)])

    def holds(self, expression: bytes) -> bool:
        """Whether the condition of an `if` holds. Raises RefusedCommand."""
        parsed = _EXPRESSION.fullmatch(expression)
        if parsed is None:
            raise RefusedCommand(b'invalid expression in "%b"' % expression)
        left = self.evaluate(parsed["left"])
        if parsed["operator"] is None:
            return bool(left)
        right: bytes = parsed["right"]
        if not right.startswith(b"/"):
            equal = left == self.evaluate(right)
        elif len(right) > 1 and right.endswith(b"/"):
            equal = self._matches(left, self.evaluate(right[1:-1]))
        else:
            raise RefusedCommand(b'invalid expression in "%b"' % expression)
        return equal is not (parsed["operator"] == b"!=")

    def _matches(self, subject: bytes, text: bytes) -> bool:
        try:
            pattern = compile_pattern(text)
            match = pattern.search(subject)
        except InvalidPattern as invalid:
            raise RefusedCommand(str(invalid).encode("utf-8", "surrogateescape")) from None
        except PatternFailed as failed:
            raise RefusedCommand(failed.message) from None
        if match is None:
            return False
        self.shared.match = match
        for name, number in pattern.names:
            self.shared.variables[name] = match.groups[number] or b""
        return True


_EXPRESSION = re.compile(rb"(?P<left>[A-Za-z0-9_${}\"']*) *(?:(?P<operator>!?=) *(?P<right>.*))?", re.DOTALL)
_ESCAPED = re.compile(rb"\\([$\\\"'])")
_PIECE = re.compile(
    rb"(?P<literal>(?:[^$\\]|\\[$\\]|\\)+)"
    rb"|\$(?:\{(?P<braced>[A-Za-z0-9_]*)(?P<brace>\}?)|(?P<name>[0-9](?![A-Za-z0-9_])|[A-Za-z0-9_]*))"
)


def _pieces(text: bytes) -> list[tuple[bool, bytes]]:
    """(whether it is literal, the literal or the name of a variable) in their order."""
    pieces: list[tuple[bool, bytes]] = []
    for piece in _PIECE.finditer(text):
        literal, name = piece["literal"], piece["braced"] if piece["name"] is None else piece["name"]
        if literal is not None:
            pieces.append((True, _ESCAPED.sub(rb"\1", literal)))
        elif piece["name"] is None and not piece["brace"]:
            raise RefusedCommand(b'the closing bracket in "%b" variable is missing' % name)
        elif not name:
            raise RefusedCommand(b'invalid variable name in "%b"' % _shown(text, piece.start()))
        else:
            pieces.append((False, name))
    return pieces


def _shown(text: bytes, end: int) -> bytes:
    """What nginx shows of a text: it has removed the backslashes before `end` in their place."""
    before = _ESCAPED.sub(rb"\1", text[:end])
    return before + text[len(before) :]
