"""A zone that is rebuilt from its journal is the same zone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import Attach, Change, Publish, Published, Summary, ZoneOperation
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone
from ngxpush.server.zone.journal import Journal
from ngxpush.server.zone.restoring import ZoneSettings, rebuild, recorder, store, under
from tests.push.fakes import FakeClock
from tests.push.zone_contract import BUSY, MAIN, NOW, Hearer, OpenedZone, R, ZoneContract, changes, templates

PUBLISH = Publish((b"a",), b"m", True)


class OpenedJournal:
    """A zone that dies before each operation and is rebuilt from its journal. Its workers survive."""

    def __init__(self, settings: ZoneSettings) -> None:
        self.clock = FakeClock()
        self._settings = settings
        self._journal = Journal()
        self._hearers: dict[str, Hearer] = {}
        self.local = LocalZone(Zone(settings.main, settings.templates, NOW), self.clock)
        store(self._journal, self.local.zone, 0)
        self._rebuild()

    def _rebuild(self) -> None:
        self.local.stop()
        zone = rebuild(self._journal, {0: self._settings}, 0, int(self.clock.now()), pytest.fail)
        zone.recipients.update(self._hearers)
        self.local = LocalZone(zone, self.clock, recorder(self._journal, zone, 0))
        self.local.start()

    def worker(self, name: str, pid: int = 1) -> Hearer:
        hearer = self._hearers[name] = Hearer()
        self.do(Attach(name, pid))
        return hearer

    def do(self, operation: ZoneOperation[R]) -> R:
        before = self.local.zone.snapshot()
        self._rebuild()
        assert self.local.zone.snapshot() == before
        return self.local.do_at_once(operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        self.do(operation)

    def forward(self, seconds: float) -> None:
        self.clock.forward(seconds)

    def close(self) -> None:
        self.local.stop()
        self._journal.close()


class TestContract(ZoneContract):
    def open(self, main: PushStreamMain, templates: Templates) -> OpenedZone:
        return OpenedJournal(ZoneSettings(main, templates))


@pytest.fixture
def journal() -> Any:
    made = Journal()
    yield made
    made.close()


def zone_settings(main: PushStreamMain = MAIN) -> ZoneSettings:
    return ZoneSettings(main, templates(main, b"~text~"))


def written(journal: Journal, *operations: Change) -> Zone:
    """A zone that has written these to the journal."""
    made = zone_settings()
    zone = Zone(made.main, made.templates, NOW)
    local = LocalZone(zone, FakeClock(), recorder(journal, zone, 0))
    for operation in operations:
        local.post(operation)
    return zone


@settings(max_examples=25, deadline=None)
@given(changes)
def test_any_changes_are_restored(sequence: list[tuple[int, Change]]) -> None:
    opened = OpenedJournal(ZoneSettings(BUSY, templates(BUSY, b"~text~", b"<~text~>")))
    for seconds, operation in sequence:
        opened.forward(seconds)
        opened.do(operation)
    opened.close()


def test_a_long_journal_begins_anew(journal: Journal) -> None:
    zone = written(journal)
    record = recorder(journal, zone, 0)
    while not journal.is_long:
        record(Publish((b"a",), b"x" * 100_000, False), NOW)
    record(PUBLISH, NOW)
    assert len(list(journal.read()[1])) == 1


def test_another_size_of_shared_memory_is_warned_of(journal: Journal) -> None:
    store(journal, written(journal, PUBLISH), 0)
    larger = zone_settings(replace(MAIN, shared_memory=(2 << 20, b"zone")))
    warnings: list[str] = []
    zone = rebuild(journal, {0: zone_settings(), 1: larger}, 1, NOW, warnings.append)
    assert warnings == ["Cannot change memory area size without restart, ignoring change on zone: zone"]
    assert zone.do(Summary(), NOW).published_messages == 1


def test_a_zone_begins_with_the_configuration_that_gives_it_memory() -> None:
    none = zone_settings(PushStreamMain())
    before = Zone(none.main, none.templates, NOW)
    before.do(Attach("w1", 7), NOW)
    zone, warning = under(zone_settings(), none, before, NOW)
    assert warning is None
    assert isinstance(zone.do(PUBLISH, NOW), Published)
    assert [worker.name for worker in zone.do(Summary(), NOW).by_worker] == ["w1"]


def test_a_zone_ends_with_a_configuration_without_memory(journal: Journal) -> None:
    none = zone_settings(PushStreamMain())
    zone, warning = under(none, zone_settings(), written(journal, PUBLISH), NOW)
    zone, warning_then = under(zone_settings(), none, zone, NOW)
    assert (warning, warning_then) == (None, None)
    assert zone.do(Summary(), NOW).published_messages == 0


def test_equal_texts_of_a_message_take_their_memory_once(journal: Journal) -> None:
    """A template that adds nothing, the usual one, doubles neither the journal nor the zone that is restored from it."""
    written(journal, Publish((b"a",), b"x" * 10_000, True))
    zone = rebuild(journal, {0: zone_settings()}, 0, NOW, pytest.fail)
    assert 10_000 < len(journal.read()[0]) < 11_000
    (message,) = zone.snapshot().channels[0].stored
    assert message.texts == (None,)


def test_a_journal_that_makes_no_sense_is_used_as_far_as_it_does(journal: Journal) -> None:
    written(journal, PUBLISH)
    journal.append(msgspec.msgpack.encode([NOW, ["Explode"]]))
    warnings: list[str] = []
    zone = rebuild(journal, {0: zone_settings()}, 0, NOW, warnings.append)
    assert zone.do(Summary(), NOW).published_messages == 1
    assert len(warnings) == 1
    assert warnings[0].startswith("the journal of the channels makes no sense after 1 operations, the rest is lost: ")


def test_a_snapshot_that_makes_no_sense_is_reported(journal: Journal) -> None:
    journal.compact(b"nonsense")
    warnings: list[str] = []
    zone = rebuild(journal, {0: zone_settings()}, 0, NOW, warnings.append)
    assert zone.do(Summary(), NOW).channels == 0
    assert len(warnings) == 1 and warnings[0].startswith("the channels are lost, their snapshot makes no sense: ")
