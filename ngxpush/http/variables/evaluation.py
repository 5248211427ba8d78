"""The values of variables and of texts with variables, for one request.

A value is evaluated when it is first used, and kept for the request unless nginx marks the variable as not cacheable. `set` and
the named groups of regular expressions set values directly. `variables.table` has the functions that give the values.
"""

from __future__ import annotations

from collections.abc import Callable

from ...config.complex_value import Capture, ComplexValue, Variable
from ...config.pattern import Pattern, PatternFailed
from ...config.values import parse_size
from ..request import Request

Getter = tuple[Callable[[Request], bytes | None], bool]
"""(function that gives the value, whether the value is kept). The value None is nginx's "not found"."""


def variable(request: Request, name: bytes) -> bytes | None:
    """The value of `$name` (lower case); None for no value, which is an empty text in `evaluate`."""
    values = request.variables
    if name in values:
        return values[name]
    get, cacheable = request.http.getters[name]
    if not request.progress.variable_depth:
        message = b'cycle while evaluating variable "%b"' % name
        for _ in ("for the length of a text", "for the text"):  # nginx evaluates twice
            request.connection.log("error", message, request)
        return None
    request.progress.variable_depth -= 1
    try:
        value: bytes | None = get(request)
    finally:
        request.progress.variable_depth += 1
    if cacheable:
        values[name] = value
    return value


def evaluate(request: Request, value: ComplexValue) -> bytes:
    """The text of a complex value.

    All variables are evaluated before `$1` … `$9`. So a map with a regular expression changes the captures of the whole text,
    even of those before it (measured with nginx 1.22.1).
    """
    parts = value.parts
    if len(parts) == 1:
        part = parts[0]
        if type(part) is bytes:
            return part
        if type(part) is Variable:
            return variable(request, part.name) or b""
    pieces: list[bytes] = []
    captures: list[tuple[int, int]] = []
    for part in parts:
        if isinstance(part, bytes):
            pieces.append(part)
        elif isinstance(part, Capture):
            captures.append((len(pieces), part.number))
            pieces.append(b"")
        else:
            pieces.append(variable(request, part.name) or b"")
    for position, number in captures:
        pieces[position] = capture(request, number)
    return b"".join(pieces)


def capture(request: Request, number: int) -> bytes:
    """`$1` … `$9`: a group of the last regular expression that matched."""
    groups = request.captures
    return b"" if groups is None or number >= len(groups) else groups[number] or b""


def run_pattern(request: Request, pattern: Pattern, subject: bytes) -> bool:
    """Run a regular expression for a request. Returns whether it matches; a match sets the captures and the named variables.

    Raises PatternFailed: `phases` answers 500.
    """
    match = pattern.search(subject)
    if match is None:
        return False
    request.captures = match.groups
    for name, number in pattern.names:
        request.variables[name] = match.groups[number] or b""
    return True


def matches(request: Request, pattern: Pattern, subject: bytes) -> bool:
    """The same where a search that is given up counts as no match."""
    try:
        return run_pattern(request, pattern, subject)
    except PatternFailed as failed:
        request.connection.log("alert", failed.message, request)
        return False


def set_variable(request: Request, name: bytes, value: bytes) -> None:
    """`set $name value`. For two of nginx's own variables this changes the request."""
    if name == b"args":
        request.args = value
        request.progress.own_args = True
        request.progress.valid_unparsed_uri = False
    elif name == b"limit_rate":
        rate = parse_size(value)
        if rate is None:
            request.connection.log("error", b'invalid $limit_rate "%b"' % value, request)
        else:
            request.response.limit_rate = rate
    else:
        request.variables[name] = value
