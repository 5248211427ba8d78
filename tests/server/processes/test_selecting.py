from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import pytest

from ngxpush.server.processes.selecting import Loop, MastersEnd


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


def test_timers_fire_in_order_and_cancelled_ones_do_not(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    fired: list[str] = []
    loop.call_later(0.002, lambda: fired.append("late"))
    loop.call_later(0.001, lambda: fired.append("early"))
    loop.call_later(0, lambda: fired.append("never")).cancel()
    now = 101.0
    loop.turn()
    assert fired == ["early", "late"]


def test_a_worker_that_reads_slowly_gets_everything_in_order(loop: Loop) -> None:
    near, far = socket.socketpair()
    peer = MastersEnd(loop, near, received=lambda data: None, lost=lambda: None)
    sent = bytes(range(256)) * 8000
    for start in range(0, len(sent), 1 << 16):
        peer.write(sent[start : start + (1 << 16)])
    far.setblocking(False)
    got = b""
    while len(got) < len(sent):
        try:
            got += far.recv(1 << 20)
        except BlockingIOError:
            loop.turn()
    assert got == sent
    peer.close()
    far.close()


def test_a_worker_that_takes_no_answers_is_not_read(loop: Loop) -> None:
    near, far = socket.socketpair()
    far.setblocking(False)
    peer = MastersEnd(loop, near, received=lambda data: peer.write(data * 100), lost=lambda: None)
    asked = 0
    while len(peer.unsent) < 1 << 20:
        asked += far.send(b"x" * 4096)
        loop.turn()
    held = peer.unsent
    asked += far.send(b"x" * 4096)
    loop.call_later(0, lambda: None)
    loop.turn()
    assert peer.unsent == held
    got = 0
    while got < 100 * asked:
        try:
            got += len(far.recv(1 << 20))
        except BlockingIOError:
            loop.turn()
    assert got == 100 * asked and peer.unsent == b""
    peer.close()
    far.close()


def test_a_worker_that_ends_with_much_untaken_is_missed(loop: Loop) -> None:
    near, far = socket.socketpair()
    happened: list[object] = []
    peer = MastersEnd(loop, near, received=happened.append, lost=lambda: happened.append("lost"))
    peer.write(bytes(5 << 20))
    far.close()
    while not happened:
        loop.turn()
    assert happened == ["lost"]


def test_what_comes_is_passed_on_and_the_end_is_reported_once(loop: Loop) -> None:
    near, far = socket.socketpair()
    happened: list[object] = []
    peer = MastersEnd(loop, near, received=happened.append, lost=lambda: happened.append("lost"))
    far.send(b"hello")
    loop.turn()
    far.close()
    loop.turn()
    assert happened == [b"hello", "lost"]
    peer.write(b"in vain")
    peer.close()


def test_a_forked_child_drops_its_copy_and_the_parent_goes_on() -> None:
    loop = Loop()
    near, far = socket.socketpair()
    received: list[bytes] = []
    peer = MastersEnd(loop, near, received.append, lambda: None)
    child = os.fork()
    if not child:
        status = 1
        try:
            loop.close()
            peer.drop()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    far.sendall(b"still here")
    loop.turn()
    assert received == [b"still here"]
    peer.close()
    far.close()
    loop.close()
