"""The function for the value of each of nginx's variables, by the names of `config.variables`.

A variable is marked as not cacheable if nginx evaluates it each time it is used. Recordings: core-variables.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ...config.configuration import Definition, Http
from ...config.directives.http.rewrite import RewriteLocation
from ...config.mapping import Geo, Map
from ..request import Request
from . import connection, modules, request, response, times, tls, upstream
from .evaluation import Getter
from .mapping import geo_value, map_value, split_clients_value
from .request import argument, cookie, request_header
from .response import response_header, response_trailer
from .upstream import upstream_cookie, upstream_header, upstream_trailer

_MODULES = (request, connection, response, times, tls, upstream, modules)
_VARIABLES: dict[bytes, Getter] = {name: getter for module in _MODULES for name, getter in module.VARIABLES.items()}

_FAMILIES: tuple[tuple[bytes, Callable[[bytes], Callable[[Request], bytes | None]], bool], ...] = (
    (b"http_", request_header, True),
    (b"sent_http_", response_header, True),
    (b"sent_trailer_", response_trailer, False),
    (b"cookie_", cookie, True),
    (b"upstream_http_", upstream_header, False),
    (b"upstream_trailer_", upstream_trailer, False),
    (b"upstream_cookie_", upstream_cookie, False),
    (b"arg_", argument, False),
)


class Getters(dict[bytes, Getter]):
    """The getters of one http block. Each is looked up when its variable is first used."""

    def __init__(self, http: Http) -> None:
        super().__init__()
        self._definitions = http.definitions
        self._initially_empty = http.initially_empty

    def __missing__(self, name: bytes) -> Getter:
        getter = self[name] = self._find(name)
        return getter

    def _find(self, name: bytes) -> Getter:
        definition = self._definitions.get(name)
        if definition is not None:
            return _defined(definition)
        if name in self._initially_empty:
            return partial(_uninitialized, name=name), True
        if name in _VARIABLES:
            return _VARIABLES[name]
        for prefix, family, cacheable in _FAMILIES:
            if name.startswith(prefix) and name != prefix:
                return family(name[len(prefix) :]), cacheable
        return _unset, False


def _uninitialized(request: Request, name: bytes) -> bytes:
    """A variable that only `set` defines and that has no value yet."""
    if request.location.of(RewriteLocation).uninitialized_variable_warn:
        request.connection.log("warn", b'using uninitialized "%b" variable' % name, request)
    return b""


def _unset(request: Request) -> None:
    """A variable of a named group that has no value yet; or one of a module that ngxpush does not emulate."""


def _defined(definition: Definition) -> Getter:
    if isinstance(definition, Geo):
        return partial(geo_value, definition=definition), True
    if not isinstance(definition, Map):
        return partial(split_clients_value, definition=definition), True

    return partial(map_value, definition=definition), not definition.volatile
