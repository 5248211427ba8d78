from __future__ import annotations

from ngxpush.push.attached_workers import AttachedWorkers
from ngxpush.push.operations import WorkerInfo


def attached() -> AttachedWorkers:
    workers = AttachedWorkers()
    workers.attach("w1", 11, 100)
    workers.attach("w2", 12, 130)
    first = workers.get("w1")
    assert first is not None
    first.subscribers = 3
    return workers


def test_statistics_are_in_the_order_of_the_start() -> None:
    workers = attached()
    assert workers.infos(150) == (WorkerInfo("w1", 11, 3, 50), WorkerInfo("w2", 12, 0, 20))
    assert workers.subscribers == 3


def test_who_is_gone_is_not_counted() -> None:
    workers = attached()
    assert workers.forget("w1") == 0
    assert (workers.get("w1"), workers.subscribers) == (None, 0)
    workers.gone["w1"] = 1000
    assert workers.forget("w1") == 1000


def test_a_snapshot_holds_everything() -> None:
    again = AttachedWorkers()
    again.attach("other", 1, 0)
    again.restore(attached().snapshot(), {"w0": 1000})
    assert again.infos(150) == attached().infos(150)
    assert again.gone == {"w0": 1000}
