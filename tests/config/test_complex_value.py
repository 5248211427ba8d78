"""ngxpush.config.complex_value: text with variables."""

from __future__ import annotations

import pytest

from ngxpush.config.complex_value import Capture, InvalidVariableName, Variable, parse_complex_value


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (b"", ()),
        (b"plain", (b"plain",)),
        (b"$Arg_X", (Variable(b"arg_x"),)),
        (b"a${b}c", (b"a", Variable(b"b"), b"c")),
        (b"$12", (Capture(1), b"2")),
        (b"$0", (Variable(b"0"),)),
        (b"${1}", (Variable(b"1"),)),
        (b"$a-$b", (Variable(b"a"), b"-", Variable(b"b"))),
    ],
)
def test_parts(text: bytes, parts: tuple[object, ...]) -> None:
    assert parse_complex_value(text).parts == parts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"ch_$", "invalid variable name"),
        (b"$-x", "invalid variable name"),
        (b"${}", "invalid variable name"),
        (b"${", "invalid variable name"),
        (b"${arg_id", 'the closing bracket in "arg_id" variable is missing'),
        (b"${a-b}", 'the closing bracket in "a" variable is missing'),
    ],
)
def test_refused(text: bytes, message: str) -> None:
    with pytest.raises(InvalidVariableName) as error:
        parse_complex_value(text)
    assert str(error.value) == message


def test_constant_is_known_only_without_variables() -> None:
    assert parse_complex_value(b"abc").constant == b"abc"
    assert parse_complex_value(b"").constant == b""
    assert parse_complex_value(b"a$b").constant is None
