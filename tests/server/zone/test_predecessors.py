"""Older workers let the zone go. What is done with them afterwards: test_places.py, test_keeper.py."""

from __future__ import annotations

import socket

import pytest

from ngxpush.push.operations import Publish
from ngxpush.server.zone.dialogue import TAKE_OVER, Call, HandedOver, pack
from ngxpush.server.zone.predecessors import Predecessor, asking, cut_off, hand_over, take_over

_CALL = pack(Call(1, Publish((b"x",), b"text", True)))
_NONSENSE = "a frame of version 110 came where version 1 is spoken"  # b"n" is 110


def _older(said: bytes, name: str = "old", passes_on: bool = True) -> tuple[Predecessor, socket.socket]:
    """An old worker that has said this, and its end."""
    near, far = socket.socketpair()
    far.sendall(said)
    far.setblocking(False)
    return Predecessor(name, 6, near, passes_on), far


def test_what_the_old_worker_says_before_it_hands_over_is_kept() -> None:
    """It had handed the zone over once; its new owner died, and what it asked for meanwhile was not read."""
    predecessor, far = _older(_CALL + pack(HandedOver()) + _CALL[:4])
    taken = hand_over(predecessor, pytest.fail)
    assert taken is not None
    assert (taken.is_asked, taken.unread) == (False, _CALL + _CALL[:4])
    assert far.recv(100) == TAKE_OVER
    far.close()
    predecessor.end.close()


def test_an_old_worker_that_is_gone_hands_nothing_over() -> None:
    predecessor, far = _older(b"")
    far.close()
    assert hand_over(predecessor, pytest.fail) is None
    predecessor.end.close()


def test_an_old_worker_that_talks_nonsense_is_reported() -> None:
    said: list[tuple[str, str]] = []
    predecessor, far = _older(b"nonsense")
    hand_over(predecessor, lambda *line: said.append(line))
    assert said == [("alert", f"worker old did not hand the channels over: {_NONSENSE}")]
    far.close()
    predecessor.end.close()


def test_the_next_one_is_asked_for_what_a_dead_one_had_and_those_after_it_reach_it() -> None:
    handed_over = pack(HandedOver())
    pairs = [_older(b"", "dead"), _older(handed_over, "w2", False), _older(handed_over, "w1"), _older(b"", "w0")]
    older = [each for each, _ in pairs]
    pairs[0][1].close()
    served, behind = take_over(older, pytest.fail)
    assert [(each.worker, each.is_asked) for each in served] == [("w2", False), ("w1", False)]
    assert [each.worker for each in behind] == ["w0"]
    assert older[0].end.fileno() == -1
    for each, end in pairs:
        each.end.close()
        end.close()


def test_those_behind_one_that_passes_on_stay_there() -> None:
    end = socket.socket()
    behind = [Predecessor(name, 6, end, passes_on) for name, passes_on in (("w3", False), ("w2", True), ("w1", True))]
    assert [each.worker for each in cut_off(behind)] == ["w3", "w2"]
    assert [asking(each).unsent for each in behind] == [TAKE_OVER]
    end.close()
