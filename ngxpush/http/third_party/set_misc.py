"""set-misc: the functions that compute the values of variables."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable

from ...config.directives.third_party.set_misc import SetMiscLocation
from ...config.script import Compute
from ...dates import format_by
from ...numbers import parse_decimal
from ..base64_text import decoded
from ..request import Request


class NotComputed(Exception):
    """The arguments make no sense: the request is answered with 500. message: for the log."""

    def __init__(self, message: bytes) -> None:
        super().__init__(message)
        self.message = message


def compute(request: Request, step: Compute, values: list[bytes]) -> bytes:
    """The value the variable gets. values: of the arguments.  Raises NotComputed."""
    simple = _OF_TEXT.get(step.function)
    return _FUNCTIONS[step.function](request, step, values) if simple is None else simple(values[0])


# ------------------------------------------------------------------------------------------------------------ URIs and quotes

_ESCAPED = re.compile(rb"[^A-Za-z0-9!$'()*,\-.@_`|~]")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})|%[0-9A-Fa-f](?:(?![0-9A-Fa-f]).)?|%(?![0-9A-Fa-f])|\+", re.DOTALL)


def _escape_uri(text: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: b"%%%02X" % found[0][0], text)


def _unescape_uri(text: bytes) -> bytes:
    """Half an escape is dropped, with the character that spoils it; of one without digits only the `%`."""

    def decoded(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return bytes.fromhex(found[1].decode())
        return b" " if found[0] == b"+" else b""

    return _ESCAPE.sub(decoded, text)


_SQL = {b"\n": rb"\n", b"\r": rb"\r", b"\t": rb"\t", b"\b": rb"\b", b"\0": rb"\0", b"\x1a": rb"\Z"}
_SQL_SPECIAL = re.compile(rb"[\n\r\t\x08\x00\x1a'\"\\]")
_JSON = {b"\n": rb"\n", b"\r": rb"\r", b"\t": rb"\t", b"\b": rb"\b", b"\f": rb"\f", b'"': rb"\"", b"\\": rb"\\"}
_JSON_SPECIAL = re.compile(rb"[\x00-\x1f\"\\]")


def _quote_sql_str(text: bytes) -> bytes:
    return b"'%b'" % _SQL_SPECIAL.sub(lambda found: _SQL.get(found[0], b"\\" + found[0]), text)


def _quote_pgsql_str(text: bytes) -> bytes:
    return b"E" + _quote_sql_str(text) if text else b"''"


def _quote_json_str(text: bytes) -> bytes:
    if not text:
        return b"null"
    return b'"%b"' % _JSON_SPECIAL.sub(lambda found: _JSON.get(found[0]) or rb"\u%04x" % found[0][0], text)


# ---------------------------------------------------------------------------------------------------------- codes of bytes


def _encode_base32(request: Request, step: Compute, values: list[bytes]) -> bytes:
    settings = request.location.of(SetMiscLocation)
    padded = base64.b32encode(values[0])
    digits = padded.rstrip(b"=").translate(bytes.maketrans(_BASE32, settings.base32_alphabet))
    return digits.ljust(len(padded), b"=") if settings.base32_padding else digits


def _decode_base32(request: Request, step: Compute, values: list[bytes]) -> bytes:
    """What is no digit counts as 0. A length that no text has gives nothing."""
    alphabet = request.location.of(SetMiscLocation).base32_alphabet
    text = values[0].partition(b"=")[0]
    if len(text) % 8 in (1, 3, 6):
        return b""
    digits = bytes(_BASE32[max(0, alphabet.find(digit))] for digit in text)
    return base64.b32decode(digits.ljust(-(-len(digits) // 8) * 8, b"="))


_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _decode_base64(request: Request, step: Compute, values: list[bytes]) -> bytes:
    found = decoded(values[0], url=step.function.endswith("url"))
    if found is None:
        raise NotComputed(b"%b: invalid value" % step.function.encode())
    return found


def _decode_hex(request: Request, step: Compute, values: list[bytes]) -> bytes:
    try:
        return binascii.unhexlify(values[0])
    except binascii.Error:
        raise NotComputed(b"set_decode_hex: invalid value") from None


def _hmac(digest: str) -> Callable[[Request, Compute, list[bytes]], bytes]:
    return lambda request, step, values: hmac.digest(values[0], values[1], digest)


# ------------------------------------------------------------------------------------------------------------------- choices


def _if_empty(request: Request, step: Compute, values: list[bytes]) -> bytes:
    return values[0] or values[1]


def _hashed_upstream(request: Request, step: Compute, values: list[bytes]) -> bytes:
    name, text = values
    upstreams = step.lists.get(name)
    if upstreams is None:
        raise NotComputed(b'set_hashed_upstream: upstream list "%b" not defined yet' % name)
    key = 0
    for byte in text.lower():
        key = key * 31 + byte & 0xFFFFFFFF
    return upstreams[key % len(upstreams)]


def _numbers(values: list[bytes], complaint: bytes) -> tuple[int, int]:
    """Two numbers, the smaller one first."""
    found: list[int] = []
    for name, value in zip((b"from", b"to"), values, strict=False):
        number = parse_decimal(value)
        if number is None:
            raise NotComputed(complaint % (name, value))
        found.append(number)
    return min(found), max(found)


def _rotate(request: Request, step: Compute, values: list[bytes]) -> bytes:
    """The number after the variable's own one. Where that says nothing: after the last one that this location has had."""
    first, last = _numbers(values, b'set_rotate: bad "%b" argument value: "%b"')
    kept = request.http.rotations
    current = parse_decimal(values[2])
    if current is None:
        if values[2]:
            request.connection.log("error", b'set_rotate: bad current value: "%b"' % values[2], request)
        current = kept.get(id(request.location), first - 1)
    following = current + 1
    if not first <= following <= last:
        following = first
    kept[id(request.location)] = following
    return b"%d" % following


