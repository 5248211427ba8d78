"""A message, as it passes from the zone to its subscribers."""

from __future__ import annotations

from msgspec import Struct

# Ids of the module's own messages.
PING_ID = -1
DELETED_ID = -2
TIMED_OUT_ID = -3


class Message(Struct, array_like=True, gc=False):
    """A published message. Many read it; no one changes it once the zone has filled in its texts.

    It holds nothing but bytes and numbers, so the garbage collector need not track it (`gc=False`).
    """

    # 1, 2, … in its channel; negative for the module's own (-1 ping, -2 channel deleted, -3 timed out).
    id: int

    # The id of its channel.
    channel: bytes

    # As it was published.
    text: bytes

    # When it was published, whole seconds since the epoch.
    time: int

    # 1, 2, … over all channels of the zone within one second.
    tag: int

    # The publisher's Event-Id header.
    event_id: bytes | None = None

    # The publisher's Event-Type header.
    event_type: bytes | None = None

    # The message run through each template of the zone's configuration (push/templates.py) when it was published, by the
    # template's index. A stored message keeps them over a reload, as the module's do. None stands for `text` itself, where a
    # template adds nothing to it.
    texts: tuple[bytes | None, ...] = ()

    def formatted(self, index: int) -> bytes:
        """The message run through the template of that index."""
        text = self.texts[index]
        return self.text if text is None else text
