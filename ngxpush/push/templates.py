"""Templates: how a message looks to each kind of subscriber.

push_stream_message_template is compiled once. A message is run through every template of the configuration when it is published
(the zone keeps the results with it, over a reload too), so a subscriber only picks the one with its location's index.
Header, footer, ping and time-out messages never change and are made once for a configuration.
Behaviour: recordings of streaming, eventsource and websocket; reference section 4.

Each subscriber location lays its templates out in the way of its mode when the configuration is read, and a location in it, or an
`if`, inherits them as they are then. So a template is laid out once for each location from the block that sets it inwards:

| mode        | header                                        | message                          | footer                  |
|-------------|-----------------------------------------------|----------------------------------|-------------------------|
| eventsource | none: an empty comment; `: …` stays;          | `data: …` stays;                 | none stays; `: …` stays; |
|             | otherwise each line becomes a comment         | otherwise `data: TEMPLATE\n`     | otherwise as a header   |
| websocket   | none stays; otherwise a frame                 | stays (the message is a frame)   | as the header           |
| others      | stays                                         | stays                            | stays                   |

The recordings found_causes/push-nested-… and push-if-websocket-templates show this.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from ..config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ..dates import format_http_date
from .frames import text_frame
from .messages import PING_ID, TIMED_OUT_ID, Message

TIMED_OUT_TEXT = b"Timed out"

EVENTSOURCE_PING = b": -1\n"
_EVENTSOURCE_DEFAULT_HEADER = b": \n"
_COMMENT = b": "
_DATA = b"data: "
_LINE_FEED = ord("\n")


class Kind(enum.Enum):
    """How a subscriber's bytes are laid out around the template."""

    PLAIN = "plain"  # streaming, polling, long-polling
    EVENTSOURCE = "eventsource"  # each line of the message by itself, an empty line at the end
    WEBSOCKET = "websocket"  # a text frame

    @classmethod
    def of(cls, mode: SubscriberMode | None) -> Kind:
        """The kind of a location with that push_stream_subscriber mode, whatever a request asks for in its Mode header."""
        return PLAIN if mode is None else _KINDS.get(mode, PLAIN)


# Python 3.11 looks a member up by several calls, and each message compares some.
PLAIN, EVENTSOURCE, WEBSOCKET = Kind
_KINDS = {SubscriberMode.EVENTSOURCE: EVENTSOURCE, SubscriberMode.WEBSOCKET: WEBSOCKET}

# Each gets the message and the text that stands for ~text~: the whole one, or one line of it.
_TOKENS: dict[bytes, Callable[[Message, bytes], bytes]] = {
    b"id": lambda message, text: b"%d" % message.id,
    b"event-id": lambda message, text: message.event_id or b"",
    b"event-type": lambda message, text: message.event_type or b"",
    b"channel": lambda message, text: message.channel,
    b"text": lambda message, text: text,
    b"size": lambda message, text: b"%d" % len(text),
    b"tag": lambda message, text: b"%d" % message.tag,
    b"time": lambda message, text: format_http_date(message.time),
}
TOKENS = frozenset(_TOKENS)
"""What may stand between tildes in a message template, in lower case."""

_TOKEN = re.compile(b"~(" + b"|".join(_TOKENS) + b")~", re.IGNORECASE)
_LINE_END = re.compile(rb"[\r\n]+")


class Template:
    """A message template, compiled for one kind of subscriber. Two are equal when their text and kind are.

    is_text: whether it leaves the text of every message as it is.
    _filled: a %-format for the text, where there is no other token than one `~text~`.
    _event: the same for a whole event of one line.
    """

    __slots__ = ("_event", "_filled", "_parts", "is_text", "kind", "text")

    def __init__(self, text: bytes, kind: Kind) -> None:
        self.text = _message(text, kind)
        self.kind = kind
        self._parts = tuple(_compile(self.text))
        self.is_text = kind is PLAIN and self._parts == (_TOKENS[b"text"],)
        around = self.text.replace(b"%", b"%%").split(b"~text~")
        self._filled = b"%b".join(around) if len(around) == 2 and not any(map(_TOKEN.search, around)) else None
        self._event = self._filled + b"\n" if self._filled is not None and kind is EVENTSOURCE else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and self.text == other.text and self.kind is other.kind

    def __hash__(self) -> int:
        return hash((self.text, self.kind))

    def format(self, message: Message) -> bytes:
        """The bytes of `message`, without Event-Id and Event-Type lines. For a websocket: the whole frame."""
        text = message.text
        if self._event is not None and text and _LINE_FEED not in text:  # the usual case: one line
            return self._event % text
        if self.kind is EVENTSOURCE:
            return b"".join([self._fill(message, line) for line in split_lines(text)]) + b"\n"
        text = self._fill(message, text)
        return text_frame(text) if self.kind is WEBSOCKET else text

    def _fill(self, message: Message, text: bytes) -> bytes:
        if self._filled is not None:
            return self._filled % text
        return b"".join([part if isinstance(part, bytes) else part(message, text) for part in self._parts])


def _compile(text: bytes) -> Iterable[bytes | Callable[[Message, bytes], bytes]]:
    # With one group in the pattern, split() gives literal and token in turn.
    for position, part in enumerate(_TOKEN.split(text)):
        if position % 2:
            yield _TOKENS[part.lower()]
        elif part:
            yield part


def split_lines(text: bytes) -> list[bytes]:
    """The lines of a message as the module cuts it: at CR, LF or both, empty lines left out.

    A CR cuts only while an LF follows somewhere after it, and nothing after a zero byte cuts
    (recordings eventsource/carriage-returns-alone, eventsource/zero-byte-ends-the-splitting).
    """
    if b"\n" not in text:  # the usual case
        return [text] if text else []
    zero = text.find(b"\0")
    last = text.rfind(b"\n", 0, zero if zero >= 0 else len(text))
    lines = _LINE_END.split(text[: last + 1]) if last >= 0 else []
    return [line for line in (*lines, text[last + 1 :]) if line]


