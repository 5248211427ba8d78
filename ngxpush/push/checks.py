"""The checks of a subscription: who may subscribe to what."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.directives.push_stream.settings import PushStreamMain
from .channels import Channel
from .operations import ChannelRequest, Refusal, Subscribe
from .path import name_refusal

_NOT_AUTHORIZED = Refusal(403, b"Subscriber could not create channels.")
_TOO_MANY_SUBSCRIBERS = Refusal(403, b"Subscribers limit per channel has been exceeded.")
_EVENTS_REFUSED = Refusal(
    403, b"Subscription to events channel is not allowed.", ("subscription to events channel is not allowed",)
)
_TOO_MANY_WILDCARDS = Refusal(403, b"Subscribed too much wildcard channels.", ("max subscribed wildcard channels exceeded",))


def is_wildcard(id: bytes, settings: PushStreamMain) -> bool:
    """Whether a channel of that id is a wildcard channel (push_stream_wildcard_channel_prefix)."""
    prefix = settings.wildcard_channel_prefix
    return bool(prefix) and id.startswith(prefix)


def subscription_refusal(subscription: Subscribe, settings: PushStreamMain, channels: Mapping[bytes, Channel]) -> Refusal | None:
    """Why a subscription is refused; None when it is not. The order is the module's: channel by channel, then their number."""
    for request in subscription.channels:
        refusal = _channel_refusal(request, subscription, settings, channels.get(request.id))
        if refusal is not None:
            return refusal
    return _TOO_MANY_WILDCARDS if has_too_many_wildcards(subscription, settings) else None


def has_too_many_wildcards(subscription: Subscribe, settings: PushStreamMain) -> bool:
    """Whether a subscription names too many wildcard channels, or nothing else where their number is limited."""
    most = subscription.wildcard_channel_max_qtd
    if most is None:
        most = settings.max_number_of_wildcard_channels
    if most is None:
        return False
    wildcards = sum(is_wildcard(request.id, settings) for request in subscription.channels)
    return wildcards > most or wildcards == len(subscription.channels)


def _channel_refusal(
    request: ChannelRequest, subscription: Subscribe, settings: PushStreamMain, channel: Channel | None
) -> Refusal | None:
    refusal = name_refusal(request.id, settings.max_channel_id_length)
    if refusal is not None:
        return refusal
    stored = channel is not None and channel.stored
    if subscription.authorized_channels_only and not stored and not is_wildcard(request.id, settings):
        return _NOT_AUTHORIZED
    limit = settings.max_subscribers_per_channel
    if limit is not None and channel is not None and channel.subscriber_count >= limit:
        return _TOO_MANY_SUBSCRIBERS
    events = settings.events_channel_id
    if events and request.id == events and not subscription.allow_connections_to_events_channel:
        return _EVENTS_REFUSED
    return None
