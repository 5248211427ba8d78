"""A message as a subscriber gets it."""

from __future__ import annotations

from msgspec import Struct


class ReceivedMessage(Struct, frozen=True):
    """A message. What the server does not say is None: templates say most of it, an event stream its events' ids and types.

    data: the text, byte for byte.
    id: its number in its channel.  time: when it was published, seconds since the epoch.  tag: its number within that second.
    """

    data: bytes
    id: int | None = None
    channel: str | None = None
    time: int | None = None
    tag: int | None = None
    event_id: str | None = None
    event_type: str | None = None

    @property
    def text(self) -> str:
        """The text; what is no UTF-8 is shown as �."""
        return self.data.decode("utf-8", "replace")
