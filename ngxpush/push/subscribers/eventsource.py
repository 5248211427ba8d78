"""push_stream_subscriber eventsource: a stream of server-sent events (WHATWG HTML, section 9.2).

Its `data: ` lines, comments and Event-Id lines are made in templates.py.
"""

from __future__ import annotations

from ...config.directives.push_stream.settings import PushStreamLocation
from ..question import Question
from ..worker import PushWorker
from .common import EVENT_STREAM
from .stream import open_stream


async def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> None:
    """Open the stream."""
    await open_stream(question, settings, worker, EVENT_STREAM)
