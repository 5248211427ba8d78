"""What the push engine tells those who observe requests (PushWorker.observer). While no one does, it tells nothing."""

from __future__ import annotations

import enum
from typing import Protocol

from ..config.directives.push_stream.settings import SubscriberMode
from .operations import ChannelInfo
from .question import Question, Sink


class End(enum.Enum):
    """Why a subscription ended: it lasted until … Without any of these its client has left."""

    TIME_OVER = "its time was over"
    MESSAGE = "it had its message"
    DELETED = "its channels were deleted"
    WORKER_ENDS = "the server ended or reloaded"
    CLOSE_FRAME = "the client closed the websocket"
    WRONG_FRAME = "the client sent a wrong frame"
    EMPTY_PIECE = "a message or ping had no bytes"
    REFUSED = "its message was refused"
    NO_MEMORY = "the zone was full"
    TOO_SLOW = "the client read too slowly"


class QuestionObserver(Protocol):
    """Hears what becomes of questions. asker: the question, or the sink of its answer."""

    def asked(self, asker: Question, mode: SubscriberMode) -> None:
        """It asks for a subscriber location, in this mode."""

    def subscribed(self, asker: Question | Sink, channels: tuple[bytes, ...]) -> None:
        """Its client waits for messages of these channels from now on."""

    def published(self, asker: Question, size: int, infos: tuple[ChannelInfo, ...]) -> None:
        """It has published a message of so many bytes to these channels: with its body, or by a frame of its WebSocket."""

    def heard(self, subscribers: int) -> None:
        """A message is passed on to so many subscribers of this worker."""

    def ends(self, asker: Question | Sink, why: End) -> None:
        """Its subscription is about to end. Only the first reason counts."""
