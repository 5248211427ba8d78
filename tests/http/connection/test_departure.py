"""What is said of a client that leaves."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from ngxpush.http.connection.departure import words_of_departure

_LEFT = "client prematurely closed connection"


@pytest.mark.parametrize(
    ("requests", "reset", "words"),
    [
        (0, "", "client closed connection while waiting for request"),
        (0, " (104)", None),
        (2, "", "client 192.0.2.1 closed keepalive connection"),
        (2, " (104)", "client 192.0.2.1 closed keepalive connection (104)"),
    ],
)
def test_between_requests(requests: int, reset: str, words: str | None) -> None:
    found = words_of_departure(None, Mock(requests=requests, remote_addr=b"192.0.2.1"), reset)
    assert (found and found[0]) == words


def test_during_a_request() -> None:
    request = Mock(upstream=None)
    serving = Mock(is_behind=False, waiting=None, request=request)
    assert words_of_departure(serving, Mock(requests=1), "") is None
    serving.waiting = request
    assert words_of_departure(serving, Mock(requests=1), " (104)") == (_LEFT + " (104)", request)
    request.upstream = Mock(action=b"reading upstream")
    words = f"epoll_wait() reported that {_LEFT}, so upstream connection is closed too"
    assert words_of_departure(serving, Mock(requests=1), "") == (words, request)
    serving.is_behind = True
    assert words_of_departure(serving, Mock(requests=1), "") == (f"{_LEFT} while sending response to client", request)
