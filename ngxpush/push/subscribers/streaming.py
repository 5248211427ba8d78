"""push_stream_subscriber streaming: every message a piece of one answer that does not end by itself."""

from __future__ import annotations

from ...config.directives.push_stream.settings import PushStreamLocation
from ..question import Question
from ..worker import PushWorker
from .stream import open_stream


async def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> None:
    """Open the stream."""
    await open_stream(question, settings, worker)
