"""The table of states: every event in every state, and every transition that the table names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ngxpush.http import phases
from ngxpush.http.connection import events
from ngxpush.http.connection.connection import Connection
from ngxpush.http.connection.states import FROM_OUTSIDE, LEADS_TO, READING, Event, Reading, State
from ngxpush.http.request import Request

from .client import Client, Later, get, post


def _waiting() -> Client:
    client = Client()
    client.send(get(b"/1"))
    return client


def _head() -> Client:
    client = Client()
    client.send(b"GET /")
    return client


def _sent(*data: bytes, **core: Any) -> Client:
    client = Client(**core)
    for piece in data:
        client.send(piece)
    return client


def _finishing() -> Client:
    client = _sent(get(b"/later"))
    client.stop_sending()
    return client


def _discarding() -> Client:
    return _sent(post(b"/x", b"ab", 4))


def _lingering() -> Client:
    return _sent(post(b"/x", b"ab").replace(b"1.1", b"1.0"))


def _orphaned() -> Client:
    client = _sent(get(b"/copy?/later"))
    client.leave()
    return client


def _closed() -> Client:
    client = Client()
    client.stop_sending()
    return client


REACHED: dict[State, Callable[[], Client]] = {
    State.WAITING: _waiting,
    State.HEAD: _head,
    State.SERVING: partial(_sent, get(b"/later")),
    State.HELD: partial(_sent, get(b"/stream")),
    State.TUNNEL: partial(_sent, get(b"/tunnel")),
    State.FINISHING: _finishing,
    State.DISCARDING: _discarding,
    State.LINGERING: _lingering,
    State.ORPHANED: _orphaned,
    State.CLOSED: _closed,
}

HAPPEN: dict[Event, Callable[[Client], object]] = {
    Event.BYTES: lambda client: client.send(b"G"),
    Event.END: lambda client: client.stop_sending(),
    Event.LOST: lambda client: client.leave(),
    Event.TIME: lambda client: events.time_is_up(client.connection),
    Event.TAKEN: lambda client: events.output_taken(client.connection),
    Event.LEAVE: lambda client: events.leave(client.connection),
    Event.REUSED: lambda client: events.reuse(client.connection),
}

# Where an event leads if it is not to CLOSED; SAME: it changes nothing.
SAME = None
OUTCOMES: dict[tuple[State, Event], State | None] = {
    (State.WAITING, Event.BYTES): State.HEAD,
    (State.WAITING, Event.TAKEN): SAME,
    (State.HEAD, Event.BYTES): SAME,
    (State.HEAD, Event.TAKEN): SAME,
    (State.HEAD, Event.LEAVE): SAME,
    (State.SERVING, Event.BYTES): SAME,
    (State.SERVING, Event.END): State.FINISHING,
    (State.SERVING, Event.TAKEN): SAME,
    (State.SERVING, Event.LEAVE): SAME,
    (State.HELD, Event.BYTES): SAME,
    (State.HELD, Event.TAKEN): SAME,
    (State.HELD, Event.LEAVE): SAME,
    (State.TUNNEL, Event.BYTES): SAME,
    (State.TUNNEL, Event.TAKEN): SAME,
    (State.TUNNEL, Event.LEAVE): SAME,
    (State.FINISHING, Event.TAKEN): SAME,
    (State.FINISHING, Event.LEAVE): SAME,
    (State.DISCARDING, Event.BYTES): SAME,
    (State.DISCARDING, Event.TAKEN): SAME,
    (State.DISCARDING, Event.LEAVE): SAME,
    (State.LINGERING, Event.BYTES): SAME,
    (State.LINGERING, Event.TAKEN): SAME,
    (State.LINGERING, Event.LEAVE): SAME,
    (State.ORPHANED, Event.LOST): SAME,
    (State.ORPHANED, Event.TAKEN): SAME,
    (State.ORPHANED, Event.LEAVE): SAME,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", FROM_OUTSIDE)
def test_every_event_in_every_state(state: State, event: Event) -> None:
    client = REACHED[state]()
    assert client.state is state
    assert (client.connection in client.hosting.reusable) is (Event.REUSED in LEADS_TO[state])
    if event in LEADS_TO[state]:
        HAPPEN[event](client)
        assert client.state is (OUTCOMES.get((state, event), State.CLOSED) or state)
    elif event is Event.TIME:
        assert client.connection.deadline is None
    elif event is not Event.REUSED:
        assert event in (Event.BYTES, Event.END) and not client.connection.wants_bytes


@pytest.mark.parametrize("state", State)
def test_reading_is_worked_out_from_the_state(state: State) -> None:
    client = REACHED[state]()
    assert client.connection.wants_bytes is (READING[state] is not Reading.NONE)


def _finish(client: Client) -> None:
    request = client.connection.request
    assert request is not None
    request.carrier.finish(request)


def _reuse(client: Client) -> None:
    events.reuse(client.connection)


def _terminate(client: Client) -> None:
    request = client.connection.request
    assert request is not None, client.state
    request.carrier.terminate(request, 444)


def _resume(client: Client) -> None:
    Later.resumes.pop(0)(None)


def _outlives(client: Client) -> None:
    assert client.connection.request is not None
    client.connection.request.outlives_client = True


def _stop(client: Client) -> None:
    client.stop_sending()


def _lose(client: Client) -> None:
    client.leave()


def _leave(client: Client) -> None:
    events.leave(client.connection)


def _late(client: Client) -> None:
    events.time_is_up(client.connection)


def _send(data: bytes) -> Callable[[Client], object]:
    return lambda client: client.send(data)


SKIPPED = b"POST %b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
OLD = b"GET %b HTTP/1.0\r\n\r\n"
OLD_POST = b"POST %b HTTP/1.0\r\nContent-Length: 4\r\n\r\nab"
NEVER_LINGERS = {"lingering_close": "off"}
ALWAYS_LINGERS = {"lingering_close": "always"}
POST_ACTION = {"post_action": b"/after"}


def _skip(client: Client) -> None:
    request = client.connection.request
    assert request is not None
    request.carrier.discard_body(request)


# Dialogues that, together, take every transition of the table: settings, what is sent, what happens then.
DIALOGUES: list[tuple[dict[str, Any], list[Callable[[Client], object]]]] = [
    # WAITING
    ({}, [_stop]),
    ({}, [_lose]),
    ({}, [_late]),
    ({}, [_send(get(b"/1")), _leave]),
    ({}, [_reuse]),
    # HEAD
    ({}, [_send(get(b"/1") + b"\r\n"), _leave]),
    ({}, [_send(b"GET"), _stop]),
    ({}, [_send(b"GET"), _lose]),
    ({}, [_send(b"GET"), _late]),
    # SERVING
    ({}, [_send(SKIPPED % b"/later"), _skip, _send(b"x")]),
    ({}, [_send(post(b"/body", b"a", 2)), _stop]),
    ({}, [_send(post(b"/body", b"a", 2)), _late]),
    ({}, [_send(get(b"/copy?/later")), _stop, _resume]),
    ({}, [_send(get(b"/sleep")), _outlives, _stop]),
    ({}, [_send(get(b"/later")), _outlives, _lose, _resume]),
    ({}, [_send(get(b"/later")), _lose]),
    ({}, [_send(get(b"/close"))]),
    ({}, [_send(post(b"/x", b"a").replace(b"1.1", b"1.0"))]),
    ({}, [_send(get(b"/later") + get(b"/2")), _resume]),
    (NEVER_LINGERS, [_send(OLD % b"/later"), _resume]),
    # HELD
    ({}, [_send(SKIPPED % b"/stream"), _skip, _send(b"x")]),
    ({}, [_send(SKIPPED % b"/stream"), _skip, _finish]),
    ({}, [_send(get(b"/stream")), _stop]),
    ({}, [_send(get(b"/stream")), _outlives, _stop]),
    ({}, [_send(get(b"/stream")), _outlives, _lose]),
    ({}, [_send(get(b"/returns-nothing")), _resume, _stop]),
    ({}, [_send(get(b"/stream")), _lose]),
    ({}, [_send(get(b"/stream")), _terminate]),
    ({}, [_send(get(b"/stream")), _finish]),
    ({}, [_send(get(b"/stream") + get(b"/2")), _finish]),
    ({}, [_send(get(b"/stream") + b"GET"), _finish]),
    (NEVER_LINGERS, [_send(OLD % b"/stream"), _finish]),
    (ALWAYS_LINGERS, [_send(OLD % b"/stream"), _finish]),
    (POST_ACTION, [_send(get(b"/stream")), _finish, _resume]),
    # TUNNEL
    (NEVER_LINGERS, [_send(get(b"/tunnel")), _finish]),
    (ALWAYS_LINGERS, [_send(get(b"/tunnel")), _finish]),
    ({}, [_send(get(b"/tunnel")), _stop]),
    ({}, [_send(get(b"/tunnel")), _lose]),
    ({}, [_send(get(b"/tunnel")), _terminate]),
    ({}, [_send(get(b"/tunnel")), _outlives, _stop]),
    ({}, [_send(get(b"/tunnel")), _outlives, _lose]),
    # FINISHING
    ({}, [_send(get(b"/later")), _stop, _resume]),
    ({}, [_send(get(b"/later")), _stop, _lose]),
    ({}, [_send(get(b"/later")), _stop, _terminate]),
    ({}, [_send(get(b"/later")), _stop, _outlives, _lose]),
    ({}, [_send(get(b"/returns-nothing")), _stop, _outlives, _resume]),
    # DISCARDING
    ({}, [_send(SKIPPED % b"/x"), _send(b"x")]),
    ({}, [_send(post(b"/x", b"ab", 4)), _stop]),
    ({}, [_send(post(b"/x", b"ab", 4)), _lose]),
    ({}, [_send(post(b"/x", b"ab", 4)), _late]),
    ({}, [_send(post(b"/x", b"ab", 4)), _send(b"cd")]),
    ({}, [_send(post(b"/x", b"ab", 4)), _send(b"cdG")]),
    ({}, [_send(post(b"/x", b"ab", 4)), _send(b"cd" + get(b"/2"))]),
    ({}, [_send(OLD_POST % b"/x"), _send(b"cd")]),
    (NEVER_LINGERS, [_send(OLD_POST % b"/x"), _send(b"cd")]),
    # LINGERING
    (ALWAYS_LINGERS, [_send(OLD % b"/x"), _stop]),
    (ALWAYS_LINGERS, [_send(OLD % b"/x"), _lose]),
    (ALWAYS_LINGERS, [_send(OLD % b"/x"), _late]),
    (ALWAYS_LINGERS, [_send(OLD % b"/x"), _reuse]),
]


def test_the_dialogues_take_every_transition(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the table names happens, and nothing else does."""
    taken: set[tuple[State, Event, State]] = set()
    enter = Connection.enter

    def noted(connection: Connection, state: State, event: Event) -> None:
        taken.add((connection.state, event, state))
        enter(connection, state, event)

    async def follow(request: Request) -> None:
        request.progress.post_action, request.progress.uri_changes = True, 0
        await Later()
        request.carrier.finish(request)

    monkeypatch.setattr(Connection, "enter", noted)
    monkeypatch.setattr(phases, "post_action", follow)
    for core, steps in DIALOGUES:
        Later.resumes.clear()
        client = Client(**core)
        for step in steps:
            step(client)
    named = {(state, event, to) for state, row in LEADS_TO.items() for event, states in row.items() for to in states}
    assert taken - named == set()
    missing = sorted(f"{state.name} {event.name} {to.name}" for state, event, to in named - taken)
    assert not missing, "\n".join(missing)
