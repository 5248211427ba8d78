"""The push stream module: its 36 directives."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from ...columns import NONE, Arguments
from ...directive import Directive
from ...module import Module
from ...places import ALSO_IN_IF, HTTP_SERVER_LOCATION, Context
from ...slots import Complex, Flag, NoValue, String, number, seconds
from .checks import UNUSED, check_of
from .settings import (
    PUBLISHER,
    PUSH_STREAM,
    STATISTICS,
    SUBSCRIBER,
    PublisherMode,
    PushStreamLocation,
    PushStreamMain,
    SubscriberMode,
)
from .slots import HeaderTemplate, HeaderTemplateFile, Interval, PaddingSlot, RoleSlot, SharedMemorySize

_HTTP = Context.HTTP
_EVERYWHERE = HTTP_SERVER_LOCATION
_PUBLISHED = (PUBLISHER, "push_stream_websocket_allow_publish")
_SUBSCRIBED = (SUBSCRIBER,)

_ROLES = (
    Directive(
        STATISTICS,
        Context.LOCATION,
        NoValue(),
        "Makes the location answer with statistics of channels.",
        NONE,
        field="statistics",
        once=False,
        inherit=False,
        content_handler=STATISTICS,
        role="statistics",
    ),
    Directive(
        PUBLISHER,
        Context.LOCATION,
        RoleSlot({mode.value.encode(): mode for mode in PublisherMode}, PublisherMode.NORMAL),
        "Makes the location publish messages: `normal` or `admin`. An `admin` location also deletes channels.",
        Arguments(0, 1),
        once=False,
        inherit=False,
        content_handler=PUBLISHER,
        role="publisher",
    ),
    Directive(
        SUBSCRIBER,
        Context.LOCATION,
        RoleSlot({mode.value.encode(): mode for mode in SubscriberMode}, SubscriberMode.STREAMING),
        "Makes the location deliver messages: `streaming`, `polling`, `long-polling`, `eventsource` or `websocket`.",
        Arguments(0, 1),
        once=False,
        inherit=False,
        content_handler=SUBSCRIBER,
        role="subscriber",
    ),
)

_ZONE = (
    Directive(
        "push_stream_shared_memory_size",
        _HTTP,
        SharedMemorySize(),
        "The size of the memory for channels and messages, and the name of its zone.",
        Arguments(1, 2),
        field="shared_memory",
        once=False,
    ),
    Directive(
        "push_stream_max_number_of_channels", _HTTP, number(), "The most channels, not counting wildcard channels.", not_zero=True
    ),
    Directive("push_stream_max_number_of_wildcard_channels", _HTTP, number(), "The most wildcard channels.", not_zero=True),
    Directive("push_stream_message_ttl", _HTTP, seconds(), "How long a stored message is kept.", not_zero=True),
    Directive("push_stream_max_subscribers_per_channel", _HTTP, number(), "The most subscribers of one channel.", not_zero=True),
    Directive(
        "push_stream_max_messages_stored_per_channel", _HTTP, number(), "The most messages stored for one channel.", not_zero=True
    ),
    Directive("push_stream_max_channel_id_length", _HTTP, number(), "The longest channel id, in bytes.", not_zero=True),
    Directive(
        "push_stream_channel_deleted_message_text", _HTTP, String(), "The message that subscribers of a deleted channel get."
    ),
    Directive(
        "push_stream_channel_inactivity_time", _HTTP, seconds(), "How long a channel without messages and subscribers is kept."
    ),
    Directive("push_stream_ping_message_text", _HTTP, String(), "The text of ping messages."),
    Directive("push_stream_timeout_with_body", _HTTP, Flag(), "Whether a long-polling request that times out gets a body."),
    Directive("push_stream_wildcard_channel_prefix", _HTTP, String(), "The beginning of the ids of wildcard channels."),
    Directive(
        "push_stream_events_channel_id",
        _HTTP,
        String(),
        "The channel whose messages report new and deleted channels and subscribers.",
    ),
)

_REQUESTS = (
    Directive("push_stream_channels_path", ALSO_IN_IF, Complex(), "The ids of the channels a request is about."),
    Directive("push_stream_store_messages", ALSO_IN_IF, Flag(), "Whether published messages are stored.", counts_with=_PUBLISHED),
    Directive(
        "push_stream_channel_info_on_publish",
        _EVERYWHERE,
        Flag(),
        "Whether the answer to a publisher describes the channel.",
        counts_with=(PUBLISHER,),
    ),
    Directive(
        "push_stream_allowed_origins",
        _EVERYWHERE,
        Complex(),
        "The origins whose pages may use the location.",
        counts_with=(PUBLISHER, SUBSCRIBER),
    ),
)

_SUBSCRIPTIONS = (
    Directive(
        "push_stream_authorized_channels_only",
        _EVERYWHERE,
        Flag(),
        "Whether subscribers are refused channels that do not exist yet.",
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_allow_connections_to_events_channel",
        ALSO_IN_IF,
        Flag(),
        "Whether the events channel may be subscribed to.",
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_ping_message_interval",
        _EVERYWHERE,
        Interval(),
        "How often a ping message is sent to a subscriber that gets no messages.",
        not_zero=True,
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_subscriber_connection_ttl",
        _EVERYWHERE,
        Interval(),
        "How long a subscription lasts at most.",
        not_zero=True,
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_longpolling_connection_ttl",
        _EVERYWHERE,
        Interval(),
        "How long a long-polling request waits at most.",
        not_zero=True,
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_websocket_allow_publish",
        _EVERYWHERE,
        Flag(),
        "Whether what a WebSocket client sends is published.",
        counts_with=_SUBSCRIBED,
    ),
)

_TEXTS = (
    Directive(
        "push_stream_header_template_file",
        _EVERYWHERE,
        HeaderTemplateFile(),
        "A file with the text that a subscriber gets first.",
        field="header_template",
        once=False,
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_header_template", _EVERYWHERE, HeaderTemplate(), "The text a subscriber gets first.", counts_with=_SUBSCRIBED
    ),
    Directive(
        "push_stream_message_template",
        _EVERYWHERE,
        String(),
        "The text a message is sent as, with `~text~`, `~id~` and other tokens.",
        not_blank=True,
        counts_with=_SUBSCRIBED,
    ),
    Directive("push_stream_footer_template", _EVERYWHERE, String(), "The text a subscriber gets last.", counts_with=_SUBSCRIBED),
    Directive(
        "push_stream_wildcard_channel_max_qtd",
        _EVERYWHERE,
        number(),
        "The most wildcard channels of one subscription.",
        not_zero=True,
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_padding_by_user_agent",
        _EVERYWHERE,
        PaddingSlot(),
        "The least sizes of headers and messages for some user agents: `regex,header,message` groups, joined by `:`.",
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_user_agent", _EVERYWHERE, Complex(), "The user agent that padding is chosen by.", counts_with=_SUBSCRIBED
    ),
    Directive(
        "push_stream_last_received_message_time",
        ALSO_IN_IF,
        Complex(),
        "The time of the last message the client has, in place of `If-Modified-Since`.",
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_last_received_message_tag",
        ALSO_IN_IF,
        Complex(),
        "The tag of the last message the client has, in place of `If-None-Match`.",
        counts_with=_SUBSCRIBED,
    ),
    Directive(
        "push_stream_last_event_id",
        ALSO_IN_IF,
        Complex(),
        "The event id of the last message the client has, in place of `Last-Event-Id`.",
        counts_with=_SUBSCRIBED,
    ),
)


def _derive(location: PushStreamLocation, main: PushStreamMain) -> PushStreamLocation:
    """Fill in the module's defaults that depend on other settings.

    Only subscribers have paddings: elsewhere the module ignores them.
    """
    ttl, most = location.longpolling_connection_ttl, location.wildcard_channel_max_qtd
    return replace(
        location,
        longpolling_connection_ttl=location.subscriber_connection_ttl if ttl is None else ttl,
        wildcard_channel_max_qtd=main.max_number_of_wildcard_channels if most is None else most,
        padding_by_user_agent=location.padding_by_user_agent if location.subscriber is not None else (),
    )


def _nest(location: PushStreamLocation, outer: PushStreamLocation, own: Collection[str]) -> PushStreamLocation:
    """Note from which locations templates are inherited."""
    last = () if outer.subscriber is None else (outer.subscriber,)
    return replace(
        location,
        header_inherited=() if "header_template" in own else (*outer.header_inherited, *last),
        message_inherited=() if "message_template" in own else (*outer.message_inherited, *last),
        footer_inherited=() if "footer_template" in own else (*outer.footer_inherited, *last),
    )


_DIRECTIVES = (*_ROLES, *_ZONE, *_REQUESTS, *_SUBSCRIPTIONS, *_TEXTS)

MODULE = Module(
    PUSH_STREAM,
    _DIRECTIVES,
    prefix="push_stream_",
    main=PushStreamMain,
    location=PushStreamLocation,
    checks=(check_of(_DIRECTIVES),),
    without_http=UNUSED,
    derive=_derive,
    nest=_nest,
)
