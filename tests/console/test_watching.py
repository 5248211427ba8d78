"""Messages as they pass."""

from __future__ import annotations

from ngxpush.console.watching import KEPT, ZoneWatches
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.messages import DELETED_ID
from ngxpush.push.operations import Delete
from tests.push.fakes import publish, run, subscribers, worker


def test_who_looks_hears_its_channel_and_counts_nowhere() -> None:
    here = worker()
    assert isinstance(here.zone, LocalZone)
    with ZoneWatches(here.zone).of(b"a") as watch:
        publish(here, b"a", b"1", store=False)
        publish(here, b"b", b"other")
        publish(here, b"a", b"2")
        assert watch.came.is_set()
        messages, missed = watch.take()
        assert [message.text for message in messages] == [b"1", b"2"] and not missed
        assert not watch.came.is_set()
        run(here.zone.do(Delete((b"a",))))
        assert [message.id for message in watch.take()[0]] == [DELETED_ID]
        assert subscribers(here, [b"b"]) == [0]


def test_more_than_a_page_takes() -> None:
    here = worker()
    assert isinstance(here.zone, LocalZone)
    with ZoneWatches(here.zone).of(b"a") as watch:
        for number in range(KEPT + 3):
            publish(here, b"a", b"%d" % number)
        messages, missed = watch.take()
        assert (len(messages), missed, messages[-1].text) == (KEPT, 3, b"%d" % (KEPT + 2))


def test_no_one_looks_no_one_observes() -> None:
    here = worker()
    assert isinstance(here.zone, LocalZone)
    watches, news = ZoneWatches(here.zone), here.zone.zone._contents.news
    assert news.observer is None
    with watches.of(b"a") as first:
        with watches.of(b"a"), watches.of(b"b"):
            pass
        publish(here, b"a", b"x")
        assert len(first.take()[0]) == 1
    assert news.observer is None
