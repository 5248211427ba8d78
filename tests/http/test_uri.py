import pytest

from ngxpush.http.uri import (
    InvalidURI,
    UnsafeURI,
    escape_args,
    escape_uri,
    extension,
    parse_target,
    parse_unsafe_uri,
    split_args,
    unescape_redirect,
)


@pytest.mark.parametrize(
    ("target", "uri", "args"),
    [
        (b"/a/./b", b"/a/b", b""),
        (b"/a/b/..", b"/a/", b""),
        (b"/a/.", b"/a/", b""),
        (b"///a///b//", b"/a/b/", b""),
        (b"/a/.../..b", b"/a/.../..b", b""),
        (b"/a%2f..%2Fb", b"/b", b""),
        (b"/%252e%252e/x", b"/%2e%2e/x", b""),
        (b"/a%3Fb?c%3Fd", b"/a?b", b"c%3Fd"),
        (b"/a%23b#c?d", b"/a#b", b""),
        (b"/a?x=1#f", b"/a", b"x=1"),
        (b"/a??", b"/a", b"?"),
        (b"?x=1", b"/", b"x=1"),
        (b"/\x80%ff", b"/\x80\xff", b""),
    ],
)
def test_target(target: bytes, uri: bytes, args: bytes) -> None:
    assert parse_target(target) == (uri, args)


@pytest.mark.parametrize(("target", "uri"), [(b"//a//b", b"//a//b"), (b"/a//../b", b"/a/b"), (b"/a%2f%2fb", b"/a//b")])
def test_slashes_that_are_not_merged(target: bytes, uri: bytes) -> None:
    assert parse_target(target, merge_slashes=False) == (uri, b"")


@pytest.mark.parametrize("target", [b"/..", b"/a/../../b", b"/%2e%2e/x", b"/%", b"/a%2", b"/%zz", b"/%00", b"/%0g"])
def test_refused_targets(target: bytes) -> None:
    with pytest.raises(InvalidURI):
        parse_target(target)


@pytest.mark.parametrize(
    ("uri", "found"),
    [(b"/a.html", b"html"), (b"/a.tar.gz", b"gz"), (b"/.html", b""), (b"/d.html/x", b""), (b"/a.html/", b""), (b"/a", b"")],
)
def test_extension(uri: bytes, found: bytes) -> None:
    assert extension(uri) == found


def test_escapes() -> None:
    assert escape_uri(b'a b&+;"<\xe9~/') == b"a%20b&+;%22%3C%E9~/"
    assert escape_args(b"a b&+;=?#%/") == b"a%20b%26%2B%3B=%3F%23%25/"
    assert split_args(b"/a?b?c") == (b"/a", b"b?c")


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        (b"/a%26b", b"/a&b"),
        (b"/a%20%22%25", b"/a%20%22%25"),
        (b"/a%3Fb%26", b"/a?b%26"),
        (b"/a?b%26", b"/a?b%26"),
        (b"/%c3", b"/%c3"),
    ],
)
def test_unescaping_of_redirects(escaped: bytes, plain: bytes) -> None:
    assert unescape_redirect(escaped) == plain


@pytest.mark.parametrize(
    ("text", "uri", "args"),
    [(b"/a%20b?x=%20", b"/a b", b"x=%20"), (b"/a//b/./c", b"/a//b/./c", b""), (b"/..a", b"/..a", b""), (b"/%zz", b"/zz", b"")],
)
def test_a_uri_from_an_answer_is_only_decoded(text: bytes, uri: bytes, args: bytes) -> None:
    assert parse_unsafe_uri(text) == (uri, args)


@pytest.mark.parametrize("text", [b"", b"?a", b"/../x", b"/a/..", b"../a"])
def test_an_unsafe_uri_from_an_answer(text: bytes) -> None:
    with pytest.raises(UnsafeURI) as unsafe:
        parse_unsafe_uri(text)
    assert unsafe.value.args == (text,)


def test_an_unsafe_uri_from_an_answer_is_shown_decoded() -> None:
    with pytest.raises(UnsafeURI) as unsafe:
        parse_unsafe_uri(b"/a/%2e%2e/b?c")
    assert unsafe.value.args == (b"/a/../b",)
