"""Statistics: what a channel, or the zone, has done (push_stream_channels_statistics)."""

from __future__ import annotations

from ...config.directives.push_stream.settings import PushStreamLocation
from ..answers import Headers, refuse
from ..operations import ChannelRequest, Channels, ChannelsInfo, Listing, Refusal, Summary
from ..path import ALL, length_refusal, parse_channels_path, prefix
from ..question import NO_CACHE, Answer, Question
from ..worker import PushWorker
from .documents import Format, answer_channels, list_document, list_records, summary_document

# What a build of the module's release 0.6.0 says of itself, though it is not what it is called. The length counts in $bytes_sent.
_VERSION = (
    (b"X-Nginx-PushStream-Tag", b"0.5.5"),
    (b"X-Nginx-PushStream-Commit", b"3bc016f811d50374251960db091557571dfd7393"),
)


async def statistics(question: Question, settings: PushStreamLocation, worker: PushWorker, hostname: bytes) -> None:
    """Answer a request for a statistics location. Recordings push-statistics."""
    if question.method != b"GET":
        question.answer(Answer(405, (*NO_CACHE, (b"Allow", b"GET")), body_unread=True))
        return
    headers = NO_CACHE + _VERSION
    form = Format.accepted(question.header(b"accept"))
    now = worker.clock.now()
    path = b"" if settings.channels_path is None else question.evaluate(settings.channels_path)
    requests = parse_channels_path(path)
    if not requests:
        document = summary_document(form, await worker.zone.do(Summary()), hostname, now)
        _answer(question, form, headers, document, ())
        return
    wanted = _prefix(requests, worker)
    if isinstance(wanted, Refusal):
        refuse(question, wanted, headers)
    elif wanted is not None:
        listing = await worker.zone.do(Channels(wanted))
        records = await _records(form, listing, wanted, question, worker)
        _answer(question, form, headers, *list_document(form, listing, records, hostname, now))
    else:
        infos = await worker.zone.do(ChannelsInfo(tuple([request.id for request in requests])))
        answer_channels(question, infos, headers, hostname, now)


def _prefix(requests: tuple[ChannelRequest, ...], worker: PushWorker) -> bytes | Refusal | None:
    """What the ids of the listed channels begin with: the first `ALL` or asterisk decides. None when there is neither."""
    for request in requests:
        refusal = length_refusal(request.id, worker.main.max_channel_id_length)
        if refusal is not None:
            return refusal
        wanted = b"" if request.id == ALL else prefix(request.id)
        if wanted is not None:
            return wanted
    return None


async def _records(form: Format, listing: Listing, prefix: bytes, question: Question, worker: PushWorker) -> list[bytes]:
    """The records of that listing and of those that follow it. Many channels come in slices, each as it is at its time."""
    records = [list_records(form, listing.infos)]
    while listing.last:
        await question.pause()
        listing = await worker.zone.do(Channels(prefix, listing.last))
        records.append(list_records(form, listing.infos))
    return records


def _answer(question: Question, form: Format, headers: Headers, document: bytes, cuts: tuple[int, ...]) -> None:
    question.answer(Answer(200, headers, document, form.content_type, body_unread=True, cuts=cuts))
