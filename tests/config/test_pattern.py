"""ngxpush.config.pattern: PCRE2 on bytes, with nginx's words."""

from __future__ import annotations

import pytest

from ngxpush.config.pattern import InvalidPattern, compile_pattern


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"(", 'pcre2_compile() failed: missing closing parenthesis in "("'),
        (b"a)b", 'pcre2_compile() failed: unmatched closing parenthesis in "a)b" at ")b"'),
        (b"[a", 'pcre2_compile() failed: missing terminating ] for character class in "[a"'),
        # where newer releases of PCRE2 point elsewhere, or say it otherwise
        (b"*.a", 'pcre2_compile() failed: quantifier does not follow a repeatable item in "*.a" at "*.a"'),
        (b"a**", 'pcre2_compile() failed: quantifier does not follow a repeatable item in "a**" at "*"'),
        (b"[z-a]x", 'pcre2_compile() failed: range out of order in character class in "[z-a]x" at "a]x"'),
        (rb"[\d-z]", r'pcre2_compile() failed: invalid range in character class in "[\d-z]" at "-z]"'),
        (rb"[a-\d]", r'pcre2_compile() failed: invalid range in character class in "[a-\d]" at "]"'),
        (b"(?z)x", 'pcre2_compile() failed: unrecognized character after (? or (?- in "(?z)x" at "z)x"'),
        (b"[[:foo:]]x", 'pcre2_compile() failed: unknown POSIX class name in "[[:foo:]]x" at "foo:]]x"'),
        (b"[a[:^foo:]]x", 'pcre2_compile() failed: unknown POSIX class name in "[a[:^foo:]]x" at "foo:]]x"'),
        (b"[[.a.]]", 'pcre2_compile() failed: POSIX collating elements are not supported in "[[.a.]]" at "[.a.]]"'),
        (rb"(a)\2", r'pcre2_compile() failed: reference to non-existent subpattern in "(a)\2" at "2"'),
        (rb"[\C]a", r'pcre2_compile() failed: escape sequence is invalid in character class in "[\C]a" at "C]a"'),
        (b"(?<=a+)b", 'pcre2_compile() failed: lookbehind assertion is not fixed length in "(?<=a+)b" at "(?<=a+)b"'),
    ],
)
def test_refused(text: bytes, message: str) -> None:
    with pytest.raises(InvalidPattern) as error:
        compile_pattern(text)
    assert str(error.value) == message


def test_groups_and_names() -> None:
    pattern = compile_pattern(rb"^/(?<b>\w+)/(?<a>x)?")
    match = pattern.search(b"/one/")
    assert match is not None
    assert match.groups == (b"/one/", b"one", None)
    assert dict(pattern.names) == {b"a": 2, b"b": 1}


def test_caseless_and_bytes_that_are_not_text() -> None:
    assert compile_pattern(b"ABC", caseless=True).search(b"xabc") is not None
    assert compile_pattern(b"ABC").search(b"xabc") is None
    assert compile_pattern(rb"^\xff.$").search(b"\xff\xfe") is not None
    assert compile_pattern(rb"^a\C$").search(b"a\n") is not None
