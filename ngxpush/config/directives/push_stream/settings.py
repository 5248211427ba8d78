"""The settings of the push stream module.

Values are typed: sizes in bytes, `…_ttl`, `…_interval` and `…_time` in seconds (float where the directive takes milliseconds).
None stands for "not set" where the module has no default.
"""

from __future__ import annotations

import enum

from msgspec import Struct

from ...complex_value import ComplexValue
from .padding import Padding

DEFAULT_ZONE = b"push_stream_module"

PUSH_STREAM = "push_stream"
"""The name of the module."""

PUBLISHER = "push_stream_publisher"
SUBSCRIBER = "push_stream_subscriber"
STATISTICS = "push_stream_channels_statistics"
ROLES = (PUBLISHER, SUBSCRIBER, STATISTICS)
"""The directives that give a location its role. Each is a content handler of the same name."""


class PublisherMode(enum.Enum):
    NORMAL = "normal"
    ADMIN = "admin"

    # Members are compared by identity. Enum's own hash is a Python function, and each publish looks one up.
    __hash__ = object.__hash__


class SubscriberMode(enum.Enum):
    STREAMING = "streaming"
    POLLING = "polling"
    LONG_POLLING = "long-polling"
    EVENTSOURCE = "eventsource"
    WEBSOCKET = "websocket"

    # As above.
    __hash__ = object.__hash__


class PushStreamMain(Struct, frozen=True):
    """The zone: what is set once for http. shared_memory: its size in bytes and its name."""

    shared_memory: tuple[int, bytes] | None = None
    channel_deleted_message_text: bytes = b"Channel deleted"
    channel_inactivity_time: int = 30
    ping_message_text: bytes = b" "
    timeout_with_body: bool = False
    message_ttl: int = 1800
    max_subscribers_per_channel: int | None = None
    max_messages_stored_per_channel: int | None = None
    max_channel_id_length: int | None = None
    max_number_of_channels: int | None = None
    max_number_of_wildcard_channels: int | None = None
    wildcard_channel_prefix: bytes = b""
    events_channel_id: bytes = b""

    @property
    def shared_memory_size(self) -> int | None:
        return None if self.shared_memory is None else self.shared_memory[0]

    @property
    def shared_memory_zone(self) -> bytes:
        return DEFAULT_ZONE if self.shared_memory is None else self.shared_memory[1]


class PushStreamLocation(Struct, frozen=True):
    """What a location, or an `if` inside it, holds after inheritance.

    publisher, subscriber, statistics: the role of the location. Nested locations do not inherit it; an `if` has its location's
    role.  header_template: its text, or the content of header_template_file.

    …_inherited: the modes of the subscriber locations around this one that have the same template, from the outermost: each of
    them has laid it out in its way before the next one inherits it (push/templates.py).
    """

    publisher: PublisherMode | None = None
    subscriber: SubscriberMode | None = None
    statistics: bool = False
    channels_path: ComplexValue | None = None
    store_messages: bool = False
    channel_info_on_publish: bool = True
    authorized_channels_only: bool = False
    header_template: bytes = b""
    message_template: bytes = b"~text~"
    footer_template: bytes = b""
    wildcard_channel_max_qtd: int | None = None
    ping_message_interval: float | None = None
    subscriber_connection_ttl: float | None = None
    longpolling_connection_ttl: float | None = None
    websocket_allow_publish: bool = False
    last_received_message_time: ComplexValue | None = None
    last_received_message_tag: ComplexValue | None = None
    last_event_id: ComplexValue | None = None
    user_agent: ComplexValue | None = None
    padding_by_user_agent: tuple[Padding, ...] = ()
    allowed_origins: ComplexValue | None = None
    allow_connections_to_events_channel: bool = False
    header_inherited: tuple[SubscriberMode, ...] = ()
    message_inherited: tuple[SubscriberMode, ...] = ()
    footer_inherited: tuple[SubscriberMode, ...] = ()
