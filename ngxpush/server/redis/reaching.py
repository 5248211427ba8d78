"""Where the channels of a configuration are, and whether that can be reached: found out before anything is served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ...config.configuration import Configuration
from ...config.directives.push_stream.settings import PushStreamMain
from .channels import ChannelsPlaces, zone_name
from .url import ChannelsUnreachable, ChannelsUrl


def find_channels(
    configuration: Configuration, places: ChannelsPlaces, warn: Callable[[str], None], reaching: bool = True
) -> ChannelsUrl | None:
    """Where the channels are; None: in the memory of this server. reaching: whether to connect and see.

    Whoever connects loads what workers need, before they are forked. Raises ChannelsUnreachable.
    """
    main = PushStreamMain() if configuration.http is None else configuration.http.of(PushStreamMain)
    for name in places.unused(main):
        here = "has none" if main.shared_memory is None else f'has the zone "{zone_name(main)}"'
        warn(f'a URL of channels is for the zone "{name}", but the configuration {here}')
    url = places.of(main)
    if url is not None and reaching:
        for concern in asyncio.run(_reach(url)):
            warn(f"the channels are in {url}, which {concern}")
    return url


async def _reach(url: ChannelsUrl) -> list[str]:
    """What the server does that whoever uses it should know. Raises ChannelsUnreachable."""
    from . import redis_zone  # noqa: F401 – so that it is loaded
    from .durability import concerns
    from .nodes import Nodes, NotConnected
    from .refusals import reason_of

    try:
        connection = await Nodes(url).connect(b"ngxpush", _ignore, _ignore)
        try:
            return await concerns(connection)
        finally:
            connection.close()
    except NotConnected as error:
        raise ChannelsUnreachable(f"the channels in {url} can't be used: it {reason_of(error)}") from None


def _ignore(said: Any) -> None:
    """Nothing is subscribed to, and no one waits for the end of the connection."""
