"""The events channel: what the module itself reports of channels and clients (push_stream_events_channel_id)."""

from __future__ import annotations

CHANNEL_CREATED = b"channel_created"
CHANNEL_DESTROYED = b"channel_destroyed"
CLIENT_SUBSCRIBED = b"client_subscribed"
CLIENT_UNSUBSCRIBED = b"client_unsubscribed"


def event_text(event_type: bytes, channel: bytes) -> bytes:
    """The message for an event. The id is put in as it is: its quotes are not escaped (recording push-events/eventsource)."""
    return b'{"type": "%b", "channel": "%b"}' % (event_type, channel)
