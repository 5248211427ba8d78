"""Subscriber locations: one file per mode, all of the same shape: `async def subscribe(question, settings, worker)`."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from ...config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ..question import Question
from ..worker import PushWorker
from . import eventsource, longpolling, polling, streaming, websocket

_MODES = {
    SubscriberMode.STREAMING: streaming.subscribe,
    SubscriberMode.POLLING: polling.subscribe,
    SubscriberMode.LONG_POLLING: longpolling.subscribe,
    SubscriberMode.EVENTSOURCE: eventsource.subscribe,
    SubscriberMode.WEBSOCKET: websocket.subscribe,
}
# The modes that X-Nginx-PushStream-Mode may ask for. Long-polling and websocket locations ignore it
# (recordings long-polling/polling-header-does-not-help, websocket/mode-header-is-ignored).
_ASKED = {b"polling": SubscriberMode.POLLING, b"long-polling": SubscriberMode.LONG_POLLING}
_FIXED = (SubscriberMode.LONG_POLLING, SubscriberMode.WEBSOCKET)


def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> Coroutine[Any, Any, None]:
    """What answers a request for a subscriber location, or begins an answer that stays open."""
    mode = settings.subscriber or SubscriberMode.STREAMING
    if mode not in _FIXED:
        asked = question.header(b"x-nginx-pushstream-mode")
        if asked is not None:
            mode = _ASKED.get(asked.lower(), mode)
    if worker.observer is not None:
        worker.observer.asked(question, mode)
    return _MODES[mode](question, settings, worker)
