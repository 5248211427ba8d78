"""Servers for tests of programs that push: `serve`. In pytest the fixtures of ngxpush/pytest_plugin.py do the same."""

from __future__ import annotations

from .async_live_server import AsyncLiveServer
from .control import ChannelCounts, PublishedMessage
from .fork_server import CannotFork
from .live_server import LiveServer
from .server_process import CannotStart, ChannelsElsewhere, NoLocation, ServerDied
from .serving import ServedConfiguration, serve
from .subscription import AsyncSubscription, Subscription, SubscriptionEnded

__all__ = [
    "AsyncLiveServer",
    "AsyncSubscription",
    "CannotFork",
    "CannotStart",
    "ChannelCounts",
    "ChannelsElsewhere",
    "LiveServer",
    "NoLocation",
    "PublishedMessage",
    "ServedConfiguration",
    "ServerDied",
    "Subscription",
    "SubscriptionEnded",
    "serve",
]
