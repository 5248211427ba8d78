"""An operation that concerns several shards: its parts are asked for at the same time, and their results make one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ...push.operations import Subscribe
from .attachment import Attachment, Done
from .shards import ShardPart, join, undo


class _Joint:
    """The parts of one operation under way.

    What a shard says after its part of a subscription waits until all parts are there: only then is there a subscriber, and else
    it would miss that. All shards answer this worker's subscriptions in one order, so none of them waits for ever.
    """

    __slots__ = ("_attachments", "_done", "_held", "_missing", "_parts", "_results")

    def __init__(self, attachments: Sequence[Attachment], parts: tuple[ShardPart, ...], done: Done) -> None:
        self._attachments = attachments
        self._parts = parts
        self._done = done
        self._results: list[Any] = [None] * len(parts)
        self._missing = len(parts)
        self._held: list[Attachment] = []

    def come(self, index: int, result: Any) -> None:
        """A part has its result, or the exception to raise."""
        self._results[index] = result
        self._missing -= 1
        if not self._missing:
            self._finish()
        elif self._is_subscription and not isinstance(result, Exception):
            attachment = self._attachments[self._parts[index].shard]
            attachment.hold()
            self._held.append(attachment)

    @property
    def _is_subscription(self) -> bool:
        return isinstance(self._parts[0].operation, Subscribe)

    def _finish(self) -> None:
        results = tuple(self._results)
        if self._is_subscription:
            for part in undo(self._parts, results):
                self._attachments[part.shard].post(part)
        failed = next((result for result in results if isinstance(result, Exception)), None)
        self._done(join(self._parts, results) if failed is None else failed)
        for attachment in self._held:
            attachment.release()


def ask_together(attachments: Sequence[Attachment], parts: tuple[ShardPart, ...], done: Done) -> None:
    """Have all parts done. `done` gets the result, or the exception of one of them: others may have been done."""
    joint = _Joint(attachments, parts, done)
    for index, part in enumerate(parts):
        attachments[part.shard].ask(part, partial(joint.come, index))
