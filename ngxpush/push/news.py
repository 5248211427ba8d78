"""What the workers have yet to hear of an operation of the zone.

They hear of it when it is done. For a worker that hears of a message may ask for the next operation at once (a long-polling
subscriber leaves when it is answered), and a journal has to hold whole operations, one after the other.
"""

from __future__ import annotations

from collections import deque

from .channels import Channel
from .messages import DELETED_ID, Message
from .operations import Recipient


class News:
    """Messages on their way to the workers that have subscribers of their channel. recipients: the workers by name."""

    __slots__ = ("_messages", "_telling", "recipients")

    def __init__(self) -> None:
        self.recipients: dict[str, Recipient] = {}
        self._messages: deque[tuple[Channel, Message]] = deque()
        self._telling = False

    def add(self, channel: Channel, message: Message) -> None:
        """Let all that have subscribers of `channel` hear of `message` when `tell` comes to it."""
        if channel.subscribers:
            self._messages.append((channel, message))

    def tell(self) -> None:
        """Pass everything on, in the order it was added, and what is added meanwhile after it."""
        if self._telling:
            return
        self._telling = True
        try:
            while self._messages:
                channel, message = self._messages.popleft()
                for name in tuple(channel.subscribers):
                    recipient = self.recipients.get(name)
                    if recipient is None:
                        continue
                    if message.id == DELETED_ID:
                        recipient.deleted(message)
                    else:
                        recipient.message(message)
        finally:
            self._telling = False
