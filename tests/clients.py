"""Small clients for the tests of a running server, made of libraries that know nothing of ngxpush."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.patience import PATIENCE, wait_until


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Header names are case-insensitive through `headers[...]`."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(port: int, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] = {}) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(method, target, body, dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())


def get(port: int, target: str, **headers: str) -> Answer:
    """GET; the underscores of header names stand for hyphens."""
    return ask(port, "GET", target, None, _headers(headers))


def publish(port: int, target: str, body: bytes, **headers: str) -> Answer:
    """POST `body`; anything but 200 is an error."""
    answer = ask(port, "POST", target, body, _headers(headers))
    assert answer.status == 200, answer
    return answer


@contextlib.contextmanager
def subscription(port: int, target: str, **headers: str) -> Iterator[Subscription]:
    """A streaming or long-polling subscriber. nginx may hold the headers back until the first message, so nothing is read yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", target, headers=_headers(headers))
        yield Subscription(connection)


class Subscription:
    """The answer to a subscriber's request, read as it comes."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection
        self._response: http.client.HTTPResponse | None = None

    @property
    def response(self) -> http.client.HTTPResponse:
        """The answer; waits for its headers."""
        if self._response is None:
            self._response = self._connection.getresponse()
        return self._response

    def line(self) -> bytes:
        """The next line, without its end; b"" at the end of the answer."""
        return self.response.readline().rstrip(b"\r\n")

    def rest(self) -> bytes:
        """All that comes until the answer ends."""
        return self.response.read()


def wait_for_subscribers(port: int, target: str, number: int = 1) -> None:
    """Return when a publisher or statistics location `target` reports `number` subscribers."""

    def found() -> int:
        answer = get(port, target)
        return int(answer.json["subscribers"]) if answer.status == 200 else 0

    wait_until(lambda: found() == number, lambda: f"{found()} subscribers instead of {number}")


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
