"""Answers of upstream servers, good and broken ones, made from a seed.

An answer is composed of what nginx treats specially: status lines, each of its header lines once, twice, empty or too large, and
bodies in all framings. Then bytes of some answers are changed at random, and some come in pieces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from .answer_parts import BAD_LINES, HEADERS, PLACES, STATUS_LINES
from .breaking import changed, framed, joined, line, pieces
from .parts import END, NUMBERS

_RANGES = ["Range: bytes=1-2", "Range: bytes=0-0,2-3", "Range: bytes=99999-", "Range: bytes=-1", "If-Range: x"]
_CONDITIONS = ['If-None-Match: "a"', "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT", 'If-Match: "b"', "If-None-Match: *"]
_FREQUENT = ("Content-Length", "Transfer-Encoding", "X-Accel-Redirect", "Set-Cookie", "Location", "Content-Type")

# nginx sends its memory after such a charset, and dies.
_DANGEROUS = re.compile(rb'; *charset=" *(?=[\r\n])', re.IGNORECASE)


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
        return f"{head}\r\n\r\n".encode() + END


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
    answer = _answer(random)
    if random.random() < 0.35:
        answer = changed(random, answer)
    answer = _DANGEROUS.sub(b"", answer)
    return Case(random.choice(PLACES), method, tuple(lines), pieces(random, answer), random.random() < 0.15)


def _answer(random: Random) -> bytes:
    status = "HTTP/1.1 200 OK" if random.random() < 0.6 else random.choice(STATUS_LINES)
    lines = [_line(random) for _ in range(random.choice((0, 0, 1, 1, 2, 3, 4, 6)))]
    if lines and random.random() < 0.3:
        same = random.choice(lines)
        lines.append(same if random.random() < 0.4 else _line(random, same.partition(":")[0]))
    framing, body = framed(random, NUMBERS)
    lines += framing
    if random.random() < 0.12:
        lines.append(random.choice(BAD_LINES))
    random.shuffle(lines)
    return joined(random, (status, *lines, ""), 0.2).encode("latin-1") + body


def _line(random: Random, name: str = "") -> str:
    """A header line. name: which one, if that name is written as usual."""
    return line(random, HEADERS, name if name in HEADERS else random.choice((*HEADERS, *_FREQUENT)))
