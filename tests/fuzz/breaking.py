"""What requests and answers have in common when they are made up: bodies in chunks, and bytes that come in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

_ENDS = ("\n", "\r", "", "\r\r\n", " \r\n", "x\r\n")


def chunks(random: Random, text: str, broken: bool, sizes: Sequence[str]) -> list[str]:
    """A text in chunks, without the last one. broken: some sizes are of `sizes`, and some ends are wrong."""
    made: list[str] = []
    while text:
        count = random.randint(1, len(text))
        size = random.choice(sizes) if broken and random.random() < 0.3 else f"{count:{random.choice('xxX')}}"
        end = random.choice(_ENDS) if broken and random.random() < 0.3 else "\r\n"
        made.append(f"{size}\r\n{text[:count]}{end}")
        text = text[count:]
    return made


def pieces(random: Random, data: bytes) -> tuple[bytes, ...]:
    """The bytes as they come: mostly in one piece, else in two or three."""
    if random.random() < 0.8 or len(data) < 2:
        return (data,)
    places = sorted({0, *(random.randrange(1, len(data)) for _ in range(random.choice((1, 1, 2))))})
    return tuple(data[start:stop] for start, stop in zip(places, [*places[1:], len(data)], strict=True))
