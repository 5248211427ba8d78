"""The userid filter: a cookie that identifies the client (directives userid_…, $uid_got, $uid_set, $uid_reset).

An identity is 16 bytes: the server's address or `userid_service`, the time, what is the process's own, and a number. `v1` writes
these in the order of the machine's bytes, `on` in that of the network; the variables show four numbers in the machine's order.
Only the client's own request counts: a subrequest sets no cookie, and its variables are those of the main request's location.
Compared with a real nginx in tests/differential/lessons.conf.
"""

from __future__ import annotations

import base64
import itertools
import struct

from msgspec import Struct

from ...config.complex_value import parse_complex_value
from ...config.configuration import Location
from ...config.directives.filters.userid import FLAGS, UseridLocation
from ...dates import format_cookie_date
from ..base64_text import decoded
from ..body_output import Output
from ..forwarded import parse_address
from ..request import Request
from ..status import OK
from ..variables.evaluation import evaluate
from ..variables.request import find_cookie

_STATE = "userid"
# The values of `userid` that set the cookie.
_SETS = (b"on", b"v1")
_RESET = parse_complex_value(b"$uid_reset")
_BYTES = 16
_LENGTH = 22
"""Letters of base64 that make so many bytes; what follows in a cookie is a mark."""
_BITS = 0xFFFFFFFF
"""The bits of each of the four numbers."""

_numbers_of_v1 = itertools.count(1, 0x100)
_numbers = itertools.count(0x03030302, 0x100)


class _Identity(Struct, eq=False):
    """What is known of a request. cookie: as the client sent it.  got, set: 16 bytes, or empty."""

    cookie: bytes = b""
    got: bytes = b""
    set: bytes = b""


def concerns(location: Location) -> bool:
    """Whether the location sets the cookie."""
    return location.of(UseridLocation).userid in _SETS


def filter_header(request: Request, output: Output) -> int:
    """Set the cookie, unless the client has one that is not to be replaced."""
    settings = request.location.of(UseridLocation)
    if settings.userid not in _SETS or request.parent is not None:
        return OK
    identity = _identity(request, settings)
    if not _make(request, settings, identity):
        return OK
    response = request.response
    response.headers.append((b"Set-Cookie", _cookie(request, settings, identity.set)))
    if settings.userid_p3p not in (b"", b"none"):
        response.headers.append((b"P3P", settings.userid_p3p))
    return OK


def uid_got(request: Request) -> bytes | None:
    """$uid_got: the name and the identity of the client's cookie."""
    request = request.main
    settings = request.location.of(UseridLocation)
    if settings.userid == b"off":
        return None
    return _shown(settings, _identity(request, settings).got)


def uid_set(request: Request) -> bytes | None:
    """$uid_set: the same of the cookie that is set."""
    request = request.main
    settings = request.location.of(UseridLocation)
    if settings.userid not in (b"on", b"v1"):
        return None
    identity = _identity(request, settings)
    _make(request, settings, identity)
    return _shown(settings, identity.set)


def _shown(settings: UseridLocation, identity: bytes) -> bytes | None:
    return b"%b=%08X%08X%08X%08X" % (settings.userid_name, *struct.unpack("<4I", identity)) if identity else None


def _identity(request: Request, settings: UseridLocation) -> _Identity:
    """What the client sent, looked at once for each request."""
    known: _Identity | None = request.kept(_STATE)
    if known is None:
        known = request.modules[_STATE] = _Identity()
        for line in request.input.headers.get_all(b"cookie"):
            value = find_cookie(line, settings.userid_name.lower())
            if value is not None:
                known.cookie, known.got = value, _decoded(request, line, value)
                break
    return known


def _decoded(request: Request, line: bytes, value: bytes) -> bytes:
    """The bytes of a cookie; none if it makes no sense, which is reported."""
    if len(value) < _LENGTH:
        request.connection.log("error", b'client sent too short userid cookie "%b"' % line, request)
        return b""
    found = decoded(value[:_LENGTH])
    if found is None:
        request.connection.log("error", b'client sent invalid userid cookie "%b"' % line, request)
        return b""
    return found.ljust(_BYTES, b"\0")


def _make(request: Request, settings: UseridLocation, identity: _Identity) -> bool:
    """Make the identity that is set. False if none is: the client's is good."""
    if identity.set:
        return True
    mark = b"" if settings.userid_mark == b"off" else settings.userid_mark
    if identity.got and not _is_reset(request, settings, identity):
        if not mark or identity.cookie[_LENGTH : _LENGTH + 2] == mark + b"=":
            return False
        identity.set = identity.got
        return True
    now, process = int(request.connection.now()), request.connection.process
    own = (process.began // 20 << 16 | process.pid) & _BITS
    if settings.userid == b"v1":
        identity.set = struct.pack("<4I", settings.userid_service or 0, now, own, next(_numbers_of_v1) & _BITS)
    else:
        identity.set = struct.pack(">4I", _service(request, settings), now, own, next(_numbers) & _BITS)
    return True


def _is_reset(request: Request, settings: UseridLocation, identity: _Identity) -> bool:
    """Whether $uid_reset asks for another identity; with the value `log` the old one is logged."""
    reset = evaluate(request, _RESET)
    if reset == b"log":
        shown = _shown(settings, identity.got) or b""
        request.connection.log("notice", b'userid cookie "%b" was reset' % shown, request)
    return reset not in (b"", b"0")


def _service(request: Request, settings: UseridLocation) -> int:
    """The number of the server: of an IPv6 address the last four bytes."""
    if settings.userid_service is not None:
        return settings.userid_service
    address = parse_address(request.connection.server_addr)
    return 0 if address is None else address[1] & _BITS


def _cookie(request: Request, settings: UseridLocation, identity: bytes) -> bytes:
    encoded = base64.b64encode(identity)
    if settings.userid_mark != b"off":
        encoded = encoded[:_LENGTH] + settings.userid_mark + b"="
    parts = [settings.userid_name + b"=" + encoded]
    if settings.userid_expires == b"max":
        parts.append(b"expires=Thu, 31-Dec-37 23:55:55 GMT")
    elif isinstance(settings.userid_expires, int) and settings.userid_expires:
        parts.append(b"expires=" + format_cookie_date(int(request.connection.now()) + settings.userid_expires))
    if settings.userid_domain not in (b"", b"none"):
        parts.append(b"domain=" + settings.userid_domain)
    parts.append(b"path=" + settings.userid_path)
    return b"; ".join([*parts, *(flag for flag in FLAGS if flag in settings.userid_flags)])
