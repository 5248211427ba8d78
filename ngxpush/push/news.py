"""What the workers are still to be told of an operation of the zone.

They are told when it is done. For a worker that is told may do the next operation at once (a long-polling subscriber leaves when
it is answered), and a journal has to hold whole operations, one after the other.
"""

from __future__ import annotations

from collections import deque

from .channels import Channel
from .shared import DELETED_ID, Listener, Message


class News:
    """Messages on their way to the workers that have subscribers of their channel. listeners: the workers by pid."""

    __slots__ = ("_messages", "_telling", "listeners")

    def __init__(self) -> None:
        self.listeners: dict[int, Listener] = {}
        self._messages: deque[tuple[Channel, Message]] = deque()
        self._telling = False

    def add(self, channel: Channel, message: Message) -> None:
        """`message` is to be told to all that have subscribers of `channel` when `tell` comes to it."""
        if channel.subscribers:
            self._messages.append((channel, message))

    def tell(self) -> None:
        """Tell everything, in the order it was added, and what is added meanwhile behind it."""
        if self._telling:
            return
        self._telling = True
        try:
            while self._messages:
                channel, message = self._messages.popleft()
                for pid in tuple(channel.subscribers):
                    listener = self.listeners.get(pid)
                    if listener is None:
                        continue
                    if message.id == DELETED_ID:
                        listener.deleted(message)
                    else:
                        listener.message(message)
        finally:
            self._telling = False
