"""The messages of an operation, on their way to the workers.

They are passed on when the operation is done: a worker that gets a message may ask for the next operation at once (a long-polling
subscriber leaves when it is answered), and a journal has to hold whole operations, one after the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from .channels import Channel
from .messages import DELETED_ID, Message
from .operations import Recipient


class News:
    """Messages for the workers that have subscribers of their channel. recipients: the workers by name.

    observer: called with each message of any channel, as it comes; None while no one looks.
    """

    __slots__ = ("_messages", "_passing_on", "observer", "recipients")

    def __init__(self) -> None:
        self.recipients: dict[str, Recipient] = {}
        self.observer: Callable[[Message], None] | None = None
        self._messages: deque[tuple[Channel, Message]] = deque()
        self._passing_on = False

    def add(self, channel: Channel, message: Message) -> None:
        """Have `pass_on` give `message` to the workers that have subscribers of `channel`."""
        if channel.subscribers:
            self._messages.append((channel, message))

    def pass_on(self) -> None:
        """Pass all messages on, in the order in which they were added; those that are added meanwhile come last."""
        if not self._messages or self._passing_on:
            return
        self._passing_on = True
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
            self._passing_on = False
