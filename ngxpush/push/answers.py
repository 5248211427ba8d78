"""What the answers of publisher, statistics and subscriber locations have in common."""

from __future__ import annotations

from ..config.directives.push_stream.settings import PushStreamLocation
from .operations import Refusal
from .path import unescape
from .question import Answer, Question

Headers = tuple[tuple[bytes, bytes], ...]

EXPLAIN = b"X-Nginx-PushStream-Explain"

_ALLOWED_HEADERS = b"If-Modified-Since,If-None-Match,Etag,Event-Id,Event-Type,Last-Event-Id"


def cross_domain(question: Question, settings: PushStreamLocation, methods: bytes) -> Headers:
    """The Access-Control headers of every answer where push_stream_allowed_origins is not empty."""
    if settings.allowed_origins is None:
        return ()
    origins = unescape(question.evaluate(settings.allowed_origins))
    if not origins:
        return ()
    return (
        (b"Access-Control-Allow-Origin", origins),
        (b"Access-Control-Allow-Methods", methods),
        (b"Access-Control-Allow-Headers", _ALLOWED_HEADERS),
    )


def explained(explain: bytes) -> Headers:
    """The X-Nginx-PushStream-Explain header with that text; no header where it is empty."""
    return ((EXPLAIN, explain),) if explain else ()


def log_refusal(question: Question, refusal: Refusal) -> None:
    """Write a refusal to the error log, if the module logs it."""
    for text in refusal.logged:
        question.log(refusal.level, f"push stream module: {text}")


def refuse(question: Question, refusal: Refusal, headers: Headers, body_unread: bool = True) -> None:
    """Answer with a refusal: no body, the reason in a header after `headers`. body_unread: see Answer."""
    log_refusal(question, refusal)
    question.answer(Answer(refusal.status, headers + explained(refusal.explain), body_unread=body_unread))
