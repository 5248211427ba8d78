"""Where the channels of a configuration are, and whether that can be reached: found out before anything is served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ...config.configuration import Configuration
from ...config.directives.push_stream.settings import PushStreamMain
from .channels import ChannelsPlaces, zone_name
from .url import ChannelsUrl


def find_channels(
    configuration: Configuration, places: ChannelsPlaces, warn: Callable[[str], None], reaching: bool = True
) -> ChannelsUrl | None:
    """Where the channels are; None: in the memory of this server. reaching: whether to connect and see.

    Whoever connects loads what workers need, before they are forked. Raises ChannelsUnreachable.
    """
    main = PushStreamMain() if configuration.http is None else configuration.http.of(PushStreamMain)
    for name in places.unused(main):
        here = "has none" if main.shared_memory is None else f'has the zone "{zone_name(main)}"'
        warn(f'--channels says where the zone "{name}" is, and the configuration {here}')
    url = places.of(main)
    if url is not None and reaching:
        from .redis_zone import probe

        for warning in asyncio.run(probe(url)):
            warn(warning)
    return url
