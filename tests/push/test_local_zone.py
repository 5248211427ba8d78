"""The facade of a zone in this process: its timers and its journal."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.lifetimes import SLICE, SLICE_INTERVAL
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import (
    Attach,
    Change,
    ChannelRequest,
    Channels,
    Collect,
    CollectMessages,
    Create,
    Delete,
    Publish,
    Subscribe,
    Summary,
    Unsubscribe,
    ZoneOperation,
)
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

from .fakes import START, FakeClock, Recording, run
from .zone_contract import Hearer, OpenedZone, R, ZoneContract

MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"), message_ttl=1, channel_inactivity_time=1)
NOW = int(START)
PUBLISH = Publish((b"a",), b"m", True)


class OpenedLocalZone:
    """A LocalZone under test. Its workers are in the same process."""

    def __init__(self, main: PushStreamMain, templates: Templates) -> None:
        self.clock = FakeClock()
        self.local = LocalZone(Zone(main, templates, NOW), self.clock)
        self.local.start()

    def worker(self, name: str, pid: int = 1) -> Hearer:
        hearer = Hearer()
        self.local.listen(name, hearer)
        self.do(Attach(name, pid))
        return hearer

    def do(self, operation: ZoneOperation[R]) -> R:
        return run(self.local.do(operation))

    def post(self, operation: ZoneOperation[Any]) -> None:
        self.local.post(operation)

    def forward(self, seconds: float) -> None:
        self.clock.forward(seconds)

    def close(self) -> None:
        self.local.stop()


class TestContract(ZoneContract):
    def open(self, main: PushStreamMain, templates: Templates) -> OpenedZone:
        return OpenedLocalZone(main, templates)


def make(clock: FakeClock, journal: Recording | None = None) -> LocalZone:
    return LocalZone(Zone(MAIN, Templates(MAIN, ()), NOW), clock, journal)


def known(zone: LocalZone) -> list[tuple[bytes, int]]:
    return [(info.channel, info.stored_messages) for info in zone.do_at_once(Channels()).infos]


def test_the_timer_runs_every_four_seconds_from_the_start() -> None:
    clock = FakeClock()
    zone = make(clock)
    zone.start()
    zone.do_at_once(Create((b"a",)))
    clock.forward(3.9)
    assert known(zone) == [(b"a", 0)]
    clock.forward(0.2)
    assert known(zone) == []
    zone.do_at_once(Create((b"a",)))
    clock.forward(4)
    assert known(zone) == []


def test_messages_are_collected_every_five_seconds_from_the_first_publish() -> None:
    clock = FakeClock()
    zone = make(clock)
    clock.forward(2)
    zone.do_at_once(PUBLISH)
    clock.forward(3)
    zone.do_at_once(PUBLISH)
    clock.forward(1.9)
    assert known(zone) == [(b"a", 2)]
    clock.forward(0.2)
    assert known(zone) == [(b"a", 0)]
    zone.do_at_once(PUBLISH)
    clock.forward(5)
    assert known(zone) == [(b"a", 0)]


def test_a_turn_of_many_slices_goes_on_until_it_is_done() -> None:
    clock = FakeClock()
    zone = make(clock)
    zone.start()
    for _ in range(3 * SLICE):
        zone.do_at_once(PUBLISH)
    clock.forward(4)
    assert known(zone) == [(b"a", 2 * SLICE)]
    clock.forward(4 * SLICE_INTERVAL)
    assert known(zone) == []


def test_each_thing_that_does_not_fit_is_reported() -> None:
    main, reports = replace(MAIN, shared_memory=(1 << 17, b"zone")), list[None]()
    zone = LocalZone(Zone(main, Templates(main, ()), NOW), FakeClock(), no_memory=lambda: reports.append(None))
    zone.do_at_once(PUBLISH)
    zone.do_at_once(Publish((b"a",), b"m" * (1 << 17), True))
    zone.do_at_once(Delete((b"a",), b"m" * (1 << 17)))
    assert len(reports) == 2


def test_what_a_configuration_leaves_to_do_is_done_soon() -> None:
    clock = FakeClock()
    zone = make(clock)
    zone.start()
    zone.do_at_once(PUBLISH)
    locations = [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=b"<~text~>")]
    zone.zone.configure(MAIN, Templates(MAIN, locations), NOW)
    zone.go_on_with(zone.zone)
    clock.forward(2 * SLICE_INTERVAL)
    assert not zone.zone.carry_on()


def test_a_zone_that_another_has_replaced_reports_what_does_not_fit_into_it() -> None:
    main, reports = replace(MAIN, shared_memory=(1 << 17, b"zone")), list[None]()
    zone = LocalZone(Zone(main, Templates(main, ()), NOW), FakeClock(), no_memory=lambda: reports.append(None))
    zone.do_at_once(Publish((b"a",), b"m" * (1 << 17), True))
    zone.go_on_with(Zone(main, Templates(main, ()), NOW))
    zone.do_at_once(Publish((b"a",), b"m" * (1 << 17), True))
    assert len(reports) == 2


def test_stopped_timers_do_nothing() -> None:
    clock, journal = FakeClock(), Recording()
    zone = make(clock, journal)
    zone.start()
    zone.do_at_once(PUBLISH)
    zone.stop()
    assert journal.stopped
    clock.forward(60)
    assert known(zone) == [(b"a", 1)]


def test_the_journal_holds_every_change_with_its_time() -> None:
    clock, journal = FakeClock(), Recording()
    zone = make(clock, journal)
    zone.start()
    asked: list[Change] = [
        Attach("w1", 1),
        Create((b"a", b"b")),
        Subscribe("w1", (ChannelRequest(b"a"), ChannelRequest(b"c"))),
        PUBLISH,
        Delete((b"c",), b"bye"),
        Unsubscribe("w1", (b"a",)),
    ]
    for operation in asked:
        zone.post(operation)
    zone.post(Summary())
    clock.forward(9)
    timers = [(Collect(), NOW + 4), (CollectMessages(), NOW + 5), (Collect(), NOW + 8)]
    assert journal.entries == [*[(operation, NOW) for operation in asked], *timers]
    again = Zone(MAIN, Templates(MAIN, ()), NOW)
    for operation, now in journal.entries:
        again.do(operation, now)  # type: ignore[misc]
    assert list(again.save()) == list(zone.zone.save())


def test_making_what_is_there_is_not_written_down() -> None:
    journal = Recording()
    zone = make(FakeClock(), journal)
    assert zone.do_at_once(Create((b"a",))) is None
    assert zone.do_at_once(Create((b"a",))) is None
    assert journal.entries == [(Create((b"a",)), NOW)]
