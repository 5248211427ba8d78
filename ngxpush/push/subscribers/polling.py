"""push_stream_subscriber polling: the old messages, or 304 at once.

With `?callback=NAME` the messages are wrapped as JSONP: `NAME([first,next]);`. The Event-Id and Event-Type lines of an
eventsource location stand before the comma and, where the client has waited for a new message, before the callback (recording
found_causes/push-jsonp-of-eventsource).

Last-Modified and Etag say where the client resumes. A 304 repeats what the client has sent. An answer with old messages has the
latest of these: the client's own time and tag and, for each channel that has old messages for it, those of the channel's last
message, stored or not (recordings found_causes/push-polling-…). An answer with a new message has that message's.

nginx sends no piece without bytes (an empty callback, or a message that its template makes empty): the answer ends before it. The
connection is then closed or, where the client has waited for the answer, stays open without an end (`Sink.spoil`).
"""

from __future__ import annotations

from collections.abc import Sequence

from ...config.directives.push_stream.settings import PushStreamLocation
from ..answers import Headers
from ..delivery import chunks, send
from ..messages import Message
from ..operations import NEVER
from ..question import CHUNKED, Answer, Question, Sink
from ..templates import LocationTemplates, pieces
from ..worker import PushWorker
from .common import Granted, ask

JAVASCRIPT = b"application/javascript"


async def subscribe(question: Question, settings: PushStreamLocation, worker: PushWorker) -> None:
    """Answer with the old messages, or 304."""
    granted = await ask(question, settings, worker, NEVER)
    if granted is None:
        return
    if granted.messages:
        answer_with_messages(question, granted, worker.templates.of(settings))
        return
    callback = question.take_callback()
    content_type = None if callback is None else JAVASCRIPT
    not_modified(question, granted.headers, granted.resume.time or None, granted.resume.tag, content_type)


def not_modified(
    question: Question, headers: Headers, last_modified: int | None, tag: int | None, content_type: bytes | None
) -> None:
    """A 304 with the time and the tag from which the client resumes (recording polling/304-repeats-the-client-values)."""
    question.answer(Answer(304, headers + _etag(tag), content_type=content_type, last_modified=last_modified, body_unread=True))


def _etag(tag: int | None) -> Headers:
    return () if tag is None else ((b"Etag", b"W/%d" % tag),)


def answer_with_messages(question: Question, granted: Granted, templates: LocationTemplates) -> None:
    """A 200 with the old messages."""
    callback = question.take_callback()
    content_type = None if callback is None else JAVASCRIPT
    body = _old_messages(granted.messages, callback, templates)
    sink = answer(question, granted.headers, granted.time, granted.tag, content_type, body, templates)
    if sink is not None:
        sink.abort()


def _old_messages(messages: Sequence[Message], callback: bytes | None, templates: LocationTemplates) -> list[bytes]:
    """The pieces of the messages, in their callback if there is one."""
    parts = [] if callback is None else [callback, b"(["]
    for position, message in enumerate(messages):
        *lines, text = pieces(message, templates.index, templates.kind)
        parts += lines
        if position and callback is not None:
            parts.append(b",")
        parts.append(text)
    return parts if callback is None else [*parts, b"]);"]


def in_callback(text: bytes, callback: bytes) -> list[bytes]:
    """The pieces of a text in its callback."""
    return [callback, b"([", text, b"]);"]


def answer(
    question: Question,
    headers: Headers,
    time: int,
    tag: int | None,
    content_type: bytes | None,
    body: Sequence[bytes],
    templates: LocationTemplates,
) -> Sink | None:
    """A whole 200: header template, the pieces of `body`, footer template.

    Returns None or, where an empty piece ends the answer early, its sink: it is to be aborted or spoiled.
    """
    parts = [templates.header, *body] if templates.header else [*body]
    if templates.footer:
        parts.append(templates.footer)
    head = Answer(200, headers + _etag(tag), content_type=content_type, last_modified=time, body_unread=True)
    if b"" not in parts and question.answer_in_pieces(head, parts):
        return None
    sink = question.open(head)
    if b"" in parts and not sink.takes_empty:
        send(sink, parts[: parts.index(b"")])
        return sink
    if sink.encoding is CHUNKED:
        sink.finish(chunks(parts))
    else:
        send(sink, parts)
        sink.finish()
    return None
