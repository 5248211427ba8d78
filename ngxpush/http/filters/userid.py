"""The userid filter: a cookie that identifies the client. Measured with nginx 1.22.1.

The cookie holds four numbers of 32 bits: the server, the time, the process and a count. $uid_got shows the client's, $uid_set the
one that is sent; both as hexadecimal digits, of each number the last byte first.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import itertools
import struct
from dataclasses import dataclass

from ...config.directives.filters.userid import UseridLocation
from ...dates import format_cookie_date
from ..body_output import Output
from ..request import Request
from ..status import OK

_MODULE = "userid"
_LENGTH = 22
_MAX = b"; expires=Thu, 31-Dec-37 23:55:55 GMT"
_counts = itertools.count(0x03030302, 0x100)
_counts_v1 = itertools.count(1, 0x100)


@dataclass(slots=True, eq=False)
class _Identity:
    """got: what the client sent, or None.  marked: with the mark.  set: what is sent, once it is known; None for nothing."""

    got: bytes | None
    marked: bool
    set: bytes | None = None


def _identity(request: Request) -> _Identity | None:
    """The identity of the client; None if the location asks for none."""
    settings = request.location.of(UseridLocation)
    if settings.userid == b"off":
        return None
    known: _Identity | None = request.modules.get(_MODULE)
    if known is None:
        known = request.modules[_MODULE] = _read(request, settings)
        if settings.userid != b"log":
            _choose(request, settings, known)
    return known


def _read(request: Request, settings: UseridLocation) -> _Identity:
    for line in request.input.headers.get_all(b"cookie"):
        for cookie in line.split(b";"):
            name, equals, value = cookie.strip(b" ").partition(b"=")
            if not equals or name != settings.userid_name:
                continue
            if len(value) < _LENGTH:
                request.connection.log("error", b'client sent too short userid cookie "%b"' % line, request)
                return _Identity(None, False)
            try:
                got = base64.b64decode(value[:_LENGTH] + b"==", validate=True)
            except binascii.Error:
                request.connection.log("error", b'client sent invalid userid cookie "%b"' % line, request)
                return _Identity(None, False)
            return _Identity(got, value[_LENGTH : _LENGTH + 2] == settings.userid_mark + b"=")
    return _Identity(None, False)


def _choose(request: Request, settings: UseridLocation, known: _Identity) -> None:
    """Decide what is sent: a new identity, the same one with the mark, or nothing."""
    reset = request.variables.get(b"uid_reset") or b""
    if known.got is None or not any(known.got[12:]) or reset not in (b"", b"0"):
        if reset == b"log" and known.got is not None:
            text = b'userid cookie "%b" was reset' % shown(settings.userid_name, known.got)
            request.connection.log("notice", text, request)
        known.set = _new(request, settings)
    elif settings.userid_mark != b"off" and not known.marked:
        known.set = known.got


def _new(request: Request, settings: UseridLocation) -> bytes:
    now = request.now
    process = (int(now * 50000) & 0xFFFF) << 16 | request.connection.process.pid & 0xFFFF
    if settings.userid == b"v1":
        return struct.pack("<4I", settings.userid_service or 0, int(now) & 0xFFFFFFFF, process, next(_counts_v1) & 0xFFFFFFFF)
    server = struct.pack(">I", settings.userid_service) if settings.userid_service is not None else _address(request)
    return server + struct.pack(">3I", int(now) & 0xFFFFFFFF, process, next(_counts) & 0xFFFFFFFF)


def _address(request: Request) -> bytes:
    """The last four bytes of the server's address."""
    try:
        return ipaddress.ip_address(request.connection.server_addr.decode("latin-1")).packed[-4:]
    except ValueError:
        return bytes(4)


def shown(name: bytes, identity: bytes) -> bytes:
    """An identity as the variables show it."""
    return b"%b=%08X%08X%08X%08X" % (name, *struct.unpack("<4I", identity))


def uid_got(request: Request) -> bytes | None:
    """$uid_got: the identity the client sent; None for none."""
    known = _identity(request)
    return None if known is None or known.got is None else shown(request.location.of(UseridLocation).userid_name, known.got)


def uid_set(request: Request) -> bytes | None:
    """$uid_set: the identity that is sent to the client; None for none."""
    known = _identity(request)
    return None if known is None or known.set is None else shown(request.location.of(UseridLocation).userid_name, known.set)


def filter_header(request: Request, output: Output) -> int:
    """Send the cookie to a client that has none, or one without the mark."""
    settings = request.location.of(UseridLocation)
    if settings.userid in (b"off", b"log"):
        return OK
    known = _identity(request)
    if known is None or known.set is None:
        return OK
    text = base64.b64encode(known.set)
    if settings.userid_mark != b"off":
        text = text[:_LENGTH] + settings.userid_mark + b"="
    line = b"%b=%b%b" % (settings.userid_name, text, _expires(request, settings))
    if settings.userid_domain != b"none" and settings.userid_domain:
        line += b"; domain=" + settings.userid_domain
    line += b"; path=" + settings.userid_path
    for flag in (b"secure", b"httponly", b"samesite=strict", b"samesite=lax", b"samesite=none"):
        if flag in settings.userid_flags:
            line += b"; " + flag
    request.response.headers.append((b"Set-Cookie", line))
    if settings.userid_p3p not in (b"", b"none"):
        request.response.headers.append((b"P3P", settings.userid_p3p))
    return OK


def _expires(request: Request, settings: UseridLocation) -> bytes:
    expires = settings.userid_expires
    if expires == b"max":
        return _MAX
    if isinstance(expires, bytes) or not expires:
        return b""
    return b"; expires=" + format_cookie_date(int(request.now) + expires)
