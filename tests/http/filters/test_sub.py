"""Texts replaced in answers; what comes out when is measured with nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.http.body_output import Output
from ngxpush.http.filters.sub import SoughtText, Substitutions

from ..fakes import make_request
from ..serving import Site


def _filter(*rules: tuple[bytes, bytes], once: bool = False) -> Substitutions:
    request, _ = make_request()
    return Substitutions(Output(request), [SoughtText(source, parse_complex_value(to)) for source, to in rules], once)


@pytest.mark.parametrize(
    ("rules", "once", "text", "replaced"),
    [
        ([(b"hello", b"bye")], False, b"Hello hello HELLO", b"bye bye bye"),
        ([(b"hello", b"bye")], True, b"Hello hello", b"bye hello"),
        (
            [(b"ab", b"1"), (b"abc", b"2"), (b"bc", b"3"), (b"xyz", b"4"), (b"xy", b"5")],
            True,
            b"abc xyz abc ab bc xy xyz",
            b"1c 4 2 ab 3 5 xyz",
        ),
        ([(b"abc", b"2"), (b"ab", b"1"), (b"bc", b"3")], False, b"abc ab bc aabc", b"2 1 3 a2"),
        ([(b"a.c", b"-")], False, b"abc a.c", b"abc -"),
        ([(b"a", b"aa")], False, b"aba", b"aabaa"),
    ],
)
def test_what_is_replaced(rules: list[tuple[bytes, bytes]], once: bool, text: bytes, replaced: bytes) -> None:
    assert _filter(*rules, once=once).feed(text, flush=False, last=True) == replaced


@pytest.mark.parametrize(
    ("flush", "pieces", "outputs"),
    [
        # at a flush only what may be the beginning of the text stays
        (True, [b"hello wor", b"ld se", b"crxx secret", b" end"], [b"hello wor", b"ld ", b"secrxx XX", b" end"]),
        (True, [b"aa sec", b"ret bb"], [b"aa ", b"XX bb"]),
        # otherwise all that is still under nginx's window
        (False, [b"hello world secrxx secret end of it"], [b"hello world secrxx XX end o"]),
        (False, [b"aa secret bb"], [b"aa XX"]),
        (False, [b"aa sec", b"ret bb"], [b"aa ", b"XX"]),
    ],
)
def test_a_text_across_pieces(flush: bool, pieces: list[bytes], outputs: list[bytes]) -> None:
    substitutions = _filter((b"secret", b"XX"))
    assert [substitutions.feed(piece, flush, last=False) for piece in pieces] == outputs


@pytest.mark.parametrize(
    ("rules", "pieces", "outputs"),
    [
        ([(b"01234", b"L"), (b"12", b"S")], [b"0123", b"4.12"], [b"", b"L.S"]),
        ([(b"01234", b"L"), (b"12", b"S")], [b"0123", b"5"], [b"", b"0S35"]),
        ([(b"01", b"S"), (b"01234", b"L")], [b"0123", b"4"], [b"S23", b"4"]),
        ([(b"01234", b"L"), (b"01", b"S")], [b"0123", b"4"], [b"", b"L"]),
    ],
)
def test_what_may_become_the_longer_text_waits(
    rules: list[tuple[bytes, bytes]], pieces: list[bytes], outputs: list[bytes]
) -> None:
    substitutions = _filter(*rules)
    assert [substitutions.feed(piece, True, last) for piece, last in zip(pieces, (False, True), strict=True)] == outputs


def test_what_was_kept_comes_at_the_end() -> None:
    substitutions = _filter((b"secret", b"XX"))
    assert substitutions.feed(b"a secre", flush=True, last=False) == b"a "
    assert substitutions.feed(b"", flush=False, last=True) == b"secre"


def test_push_messages_are_texts_of_their_own() -> None:
    request, _ = make_request()
    output = Output(request)
    output.whole_pieces = True
    substitutions = Substitutions(output, [SoughtText(b"secret", parse_complex_value(b"XX"))], once=False)
    assert [substitutions.feed(piece, True, False) for piece in (b"sec", b"ret secret")] == [b"sec", b"ret XX"]


@pytest.mark.parametrize(
    ("settings", "content_type", "body", "length"),
    [
        ("", "text/html", "bye bye", None),
        ("", "text/plain", "hello hello", 11),
        ("sub_filter_types text/plain;", "text/plain", "bye bye", None),
        ("sub_filter_types *;", "image/gif", "bye bye", None),
        ("sub_filter_once on;", "text/html", "bye hello", None),
    ],
)
def test_which_answers(settings: str, content_type: str, body: str, length: int | None) -> None:
    site = Site(
        "server { sub_filter $arg_none x; sub_filter hello bye; sub_filter_once off; location / {"
        f' default_type {content_type}; {settings} return 200 "hello hello"; }} }}'
    )
    answer = site.serve("GET / HTTP/1.0\nHost: a")
    head, _, sent = answer.partition(b"\r\n\r\n")
    assert sent.decode() == body
    assert (b"Content-Length: " in head) == (length is not None)


def test_replacements_hold_variables_of_the_request() -> None:
    site = Site('server { sub_filter hello "$arg_to on $host"; location / { default_type text/html; return 200 "hello"; } }')
    assert site.serve("GET /?to=moon HTTP/1.0\nHost: here").endswith(b"\r\n\r\nmoon on here")


def test_the_time_of_a_file_may_stay() -> None:
    files = {"/etc/nginx/html/f": "aXb"}
    settings = "server { default_type text/html; sub_filter X Y; sub_filter_last_modified %s; }"
    modified = b"Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r\n"
    assert modified in Site(settings % "on", files).serve("GET /f HTTP/1.1\nHost: a")
    assert modified not in Site(settings % "off", files).serve("GET /f HTTP/1.1\nHost: a")
