"""A dialogue gives the same answers, lines in the log and end, wherever the network cuts it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ngxpush.http.connection.states import READING, Reading, State

from .client import LEFT, TUNNELLED, Client, Later, begin, get, post

CHUNKED = b"POST %b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"

REQUESTS = [
    get(b"/1"),
    get(b"/later"),
    get(b"/ask?/later"),
    get(b"/copy?/x"),
    get(b"/add?/x"),
    get(b"/2", b"Connection: close"),
    b"\r\n\r\n" + get(b"/after-empty-lines"),
    b"GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"GET /nine\r\n",
    post(b"/body", b"abcd"),
    post(b"/later-body", b"abcd"),
    post(b"/skipped", b"abcdefgh"),
    post(b"/body", b""),
    CHUNKED % b"/body",
    CHUNKED % b"/skipped",
    (CHUNKED % b"/body").replace(b"3\r\n", b"x\r\n"),
    (CHUNKED % b"/later-body").replace(b"3\r\n", b"9\r\n"),
    get(b"/bug"),
    get(b"/close"),
    get(b"/tunnel") + b"not HTTP",
    b"get / HTTP/1.1\r\n\r\n",
    b"GET /\xff HTTP/9.9\r\n\r\n",
    get(b"/3", b"Content-Length: 1", b"Content-Length: 2"),
    get(b"/" + b"long" * 3000),
    post(b"/body", b"x" * 200_000),
    post(b"/later-body", b"y" * 100_000),
    post(b"/body", b"ab", 400),
]

chosen = st.integers(0, len(REQUESTS) - 1)
cuts = st.lists(st.floats(0, 1), max_size=12)


def _play(dialogue: bytes, at: list[float]) -> tuple[bytes, list[bytes], list[str], State, bytes]:
    """What is written, logged and said, and where the connection is in the end."""
    begin()
    client = Client(keepalive_requests=10_000)
    positions = sorted({0, len(dialogue), *(round(cut * len(dialogue)) for cut in at)})
    written = b""
    for start, end in pairwise(positions):
        written += client.send(dialogue[start:end])
        while Later.resumes:
            client.transport.written = b""
            Later.resumes.pop(0)(None)
            written += client.transport.written
        _check(client)
    client.stop_sending()
    while Later.resumes:
        Later.resumes.pop(0)(None)
    client.leave()
    assert client.state is State.CLOSED and client.connection.request is None
    return written, client.logged_requests, client.hosting.logged, client.state, b"".join(TUNNELLED)


def _check(client: Client) -> None:
    """A request whose body is awaited is read on, and whoever is read has a reason."""
    connection = client.connection
    serving = connection.serving
    if serving is not None and serving.body is not None:
        assert connection.wants_bytes
    if READING[client.state] is Reading.NONE:
        assert not connection.wants_bytes and connection.deadline is None
    assert (connection.head is not None) == (client.state is State.HEAD)
    assert (connection.received is not None) == (client.state is State.TUNNEL)
    assert client.transport.closed == (client.state in (State.CLOSED, State.ORPHANED))
    assert client.transport.half_closed == (client.state is State.LINGERING) or client.transport.closed
    assert LEFT == []


@settings(max_examples=200)
@given(st.lists(chosen, min_size=1, max_size=4), cuts)
def test_a_dialogue_may_be_cut_anywhere(numbers: list[int], at: list[float]) -> None:
    dialogue = b"".join(REQUESTS[number] for number in numbers)
    assert _play(dialogue, at) == _play(dialogue, [])


@settings(max_examples=200)
@given(chosen, st.floats(0, 1), cuts, st.booleans())
def test_a_client_may_go_at_any_moment(number: int, end: float, at: list[float], reset: bool) -> None:
    """It is logged once, if a request has begun, and nothing is left of it."""
    begin()
    client = Client()
    request = REQUESTS[number]
    beginning = request[: round(end * len(request))]
    positions = sorted({0, len(beginning), *(round(cut * len(beginning)) for cut in at)})
    for start, stop in pairwise(positions):
        client.send(beginning[start:stop])
    client.leave(reset)
    while Later.resumes:
        Later.resumes.pop(0)(None)
    assert client.state is State.CLOSED and client.connection.request is None
    main_requests = [uri for uri in client.logged_requests if uri != b"/x" and not beginning.startswith(b"GET /ask")]
    assert len(main_requests) <= 1
