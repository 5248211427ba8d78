"""push_stream_subscriber streaming: every message a piece of one answer that does not end by itself."""

from __future__ import annotations

from ...config.directives.push_stream.settings import PushStreamLocation
from ..operations import Stay
from ..question import Answer, Question
from ..worker import PushWorker
from .common import ask, choose_padding
from .stream import StreamSubscriber


async def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> None:
    """Open the stream. Its content type is the location's."""
    granted = await ask(question, settings, worker, Stay.ALWAYS)
    if granted is not None:
        sink = question.open(Answer(200, granted.headers, body_unread=True))
        subscriber = StreamSubscriber(sink, settings, choose_padding(question, settings), granted, worker)
        if not granted.complete:
            question.log("alert", "header already sent")
            subscriber.abort()
