"""The push stream module: its 36 directives and what they become.

Values are typed: sizes in bytes, `…_ttl`, `…_interval` and `…_time` in seconds (float where the directive takes milliseconds).
None stands for "not set" where the module has no default.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from ..analysis import Scope, Setting
from ..complex_value import ComplexValue
from ..pattern import InvalidPattern, Pattern, compile_pattern
from ..slots import Complex, Flag, NoValue, String, milliseconds, number, seconds
from ..text import shown
from ..values import parse_size
from ..words import Refused, Words
from .table import Arguments, Context, Directive, Level, Module, Slot

_MODULE = "push stream module:"
_ZONE = b"push_stream_module"


class PublisherMode(enum.Enum):
    NORMAL = "normal"
    ADMIN = "admin"


class SubscriberMode(enum.Enum):
    STREAMING = "streaming"
    POLLING = "polling"
    LONG_POLLING = "long-polling"
    EVENTSOURCE = "eventsource"
    WEBSOCKET = "websocket"


@dataclass(frozen=True, slots=True)
class Padding:
    """One group of push_stream_padding_by_user_agent: least sizes, in bytes, of the header and of each message."""

    agents: Pattern
    header_minimum: int
    message_minimum: int


@dataclass(frozen=True, slots=True)
class PushStreamMain:
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
        return _ZONE if self.shared_memory is None else self.shared_memory[1]


@dataclass(frozen=True, slots=True)
class PushStreamLocation:
    """What a location, or an `if` inside it, holds after inheritance.

    publisher, subscriber, statistics: the role of the location; they are not inherited by nested locations, but an `if` has its
    location's role.  header_template holds the text of header_template_file where that is what was set.
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


# ---------------------------------------------------------------------------------------------------------------- values


