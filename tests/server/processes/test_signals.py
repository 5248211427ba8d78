from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator

import pytest

from ngxpush.server.processes.signals import Signal, SignalSocket, SignalSource, listen_to, unblock

# Signals that do nothing when they are not caught: a test that fails ends no process.
_SIGNALS = (signal.SIGWINCH, signal.SIGCHLD)


@pytest.fixture(params=[listen_to, SignalSocket])
def source(request: pytest.FixtureRequest) -> Iterator[SignalSource]:
    made = request.param(_SIGNALS)
    yield made
    made.close()
    unblock(_SIGNALS)


def test_signals_are_read_from_a_descriptor(source: SignalSource) -> None:
    assert source.received() == []
    for number in _SIGNALS:
        signal.pthread_kill(threading.get_ident(), number)
    assert select.select([source], [], [], 5)[0]
    assert {received.number for received in source.received()} == set(_SIGNALS)
    assert source.received() == []


def test_the_sender_is_reported_where_the_system_knows_it() -> None:
    source = listen_to(_SIGNALS)
    signal.pthread_kill(threading.get_ident(), signal.SIGWINCH)
    select.select([source], [], [], 5)
    assert [received.sender for received in source.received()] in ([os.getpid()], [None])
    source.close()
    unblock(_SIGNALS)


@pytest.mark.parametrize(
    ("received", "words"),
    [
        (Signal(signal.SIGHUP, 12), "signal 1 (SIGHUP) received from 12, reconfiguring"),
        (Signal(signal.SIGTERM, None), "signal 15 (SIGTERM) received, exiting"),
        (Signal(signal.SIGQUIT, 12), "signal 3 (SIGQUIT) received from 12, shutting down"),
        (Signal(signal.SIGCHLD, 12), "signal 17 (SIGCHLD) received from 12"),
    ],
)
def test_nginx_words(received: Signal, words: str) -> None:
    assert str(received) == words
