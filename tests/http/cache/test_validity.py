"""What the lines of a head say about keeping an answer: each case was played against nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.gateways.cache import CacheValidity
from ngxpush.dates import format_http_date
from ngxpush.http.cache.validity import Validity, seconds_valid

_NOW = 1_000_000_000
_LATER, _EARLIER = format_http_date(_NOW + 60).decode(), format_http_date(_NOW - 60).decode()


def _read(text: str, *ignored: str) -> Validity:
    validity = Validity()
    pairs = [line.partition(":") for line in text.split("\n")]
    validity.read([(name.encode(), value.encode()) for name, _, value in pairs], ignored, _NOW)
    return validity


@pytest.mark.parametrize(
    "text",
    [
        "X-Accel-Expires:60\nCache-Control:no-cache",
        "X-Accel-Expires:60\nCache-Control:max-age=0",
        "Cache-Control:max-age=60",
        "Cache-Control:max-age=18446744073709551676",
        "cache-control:public, S-MaxAge=60;max-age=5",
        f"Expires:{_LATER}",
        f"Cache-Control:max-age=60\nExpires:{_EARLIER}",
        f"X-Accel-Expires:@{_NOW + 60}",
        "X-Accel-Expires:bad\nCache-Control:max-age=60",
        "X-Accel-Expires:@bad\nCache-Control:max-age=60",
        "X-Accel-Expires:-1\nCache-Control:max-age=60",
        f"Cache-Control:\nExpires:{_LATER}",
        "Vary:A\nVary:B\nCache-Control:max-age=60",
    ],
)
def test_good_for_a_minute(text: str) -> None:
    validity = _read(text)
    assert (validity.allowed, validity.valid) == (True, _NOW + 60)


@pytest.mark.parametrize(
    "text",
    [
        "Cache-Control:no-cache\nX-Accel-Expires:60",
        "Cache-Control:max-age=0\nX-Accel-Expires:60",
        f"Expires:{_EARLIER}\nCache-Control:max-age=60",
        "X-Accel-Expires:0\nCache-Control:max-age=60",
        "Cache-Control:max-age=60,s-maxage=0",
        "Cache-Control:max-age=6x",
        'Cache-Control:max-age="60"',
        "Cache-Control:max-age=60\nCache-Control:private",
        "Set-Cookie:a=b\nCache-Control:max-age=60",
        "Cache-Control:public,max-age=60\nVary:*",
        "Vary:" + "a" * 129,
        "Cache-Control:max-age=60,stale-while-revalidate=x",
        "Expires:0",
        f"Expires:{_LATER}\nCache-Control:no-store",
    ],
)
def test_not_to_be_kept(text: str) -> None:
    assert not _read(text).allowed


def test_after_that() -> None:
    validity = _read("Cache-Control:max-age=60, stale-while-revalidate=5, stale-if-error=7\nVary:A\nVary:B")
    assert (validity.updating, validity.error, validity.vary) == (5, 7, b"B")
    assert _read("Cache-Control:stale-while-revalidate=5").error == 5


def test_ignored_lines_say_nothing() -> None:
    names = ("set-cookie", "cache-control", "expires", "vary", "x-accel-expires")
    text = "Set-Cookie:a\nCache-Control:private\nExpires:0\nVary:*\nX-Accel-Expires:0"
    assert _read(text, *names).allowed


def test_the_first_setting_counts() -> None:
    settings = (CacheValidity(200, 5), CacheValidity(None, 7), CacheValidity(404, 9))
    assert [seconds_valid(settings, status) for status in (200, 404)] == [5, 7]
    assert seconds_valid(settings[:1], 404) == 0