def _random(request: Request, step: Compute, values: list[bytes]) -> bytes:
    first, last = _numbers(values, b'set_random: bad "%b" argument: %b')
    return b"%d" % (first + int.from_bytes(request.connection.process.random(16), "big") % (last - first + 1))


def _letters(alphabet: bytes) -> Callable[[Request, Compute, list[bytes]], bytes]:
    def choose(request: Request, step: Compute, values: list[bytes]) -> bytes:
        length = parse_decimal(values[0])
        if length is None or not 1 <= length <= 64:
            raise NotComputed(b'set_random: bad "length" argument: %b' % values[0])
        number = int.from_bytes(request.connection.process.random(length + 16), "big")
        letters = bytearray()
        for _ in range(length):
            number, place = divmod(number, len(alphabet))
            letters.append(alphabet[place])
        return bytes(letters)

    return choose


_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_ALPHANUMERIC = _LETTERS + _LETTERS.upper() + b"0123456789"


def _today(request: Request, step: Compute, values: list[bytes]) -> bytes:
    return format_by(b"%Y-%m-%d", request.now, local=True)


def _formatted(local: bool) -> Callable[[Request, Compute, list[bytes]], bytes]:
    return lambda request, step, values: format_by(values[0], request.now, local) if values[0] else b""


_OF_TEXT: dict[str, Callable[[bytes], bytes]] = {
    "set_unescape_uri": _unescape_uri,
    "set_escape_uri": _escape_uri,
    "set_quote_sql_str": _quote_sql_str,
    "set_quote_pgsql_str": _quote_pgsql_str,
    "set_quote_json_str": _quote_json_str,
    "set_encode_base64": base64.b64encode,
    "set_encode_base64url": lambda text: base64.urlsafe_b64encode(text).rstrip(b"="),
    "set_encode_hex": binascii.hexlify,
    "set_md5": lambda text: hashlib.md5(text, usedforsecurity=False).hexdigest().encode(),
    "set_sha1": lambda text: hashlib.sha1(text, usedforsecurity=False).hexdigest().encode(),
}
"""Functions of one text, by the directive."""

_FUNCTIONS: dict[str, Callable[[Request, Compute, list[bytes]], bytes]] = {
    "set_if_empty": _if_empty,
    "set_encode_base32": _encode_base32,
    "set_decode_base32": _decode_base32,
    "set_decode_base64": _decode_base64,
    "set_decode_base64url": _decode_base64,
    "set_decode_hex": _decode_hex,
    "set_hmac_sha1": _hmac("sha1"),
    "set_hmac_sha256": _hmac("sha256"),
    "set_hashed_upstream": _hashed_upstream,
    "set_rotate": _rotate,
    "set_random": _random,
    "set_secure_random_alphanum": _letters(_ALPHANUMERIC),
    "set_secure_random_lcalpha": _letters(_LETTERS),
    "set_local_today": _today,
    "set_formatted_local_time": _formatted(local=True),
    "set_formatted_gmt_time": _formatted(local=False),
}
"""All others."""
