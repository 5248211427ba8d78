"""The states of a client's connection: who moves it through them, what may happen in each, and how each ends.

    WAITING → (HEAD) → SERVING → (DISCARDING) → WAITING | LINGERING → CLOSED
                       ├→ HELD (a subscriber), then as SERVING
                       ├→ TUNNEL (websocket, upgraded proxying), then as SERVING
                       ├→ FINISHING (the client sends no more) → CLOSED
                       └→ ORPHANED (the client is gone, its request goes on) → CLOSED

WAITING     Waits for the first byte of a request: of the first request for client_header_timeout, of each further one for
            keepalive_timeout. Ends with a byte. Closes when the time is up, when the client leaves, when the worker wants to
            end and the connection has had its first answer, or when the worker needs the connection for a new one.
HEAD        A head is coming. It has to be whole client_header_timeout after its first byte, the first one on a connection after
            the begin of the connection; otherwise the connection is closed without an answer (408 in the log). Empty lines before
            a request are its first bytes. A head that is refused is served too: its answer is an error page. The usual head
            comes whole with its first byte: its request is served at once.
SERVING     A request is in the phases, or its answer is being sent. Its body is a machine of its own (`incoming_body`): it is
            read for a handler, with client_body_timeout between two reads; or passed on in pieces; or skipped. If no body is
            read, a limited number of bytes is kept: a body that a handler may still ask for, or the next request.
            A client that stops sending ends the request if its body is awaited (400), if the request has to know when its
            client leaves (a subscriber, or an upstream was asked: 499), or if the client has not taken what was sent.
            Otherwise it still gets its answer.
HELD        The handler has returned, and something else completes the answer, perhaps hours later. Only the request's sink and
            the transport are in use: no timer, no coroutine.
TUNNEL      What the client sends is not HTTP any more. It goes to the function that the handler has given.
FINISHING   As SERVING, but the client has closed its sending side (RFC 9112, 9.6). No request can follow. A request that would
            be held ends, because its client counts as one that has left.
DISCARDING  The answer is written, and the rest of the request's body, which no one wants, is still coming: for at most
            lingering_timeout without a byte, and at most lingering_time in all.
LINGERING   The sending side is closed, and what the client still sends is dropped (directive lingering_close), with the same
            two limits. Without this state the client could get a reset and lose the answer. The request ends, is logged and
            lets go what it holds (limit_conn) only with this state; until then stub_status counts it as writing and waiting.
            Closes, too, when the worker needs the connection for a new one.
ORPHANED    The client is gone, but the request goes on: proxy_ignore_client_abort, or a mirror that has not ended.
CLOSED      Only the event LOST is still to come, when what was written has been sent.

The transport reads exactly when the state wants bytes (`READING`). This is derived from the state and never stored, so a request
that waits for its body can't be left unread.

Recordings core_routing/core-protocol, push_publish/push-publisher, push_subscribe/websocket; how connections end was measured
with nginx 1.22.1.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final


class State(enum.Enum):
    """See above."""

    WAITING = enum.auto()
    HEAD = enum.auto()
    SERVING = enum.auto()
    HELD = enum.auto()
    TUNNEL = enum.auto()
    FINISHING = enum.auto()
    DISCARDING = enum.auto()
    LINGERING = enum.auto()
    ORPHANED = enum.auto()
    CLOSED = enum.auto()

    # Members are compared by identity. Enum's own hash is a Python function, and the tables below are used for each event.
    __hash__ = object.__hash__


class Event(enum.Enum):
    """What moves a connection. The first seven come from outside, the others from the request."""

    # Bytes came.
    BYTES = enum.auto()

    # The client sends no more.
    END = enum.auto()

    # The connection is gone.
    LOST = enum.auto()

    # The deadline is over.
    TIME = enum.auto()

    # The client has taken what was written, or limit_rate holds nothing back any more.
    TAKEN = enum.auto()

    # The worker wants to end.
    LEAVE = enum.auto()

    # The worker has too few connections (worker_connections): this one is closed for a new one.
    REUSED = enum.auto()

    # The request's head is whole, or refused.
    BEGUN = enum.auto()

    # The handler leaves the answer to someone else.
    RETURNED = enum.auto()

    # What the client sends is not HTTP any more.
    SWITCHED = enum.auto()

    # The request is at its end.
    ANSWERED = enum.auto()

    # The request ends without an answer, or without the rest of one.
    TERMINATED = enum.auto()

    __hash__ = object.__hash__


FROM_OUTSIDE: Final = (Event.BYTES, Event.END, Event.LOST, Event.TIME, Event.TAKEN, Event.LEAVE, Event.REUSED)


class Outcome(enum.Enum):
    """The state of a request that can't go on by itself.

    WAITS: it goes on later.  OPEN: its handler has returned, and something else completes its answer.
    WHOLE: the answer is whole, the client has taken it (but for some kilobytes), the handler has returned, no subrequest is
    left. So a client that does not read its answers gets no further ones, and the log line says what was taken.
    """

    WAITS = enum.auto()
    OPEN = enum.auto()
    WHOLE = enum.auto()


class Reading(enum.Enum):
    """Whether a state wants bytes. SOME: those of a body that is read; if none is read, only a limited number."""

    ALL = enum.auto()
    SOME = enum.auto()
    NONE = enum.auto()


# Python 3.11 looks a member up by several calls, and each request compares dozens: they have names of their own.
WAITING, HEAD, SERVING, HELD, TUNNEL, FINISHING, DISCARDING, LINGERING, ORPHANED, CLOSED = State
BYTES, END, LOST, TIME, TAKEN, LEAVE, REUSED, BEGUN, RETURNED, SWITCHED, ANSWERED, TERMINATED = Event
WAITS, OPEN, WHOLE = Outcome
ALL, SOME, NONE = Reading

READING: Final[Mapping[State, Reading]] = {
    State.WAITING: Reading.ALL,
    State.HEAD: Reading.ALL,
    State.SERVING: Reading.SOME,
    State.HELD: Reading.SOME,
    State.TUNNEL: Reading.ALL,
    State.FINISHING: Reading.NONE,
    State.DISCARDING: Reading.ALL,
    State.LINGERING: Reading.ALL,
    State.ORPHANED: Reading.NONE,
    State.CLOSED: Reading.NONE,
}

_AFTER_A_REQUEST = (State.WAITING, State.HEAD, State.SERVING, State.LINGERING, State.CLOSED)  # HEAD or SERVING: the next request
_AFTER_AN_ANSWER = (State.DISCARDING, *_AFTER_A_REQUEST)
_GONE = (State.CLOSED, State.ORPHANED)

LEADS_TO: Final[Mapping[State, Mapping[Event, tuple[State, ...]]]] = {
    # An event that is missing can't happen in the state; a comment says why. `()`: it happens but changes no state.
    # REUSED happens only to connections that may be closed: WAITING and LINGERING.
    State.WAITING: {
        Event.BYTES: (State.HEAD, State.SERVING),  # at once if the head has come whole
        Event.END: (State.CLOSED,),
        Event.LOST: (State.CLOSED,),
        Event.TIME: (State.CLOSED,),
        Event.TAKEN: (),
        Event.LEAVE: (State.CLOSED,),
        Event.REUSED: (State.CLOSED,),
    },
    State.HEAD: {
        Event.BYTES: (),
        Event.END: (State.CLOSED,),
        Event.LOST: (State.CLOSED,),
        Event.TIME: (State.CLOSED,),
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.BEGUN: (State.SERVING,),
    },
    State.SERVING: {
        Event.BYTES: (State.CLOSED,),  # a skipped body that is broken
        Event.END: (State.FINISHING, *_GONE),
        Event.LOST: _GONE,
        Event.TIME: (State.CLOSED,),
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.RETURNED: (State.HELD,),
        Event.SWITCHED: (State.TUNNEL,),
        Event.ANSWERED: _AFTER_AN_ANSWER,
        Event.TERMINATED: (State.CLOSED,),
    },
    State.HELD: {
        # TIME: nothing has to happen in time.
        Event.BYTES: (State.CLOSED,),
        Event.END: (State.FINISHING, *_GONE),
        Event.LOST: _GONE,
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.BEGUN: (State.SERVING,),  # the answer is whole but not yet written, or there is a post_action
        Event.ANSWERED: _AFTER_AN_ANSWER,
        Event.TERMINATED: (State.CLOSED,),
    },
    State.TUNNEL: {
        # TIME: the receiver of the bytes has its own timers.
        Event.BYTES: (),
        Event.END: _GONE,
        Event.LOST: _GONE,
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.ANSWERED: (State.LINGERING, State.CLOSED),  # no HTTP can follow
        Event.TERMINATED: (State.CLOSED,),
    },
    State.FINISHING: {
        # BYTES, END: the client has closed its side.  TIME: nothing is waited for; a missing body ends the request at once.
        Event.LOST: _GONE,
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.RETURNED: _GONE,
        Event.ANSWERED: (State.CLOSED,),
        Event.TERMINATED: (State.CLOSED,),
    },
    State.DISCARDING: {
        Event.BYTES: (State.CLOSED,),
        Event.END: (State.FINISHING,),
        Event.LOST: (State.CLOSED,),
        Event.TIME: (State.CLOSED,),
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.ANSWERED: _AFTER_A_REQUEST,
    },
    State.LINGERING: {
        Event.BYTES: (),
        Event.END: (State.CLOSED,),
        Event.LOST: (State.CLOSED,),
        Event.TIME: (State.CLOSED,),
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.REUSED: (State.CLOSED,),
    },
    State.ORPHANED: {
        # BYTES, END: nothing is read.  TIME: nothing is expected of the client.
        Event.LOST: (),
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.ANSWERED: (State.CLOSED,),
        Event.TERMINATED: (State.CLOSED,),
    },
    State.CLOSED: {
        # TIME: there is no deadline.  The others may be on their way when the connection is closed, and are ignored.
        Event.BYTES: (),
        Event.END: (),
        Event.LOST: (),
        Event.TAKEN: (),
        Event.LEAVE: (),
    },
}
