"""slice: an answer that is asked for in parts."""

from __future__ import annotations

import pytest

from ngxpush.http.output import send_body, send_header
from ngxpush.http.request import Request
from ngxpush.http.variables.evaluation import variable

from ..fakes import FakeConnection, make_request

_WHOLE = b"0123456789abc"


def _answer(request: Request, **changes: bytes) -> int:
    """Answer a request with the part it asks for."""
    asked = variable(request, b"slice_range")
    assert asked is not None
    start, end = map(int, asked.removeprefix(b"bytes=").split(b"-"))
    data = _WHOLE[start : end + 1]
    response = request.response
    response.status, response.content_length = 206, len(data)
    line = changes.get("line", b"bytes %d-%d/%d" % (start, start + len(data) - 1, len(_WHOLE)))
    tag = changes.get("etag", b'"e"')
    response.headers += [*([(b"ETag", tag)] if tag else []), (b"Content-Range", line)]
    status = send_header(request)
    if status == 0:
        send_body(request, data, last=True)
    return status


def _serve(header: bytes = b"") -> tuple[bytes, FakeConnection]:
    request, connection = make_request(slice={"slice": 4})
    if header:
        request.input.headers.add(b"Range", header)
    assert _answer(request) == 0
    asked = []
    while connection.started_subrequests:
        subrequest, ended = connection.started_subrequests.pop(0)
        asked.append(variable(subrequest, b"slice_range") or b"")
        assert _answer(subrequest) == 0
        ended()
    return b" ".join(asked), connection


@pytest.mark.parametrize(
    ("header", "asked", "head", "body"),
    [
        (b"", b"bytes=4-7 bytes=8-11 bytes=12-15", b"Content-Length: 13\r\n", _WHOLE),
        (b"bytes=3-4", b"bytes=4-7", b"Content-Range: bytes 3-4/13", b"34"),
        (b"bytes=-2", b"bytes=8-11 bytes=12-15", b"Content-Range: bytes 11-12/13", b"bc"),
        (b"bytes=8-", b"bytes=12-15", b"Content-Range: bytes 8-12/13", b"89abc"),
        (b"bytes=0-0,2-2", b"bytes=4-7 bytes=8-11 bytes=12-15", b"Accept-Ranges: bytes", _WHOLE),
    ],
)
def test_parts_become_one_answer(header: bytes, asked: bytes, head: bytes, body: bytes) -> None:
    shown, connection = _serve(header)
    assert shown == asked
    sent = connection.written.partition(b"\r\n\r\n")
    assert head in sent[0]
    assert sent[2] == body


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"bytes", b"invalid range in slice response"),
        (b"bytes 0-3/*", b"no complete length in slice response"),
        (b"bytes 1-4/13", b"unexpected range in slice response: 1-5"),
    ],
)
def test_what_is_not_expected(line: bytes, message: bytes) -> None:
    request, connection = make_request(slice={"slice": 4})
    assert _answer(request, line=line) == -1
    assert connection.logged == [("error", message)]


def test_parts_of_another_answer() -> None:
    request, connection = make_request(slice={"slice": 4})
    _answer(request)
    subrequest, _ = connection.started_subrequests[0]
    assert not connection.written  # the end of a part sends nothing that postpone_output holds back
    assert _answer(subrequest, etag=b'"f"') == -1
    assert connection.logged == [("error", b"etag mismatch in slice response")]
    subrequest.response.status, subrequest.response.headers = 404, []
    assert send_header(subrequest) == -1


def test_parts_without_a_tag_are_those_of_any_answer() -> None:
    request, connection = make_request(slice={"slice": 4})
    _answer(request, etag=b"")
    subrequest, _ = connection.started_subrequests[0]
    assert _answer(subrequest, etag=b'"f"') == 0


def test_a_part_that_is_missing() -> None:
    request, connection = make_request(slice={"slice": 4})
    _answer(request)
    connection.started_subrequests[0][1]()
    assert connection.terminated == -1


def test_other_answers_stay_as_they_are() -> None:
    request, _ = make_request(slice={"slice": 4})
    assert variable(request, b"slice_range") == b"bytes=0-3"
    request.response.status = 200
    assert send_header(request) == 0
    off, _ = make_request()
    assert variable(off, b"slice_range") is None
