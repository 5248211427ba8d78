"""The explanation of one request: what served it, from which settings, and what the client gets, now and later."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from msgspec import Struct

from ..config.analysis import Analysis
from ..http import phases
from ..http.gateways.cgi.parameters import Pairs
from ..http.variables.response import logged_status
from ..server.clients.listeners import address_name
from .answer import WrittenAnswer, read_answer
from .play import Inquiry, Later, Play
from .trace import Asked, Trace
from .upstream import AskedServer
from .watched import Effective
from .words import readable


class Explanation(Struct, frozen=True):
    """What happened to one request."""

    inquiry: Inquiry

    # The address it came in on, as nginx prints it.
    address: str

    trace: Trace

    # The directives whose values were used.
    effective: tuple[Effective, ...]

    # The content handler that answers.
    handler: str

    # The mode of a subscriber or publisher; None for other requests.
    mode: str | None

    # What was written before the client waits or the answer is whole.
    answer: WrittenAnswer

    # The status, as nginx logs it: 0 while there is none.
    status: int

    # The connection is closed without an answer.
    closed: bool

    # Another request may follow on the connection.
    keepalive: bool

    # The server whose answer it waits for.
    asks: AskedServer | None

    # The parameters that this server is sent, by fastcgi_pass, uwsgi_pass or scgi_pass; None for other languages.
    parameters: Pairs | None

    # The client waits as a subscriber.
    stays: bool

    # What a waiting subscriber gets.
    later: tuple[Later, ...]

    @property
    def channel_operations(self) -> tuple[str, ...]:
        """What the zone was asked for, in words. After a 404: that the channel is not there, which the answer does not say."""
        asked = tuple([": ".join(filter(None, (each.operation, ", ".join(_named(each))))) for each in self.trace.asked])
        return (*asked, _NO_CHANNEL) if asked and self.answer.status == 404 else asked


_NO_CHANNEL = "there is no such channel: the request is served as by a server that has none yet"


def _named(asked: Asked) -> Iterator[str]:
    for channel, backtrack in itertools.zip_longest(asked.channels, asked.backtracks):
        yield readable(channel) + (f" and {backtrack} old messages" if backtrack is not None else "")


def explain(analysis: Analysis, inquiry: Inquiry, now: float, nginx_version: bytes) -> Explanation:
    """Serve a request and report what happened. now: when it comes, seconds since the epoch. Raises NothingListens."""
    play = Play(analysis, inquiry, now, nginx_version)
    play.serve()
    answer = read_answer(bytes(play.client.written))
    subscribed = bool(play.zone.subscriptions)
    effective = tuple(play.watch.effective(play.request.location if subscribed else None))
    return Explanation(
        inquiry,
        address_name(play.listen),
        play.trace,
        effective,
        play.request.progress.content_handler or phases.STATIC,
        play.mode,
        answer,
        int(logged_status(play.request)),
        play.closed,
        play.keepalive,
        play.asks,
        play.parameters,
        play.stays,
        tuple(_later(analysis, inquiry, now, nginx_version, play)) if play.stays else (),
    )


def _later(analysis: Analysis, inquiry: Inquiry, now: float, nginx_version: bytes, play: Play) -> Iterator[Later]:
    """What the client gets when a message is published at once; then what a client gets while no message is published."""
    play.news()
    if play.publish_sample():
        yield Later(None, play.news(), last=play.request.response.complete)
    silent = Play(analysis, inquiry, now, nginx_version)
    silent.serve()
    silent.news()
    yield from _grouped(silent.silence())


def _grouped(pieces: Iterator[Later]) -> Iterator[Later]:
    """Join successive pieces with the same body into one that repeats."""
    group: Later | None = None
    previous = 0.0
    for piece in pieces:
        assert piece.seconds is not None
        if group is not None and group.seconds is not None and group.answer.body == piece.answer.body and not piece.last:
            group = Later(group.seconds, group.answer, piece.seconds - previous)
        else:
            if group is not None:
                yield group
            group = piece
        previous = piece.seconds
    if group is not None:
        yield group
