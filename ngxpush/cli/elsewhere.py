"""What commands that do not connect say of channels that are in Redis."""

from __future__ import annotations

import click

from ..config.analysis import Analysis
from ..config.compiler import compile_configuration
from ..config.directives.push_stream.settings import PushStreamMain
from .channels import VARIABLE, BadChannels, channels_places
from .output import say


def say_where_channels_are(analysis: Analysis) -> None:
    """Say where NGXPUSH_CHANNELS has the channels of the configuration, and that no one looks there."""
    try:
        places = channels_places(())
    except BadChannels as error:
        raise click.UsageError(str(error)) from None
    http = None if places is None else compile_configuration(analysis).http
    url = None if places is None or http is None else places.of(http.of(PushStreamMain))
    if url is not None:
        say(f"ngxpush: {VARIABLE} has the channels in {url}; this command does not connect to it")
