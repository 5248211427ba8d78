"""Answers of upstream servers, good and broken ones, made from a seed.

An answer is composed of what nginx treats specially: status lines, each of its header lines once, twice, empty or too large, and
bodies in all framings; then bytes of some answers are changed at random.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from .breaking import chunks, pieces
from .parts import BAD_LINES, CHUNK_SIZES, HEADERS, STATUS_LINES, TRAILERS

LOCATIONS = [
    "plain",
    "plain",
    "new",
    "new",
    "new",
    "direct",
    "direct",
    "small",
    "smalldirect",
    "intercept",
    "errors",
    "next",
    "next",
    "kept",
    "kept",
    "keptdirect",
    "rewritten",
    "default",
    "hidden",
    "shown",
    "ignored",
    "ranges",
    "headers",
    "zipped",
    "charset",
    "sub",
    "auth",
    "auth",
    "mirror",
    "after",
    "before",
]


@dataclass(frozen=True, slots=True)
class Case:
    """An answer, and the request that gets it.

    pieces: what the server sends, with a pause after each piece but the last.  stays: it does not close the connection then.
    """

    location: str
    method: str
    lines: tuple[str, ...]
    pieces: tuple[bytes, ...]
    stays: bool

    def request(self, number: int) -> bytes:
        """The request, and a second one on the same connection, which shows whether that is kept."""
        head = "\r\n".join((f"{self.method} /{self.location}/{number} HTTP/1.1", "Host: front", *self.lines))
        last = "GET /end HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n"
        return f"{head}\r\n\r\n{last}".encode()


_SPECIAL = b'\r\n\0 \t:;=,-+0123456789aAfFgGxX\x7f\xff"%/@'


_RANGES = ["Range: bytes=1-2", "Range: bytes=0-0,2-3", "Range: bytes=99999-", "Range: bytes=-1", "If-Range: x"]
_CONDITIONS = ['If-None-Match: "a"', "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT", 'If-Match: "b"', "If-None-Match: *"]
_CONTENTS = [b"hello", b"hello", b"hello\n", b"", b"x", b"say hello twice: hello", b"hello" * 60, b"0123456789" * 600]
_FREQUENT = ["Content-Length", "Transfer-Encoding", "X-Accel-Redirect", "Set-Cookie", "Location", "Content-Type"]
_ENDS = ["\r\n", "\n", "\r\n\r\nx", "", "\r", "\r\n5\r\nhello\r\n0\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n"]


# nginx sends its memory after such a charset, and dies.
_DANGEROUS = re.compile(rb'; *charset=" *(?=[\r\n])', re.IGNORECASE)


def cases(seed: int, count: int) -> list[Case]:
    """So many cases; the same ones for the same seed."""
    return [_case(Random(f"{seed}/{number}")) for number in range(count)]


def _case(random: Random) -> Case:
    method = random.choices(("GET", "HEAD", "POST"), (12, 2, 1))[0]
    lines = ["Content-Length: 0"] if method == "POST" else []
    if random.random() < 0.15:
        lines.append("Accept-Encoding: gzip")
    if random.random() < 0.1:
        lines.append(random.choice(_RANGES))
    if random.random() < 0.08:
        lines.append(random.choice(_CONDITIONS))
    if random.random() < 0.05:
        lines.append("Connection: upgrade\r\nUpgrade: websocket")
    answer = _DANGEROUS.sub(b"", _mutated(random, _answer(random)))
    return Case(random.choice(LOCATIONS), method, tuple(lines), pieces(random, answer), random.random() < 0.15)


def _answer(random: Random) -> bytes:
    status = "HTTP/1.1 200 OK" if random.random() < 0.6 else random.choice(STATUS_LINES)
    lines = [_line(random) for _ in range(random.choice((0, 0, 1, 1, 2, 3, 4, 6)))]
    if lines and random.random() < 0.3:
        lines.append(random.choice(lines) if random.random() < 0.4 else _line(random, random.choice(lines).partition(":")[0]))
    framing, body = _body(random)
    lines += framing
    if random.random() < 0.12:
        lines.append(random.choice(BAD_LINES))
    random.shuffle(lines)
    ends = ["\r\n"] if random.random() < 0.8 else ["\r\n", "\n", "\r\r\n", "\r"]
    head = "".join(line + random.choice(ends) for line in (status, *lines, ""))
    return head.encode("latin-1") + body


def _line(random: Random, name: str | None = None) -> str:
    if name not in HEADERS:
        name = random.choice([*HEADERS, *_FREQUENT])
    value = random.choice(HEADERS[name])
    if random.random() < 0.1:
        name = random.choice((name.upper(), name.lower()))
    return f"{name}{random.choice((': ', ': ', ': ', ':', ':   '))}{value}"


def _body(random: Random) -> tuple[list[str], bytes]:
    """The lines that frame a body, and its bytes."""
    content = random.choice(_CONTENTS)
    kind = random.random()
    if kind < 0.35:
        return [f"Content-Length: {len(content)}"], content
    if kind < 0.45:
        return [f"Content-Length: {max(0, len(content) + random.choice((-1, 1, 5, -5, 100)))}"], content
    if kind < 0.8:
        return ["Transfer-Encoding: chunked"], _chunked(random, content)
    return [], content


def _chunked(random: Random, content: bytes) -> bytes:
    """A chunked body: a good one, or one with a broken place."""
    broken = random.random() < 0.4
    made = chunks(random, content.decode("latin-1"), broken, CHUNK_SIZES)
    if not broken or random.random() < 0.7:
        last = random.choice(("0", "0", "00", "0;a", "0 ", "")) if broken else "0"
        ends = _ENDS if broken else ["\r\n"]
        made.append(f"{last}\r\n{random.choice(TRAILERS) if broken else ''}{random.choice(ends)}")
    return "".join(made).encode("latin-1")


def _mutated(random: Random, answer: bytes) -> bytes:
    """The answer, often with some bytes changed: more in the head than in the body."""
    if random.random() > 0.35:
        return answer
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        place = random.randrange(len(answer) + 1) if random.random() < 0.4 else random.randrange(min(len(answer), 150) + 1)
        other = random.randrange(len(answer) + 1)
        kind = random.randrange(6)
        if kind == 0:
            answer = answer[:place] + answer[place + 1 :]
        elif kind == 1:
            answer = answer[:place] + bytes((random.choice(_SPECIAL),)) + answer[place:]
        elif kind == 2:
            answer = answer[:place] + bytes((random.choice(_SPECIAL),)) + answer[place + 1 :]
        elif kind == 3:
            answer = answer[:place] + bytes((random.randrange(256),)) + answer[place + 1 :]
        elif kind == 4:
            answer = answer[: max(place, other)] + answer[min(place, other) :]
        else:
            answer = answer[:place]
    return answer
