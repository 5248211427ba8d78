"""Where channels are, as `ngxpush run` and `ngxpush nginx` are told: `--channels`, or else NGXPUSH_CHANNELS."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..server.redis.channels import ChannelsPlaces

OPTION = "--channels"
VARIABLE = "NGXPUSH_CHANNELS"
"""Its words stand between spaces. Passwords belong here: other users of the machine can read command lines."""


class BadChannels(ValueError):
    """What is wrong with the words, as a sentence without secrets."""


def channels_places(words: Sequence[str]) -> ChannelsPlaces | None:
    """Where channels are; None: in the memory of their server. words: of the option. Raises BadChannels."""
    source = OPTION if words else VARIABLE
    given = words or os.environ.get(VARIABLE, "").split()
    if not given:
        return None
    from ..server.redis.channels import read_places
    from ..server.redis.url import BadUrl

    try:
        return read_places(given, source)
    except BadUrl as error:
        raise BadChannels(str(error)) from None
