"""Stored messages on their way under the templates of a new configuration.

A reload that changes the templates changes the texts of all stored messages (Templates.carried_over). So many are done in slices
while the zone goes on, and those that someone asks for are done at once. To do a message twice, or one that was published after
the reload, changes nothing more. So nothing outside shows how far this is, and no journal holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .channels import Channel
from .messages import Message
from .templates import Templates


class Carrying:
    """The messages of these channels on their way from the templates `before` to the present ones."""

    __slots__ = ("_before", "_steps", "_templates")

    def __init__(self, templates: Templates, before: Templates, channels: Iterable[Channel]) -> None:
        self._templates = templates
        self._before = before
        self._steps = self._carry_all(tuple(channels))

    def carry(self, messages: Iterable[Message]) -> None:
        """Do these messages now."""
        for message in messages:
            message.texts = self._templates.carried_over(message, self._before)

    def go_on(self, slice: int) -> bool:
        """Do `slice` channels and messages, or some more. Returns whether there are others."""
        for done in self._steps:
            slice -= done
            if slice <= 0:
                return True
        return False

    def finish(self) -> None:
        """Do all the others."""
        for _ in self._steps:
            pass

    def _carry_all(self, channels: tuple[Channel, ...]) -> Iterator[int]:
        """Do each channel. Yields how many things were done."""
        for channel in channels:
            for messages in channel.stored.pieces():
                self.carry(messages)
                yield len(messages)
            yield 1
