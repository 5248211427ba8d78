"""What is said of a client that leaves."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from ngxpush.http.connection.departure import words_of_departure
from ngxpush.http.upstream.state import UpstreamState

_LEFT = "client prematurely closed connection"


@pytest.mark.parametrize(
    ("requests", "reset", "words"),
    [
        (0, "", "client closed connection while waiting for request"),
        (0, " (104)", "recv() failed (104: Connection reset by peer) while waiting for request"),
        (2, "", "client 192.0.2.1 closed keepalive connection"),
        (2, " (104)", "client 192.0.2.1 closed keepalive connection (104)"),
    ],
)
def test_between_requests(requests: int, reset: str, words: str) -> None:
    found = words_of_departure(None, Mock(requests=requests, remote_addr=b"192.0.2.1", activity="waiting for request"), reset)
    assert (found and found[0]) == words


def test_during_a_request() -> None:
    request = Mock(upstream=None)
    serving = Mock(is_behind=False, waiting=None, request=request)
    assert words_of_departure(serving, Mock(requests=1), "") is None
    serving.waiting = request
    assert words_of_departure(serving, Mock(requests=1), " (104)") == (_LEFT + " (104)", request)
    request.upstream = UpstreamState()
    assert words_of_departure(serving, Mock(requests=1), "") == (_LEFT, request)
    request.upstream.resolving = True
    words = f"epoll_wait() reported that {_LEFT}"
    assert words_of_departure(serving, Mock(requests=1), "") == (words, request)
    request.upstream = UpstreamState(action=b"reading upstream")
    assert words_of_departure(serving, Mock(requests=1), "") == (f"{words}, so upstream connection is closed too", request)
    serving.is_behind = True
    assert words_of_departure(serving, Mock(requests=1), "") == (_LEFT, request)
