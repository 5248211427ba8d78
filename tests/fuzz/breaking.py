"""How requests and answers are made up that are good or broken: their lines, their bodies, and the pieces in which they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from .parts import BODY_ENDS, CHUNK_ENDS, CHUNK_SIZES, LAST_CHUNK_SIZES, SPECIAL_BYTES, TRAILERS

_CONTENTS = [b"hello", b"hello", b"hello\n", b"", b"x", b"say hello twice: hello", b"a\r\n\r\nb", b"0\r\n\r\n", b"hello" * 60]
_CONTENTS += [b"0123456789" * 600, b"0123456789" * 800]


def line(random: Random, headers: Mapping[str, Sequence[str]], name: str) -> str:
    """A header line of that name, with one of its values."""
    value = random.choice(headers[name])
    if random.random() < 0.1:
        name = random.choice((name.upper(), name.lower()))
    return f"{name}{random.choice((': ', ': ', ': ', ':', ':   '))}{value}"


def joined(random: Random, lines: Sequence[str], broken: float) -> str:
    """The lines of a head with their ends. broken: how probable it is that some of the ends are wrong."""
    ends = ["\r\n", "\n", "\r\r\n", "\r"] if random.random() < broken else ["\r\n"]
    return "".join(line + random.choice(ends) for line in lines)


def framed(random: Random, numbers: Sequence[str]) -> tuple[list[str], bytes]:
    """The lines that frame a body, and its bytes. numbers: lengths that have nothing to do with it."""
    content = random.choice(_CONTENTS)
    kind = random.random()
    if kind < 0.32:
        return [f"Content-Length: {len(content)}"], content
    if kind < 0.4:
        return [f"Content-Length: {random.choice(numbers)}"], content
    if kind < 0.5:
        return [f"Content-Length: {max(0, len(content) + random.choice((-1, 1, 5, -5, 100)))}"], content
    if kind < 0.87:
        return ["Transfer-Encoding: chunked"], _chunked(random, content)
    return [], content


def _chunked(random: Random, content: bytes) -> bytes:
    """A body in chunks: a good one, or one with a broken place."""
    broken = random.random() < 0.4
    made = _chunks(random, content.decode("latin-1"), broken)
    if not broken:
        made.append("0\r\n\r\n")
    elif random.random() < 0.8:
        trailer = random.choice(TRAILERS) if random.random() < 0.6 else ""
        end = random.choice(BODY_ENDS) if random.random() < 0.3 else "\r\n"
        made.append(f"{random.choice(LAST_CHUNK_SIZES)}\r\n{trailer}{end}")
    return "".join(made).encode("latin-1")


def _chunks(random: Random, text: str, broken: bool) -> list[str]:
    """All chunks but the last one."""
    made: list[str] = []
    while text:
        count = random.randint(1, len(text))
        size = random.choice(CHUNK_SIZES) if broken and random.random() < 0.3 else f"{count:{random.choice('xxX')}}"
        end = random.choice(CHUNK_ENDS) if broken and random.random() < 0.3 else "\r\n"
        made.append(f"{size}\r\n{text[:count]}{end}")
        text = text[count:]
    return made


def changed(random: Random, data: bytes) -> bytes:
    """The bytes with one to three changes: more at the beginning than later."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        place = random.randrange(len(data) + 1) if random.random() < 0.5 else random.randrange(min(len(data), 120) + 1)
        other = random.randrange(len(data) + 1)
        byte = bytes((random.choice(SPECIAL_BYTES) if random.random() < 0.8 else random.randrange(256),))
        match random.choice(("without", "with", "with", "other", "part", "begin")):
            case "without":
                data = data[:place] + data[place + 1 :]
            case "with":
                data = data[:place] + byte + data[place:]
            case "other":
                data = data[:place] + byte + data[place + 1 :]
            case "part":
                data = data[: max(place, other)] + data[min(place, other) :]
            case "begin" if random.random() < 0.5:
                data = data[:place]
    return data


def pieces(random: Random, data: bytes) -> tuple[bytes, ...]:
    """The bytes as they come: mostly in one piece, else in two or three."""
    if random.random() < 0.8 or len(data) < 2:
        return (data,)
    places = sorted({0, *(random.randrange(1, len(data)) for _ in range(random.choice((1, 1, 2))))})
    return tuple(data[start:stop] for start, stop in zip(places, [*places[1:], len(data)], strict=True))
