"""The channels path: decoding, ids, backtracks, refused names."""

from __future__ import annotations

import pytest

from ngxpush.push.operations import ChannelRequest
from ngxpush.push.path import name_refusal, parse_channels_path, prefix, unescape


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"plain", b"plain"),
        (b"a%20b%2Fc+%c3%A9", b"a b/c+\xc3\xa9"),
        (b"a%252Fb", b"a%2Fb"),
        (b"a%00b", b"a\0b"),
        # broken escapes
        (b"a%zzb", b"azzb"),
        (b"a%4zb", b"ab"),
        (b"q%4", b"q"),
        (b"q%", b"q"),
        (b"%%41", b"%41"),
        # a question mark
        (b"a%3Fbcd", b"a?"),
        (b"a%20b?c%20d", b"a b?"),
        (b"m?n%20o", b"m?n%20o"),
        (b"a%?%20", b"a? "),
        (b"a%zb?c", b"azb?"),
        (b"a%3f", b"a?"),
    ],
)
def test_values_are_decoded_once(value: bytes, expected: bytes) -> None:
    assert unescape(value) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"", []),
        (b"/", [(b"", None)]),
        (b"a", [(b"a", None)]),
        (b"a/", [(b"a", None)]),
        (b"/a", [(b"", None), (b"a", None)]),
        (b"a//b/", [(b"a", None), (b"", None), (b"b", None)]),
        (b"a/b/a", [(b"a", None), (b"b", None), (b"a", None)]),
        (b"x%2Fy", [(b"x", None), (b"y", None)]),
        # backtracks
        (b"a.b3/b.b10", [(b"a", 3), (b"b", 10)]),
        (b"a%2eb3", [(b"a", 3)]),
        (b"a.b", [(b"a.b", None)]),
        (b"a.b3x", [(b"a.b3x", None)]),
        (b"a.b1.b2", [(b"a.b1", 2)]),
        (b"a..b1", [(b"a.", 1)]),
        (b".b3", [(b"", 3)]),
        (b"a.B1", [(b"a.B1", None)]),
        (b"a.b-1", [(b"a.b-1", None)]),
        (b"a.b007", [(b"a", 7)]),
        (b"a.b0", [(b"a", None)]),
        (b"a.b" + b"9" * 5000, [(b"a", 2**63 - 1)]),
    ],
)
def test_paths_are_cut_at_slashes(path: bytes, expected: list[tuple[bytes, int | None]]) -> None:
    assert parse_channels_path(path) == tuple([ChannelRequest(id, backtrack) for id, backtrack in expected])


@pytest.mark.parametrize(("id", "expected"), [(b"a*b*", b"a"), (b"*", b""), (b"a", None), (b"a\0*", None)])
def test_an_asterisk_makes_a_prefix(id: bytes, expected: bytes | None) -> None:
    assert prefix(id) == expected


@pytest.mark.parametrize(
    ("id", "status", "logged"),
    [
        (b"ALL", 403, ""),
        (b"a*", 403, ""),
        (b"1234567*", 403, ""),
        (b"ALLx", None, ""),
        (b"all", None, ""),
        (b"12345", None, ""),
        (b"\xc3\xa9\xc3\xa9\xc3\xa9", 400, "channel id is larger than allowed 6"),
    ],
)
def test_refused_names(id: bytes, status: int | None, logged: str) -> None:
    refusal = name_refusal(id, 5)
    assert (refusal and refusal.status) == status
    assert refusal is None or refusal.logged == logged
