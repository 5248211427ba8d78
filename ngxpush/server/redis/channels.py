"""Which zones have their channels in Redis: what `--channels` and NGXPUSH_CHANNELS say.

Each word is a URL (url.py), for all zones that no other word names, or NAME=URL, for the zone that has this name in
push_stream_shared_memory_size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec

from msgspec import Struct, field

from ...config.directives.push_stream.settings import PushStreamMain
from ...extras import install_command
from .url import BadUrl, ChannelsUrl, read

_NAMED = re.compile(r"([^:/=]+)=(.*)", re.DOTALL)


class ChannelsPlaces(Struct, frozen=True):
    """by_zone: URLs of zones by their names.  others: that of all other zones; None: they are in their server's memory."""

    by_zone: Mapping[str, ChannelsUrl] = field(default_factory=dict)
    others: ChannelsUrl | None = None

    def of(self, main: PushStreamMain) -> ChannelsUrl | None:
        """Where the channels of a zone are; None: in its server's memory, or there is no zone."""
        return None if main.shared_memory is None else self.by_zone.get(zone_name(main), self.others)

    def unused(self, main: PushStreamMain) -> tuple[str, ...]:
        """The names of zones that a configuration does not have."""
        return tuple(name for name in self.by_zone if main.shared_memory is None or name != zone_name(main))


def zone_name(main: PushStreamMain) -> str:
    """The name of the zone as text."""
    return main.shared_memory_zone.decode("utf-8", "backslashreplace")


def read_places(words: Sequence[str], source: str) -> ChannelsPlaces:
    """The places that the words name. source: where the words stand.

    Raises BadUrl; its text is a sentence that begins with `source`.
    """
    if find_spec("redis") is None or find_spec("hiredis") is None:  # other programs need one without the other
        raise BadUrl(f"{source} needs the Python package redis: {install_command('redis')}")
    by_zone: dict[str, ChannelsUrl] = {}
    others: ChannelsUrl | None = None
    for word in words:
        named = _NAMED.fullmatch(word)
        try:
            url = read(word if named is None else named[2])
        except BadUrl as error:
            raise BadUrl(f"{source} has a URL that can't be used: {error}") from None
        if named is not None:
            if named[1] in by_zone:
                raise BadUrl(f"{source} names the zone {named[1]} twice")
            by_zone[named[1]] = url
        elif others is not None:
            raise BadUrl(f"{source} has two URLs without the name of a zone")
        else:
            others = url
    return ChannelsPlaces(by_zone, others)
