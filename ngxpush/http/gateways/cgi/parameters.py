"""The parameters of a request: those of fastcgi_param, uwsgi_param or scgi_param, then the client's header lines.

Each line of the client is a parameter of its own, also where several have the same name (nginx joins them only since 1.23).
A parameter HTTP_NAME that is set stands for the client's lines of that name, even if it is left out because it is empty.
So do the conditions of a cache.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....config.directives.gateways.slots import Parameter
from ...request import Request
from ...variables.evaluation import evaluate

Pairs = list[tuple[bytes, bytes]]
"""Names and values in the order in which they are sent. A name may stand there twice."""

_FROM_HEADERS = b"HTTP_"
_NAMES = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz-", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_")


def parameters(request: Request, written: Sequence[Parameter], pass_headers: bool) -> Pairs:
    """All parameters of a request.

    written: the directives in order.  pass_headers: whether the client's lines are passed on.
    """
    pairs = [pair for parameter in written if (pair := _pair(request, parameter)) is not None]
    replaced = {_key(parameter.name[len(_FROM_HEADERS) :]) for parameter in written if _replaces(parameter)}
    conditions = () if request.upstream is None or request.upstream.cache is None else request.upstream.cache.conditions
    pairs += [(_parameter(name), value) for name, value in conditions if value and _key(name) not in replaced]
    if not pass_headers:
        return pairs
    replaced.update(_key(name) for name, _ in conditions)
    lines = request.input.headers.lines
    return pairs + [(_parameter(name), value) for name, value in lines if _key(name) not in replaced]


def _pair(request: Request, parameter: Parameter) -> tuple[bytes, bytes] | None:
    if _replaces(parameter) and not parameter.value.text:
        return None
    value = evaluate(request, parameter.value)
    return None if parameter.if_not_empty and not value else (parameter.name, value)


def _replaces(parameter: Parameter) -> bool:
    """Whether it stands for lines of the client."""
    return parameter.name.startswith(_FROM_HEADERS) and len(parameter.name) > len(_FROM_HEADERS)


def _parameter(name: bytes) -> bytes:
    """The parameter that stands for lines of that name."""
    return _FROM_HEADERS + name.translate(_NAMES)


def _key(name: bytes) -> bytes:
    return name.lower().replace(b"-", b"_")
