"""What a client can't get past. The text of each says it to a person."""

from __future__ import annotations

from ..config.directives.push_stream.settings import SubscriberMode


class NotReached(Exception):
    """No one answers at the address."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")


class UnexpectedAnswer(Exception):
    """The server refuses. status: HTTP's.  explain: X-Nginx-PushStream-Explain.  allowed: the methods that it takes instead
    (Allow). Where the server does not say one of them, it is "".
    """

    def __init__(self, url: str, status: int, reason: str, explain: str, allowed: str = "") -> None:
        said = f"{url}: {status} {reason}".rstrip() + (f": {explain}" if explain else "")
        super().__init__(said + (f" (this location takes {allowed} only)" if allowed else ""))
        self.status = status
        self.explain = explain


class WrongMode(Exception):
    """The location does not speak the mode that was asked for, or is no subscriber location. found: its mode, where it shows."""

    def __init__(self, url: str, asked: SubscriberMode | None, found: SubscriberMode | None, because: str) -> None:
        wanted = "a subscriber location" if asked is None else f"a location of mode {asked.value}"
        hint = "" if found is None else f" (try --mode {found.value})"
        super().__init__(f"{url}: this is not {wanted}: {because}{hint}")
        self.found = found


FAILURES = (NotReached, UnexpectedAnswer, WrongMode)
"""All of them."""
