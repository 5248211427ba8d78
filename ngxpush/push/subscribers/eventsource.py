"""push_stream_subscriber eventsource: a stream of server-sent events (WHATWG HTML, section 9.2).

Its `data: ` lines, comments and Event-Id lines are made in templates.py.
"""

from __future__ import annotations

from ...config.directives.push_stream.settings import PushStreamLocation
from ..operations import Stay
from ..question import Answer, Question
from ..worker import PushWorker
from .common import EVENT_STREAM, ask, choose_padding
from .stream import StreamSubscriber


async def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> None:
    """Open the stream."""
    granted = await ask(question, settings, worker, Stay.ALWAYS)
    if granted is not None:
        sink = question.open(Answer(200, granted.headers, content_type=EVENT_STREAM, body_unread=True))
        subscriber = StreamSubscriber(sink, settings, choose_padding(question, settings), granted, worker)
        if not granted.complete:
            question.log("alert", "header already sent")
            subscriber.abort()
