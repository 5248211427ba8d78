"""What can be said of a regular expression without running it."""

from __future__ import annotations

import pytest

from ngxpush.config.pattern import compile_pattern
from ngxpush.lint.patterns import Beginning, beginning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"^/sub/(.*)$", Beginning(True, b"/sub/", True, False)),
        (b"^/sub/(?<name>.*)", Beginning(True, b"/sub/", True, False)),
        (b"^/sub", Beginning(True, b"/sub", True, False)),
        (b"/sub/(.*)", Beginning(False, b"/sub/", True, False)),
        (rb"^/sub/(\w+)$", Beginning(True, b"/sub/", False, False)),
        (b"^/sub$", Beginning(True, b"/sub", False, False)),
        (b"^/subs?/(.*)", Beginning(True, b"/sub", False, False)),
        (rb"^/a\.b\.*", Beginning(True, b"/a.b", False, False)),
        (rb"\.php$", Beginning(False, b".php", False, False)),
        (b"^", Beginning(True, b"", True, False)),
        (b"^/(a|b)/", Beginning(True, b"/", False, False)),
        (b"^/a|^/b", Beginning(False, b"", False, False)),
        (rb"^/a[|]\|b", Beginning(True, b"/a", False, False)),
        (b"^/a((x|y)|z)", Beginning(True, b"/a", False, False)),
    ],
)
def test_beginning(text: bytes, expected: Beginning) -> None:
    assert beginning(compile_pattern(text)) == expected


def test_a_caseless_beginning_is_in_lower_case() -> None:
    assert beginning(compile_pattern(b"^/Sub/", caseless=True)) == Beginning(True, b"/sub/", True, True)
