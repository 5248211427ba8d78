"""The publisher: messages in, channels shown and deleted (push_stream_publisher)."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from ..config.directives.push_stream.settings import PublisherMode, PushStreamLocation
from .answers import Headers, cross_domain, explained, log_refusal, refuse
from .operations import ChannelInfo, ChannelsInfo, Create, Delete, Publish, Refusal
from .path import NO_CHANNEL_ID, name_refusal, parse_channels_path
from .question import NO_CACHE, Answer, Question
from .statistics.documents import Format, answer_channels, channel_document, list_document, list_records
from .worker import PushWorker

_METHODS = {
    PublisherMode.NORMAL: (b"GET", b"POST", b"PUT"),
    PublisherMode.ADMIN: (b"GET", b"POST", b"PUT", b"DELETE"),
}
_ALLOWED = {mode: b", ".join(methods) for mode, methods in _METHODS.items()}

_EVENTS_CHANNEL = Refusal(
    403, b"Only internal routines can change events channel.", ("only internal routines can change events channel",)
)
_EMPTY_POST = Refusal(400, b"Empty post requests are not allowed.", ("Post request was sent with no message",))


async def publish(question: Question, settings: PushStreamLocation, worker: PushWorker, hostname: bytes) -> None:
    """Answer a request for a publisher location. Recordings push-publisher, push-delete.

    POST, PUT and DELETE read the body, but only after all other checks.
    """
    mode = settings.publisher or PublisherMode.NORMAL
    allowed = _ALLOWED[mode]
    headers = NO_CACHE + cross_domain(question, settings, allowed)
    method = question.method
    if method == b"OPTIONS":
        question.answer(Answer(200, headers, body_unread=True))
        return
    if method not in _METHODS[mode]:
        question.answer(Answer(405, (*headers, (b"Allow", allowed)), body_unread=True))
        return
    path = b"" if settings.channels_path is None else question.evaluate(settings.channels_path)
    main = worker.main
    reserved = None if method == b"GET" else main.events_channel_id
    ids, refusal = _channel_ids(path, main.max_channel_id_length, reserved)
    if refusal is not None:
        if ids and method in (b"POST", b"PUT"):
            # The module makes a channel before it looks at the next one. So those before one that is refused, for whatever
            # reason, are made and stay (recording found_causes/push-channels-before-a-refused-one).
            refusal = await worker.zone.do(Create(ids)) or refusal
        refuse(question, refusal, headers)
    elif method == b"GET":
        answer_channels(question, await worker.zone.do(ChannelsInfo(ids)), headers, hostname, worker.clock.now())
    elif method == b"DELETE":
        await _delete(question, ids, worker, headers)
    else:
        await _post(question, settings, ids, worker, hostname, headers)


@lru_cache(maxsize=512)  # publishers use the same channels again and again
def _channel_ids(path: bytes, max_length: int | None, reserved: bytes | None) -> tuple[tuple[bytes, ...], Refusal | None]:
    """The ids of the channels path, up to the first that a publisher may not use, and why not; None where it may use all.

    max_length: push_stream_max_channel_id_length.  reserved: the id of the events channel where it may not be used.
    """
    ids = tuple([request.id for request in parse_channels_path(path)])
    if not ids:
        return ids, NO_CHANNEL_ID
    for position, id in enumerate(ids):
        refusal = name_refusal(id, max_length)
        if refusal is None and reserved and id == reserved:
            refusal = _EVENTS_CHANNEL
        if refusal is not None:
            return ids[:position], refusal
    return ids, None


async def _post(
    question: Question,
    settings: PushStreamLocation,
    ids: tuple[bytes, ...],
    worker: PushWorker,
    hostname: bytes,
    headers: Headers,
) -> None:
    """Publish the body. The channels are made before it is read, and stay when it is empty or never comes."""
    refusal = await worker.zone.do(Create(ids))
    if refusal is not None:
        refuse(question, refusal, headers)
        return
    body = await question.read_body(headers)
    if not body:
        refuse(question, _EMPTY_POST, headers, body_unread=False)
        return
    event_id, event_type = question.header(b"event-id"), question.header(b"event-type")
    # A reload may have moved the zone while the body came.
    published = await worker.zone.do(Publish(ids, body, settings.store_messages, event_id, event_type))
    if isinstance(published, Refusal) and published.error_page:
        log_refusal(question, published)
        question.fail(published.status, headers)
    elif isinstance(published, Refusal):
        refuse(question, published, headers, body_unread=False)
    else:
        for text in published.logged:
            question.log("error", f"push stream module: {text}")
        infos = published.infos
        if worker.observer is not None:
            worker.observer.published(question, len(body), infos)
        if not settings.channel_info_on_publish:
            question.answer(Answer(200, headers))
        elif len(infos) > 1:
            await _answer_infos(question, infos, worker, hostname, headers)
        else:
            form = Format.accepted(question.header(b"accept"))
            question.answer(Answer(200, headers, channel_document(form, infos[0]), form.content_type))


async def _answer_infos(
    question: Question, infos: tuple[ChannelInfo, ...], worker: PushWorker, hostname: bytes, headers: Headers
) -> None:
    """Answer with several channels as they were when the message had just been published."""
    form = Format.accepted(question.header(b"accept"))
    listing = replace(await worker.zone.do(ChannelsInfo(())), infos=infos)
    document, cuts = list_document(form, listing, [list_records(form, infos)], hostname, worker.clock.now())
    question.answer(Answer(200, headers, document, form.content_type, cuts=cuts))


async def _delete(question: Question, ids: tuple[bytes, ...], worker: PushWorker, headers: Headers) -> None:
    """Delete the channels. Their subscribers get the body, if there is one, for push_stream_channel_deleted_message_text."""
    text = await question.read_body(headers)
    deleted = await worker.zone.do(Delete(ids, text or None))
    if isinstance(deleted, Refusal):
        refuse(question, deleted, headers, body_unread=False)
    elif deleted:
        question.answer(Answer(200, headers + explained(b"Channel deleted.")))
    else:
        question.answer(Answer(404, headers))
