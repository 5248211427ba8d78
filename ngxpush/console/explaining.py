"""What `ngxpush explain` says of a request that was recorded."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

from msgspec import Struct

from ..config.configuration import ListenAddress, ServedAddress
from ..config.directives.push_stream.settings import PUSH_STREAM
from ..config.text import shown
from ..config.tls_addresses import has_tls
from ..config.written import value_of
from ..explain.explanation import Explanation, explain
from ..explain.play import Inquiry
from ..explain.text import answer_text
from ..explain.trace import Note
from ..explain.words import readable, short
from ..server.clients.listeners import address_name
from .recording import RecordedRequest
from .served import Served
from .shown_files import Lines, ShownFiles, ShownPlace, lines_of

_HTTP_2 = b"HTTP/2.0"
_HOST = b"host"
_REFUSED = 400
_CLIENT_LEFT = 499

LONGEST_BODY = 16 * 1024 * 1024
"""Bytes of a body that is played; a longer one is cut off."""

# Lines of the head that say how the body is sent: it is sent in one piece.
_BODY_LINES = frozenset((b"content-length", b"transfer-encoding"))


class Decision(Struct, frozen=True):
    """A decision: its outcome, and the directive that made it, where one did."""

    text: str
    written: str = ""
    place: ShownPlace | None = None


class UsedSetting(Struct, frozen=True):
    """A directive whose value was used: as it is written, or its default."""

    written: str
    place: ShownPlace | None


class ShownExplanation(Struct, frozen=True):
    """An explanation for a page. phases: in their order, with their decisions.

    settings: of the push stream module all, of others those that are written.  answer: what the client gets.
    status: as nginx logs it.  otherwise: the client got another one, which the answer does not account for.
    decided: the lines that decided something.  used: those whose values were used.
    """

    phases: tuple[tuple[str, tuple[Decision, ...]], ...]
    variables: tuple[tuple[str, str | None], ...]
    settings: tuple[UsedSetting, ...]
    channels: tuple[str, ...]
    logged: tuple[str, ...]
    status: int
    otherwise: bool
    answer: str
    decided: Lines
    used: Lines


def why_not(served: Served, request: RecordedRequest) -> str:
    """Why a request can't be explained; empty if it can."""
    if request.refused:
        return "Its head was refused as it came: no server and no location was asked."
    address = _address(served, *request.listen)
    if address is not None and not request.by_tls and has_tls(address.listen, address.default_server):
        return "It came without TLS, and its address takes TLS only: no location was asked."
    return ""


async def explained(served: Served, request: RecordedRequest, sources: ShownFiles) -> ShownExplanation:
    """Explain a request, in a thread: others are served meanwhile. Raises NothingListens."""
    inquiry = inquiry_of(served, request)
    explanation = await asyncio.to_thread(explain, served.analysis, inquiry, request.started, served.nginx_version)
    return _shown(explanation, request, sources)


def inquiry_of(served: Served, request: RecordedRequest) -> Inquiry:
    """The request as it is played: on HTTP/1, with a body of its length in one piece, which begins as its own did."""
    body = request.body.ljust(min(request.length, LONGEST_BODY), b"x")
    lines = [line for line in request.headers if line[0].lower() not in _BODY_LINES]
    if body:
        lines.append((b"Content-Length", b"%d" % len(body)))
    first = request.line.removesuffix(_HTTP_2)
    if first != request.line:
        first += b"HTTP/1.1"
        if request.host is not None and not any(name.lower() == _HOST for name, _ in lines):
            lines.insert(0, (b"Host", request.host))
    head = b"".join([b"%b\r\n" % first, *(b"%b: %b\r\n" % line for line in lines), b"\r\n"])
    return Inquiry(head, body, request.peer, _listen(served, *request.listen))


def _listen(served: Served, host: bytes, port: int) -> str | None:
    address = _address(served, host, port)
    return None if address is None else address_name(address.listen)


def _address(served: Served, host: bytes, port: int) -> ServedAddress | None:
    """The address of the configuration on which a request came in: on this machine it may have another port."""
    http = served.setup.configuration.http
    pairs = [] if http is None else list(zip(http.addresses, served.setup.addresses, strict=True))
    for is_it in (_is_at, _covers):
        for written, here in pairs:
            if is_it(here.listen, host, port):
                return written
    return None


def _is_at(listen: ListenAddress, host: bytes, port: int) -> bool:
    return host == b"unix:" + listen.path if listen.path is not None else (listen.host, listen.port) == (host, port)


def _covers(listen: ListenAddress, host: bytes, port: int) -> bool:
    return listen.is_wildcard and listen.port == port


def _shown(explanation: Explanation, request: RecordedRequest, sources: ShownFiles) -> ShownExplanation:
    trace = explanation.trace
    effective = [statement for each in explanation.effective for statement in each.statements]
    deciding = [note.statement for note in trace.notes if note.statement is not None]
    return ShownExplanation(
        tuple(_phases(explanation, sources)),
        tuple([(shown(name), None if value is None else readable(value)) for name, value in trace.variables.items()]),
        tuple(_settings(explanation, sources)),
        explanation.channel_operations,
        tuple([f"[{level}] {message}" for level, message in trace.logged]),
        explanation.status,
        _otherwise(explanation, request),
        answer_text(explanation),
        lines_of(deciding),
        lines_of(effective),
    )


def _otherwise(explanation: Explanation, request: RecordedRequest) -> bool:
    if request.ended is None or request.status == _CLIENT_LEFT:
        return False
    if explanation.asks is not None:  # another server's answer is not known
        return False
    if explanation.stays:  # with which status a subscription ends depends on what comes
        return request.status >= _REFUSED
    return request.status != explanation.status


def _phases(explanation: Explanation, sources: ShownFiles) -> Iterator[tuple[str, tuple[Decision, ...]]]:
    for phase, notes in itertools.groupby(explanation.trace.notes, key=lambda note: note.phase):
        yield phase.value, tuple([_decision(note, sources) for note in notes])


def _decision(note: Note, sources: ShownFiles) -> Decision:
    statement = note.statement
    return Decision(note.text) if statement is None else Decision(note.text, short(statement), sources.place(statement.start))


def _settings(explanation: Explanation, sources: ShownFiles) -> Iterator[UsedSetting]:
    for effective in explanation.effective:
        row = effective.directive
        for statement in effective.statements:
            yield UsedSetting(short(statement), sources.place(statement.start))
        if not effective.statements and row.module == PUSH_STREAM:
            yield UsedSetting(f"{row.name} {value_of(row, effective.value) or 'not set'}", None)
