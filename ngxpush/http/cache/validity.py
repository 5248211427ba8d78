"""What the lines of an answer's head say about keeping it (nginx 1.22.1).

The lines take effect in their order. A time of X-Accel-Expires stands against a Cache-Control after it, any time against an
Expires after it; what forbids to keep the answer is never taken back. The rules were measured line by line with nginx 1.22.1.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from msgspec import Struct

from ...config.directives.gateways.cache import CacheValidity
from ...dates import parse_http_date
from ...numbers import parse_decimal, parse_wrapped

_LONGEST_VARY = 128
_FORBIDDEN = re.compile(rb"no-cache|no-store|private", re.IGNORECASE)
_SHARED = re.compile(rb"s-maxage=([^,; ]*)", re.IGNORECASE)
_AGE = re.compile(rb"max-age=([^,; ]*)", re.IGNORECASE)
_REVALIDATING = re.compile(rb"stale-while-revalidate=([^,; ]*)", re.IGNORECASE)
_IF_ERROR = re.compile(rb"stale-if-error=([^,; ]*)", re.IGNORECASE)


class Validity(Struct, eq=False):
    """What the lines that were read say.

    allowed: the answer may be kept.  valid: until when it is good, seconds since the epoch; 0 where no line says so.
    updating, error: for how many seconds after that it may be used while it is renewed, or after an error.  vary: the last line.
    """

    allowed: bool = True
    valid: int = 0
    updating: int = 0
    error: int = 0
    vary: bytes = b""

    # A line X-Accel-Expires has been read.
    _accel: bool = False

    def read(self, lines: Iterable[tuple[bytes, bytes]], ignored: Collection[str], now: int) -> None:
        """Read the lines of a head. ignored: names in lower case (PREFIX_ignore_headers)."""
        for name, value in lines:
            key = name.lower()
            if key == b"x-accel-expires":
                self._accel = True
            if key.decode("latin-1") not in ignored:
                self._read(key, value, now)

    def _read(self, key: bytes, value: bytes, now: int) -> None:
        if key == b"set-cookie":
            self.allowed = False
        elif key == b"x-accel-expires":
            self._accel_expires(value, now)
        elif key == b"cache-control":
            self._cache_control(value, now)
        elif key == b"expires":
            self._expires(value, now)
        elif key == b"vary":
            self.vary = value
            if value == b"*" or len(value) > _LONGEST_VARY:
                self.allowed = False

    def _accel_expires(self, value: bytes, now: int) -> None:
        """Seconds, or `@` and a time. 0 forbids to keep the answer; what is no number says nothing."""
        if value.startswith(b"@"):
            self.valid = _number(value[1:], self.valid)
            return
        seconds = _number(value, -1)
        if seconds == 0:
            self.allowed = False
        elif seconds > 0:
            self.valid = now + seconds

    def _cache_control(self, value: bytes, now: int) -> None:
        if self.valid and self._accel:
            return
        if _FORBIDDEN.search(value):
            self.allowed = False
            return
        age = _SHARED.search(value) or _AGE.search(value)
        if age is not None:
            seconds = parse_wrapped(age[1])
            if not seconds:
                self.allowed = False
                return
            self.valid = now + seconds
        for pattern in (_REVALIDATING, _IF_ERROR):
            found = pattern.search(value)
            if found is None:
                continue
            seconds = parse_wrapped(found[1] or b"0")
            if seconds is None:
                self.allowed = False
                return
            self.error = seconds
            if pattern is _REVALIDATING:
                self.updating = self.error

    def _expires(self, value: bytes, now: int) -> None:
        if self.valid:
            return
        time = parse_http_date(value)
        if time is None or time < now:
            self.allowed = False
        else:
            self.valid = time


def _number(text: bytes, otherwise: int) -> int:
    number = parse_decimal(text)
    return otherwise if number is None else number


def seconds_valid(settings: Collection[CacheValidity], status: int) -> int:
    """For how many seconds an answer is good by PREFIX_cache_valid; 0: it is not kept. The first setting counts."""
    return next((each.seconds for each in settings if each.status in (None, status)), 0)