def _comments(text: bytes) -> bytes:
    return b"".join([_COMMENT + line + b"\n" for line in split_lines(text)])


def _message(text: bytes, kind: Kind) -> bytes:
    """A message template as a location of that kind has it."""
    return _DATA + text + b"\n" if kind is EVENTSOURCE and not text.startswith(_DATA) else text


def _header(text: bytes, kind: Kind) -> bytes:
    """A header template as a location of that kind has it; b"" when there is none. Its tokens stay as they are."""
    return _EVENTSOURCE_DEFAULT_HEADER if kind is EVENTSOURCE and not text else _footer(text, kind)


def _footer(text: bytes, kind: Kind) -> bytes:
    """The same for a footer."""
    if kind is EVENTSOURCE and not text.startswith(_COMMENT):
        return _comments(text)
    if kind is WEBSOCKET and text:
        return text_frame(text)
    return text


def _inherited(text: bytes, way: Callable[[bytes, Kind], bytes], modes: tuple[SubscriberMode, ...]) -> bytes:
    """A template as a location inherits it from others of those modes."""
    for mode in modes:
        text = way(text, Kind.of(mode))
    return text


def pieces(message: Message, index: int, kind: Kind) -> list[bytes]:
    """What a subscriber whose template has that index gets for a message, one item for each chunk.

    Event-Id and Event-Type are lines of their own for an eventsource.  A message that its template makes empty is an empty piece.
    """
    text = message.formatted(index)
    if kind is not EVENTSOURCE:
        return [text]
    lines = []
    if message.event_id is not None:
        lines.append(b"id: " + message.event_id + b"\n")
    if message.event_type is not None:
        lines.append(b"event: " + message.event_type + b"\n")
    lines.append(text)
    return lines


class LocationTemplates(Struct, frozen=True, eq=False):
    """All a subscriber location sends besides messages, and the index of its template in `Message.texts`.

    header, footer: b"" for none.  ping: b"" where the ping is empty (a websocket's ping is a frame of its own kind).
    timed_out: the body of a long-polling answer whose time is over (push_stream_timeout_with_body).
    """

    index: int
    kind: Kind
    header: bytes
    footer: bytes
    ping: bytes
    timed_out: bytes


class Templates:
    """The templates of a configuration: the distinct ones of its subscriber locations, in the order of the file.

    A zone runs each message through all of them; `len()` is their number, which memory accounting needs too.
    unchanged: what `texts` returns for every message, where all templates are `~text~`; None where one is not.
    """

    def __init__(self, main: PushStreamMain, locations: Iterable[PushStreamLocation]) -> None:
        self._ping = Message(PING_ID, b"", main.ping_message_text, 0, 0)
        self._timed_out = Message(TIMED_OUT_ID, b"", TIMED_OUT_TEXT, 0, 0)
        self._indexes: dict[Template, int] = {}
        self._kinds: list[Kind] = []  # by index
        self.unchanged: tuple[None, ...] | None = ()
        # By identity: a comparison by value would look at every field.
        self._locations: dict[int, tuple[PushStreamLocation, LocationTemplates]] = {}
        for settings in locations:
            if settings.subscriber is not None:
                self.of(settings)

    def __len__(self) -> int:
        return len(self._indexes)

    def texts(self, message: Message) -> tuple[bytes | None, ...]:
        """The message run through each template: `Message.texts`."""
        if self.unchanged is not None:
            return self.unchanged
        return tuple([None if template.is_text else template.format(message) for template in self._indexes])

    def continue_those_of(self, before: Templates) -> bool:
        """Whether every message keeps its texts over a reload (see carried_over)."""
        return self._kinds == before._kinds[: len(self)]

    def carried_over(self, message: Message, before: Templates) -> tuple[bytes | None, ...]:
        """`Message.texts` of a stored message after a reload, from those it has under the templates `before`.

        It keeps the form it was published in wherever the template of that index is still for the same kind of subscriber
        (recording push_combined/reload-changes-configuration); the rest is formatted anew.
        """
        kinds = before._kinds
        texts: list[bytes | None] = []
        for index, template in enumerate(self._indexes):
            if index < len(kinds) and template.kind is kinds[index]:
                texts.append(message.texts[index])
            else:
                texts.append(None if template.is_text else template.format(message))
        carried = tuple(texts)
        return self.unchanged if carried == self.unchanged else carried

    def of(self, settings: PushStreamLocation) -> LocationTemplates:
        """The templates of a subscriber location, or of an `if` in one."""
        known = self._locations.get(id(settings))
        if known is None:
            known = self._locations[id(settings)] = (settings, self._compile(settings))
        return known[1]

    def _compile(self, settings: PushStreamLocation) -> LocationTemplates:
        kind = Kind.of(settings.subscriber)
        template = Template(_inherited(settings.message_template, _message, settings.message_inherited), kind)
        index = self._indexes.setdefault(template, len(self._indexes))
        if index == len(self._kinds):
            self._kinds.append(kind)
        self.unchanged = (None,) * len(self._indexes) if all(each.is_text for each in self._indexes) else None
        return LocationTemplates(
            index=index,
            kind=kind,
            header=_header(_inherited(settings.header_template, _header, settings.header_inherited), kind),
            footer=_footer(_inherited(settings.footer_template, _footer, settings.footer_inherited), kind),
            ping=EVENTSOURCE_PING if kind is EVENTSOURCE else template.format(self._ping),
            timed_out=template.format(self._timed_out),
        )
