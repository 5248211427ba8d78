"""Places of arguments and of parts of them in the file."""

from __future__ import annotations

import pytest

from ngxpush.config.directive import Setting
from ngxpush.config.tree import Position
from ngxpush.lint.source import argument_place, place_in_argument
from ngxpush.lint.subject import Subject
from tests.lint.one_file import PATH, subject_of


def template(argument: str) -> tuple[Subject, Setting]:
    subject = subject_of(f"events {{}}\nhttp {{\n  push_stream_message_template {argument};\n}}")
    return subject, next(subject.settings("push_stream_message_template"))[1]


# The argument begins in column 32 of line 3.
@pytest.mark.parametrize(
    ("argument", "part", "line", "column", "length"),
    [
        ("~text~", b"~text~", 3, 32, 6),
        ("'a ~text~'", b"~text~", 3, 35, 6),
        (r'"{\"a\":\"~text~\"}"', b"~text~", 3, 42, 6),
        (r'"\d\n~text~"', b"~text~", 3, 37, 6),
        (r'"a\"\"b"', b'"b', 3, 36, 3),
        ("'one\n  ~text~'", b"~text~", 4, 3, 6),
    ],
)
def test_place_in_argument(argument: str, part: bytes, line: int, column: int, length: int) -> None:
    subject, setting = template(argument)
    start = setting.statement.arguments[0].index(part)
    place = place_in_argument(subject.analysis, setting.statement, 0, start, start + len(part))
    assert place == (Position(PATH, line, column), length)


@pytest.mark.parametrize(("argument", "length"), [("~text~", 6), ("'~text~'", 8), (r'"a\"b"', 6), ("''", 2)])
def test_argument_place(argument: str, length: int) -> None:
    subject, setting = template(argument)
    assert argument_place(subject.analysis, setting.statement, 0) == (Position(PATH, 3, 32), length)
