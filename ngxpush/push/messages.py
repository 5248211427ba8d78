"""A message, as it passes from the zone to its subscribers."""

from __future__ import annotations

from msgspec import Struct

# Ids of the module's own messages.
PING_ID = -1
DELETED_ID = -2
TIMED_OUT_ID = -3


class Message(Struct, array_like=True, gc=False):
    """A published message. Many read it; no one changes it once the zone has filled in its texts.

    id: 1, 2, … in its channel; negative for the module's own (-1 ping, -2 channel deleted, -3 timed out).
    time: whole seconds.  tag: 1, 2, … over all channels of the zone within one second.
    texts: the message run through each template of the zone's configuration (push/templates.py) when it was published; a stored
    message keeps them over a reload, as the module's do.  None stands for the text itself, where a template adds nothing to it.
    Subscribers know their template's index.

    It holds nothing but bytes and numbers, so the garbage collector has no business with it (`gc=False`).
    """

    id: int
    channel: bytes
    text: bytes
    time: int
    tag: int
    event_id: bytes | None = None
    event_type: bytes | None = None
    texts: tuple[bytes | None, ...] = ()

    def formatted(self, index: int) -> bytes:
        """The message run through the template of that index."""
        text = self.texts[index]
        return self.text if text is None else text
