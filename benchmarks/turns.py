"""The longest turns of a zone with 100,000 channels: processor time of single operations and slices, in ms, without sockets.

A reload with other templates, the statistics of all channels, a worker that is gone, and expiry.

    .venv/bin/python -m benchmarks.turns [--channels N] [--messages M]
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable

import msgspec

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.operations import Attach, ChannelRequest, Channels, Collect, Forget, Publish, Subscribe
from ngxpush.push.statistics.documents import Format, list_document, list_records
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

_MAIN = PushStreamMain(shared_memory=(4 << 30, b"zone"), message_ttl=1000, channel_inactivity_time=30)
# Channels that one request names.
_BATCH = 100


def templates(*texts: bytes) -> Templates:
    return Templates(_MAIN, [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in texts])


def filled(channels: int, messages: int) -> Zone:
    """A zone in which a worker is subscribed to all channels; each has so many messages, one of each second."""
    zone = Zone(_MAIN, templates(b"~text~"), 0)
    zone.do(Attach("worker", 1), 0)
    ids = [b"channel-%06d" % number for number in range(channels)]
    for begin in range(0, channels, _BATCH):
        some = tuple(ids[begin : begin + _BATCH])
        zone.do(Subscribe("worker", tuple([ChannelRequest(id) for id in some])), 0)
        for second in range(messages):
            zone.do(Publish(some, b"hello world", True), second)
    return zone


def show(what: str, step: Callable[[], bool]) -> None:
    """Take steps until one returns False, and print how long the longest took, and all of them."""
    times, more = list[float](), True
    while more:
        began = time.thread_time()
        more = step()
        times.append((time.thread_time() - began) * 1000)
    print(f"{what:45}{max(times):8.1f} longest {sum(times):8.0f} in {len(times)} steps", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channels", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=10)
    arguments = parser.parse_args()
    gc.disable()
    zone = filled(arguments.channels, arguments.messages)
    gc.enable()
    gc.freeze()
    now = arguments.messages
    others = templates(b"~text~", b"<p>~text~</p>")
    show("a reload with another template", lambda: bool(zone.configure(_MAIN, others, now)))
    show("messages get the other template", zone.carry_on)
    records, listing = list[bytes](), zone.do(Channels(), now)

    def list_more() -> bool:
        nonlocal listing
        records.append(list_records(Format.XML, listing.infos))
        if listing.last:
            listing = zone.do(Channels(b"", listing.last), now)
            return True
        return False

    show("records of all channels", list_more)
    show("the document of all channels", lambda: not list_document(Format.XML, listing, records, b"localhost", 0.0))
    show("a worker is forgotten", lambda: zone.do(Forget("worker"), now))
    zone.configure(msgspec.structs.replace(_MAIN, message_ttl=5), others, now)
    show("messages and channels end", lambda: zone.do(Collect(), now + 100))
    show("the trash is emptied", lambda: zone.do(Collect(), now + 200))


if __name__ == "__main__":
    main()
