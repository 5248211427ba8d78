"""Files in an encoding that nginx does not read."""

from __future__ import annotations

import pytest

from ngxpush.lint.edits import apply_edits
from ngxpush.lint.finding import Edit, Finding
from ngxpush.lint.linter import lint
from tests.lint.one_file import PATH, one_file

_MARK = b"\xef\xbb\xbf"
_BAD = b"daemon no;\nevents { }\nhttp { }\n"


def _errors(content: bytes) -> list[Finding]:
    return list(lint(PATH, "/", one_file(content), rules=()).findings)


def test_a_byte_order_mark_is_named_and_can_be_removed() -> None:
    first, second = _errors(_MARK + _BAD)
    assert first.message == 'unknown directive "\ufeffdaemon"'
    assert first.instead.startswith("save the file without a byte order mark: the bytes EF BB BF")
    assert first.edits == (Edit(PATH, 0, 3, b""),)
    assert apply_edits(_MARK + _BAD, list(first.edits)) == _BAD
    # What is wrong besides is reported, too.
    assert [second.message] == [each.message for each in _errors(_BAD)]


@pytest.mark.parametrize("content", [_MARK + b"# a comment\nevents { }\nhttp { }\n", _MARK + b"\nevents { }\nhttp { }\n"])
def test_before_a_comment_and_a_line_end(content: bytes) -> None:
    assert [bool(each.edits) for each in _errors(content)] == [True]


def test_utf_16() -> None:
    for encoding in ("utf-16", "utf-16-be"):
        content = ("\ufeff" if encoding == "utf-16-be" else "") + _BAD.decode()
        assert "it is in UTF-16" in _errors(content.encode(encoding))[0].instead


def test_elsewhere_these_bytes_are_a_name_like_any_other() -> None:
    found = _errors(b"events { }\n\xef\xbb\xbffoo on;\nhttp { }\n")
    assert [(each.instead, each.edits) for each in found] == [("remove it, or load the module it belongs to", ())]
