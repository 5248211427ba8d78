"""Names in certificates."""

from __future__ import annotations

import pytest

from ngxpush.server.tls.host_names import is_for_host, matches
from tests.certificates import credentials


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        (b"a.example.com", b"A.Example.com", True),
        (b"a.example.com", b"b.example.com", False),
        (b"*.example.com", b"a.example.com", True),
        (b"*.example.com", b"a.b.example.com", False),
        (b"*.example.com", b"example.com", False),
        (b"*.example.com", b".example.com", False),
        (b"*.com", b"example.com", False),
        (b"f*.example.com", b"foo.example.com", True),
        (b"*o.example.com", b"foo.example.com", True),
        (b"f*o.example.com", b"foo.example.com", False),
        (b"a.*.example.com", b"a.b.example.com", False),
        (b"x*.example.com", b"xn--a.example.com", False),
    ],
)
def test_wildcards(pattern: bytes, name: bytes, expected: bool) -> None:
    assert matches(pattern, name) is expected


def test_the_common_name_counts_without_other_names() -> None:
    assert is_for_host(credentials("a.example.com").certificate, b"a.example.com")
    assert not is_for_host(credentials("a.example.com", ["b.example.com"]).certificate, b"a.example.com")
