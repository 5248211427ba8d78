"""Dates as nginx writes and reads them: seconds since the epoch to bytes and back.

HTTP's own dates are in GMT; those of logs and listings may be in the time zone of the machine.
"""

from __future__ import annotations

import calendar
import re
import time
from functools import lru_cache

_DAYS = (b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun")
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")

_DAY, _CLOCK = rb"(?P<day>\d\d)", rb"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_MONTH = rb"(?P<month>[JFMASOND]..)"
# nginx ignores the day's name and what follows the last number; in asctime's form also one character after the month.
_FORMS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        rb"[^ ,]*, *" + _DAY + rb" " + _MONTH + rb" (?P<year>\d{4}) " + _CLOCK,  # RFC 9110 IMF-fixdate
        rb"[^ ,]*, *" + _DAY + rb"-" + _MONTH + rb"-(?P<year>\d\d) " + _CLOCK,  # RFC 850
        rb"[^ ,]* +" + _MONTH + rb". ?(?P<day>\d\d?) " + _CLOCK + rb" (?P<year>\d{4})",  # asctime
    )
)


@lru_cache(maxsize=256)
def format_http_date(seconds: int) -> bytes:
    """`Thu, 01 Jan 1970 00:00:00 GMT` (RFC 9110 IMF-fixdate)."""
    at = time.gmtime(seconds)
    return b"%s, %02d %s %04d %02d:%02d:%02d GMT" % (
        _DAYS[at.tm_wday],
        at.tm_mday,
        _MONTHS[at.tm_mon - 1],
        at.tm_year,
        at.tm_hour,
        at.tm_min,
        at.tm_sec,
    )


def format_cookie_date(seconds: int) -> bytes:
    """`Thu, 31-Dec-37 23:55:55 GMT`; from 2038 on with the whole year."""
    day, date, month, year, clock, zone = format_http_date(seconds).split(b" ")
    return b"%b %b-%b-%b %b %b" % (day, date, month, year if year > b"2037" else year[2:], clock, zone)


@lru_cache(maxsize=256)  # clients that poll a channel send the same date
def parse_http_date(value: bytes) -> int | None:
    """Seconds since the epoch of a date in any of HTTP's three forms; None for anything else (nginx's rules)."""
    for form in _FORMS:
        found = form.match(value)
        if found:
            break
    else:
        return None
    if found["year"] == b"0000":
        return None
    month = _month(found["month"])
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < 70 else 1900
    day, hour, minute, second = int(found["day"]), int(found["hour"]), int(found["minute"]), int(found["second"])
    if hour > 23 or minute > 59 or second > 59 or day > calendar.monthrange(year, month)[1]:
        return None
    return calendar.timegm((year, month, day, hour, minute, second))  # day 0 is the one before the first


def _month(name: bytes) -> int:
    """The month that nginx takes `name` for, 1 to 12: it looks only at the letters that tell the months of one initial apart."""
    match name[:1]:
        case b"J":
            return 1 if name[1:2] == b"a" else 6 if name[2:] == b"n" else 7
        case b"M":
            return 3 if name[2:] == b"r" else 5
        case b"A":
            return 4 if name[1:2] == b"p" else 8
        case initial:
            return {b"F": 2, b"S": 9, b"O": 10, b"N": 11, b"D": 12}[initial]


def format_common_log(seconds: float) -> bytes:
    """The local time of the common log format: `24/Nov/2026:09:00:04 +0000`."""
    at = time.localtime(seconds)
    stamp = (at.tm_mday, _MONTHS[at.tm_mon - 1], at.tm_year, at.tm_hour, at.tm_min, at.tm_sec)
    return b"%02d/%b/%d:%02d:%02d:%02d " % stamp + b"%b%02d%02d" % _offset(at)


def format_iso8601(seconds: float) -> bytes:
    """The local time with its offset: `2026-11-24T09:00:04+00:00`."""
    at = time.localtime(seconds)
    return b"%04d-%02d-%02dT%02d:%02d:%02d" % at[:6] + b"%b%02d:%02d" % _offset(at)


def format_iso8601_utc(seconds: int) -> bytes:
    """`2026-11-24T09:00:04Z`."""
    return b"%04d-%02d-%02dT%02d:%02d:%02dZ" % time.gmtime(seconds)[:6]


def format_rfc850(seconds: float, local: bool) -> bytes:
    """SSI's form of a date, in the time zone of the machine or in GMT: `Tuesday, 24-Nov-2026 09:00:04 GMT`."""
    at = time.localtime(seconds) if local else time.gmtime(seconds)
    return f"{time.strftime('%A, %d-%b-%Y %H:%M:%S', at)} {at.tm_zone if local else 'GMT'}".encode()


def format_by(form: bytes, seconds: float, local: bool) -> bytes:
    """A date in a form of strftime; `%s` alone is the seconds since the epoch."""
    if form == b"%s":
        return b"%d" % seconds
    at = time.localtime(seconds) if local else time.gmtime(seconds)
    return time.strftime(form.decode("utf-8", "surrogateescape"), at).encode("utf-8", "surrogateescape")


def format_listing(seconds: int, local: bool) -> bytes:
    """The date of a file in a listing: `24-Nov-2026 09:00`."""
    at = time.localtime(seconds) if local else time.gmtime(seconds)
    return b"%02d-%b-%d %02d:%02d" % (at.tm_mday, _MONTHS[at.tm_mon - 1], at.tm_year, at.tm_hour, at.tm_min)


def seconds_of_day(seconds: float) -> int:
    """The seconds since midnight in the time zone of the machine."""
    at = time.localtime(seconds)
    return at.tm_hour * 3600 + at.tm_min * 60 + at.tm_sec


def _offset(at: time.struct_time) -> tuple[bytes, int, int]:
    minutes = (at.tm_gmtoff or 0) // 60
    sign = b"-" if minutes < 0 else b"+"
    return sign, *divmod(abs(minutes), 60)