class SharedMemorySize:
    """The size and name of the zone; what is no size counts as none at all. It is rounded up to whole pages."""

    description = "size [zone name]"

    def parse(self, words: Words) -> tuple[int, bytes]:
        size = -(-(parse_size(words.arguments[0]) or 0) // _PAGE) * _PAGE
        name = words.arguments[1] if len(words.arguments) > 1 else _ZONE
        if size < _LEAST_PAGES * _PAGE:
            least = _LEAST_PAGES * _PAGE // 1024
            raise Refused(f"The push_stream_shared_memory_size value must be at least {least}KiB", level="warn")
        words.report("info", f"Using {size // 1024}KiB of shared memory for push stream module on zone: {shown(name)}")
        known = words.cycle.shared_memory.get(name)
        message = words.cycle.add_shared_memory(name, size, "push_stream")
        if message is None and known is not None:
            message = f'duplicate zone "{shown(name)}"'
        if message is not None:
            raise Refused(message)
        return size, name


@dataclass(frozen=True, slots=True)
class Role:
    """The mode of a publisher or subscriber location. `modes`: by the word that chooses it; `default` without a word."""

    modes: Mapping[bytes, enum.Enum]
    default: enum.Enum
    description: str = "mode"

    def parse(self, words: Words) -> enum.Enum:
        if any(words.scope.own(name) is not None for name in _ROLES):
            raise words.duplicate()
        if not words.arguments:
            return self.default
        mode = self.modes.get(words.arguments[0].lower())
        if mode is None:
            choices = ", ".join(shown(choice) for choice in self.modes)
            given = f"invalid {words.name} mode value: {shown(words.arguments[0])}"
            raise Refused(f"{_MODULE} {given}, accepted values ({choices})", level="error")
        return mode


class Interval:
    """A time given in milliseconds, as seconds."""

    description = "time (ms)"

    def parse(self, words: Words) -> float:
        return milliseconds().parse(words) / 1000


class HeaderTemplateFile:
    """The content of a file, read when the configuration is read."""

    description = "path"

    def parse(self, words: Words) -> bytes:
        if words.scope.own("push_stream_header_template") is not None or words.scope.own(words.name) is not None:
            raise Refused(f"\"{words.name}\" directive is duplicate or template set by 'push_stream_header_template'")
        path = shown(words.path(words.arguments[0], configuration_prefix=True))
        try:
            return words.cycle.system.text(path)
        except IsADirectoryError:
            words.report("crit", f'pread() "{path}" failed (21: Is a directory)', placed=False)
            raise Refused(f'{_MODULE} unable to read data from file "{path}" for header template', level="error") from None
        except OSError as error:
            reason = f"({error.errno}: {error.strerror})"
            raise Refused(f'{_MODULE} unable to open file "{path}" for header template {reason}', level="error") from None


class HeaderTemplate:
    """The text of the header; it shares its place with header_template_file."""

    description = "string"

    def parse(self, words: Words) -> bytes:
        if words.scope.own("push_stream_header_template_file") is not None:
            raise words.duplicate()
        return words.arguments[0]


_PAGE = 4096
_LEAST_PAGES = 32  # with room for fewer nginx's own bookkeeping would not fit
_ROLES = ("push_stream_publisher", "push_stream_subscriber", "push_stream_channels_statistics")
_STORING = ("push_stream_publisher", "push_stream_websocket_allow_publish")

# ------------------------------------------------------------------------------------------------------------------ rows

_EVERYWHERE = Context.HTTP | Context.SERVER | Context.LOCATION
_ALSO_IN_IF = _EVERYWHERE | Context.LOCATION_IF


def _main(name: str, slot: Slot, summary: str) -> Directive:
    """A row of the zone's settings, in http only."""
    attribute = name.removeprefix("push_stream_")
    arguments = Arguments(flag=isinstance(slot, Flag))
    default = _default(PushStreamMain, attribute)
    return Directive(name, "push_stream", Context.HTTP, slot, arguments, Level.MAIN, attribute, default, summary=summary)


def _location(name: str, contexts: Context, slot: Slot, summary: str, counts_with: tuple[str, ...] = ()) -> Directive:
    """A row of a location's settings, inherited from http and server."""
    attribute = name.removeprefix("push_stream_")
    arguments = Arguments(flag=isinstance(slot, Flag))
    default = _default(PushStreamLocation, attribute)
    return Directive(
        name,
        "push_stream",
        contexts,
        slot,
        arguments,
        Level.LOCATION,
        attribute,
        default,
        counts_with=counts_with,
        summary=summary,
    )


def _subscriber(name: str, contexts: Context, slot: Slot, summary: str) -> Directive:
    """A row of a location's settings that only subscribers look at."""
    return _location(name, contexts, slot, summary, _ROLES[1:2])


def _default(settings: type, attribute: str) -> object:
    return next(field.default for field in fields(settings) if field.name == attribute)


_DIRECTIVES = (
    Directive(
        "push_stream_channels_statistics",
        "push_stream",
        Context.LOCATION,
        NoValue(),
        Arguments(0, 0),
        field="statistics",
        default=False,
        once=False,
        inherit=False,
        content_handler="push_stream_channels_statistics",
        summary="Makes the location answer with the statistics of the channels.",
    ),
    Directive(
        "push_stream_publisher",
        "push_stream",
        Context.LOCATION,
        Role({mode.value.encode(): mode for mode in PublisherMode}, PublisherMode.NORMAL),
        Arguments(0, 1),
        field="publisher",
        once=False,
        inherit=False,
        content_handler="push_stream_publisher",
        summary="Makes the location publish messages; an admin one may delete channels, too.",
    ),
    Directive(
        "push_stream_subscriber",
        "push_stream",
        Context.LOCATION,
        Role({mode.value.encode(): mode for mode in SubscriberMode}, SubscriberMode.STREAMING),
        Arguments(0, 1),
        field="subscriber",
        once=False,
        inherit=False,
        content_handler="push_stream_subscriber",
        summary="Makes the location deliver messages, in one of five modes.",
    ),
    Directive(
        "push_stream_shared_memory_size",
        "push_stream",
        Context.HTTP,
        SharedMemorySize(),
        Arguments(1, 2),
        level=Level.MAIN,
        field="shared_memory",
        once=False,
        summary="The size, and the name, of the memory for channels and messages.",
    ),
    _main("push_stream_channel_deleted_message_text", String(), "What subscribers of a deleted channel are told."),
    _main("push_stream_channel_inactivity_time", seconds(), "How long a channel without messages and subscribers is kept."),
    _main("push_stream_ping_message_text", String(), "The text of ping messages."),
    _main("push_stream_timeout_with_body", Flag(), "Whether a long-polling request that times out gets a body."),
    _main("push_stream_message_ttl", seconds(), "How long a stored message is kept."),
    _main("push_stream_max_subscribers_per_channel", number(), "The most subscribers of one channel."),
    _main("push_stream_max_messages_stored_per_channel", number(), "The most messages stored for one channel."),
    _main("push_stream_max_channel_id_length", number(), "The longest channel id."),
    _main("push_stream_max_number_of_channels", number(), "The most channels, wildcard channels not counted."),
    _main("push_stream_max_number_of_wildcard_channels", number(), "The most wildcard channels."),
    _main("push_stream_wildcard_channel_prefix", String(), "What the ids of wildcard channels begin with."),
    _main("push_stream_events_channel_id", String(), "The channel that tells of channels and subscribers that come and go."),
    _location("push_stream_channels_path", _ALSO_IN_IF, Complex(), "The channels of a request."),
    _location("push_stream_store_messages", _ALSO_IN_IF, Flag(), "Whether published messages are stored.", _STORING),
    _location(
        "push_stream_channel_info_on_publish", _EVERYWHERE, Flag(), "Whether a publisher is told of the channel.", _ROLES[:1]
    ),
    _subscriber("push_stream_authorized_channels_only", _EVERYWHERE, Flag(), "Whether subscribers may not make channels."),
    Directive(
        "push_stream_header_template_file",
        "push_stream",
        _EVERYWHERE,
        HeaderTemplateFile(),
        counts_with=_ROLES[1:2],
        field="header_template",
        default=b"",
        once=False,
        summary="A file with the header template.",
    ),
    _subscriber("push_stream_header_template", _EVERYWHERE, HeaderTemplate(), "What a subscriber gets first."),
    _subscriber("push_stream_message_template", _EVERYWHERE, String(), "How a message is written."),
    _subscriber("push_stream_footer_template", _EVERYWHERE, String(), "What a subscriber gets last."),
    _subscriber("push_stream_wildcard_channel_max_qtd", _EVERYWHERE, number(), "The most wildcard channels of one request."),
    _subscriber("push_stream_ping_message_interval", _EVERYWHERE, Interval(), "How often a silent subscriber is pinged."),
    _subscriber("push_stream_subscriber_connection_ttl", _EVERYWHERE, Interval(), "How long a subscription may last."),
    _subscriber("push_stream_longpolling_connection_ttl", _EVERYWHERE, Interval(), "How long a long-polling request waits."),
    _subscriber("push_stream_websocket_allow_publish", _EVERYWHERE, Flag(), "Whether websocket clients may publish."),
    _subscriber("push_stream_last_received_message_time", _ALSO_IN_IF, Complex(), "The time of the client's last message."),
    _subscriber("push_stream_last_received_message_tag", _ALSO_IN_IF, Complex(), "The tag of the client's last message."),
    _subscriber("push_stream_last_event_id", _ALSO_IN_IF, Complex(), "The event id of the client's last message."),
    _subscriber("push_stream_user_agent", _EVERYWHERE, Complex(), "The user agent, for padding."),
    _subscriber("push_stream_padding_by_user_agent", _EVERYWHERE, String(), "Least sizes of answers by user agent."),
    _location("push_stream_allowed_origins", _EVERYWHERE, Complex(), "The origins that may use the location.", _ROLES[:2]),
    _subscriber(
        "push_stream_allow_connections_to_events_channel", _ALSO_IN_IF, Flag(), "Whether the events channel may be subscribed to."
    ),
)

# ---------------------------------------------------------------------------------------------------------------- checks

_NOT_ZERO_IN_HTTP = (
    "push_stream_max_number_of_channels",
    "push_stream_max_number_of_wildcard_channels",
    "push_stream_message_ttl",
    "push_stream_max_subscribers_per_channel",
    "push_stream_max_messages_stored_per_channel",
    "push_stream_max_channel_id_length",
)
_NOT_ZERO_IN_LOCATION = (
    "push_stream_ping_message_interval",
    "push_stream_subscriber_connection_ttl",
    "push_stream_longpolling_connection_ttl",
)


def _check(words: Words, http: Scope) -> None:
    """The module's own checks, in its order: those of http, then those of each location with a role."""
    locations = [(scope, role) for scope in http.walk() if (role := _role(scope)) is not None]
    if not locations:
        words.cycle.notice("ngx_http_push_stream_module will not be used with this configuration.")
        return
    if http.lacks("push_stream_shared_memory_size"):
        _complain(words, "push_stream_shared_memory_size must be set.")
    for name in _NOT_ZERO_IN_HTTP:
        _refuse_zero(words, http, name)
    for scope, role in locations:
        _check_location(words, http, scope, role)


def _role(scope: Scope) -> Setting | None:
    """The directive that gives a location its role, the last one written; nested blocks keep the module's settings."""
    if not scope.context & (Context.LOCATION | Context.LOCATION_IF | Context.LIMIT_EXCEPT):
        return None
    own = [setting for setting in scope.settings if setting.directive.name in _ROLES]
    if own:
        return own[-1]
    return None if scope.parent is None else _role(scope.parent)


def _check_location(words: Words, http: Scope, scope: Scope, role: Setting) -> None:
    if scope.effective("push_stream_channels_path") is None and not _uncertain(scope):
        _complain(words, "push_stream_channels_path must be set.", role)
    for name in _NOT_ZERO_IN_LOCATION:
        _refuse_zero(words, scope, name)
    template = scope.effective("push_stream_message_template")
    if template is not None and template.value == b"" and role.value is not SubscriberMode.EVENTSOURCE:
        _complain(words, "push_stream_message_template cannot be blank.", template)
    _check_wildcards(words, http, scope)
    padding = scope.effective("push_stream_padding_by_user_agent")
    if padding is not None and padding.value and isinstance(role.value, SubscriberMode):
        _check_padding(words, padding)


def _check_wildcards(words: Words, http: Scope, scope: Scope) -> None:
    _refuse_zero(words, scope, "push_stream_wildcard_channel_max_qtd")
    limit = http.own("push_stream_max_number_of_wildcard_channels")
    most = scope.effective("push_stream_wildcard_channel_max_qtd") or limit
    prefix = http.own("push_stream_wildcard_channel_prefix")
    if most is None or not most.value:
        return
    blank = http.lacks("push_stream_wildcard_channel_prefix") if prefix is None else prefix.value == b""
    if blank:
        _complain(words, "cannot set wildcard channel max qtd if push_stream_wildcard_channel_prefix is not set or blank.", most)
    elif limit is not None and limit.value < most.value:
        message = "max number of wildcard channels cannot be smaller than value in push_stream_wildcard_channel_max_qtd."
        _complain(words, message, most)


def _check_padding(words: Words, setting: Setting) -> None:
    try:
        paddings = parse_paddings(setting.value)
    except InvalidPadding as error:
        words.report("error", f"{_MODULE} {error}")
        _complain(words, f"{_MODULE} unable to parse paddings by user agent", setting)
        return
    for padding in paddings:
        sizes = f"header_min_len {padding.header_minimum}, message_min_len {padding.message_minimum}"
        words.report("info", f"{_MODULE} padding detected {shown(padding.agents.text)}, {sizes}")


class InvalidPadding(ValueError):
    """A value of push_stream_padding_by_user_agent that is no list of paddings. The words are the module's."""


_PADDING = re.compile(rb"([^:]+),([0-9]+),([0-9]+)")


def parse_paddings(text: bytes) -> tuple[Padding, ...]:
    """`regex,header,message` groups joined by `:`; raises InvalidPadding."""
    paddings = []
    for group in text.split(b":"):
        match = _PADDING.match(group)
        if match is None:
            raise InvalidPadding(f"padding pattern not match the value {shown(group)}")
        try:
            agents = compile_pattern(match[1])
        except InvalidPattern:
            raise InvalidPadding(f"error applying padding pattern to {shown(group)}") from None
        paddings.append(Padding(agents, int(match[2]), int(match[3])))
    return tuple(paddings)


def _refuse_zero(words: Words, scope: Scope, name: str) -> None:
    setting = scope.effective(name)
    if setting is not None and setting.value == 0 and setting.value is not False:
        _complain(words, f"{name} cannot be zero.", setting)


def _complain(words: Words, message: str, about: Setting | None = None) -> None:
    words.report("error", f"{_MODULE} {message}", fatal=True, about=None if about is None else about.statement)


def _uncertain(scope: Scope | None) -> bool:
    """Whether something in the block or around it could not be understood: what seems missing may have been meant there."""
    return scope is not None and (scope.uncertain or _uncertain(scope.parent))


def _derive(location: PushStreamLocation, main: PushStreamMain) -> PushStreamLocation:
    """What holds where a location does not say: the module's own defaults that follow from other settings."""
    ttl, most = location.longpolling_connection_ttl, location.wildcard_channel_max_qtd
    return replace(
        location,
        longpolling_connection_ttl=location.subscriber_connection_ttl if ttl is None else ttl,
        wildcard_channel_max_qtd=main.max_number_of_wildcard_channels if most is None else most,
        padding_by_user_agent=_paddings(location),
    )


def _paddings(location: PushStreamLocation) -> tuple[Padding, ...]:
    """The groups of the directive's text; only subscribers' are looked at, by the module as here."""
    text = location.padding_by_user_agent
    return parse_paddings(text) if isinstance(text, bytes) and text and location.subscriber is not None else ()


MODULES = (
    Module("push_stream", _DIRECTIVES, main=PushStreamMain, location=PushStreamLocation, checks=(_check,), derive=_derive),
)
