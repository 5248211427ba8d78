"""Requests, good and broken ones, made from a seed.

A request is composed of what nginx treats specially: methods, targets, versions, header lines, bodies in all framings. Then bytes
of some requests are changed at random, and some come in pieces.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .breaking import changed, framed, joined, line, pieces
from .parts import END
from .request_parts import BAD_LINES, HEADERS, HOSTS, METHODS, NUMBERS, ODD_METHODS, PLACES, TAILS, TARGETS, VERSIONS

_PORTS = ("PORT1", "PORT1", "PORT1", "PORT1", "PORT3", "PORT4", "PORT4")
_FREQUENT = ("If-Modified-Since", "If-None-Match", "If-Match", "If-Unmodified-Since", "Range", "Range", "Expect", "X-A")


@dataclass(frozen=True, slots=True)
class Case:
    """What a client sends. port: the name of the port.  pieces: with a pause after each but the last."""

    port: str
    pieces: tuple[bytes, ...]


def cases(seed: int, count: int) -> list[Case]:
    """So many cases; the same ones for the same seed."""
    return [_case(Random(f"{seed}/{number}")) for number in range(count)]


def _case(random: Random) -> Case:
    request = _request(random)
    if random.random() < 0.2:
        request = changed(random, request)
    if random.random() < 0.15:
        request += _request(random)
    if random.random() < 0.75:
        request += END
    return Case(random.choice(_PORTS), pieces(random, request))


def _request(random: Random) -> bytes:
    method, first = _first_line(random)
    lines = [line(random, HEADERS, random.choice((*HEADERS, *_FREQUENT))) for _ in range(random.choice((0, 0, 1, 1, 2, 3)))]
    framing, body = framed(random, NUMBERS) if method != "GET" or random.random() < 0.15 else ([], b"")
    lines += framing
    if random.random() < 0.9:
        lines.append("Host: front" if random.random() < 0.7 else f"Host: {random.choice(HOSTS)}")
    if lines and random.random() < 0.05:
        lines.append(random.choice(lines))
    if random.random() < 0.06:
        lines.append(random.choice(BAD_LINES))
    random.shuffle(lines)
    start = "" if random.random() < 0.9 else random.choice(("\r\n", "\n\n\r\n", "\r", " "))
    head = start + joined(random, (first, *lines, ""), 0.06)
    return head.encode("utf-8" if "٣" in head else "latin-1") + body


def _first_line(random: Random) -> tuple[str, str]:
    """The method, and the line."""
    method = "GET" if random.random() < 0.55 else random.choice(METHODS if random.random() < 0.87 else ODD_METHODS)
    target = random.choice(PLACES) + random.choice(TAILS) if random.random() < 0.85 else random.choice(TARGETS)
    version = "HTTP/1.1" if random.random() < 0.88 else random.choice(VERSIONS)
    space = " " if random.random() < 0.98 else random.choice(("  ", "\t", "", "   "))
    return method, f"{method}{space}{target}{space if version else ''}{version}"
