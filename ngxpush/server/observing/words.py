"""What a line of the request log says: bytes that a client chose, times and numbers, as a person reads them."""

from __future__ import annotations

from .events import RequestEnded

_LONGEST = 200
_NAMED = 3


def in_one_line(data: bytes) -> str:
    """Text of a client. What is no UTF-8 or moves a terminal's cursor is escaped, and the end of what is long is left out."""
    text = data.decode("utf-8", "backslashreplace")
    if not text.isprintable():
        text = "".join([c if c.isprintable() else c.encode("unicode_escape").decode() for c in text])
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def lasting(seconds: float) -> str:
    """`0.4 ms`, `12 ms`, `3.2 s`, `2 min 5 s`, `3 h 12 min`, `2 d 3 h`."""
    milliseconds = seconds * 1000
    if milliseconds < 9.95:
        return f"{max(milliseconds, 0):.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, s = divmod(round(seconds), 60)
    hours, min = divmod(minutes, 60)
    d, h = divmod(hours, 24)
    if d:
        return f"{d} d {h} h"
    return f"{h} h {min} min" if h else f"{min} min {s} s"


def counted(count: int, thing: str) -> str:
    """`1 message`, `2 messages`; the plural of `delivery` is `deliveries`."""
    if count == 1:
        return f"1 {thing}"
    return f"{count} {thing[:-1]}ies" if thing.endswith("y") else f"{count} {thing}s"


def ending(event: RequestEnded) -> str:
    """Until when a subscription lasted."""
    return "the client left" if event.end is None else event.end.value


def named(channels: tuple[bytes, ...]) -> str:
    """The channels' ids; of many some are named."""
    text = ", ".join(map(in_one_line, channels[:_NAMED]))
    return text if len(channels) <= _NAMED else f"{text} and {len(channels) - _NAMED} more"
