"""The states of a client's connection: who moves it through them, what may happen in each, and how each ends.

    WAITING → HEAD → SERVING → (DISCARDING) → WAITING | LINGERING → CLOSED
                       ├→ HELD (a subscriber), then as SERVING
                       ├→ TUNNEL (websocket, upgraded proxying), then as SERVING
                       ├→ FINISHING (the client sends no more) → CLOSED
                       └→ ORPHANED (the client is gone, its request goes on) → CLOSED

WAITING     For the first byte of a request: of the first one within client_header_timeout, of each further one within
            keepalive_timeout. Ends with a byte; or closes, because the time is up, the client leaves, or the worker leaves and
            the connection is merely kept.
HEAD        A head is coming. It has to be whole client_header_timeout after its first byte; else the connection is closed
            without an answer (408 in the log). Empty lines before a request are not its beginning: until another byte comes,
            all is as in WAITING. A head that is refused is served, too: its answer is an error page.
SERVING     A request is in the phases, or its answer is on its way. Its body is a machine of its own (`incoming_body`): read for
            a handler, with client_body_timeout between two reads; passed on in pieces; or skipped. Where no body is read, the
            bytes that come wait, up to a measure: they are a body that someone may still ask for, or the next request.
            A client that stops sending ends the request if its body is awaited (400), if someone wants to know that it leaves
            (a subscriber, a server that was asked: 499), or if it has not taken what was sent; else it gets its answer.
HELD        The handler has returned, and someone else completes the answer, perhaps after hours of adding to it. The request's
            sink and the transport are all that is in use: no timer, no coroutine.
TUNNEL      What the client sends is not HTTP any more. It goes to whoever has asked for it.
FINISHING   As SERVING, of a client that has closed its sending side (RFC 9112, 9.6). Nothing can follow. A request that would
            be held ends: its client has left.
DISCARDING  The answer is out, and the rest of the request's body, which no one wants, is still coming: at most lingering_timeout
            passes without a byte, and lingering_time in all.
LINGERING   The sending side is closed, and what the client still sends is thrown away (directive lingering_close), within the
            same two times. A client that got a reset would lose the answer.
ORPHANED    The client is gone and the request goes on all the same: proxy_ignore_client_abort, a mirror on its way.
CLOSED      All is over but for the loss of the connection, which comes when what was written has been sent.

Reading is on exactly when the state wants bytes (`READING`). It is worked out, never switched: a request that waits for its body
can't be left unread.

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

    # Members are compared by identity; Enum's own hash is a Python function, and the tables below are looked at for each event.
    __hash__ = object.__hash__


class Event(enum.Enum):
    """What moves a connection.

    From outside: BYTES came.  END: the client sends no more.  LOST: the connection is gone.  TIME: the deadline is over.
    TAKEN: the client has taken what was written, or limit_rate holds nothing back any more.  LEAVE: the worker wants to end.

    From the request: BEGUN: its head is whole, or refused.  RETURNED: the handler leaves the answer to someone else.
    SWITCHED: the client's bytes are not HTTP any more.  ANSWERED: it is at its end.  TERMINATED: it ends without an (other)
    answer.
    """

    BYTES = enum.auto()
    END = enum.auto()
    LOST = enum.auto()
    TIME = enum.auto()
    TAKEN = enum.auto()
    LEAVE = enum.auto()
    BEGUN = enum.auto()
    RETURNED = enum.auto()
    SWITCHED = enum.auto()
    ANSWERED = enum.auto()
    TERMINATED = enum.auto()

    __hash__ = object.__hash__


FROM_OUTSIDE: Final = (Event.BYTES, Event.END, Event.LOST, Event.TIME, Event.TAKEN, Event.LEAVE)


class Reading(enum.Enum):
    """Whether a state wants bytes. SOME: those of the body that is read; without one only so many of what comes after it."""

    ALL = enum.auto()
    SOME = enum.auto()
    NONE = enum.auto()


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

_AFTER_A_REQUEST = (State.WAITING, State.HEAD, State.LINGERING, State.CLOSED)
_AFTER_AN_ANSWER = (State.DISCARDING, *_AFTER_A_REQUEST)
_GONE = (State.CLOSED, State.ORPHANED)

LEADS_TO: Final[Mapping[State, Mapping[Event, tuple[State, ...]]]] = {
    # An event that is not named can't happen in the state; why, stands beside it. `()`: it happens and changes no state.
    State.WAITING: {
        Event.BYTES: (State.HEAD,),
        Event.END: (State.CLOSED,),
        Event.LOST: (State.CLOSED,),
        Event.TIME: (State.CLOSED,),
        Event.TAKEN: (),
        Event.LEAVE: (State.CLOSED,),
    },
    State.HEAD: {
        Event.BYTES: (),
        Event.END: (State.CLOSED,),
        Event.LOST: (State.CLOSED,),
        Event.TIME: (State.CLOSED,),
        Event.TAKEN: (),
        Event.LEAVE: (State.CLOSED,),
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
        Event.BEGUN: (State.SERVING,),  # the answer is complete, but not out; or there is a post_action
        Event.ANSWERED: _AFTER_AN_ANSWER,
        Event.TERMINATED: (State.CLOSED,),
    },
    State.TUNNEL: {
        # TIME: whoever has asked for the bytes minds the time.
        Event.BYTES: (),
        Event.END: _GONE,
        Event.LOST: _GONE,
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.ANSWERED: (State.LINGERING, State.CLOSED),  # no HTTP can follow
        Event.TERMINATED: (State.CLOSED,),
    },
    State.FINISHING: {
        # BYTES, END: the client has said that there are no more.  TIME: a body that is not there ends the request at once.
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
        Event.LEAVE: (State.CLOSED,),
    },
    State.ORPHANED: {
        # BYTES, END: no one reads.  TIME: the client has to do nothing any more.
        Event.LOST: (),
        Event.TAKEN: (),
        Event.LEAVE: (),
        Event.ANSWERED: (State.CLOSED,),
        Event.TERMINATED: (State.CLOSED,),
    },
    State.CLOSED: {
        # TIME: there is no deadline.  The others may be on their way when the connection is closed, and are overlooked.
        Event.BYTES: (),
        Event.END: (),
        Event.LOST: (),
        Event.TAKEN: (),
        Event.LEAVE: (),
    },
}
