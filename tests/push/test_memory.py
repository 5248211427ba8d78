"""The zone fills up when the module's does."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.memory import Memory, message_sizes, pages_of
from ngxpush.push.messages import Message
from ngxpush.push.operations import Attach, ChannelRequest, Create, Inspect, Publish, Refusal, Subscribe
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

K, M = 1024, 1024 * 1024
ONE = (b"~text~",)


def zone(size: int, templates: tuple[bytes, ...]) -> Zone:
    main = PushStreamMain(shared_memory=(size, b"zone"))
    locations = [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in templates]
    made = Zone(main, Templates(main, locations), 0)
    made.do(Attach("w1", 1), 0)
    return made


@pytest.mark.parametrize(
    ("size", "body", "templates", "expected"),
    [
        (128 * K, 1, ONE, 320),
        (1 * M, 1, ONE, 6047),
        (2 * M, 1, ONE, 12512),
        (10 * M, 1, ONE, 64512),
        (2 * M, 7, ONE, 12512),
        (2 * M, 8, ONE, 11936),
        (2 * M, 15, ONE, 11360),
        (2 * M, 16, ONE, 10414),
        (2 * M, 31, ONE, 9600),
        (2 * M, 32, ONE, 8352),
        (2 * M, 63, ONE, 7366),
        (2 * M, 64, ONE, 5968),
        (2 * M, 100, ONE, 5013),
        (2 * M, 127, ONE, 5013),
        (2 * M, 128, ONE, 3807),
        (2 * M, 255, ONE, 3055),
        (2 * M, 256, ONE, 2200),
        (2 * M, 500, ONE, 1716),
        (2 * M, 1000, ONE, 914),
        (2 * M, 2000, ONE, 473),
        (2 * M, 2048, ONE, 318),
        (2 * M, 3000, ONE, 240),
        (2 * M, 4096, ONE, 161),
        (2 * M, 5000, ONE, 121),
        (2 * M, 10000, ONE, 81),
        (2 * M, 100000, ONE, 9),
        (2 * M, 100, (b"~text~", b"[~text~]"), 3683),
        (2 * M, 100, (b"~text~", b"[~text~]", b"<~text~>", b"(~text~~channel~)"), 2416),
        (2 * M, 100, (), 7600),
    ],
)
def test_messages_in_one_channel(size: int, body: int, templates: tuple[bytes, ...], expected: int) -> None:
    full = zone(size, templates)
    published = 0
    while not isinstance(full.do(Publish((b"ch",), b"x" * body, True), 0), Refusal):
        published += 1
    assert published == expected


def test_event_id_and_type_are_kept_twice() -> None:
    full = zone(2 * M, ONE)
    published = 0
    while not isinstance(full.do(Publish((b"ch",), b"x" * 100, True, b"id-six", b"typsix"), 0), Refusal):
        published += 1
    assert published == 3786


@pytest.mark.parametrize(("digits", "body", "expected"), [(4, 1, 4736), (4, 100, 3024), (40, 1, 4192)])
def test_a_message_in_each_new_channel(digits: int, body: int, expected: int) -> None:
    full = zone(2 * M, ONE)
    published = 0
    while not isinstance(full.do(Publish((b"%0*d" % (digits, published),), b"x" * body, True), 0), Refusal):
        published += 1
    assert published == expected


@pytest.mark.parametrize(("size", "expected"), [(128 * K, 192), (1 * M, 2976)])
def test_a_subscriber_of_each_new_channel(size: int, expected: int) -> None:
    full = zone(size, ONE)
    subscribed = 0
    while not isinstance(full.do(Subscribe("w1", (ChannelRequest(b"%04d" % subscribed),)), 0), Refusal):
        subscribed += 1
    assert subscribed == expected


def test_what_is_given_back_can_be_taken_again() -> None:
    memory = Memory(128 * K)
    everything = memory.snapshot()
    message = Message(1, b"ch", b"x" * 3000, 0, 1, b"id", b"type", (b"x" * 3000, b"y" * 10))
    taken = []
    while (places := memory.take(message_sizes(message))) is not None:
        taken.append(places)
    assert len(taken) > 5
    for places in taken[::2] + taken[1::2]:
        memory.give(places)
    assert memory.snapshot() == everything


def test_many_objects_of_one_size_lie_in_several_pages() -> None:
    memory = Memory(128 * K)
    everything = memory.snapshot()
    places = memory.take((256,) * 100)
    assert places is not None
    assert memory.snapshot() != everything
    memory.give(places)
    assert memory.snapshot() == everything


def test_a_failed_take_takes_nothing() -> None:
    memory = Memory(128 * K)
    before = memory.snapshot()
    assert memory.take((8, 100, 3000, 10 * M)) is None
    assert memory.snapshot() == before
    assert memory.failures == 1


def test_a_page_is_of_one_size_until_it_is_empty() -> None:
    memory = Memory(128 * K)
    small = [memory.take((2048,)) for _ in range(32)]
    assert memory.take((2048,)) is None
    for places in small[::2]:
        memory.give(places or b"")
    assert memory.take((1024,)) is None
    assert memory.take((2048,)) is not None
    memory.give(small[1] or b"")
    assert memory.take((1024,)) is not None


def test_pages_side_by_side_are_one_run_again() -> None:
    memory = Memory(128 * K)
    pages = [memory.take((4096,)) for _ in range(16)]
    for page in (3, 5):
        memory.give(pages[page] or b"")
    assert memory.take((8192,)) is None
    memory.give(pages[4] or b"")
    assert memory.take((3 * 4096,)) == pages[3]


@pytest.mark.parametrize(("size", "pages"), [(128 * K, 31), (2 * M, 508), (10 * M, 2544), (140 * K, 34)])
def test_the_pages_of_a_zone(size: int, pages: int) -> None:
    assert pages_of(size) == pages


@pytest.mark.parametrize(
    ("size", "length", "expected"), [(128, 50, 192), (132, 50, 208), (144, 50, 255), (128, 3000, 14), (136, 12, 254)]
)
def test_channels_of_long_names(size: int, length: int, expected: int) -> None:
    """Counted on the real server, whose last channel has to leave room for 64 bytes more."""
    full = zone(size * K, ONE)
    made = 0
    while not isinstance(full.do(Create((b"%0*d" % (length, made),)), 0), Refusal):
        made += 1
    assert made == expected


def test_what_is_used_counts_by_pages() -> None:
    memory = Memory(1 * M)
    used, size = memory.bytes_used
    assert used < size == 4 * K * pages_of(1 * M)
    places = memory.take((10 * K, 64))
    assert places is not None
    assert memory.bytes_used == (used + 12 * K, size)
    memory.give(places)
    assert memory.bytes_used == (used, size)


def test_the_bytes_at_places_are_chunks_and_whole_pages() -> None:
    memory = Memory(1 << 20)
    places = memory.take((1, 100, 2048, 5000))
    assert places is not None
    assert memory.bytes_at(places) == 8 + 128 + 2048 + 2 * 4096
    assert memory.bytes_at(b"") == 0


def test_a_channel_has_the_bytes_of_its_messages() -> None:
    main = PushStreamMain(shared_memory=(1 << 20, b"zone"))
    zone = Zone(main, Templates(main, ()), 0)
    zone.do(Create((b"a",)), 0)
    (empty,) = zone.do(Inspect((b"a",)), 0).states
    assert empty.memory == 256 + 8
    for number in range(100):
        zone.do(Publish((b"a",), b"x" * (100 if number < 50 else 300), True), 0)
    (whole,) = zone.do(Inspect((b"a",), measured=1000), 0).states
    (by_the_newest,) = zone.do(Inspect((b"a",), measured=10), 0).states
    assert whole.memory - empty.memory == 50 * (128 + 128 + 8) + 50 * (128 + 512 + 8)
    assert by_the_newest.memory - empty.memory == 100 * (128 + 512 + 8)
