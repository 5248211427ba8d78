"""When the ping of a subscriber is due.

A message puts the ping off: the interval begins anew with it. But nginx leaves a timer where it is when its new time is less than
LAZY_DELAY from the old one (NGX_TIMER_LAZY_DELAY), so a message puts the ping off only if the interval has run for so long.
What is written otherwise, the last message of a deleted channel or a pong, does not. (Measured.)

A message must not cost anything for each subscriber, so its time is only kept for the channel, and a subscriber whose ping
seems due looks up what has happened since.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

LAZY_DELAY = 0.3
"""Seconds."""

# Of messages that are closer than this, only the first and the last are kept; seconds.
_RESOLUTION = 0.01

# When there are so many, the older half is forgotten: a ping may then be due up to LAZY_DELAY too early or late.
_MOST = 512


class MessageTimes:
    """When a channel had its messages: seconds since the epoch, in order. Empty until the first one."""

    __slots__ = ("times",)

    def __init__(self) -> None:
        self.times: list[float] = []

    def add(self, now: float) -> None:
        times = self.times
        if len(times) > 1 and now - times[-2] < _RESOLUTION:
            times[-1] = now
            return
        times.append(now)
        if len(times) > _MOST:
            del times[: _MOST // 2]


def begun(since: float, channels: Iterable[MessageTimes]) -> float:
    """When the interval that runs now has begun, if one began at `since`, for a subscriber of these channels."""
    times = [time for channel in channels for time in channel.times]
    times.sort()
    position = 0
    while (position := bisect_left(times, since + LAZY_DELAY, position)) < len(times):
        since = times[position]
    return since
