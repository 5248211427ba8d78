"""What the modes have in common: checks, headers, refusals, and where a client resumes."""

from __future__ import annotations

from msgspec import Struct

from ...config.complex_value import ComplexValue
from ...config.directives.push_stream.padding import Padding
from ...config.directives.push_stream.settings import PushStreamLocation
from ...dates import parse_http_date
from ...numbers import parse_decimal
from .. import padding
from ..answers import EXPLAIN, Headers, cross_domain, log_refusal
from ..messages import Message
from ..operations import ALWAYS, ChannelRequest, Refusal, Resume, Stay, Subscribe, Subscribed
from ..path import NO_CHANNEL_ID, parse_channels_path, unescape
from ..question import NO_CACHE, Answer, Question
from ..worker import PushWorker

EVENT_STREAM = b"text/event-stream; charset=utf-8"

_NO_MEMORY = "unable to allocate worker subscriber queue marker in shared memory"


class Granted(Struct, frozen=True, gc=False):
    """A request that passed the checks.

    headers: those of its answer, whichever it is.  channels: their ids, as the path names them.  messages: the old ones.
    time, tag: where a client that has got them resumes.
    staying: the client is subscribed, and has to be registered with the worker before the coroutine waits for anything.
    complete: it is a subscriber of all channels it named; there was memory for that.
    """

    headers: Headers
    channels: tuple[bytes, ...]
    resume: Resume
    messages: tuple[Message, ...]
    time: int
    tag: int | None
    staying: bool
    complete: bool


async def ask(question: Question, settings: PushStreamLocation, worker: PushWorker, stay: Stay) -> Granted | None:
    """Do the checks of every mode but websocket. Returns None when it has answered the request."""
    headers = cross_domain(question, settings, b"GET")
    if question.method == b"OPTIONS":
        question.answer(Answer(200, headers, body_unread=True))
        return None
    headers += NO_CACHE
    if question.method != b"GET":
        question.answer(Answer(405, (*headers, (b"Allow", b"GET")), body_unread=True))
        return None
    granted = await grant(question, settings, worker, stay, headers)
    if isinstance(granted, Refusal):
        log_refusal(question, granted)
        headers += ((EXPLAIN, granted.explain),)  # empty, too (recordings found-push-memory)
        question.answer(Answer(granted.status, headers, body_unread=True))
        return None
    return granted


async def grant(
    question: Question, settings: PushStreamLocation, worker: PushWorker, stay: Stay, headers: Headers
) -> Granted | Refusal:
    """Subscribe in the zone, which checks the channels. Returns a Refusal, without answering, when they are refused."""
    channels = _channels(question, settings)
    if not channels:
        return NO_CHANNEL_ID
    resume = _resume(question, settings)
    result = await worker.zone.do(
        Subscribe(
            worker.name,
            channels,
            resume,
            stay,
            authorized_channels_only=settings.authorized_channels_only,
            wildcard_channel_max_qtd=settings.wildcard_channel_max_qtd,
            allow_connections_to_events_channel=settings.allow_connections_to_events_channel,
        )
    )
    if isinstance(result, Refusal):
        return result
    if result.heard is not None:
        for _ in range(1 if stay is ALWAYS else len(channels) - len(result.heard)):
            question.log("error", f"push stream module: {_NO_MEMORY}")
    return _granted(headers, channels, resume, result)


def _granted(headers: Headers, channels: tuple[ChannelRequest, ...], resume: Resume, result: Subscribed) -> Granted:
    time, tag, heard = resume.time or 0, resume.tag, result.heard
    if (time, -1 if tag is None else tag) < (result.time, result.tag):
        time, tag = result.time, result.tag
    if heard is None:
        heard = (channels[0].id,) if len(channels) == 1 else tuple([channel.id for channel in channels])
    return Granted(headers, heard, resume, result.messages, time, tag, result.staying, result.heard is None)


def evaluated(question: Question, value: ComplexValue | None) -> bytes | None:
    """A directive's value for this request, percent-decoded once like all of the module's; None where it is not set."""
    return None if value is None else unescape(question.evaluate(value))


def choose_padding(question: Question, settings: PushStreamLocation) -> Padding | None:
    """The padding for this client's browser."""
    if not settings.padding_by_user_agent:
        return None
    agent = evaluated(question, settings.user_agent)
    if agent is None:
        agent = question.header(b"user-agent") or b""
    return padding.choose(settings.padding_by_user_agent, agent)


def _channels(question: Question, settings: PushStreamLocation) -> tuple[ChannelRequest, ...]:
    if settings.channels_path is None:
        return ()
    return parse_channels_path(question.evaluate(settings.channels_path))


def _resume(question: Question, settings: PushStreamLocation) -> Resume:
    """Where the client resumes. A directive that is set takes the header's place even when its value is empty."""
    of_time, of_tag, of_event = settings.last_received_message_time, settings.last_received_message_tag, settings.last_event_id
    modified_since = question.header(b"if-modified-since") if of_time is None else evaluated(question, of_time)
    none_match = question.header(b"if-none-match") if of_tag is None else evaluated(question, of_tag)
    event_id = question.header(b"last-event-id") if of_event is None else evaluated(question, of_event)
    time = parse_http_date(modified_since) if modified_since else None
    return Resume(time if time is not None and time >= 0 else None, _tag(none_match) if none_match else None, event_id or None)


def _tag(value: bytes) -> int | None:
    """Digits, perhaps after `W/`; anything else is no tag (recording old-messages/invalid-tags)."""
    return parse_decimal(value.removeprefix(b"W/"))
