"""push_stream_subscriber polling: the old messages, or 304 at once.

With `?callback=NAME` the messages are wrapped as JSONP: `NAME([first,next]);`.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...config.directives.push_stream.settings import PushStreamLocation
from ..answers import Headers
from ..delivery import send
from ..messages import Message
from ..operations import Stay
from ..path import unescape
from ..question import Answer, Question
from ..templates import LocationTemplates, pieces
from ..worker import PushWorker
from .common import Granted, ask

JAVASCRIPT = b"application/javascript"


async def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> None:
    """Answer with the old messages, or 304."""
    granted = await ask(question, settings, worker, Stay.NEVER)
    if granted is None:
        return
    if granted.messages:
        answer_with_messages(question, granted, worker.templates.of(settings))
        return
    callback = jsonp_callback(question)
    content_type = None if callback is None else JAVASCRIPT
    not_modified(question, granted.headers, granted.resume.time or None, granted.resume.tag, content_type)


def jsonp_callback(question: Question) -> bytes | None:
    """The callback the client names (`?callback=NAME`); None where it names none."""
    callback = question.argument(b"callback")
    return None if callback is None else unescape(callback)


def not_modified(
    question: Question, headers: Headers, last_modified: int | None, tag: int | None, content_type: bytes | None
) -> None:
    """A 304 with the time and the tag from which the client resumes (recording polling/304-repeats-the-client-values)."""
    if tag is not None:
        headers = (*headers, (b"Etag", b"W/%d" % tag))
    question.answer(Answer(304, headers, content_type=content_type, last_modified=last_modified, body_unread=True))


def answer_with_messages(question: Question, granted: Granted, templates: LocationTemplates) -> None:
    """A 200 with the old messages; time and tag are the newest's, over all its channels."""
    newest = max(granted.messages, key=lambda message: (message.time, message.tag))
    callback = jsonp_callback(question)
    content_type = None if callback is None else JAVASCRIPT
    texts = message_pieces(granted.messages, templates)
    answer(question, granted.headers, newest.time, newest.tag, content_type, callback, texts, templates)


def message_pieces(messages: Sequence[Message], templates: LocationTemplates) -> list[list[bytes]]:
    """The pieces of each message."""
    return [pieces(message, templates.index, templates.kind) for message in messages]


def answer(
    question: Question,
    headers: Headers,
    time: int,
    tag: int,
    content_type: bytes | None,
    callback: bytes | None,
    texts: Sequence[Sequence[bytes]],
    templates: LocationTemplates,
) -> None:
    """A whole 200: header template, `texts` (in their callback, if there is one), footer template, each a piece of its own."""
    parts = [templates.header]
    if callback is not None:
        parts += [callback, b"(["]
    for position, text in enumerate(texts):
        if position and callback is not None:
            parts.append(b",")
        parts += text
    if callback is not None:
        parts.append(b"]);")
    parts.append(templates.footer)
    sink = question.open(
        Answer(200, (*headers, (b"Etag", b"W/%d" % tag)), content_type=content_type, last_modified=time, body_unread=True)
    )
    send(sink, parts)
    sink.finish()
