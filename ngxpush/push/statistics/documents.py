"""The documents of the statistics in the module's formats, byte for byte. Nothing in them is escaped, as in the module.

A channel's record is made for every publish, so it is a format of bytes and not a template.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ..answers import Headers
from ..operations import ChannelInfo, Listing, Totals
from ..path import visible
from ..question import Answer, Question

if TYPE_CHECKING:
    import jinja2


class _Style(Struct, frozen=True):
    """How a document is laid out.

    name: the word in the names of the templates.  record: the format of a channel.
    begin: what stands before each record of a list.  separator: what stands between two of them.
    head, tail: what stands around a document about one channel.
    """

    name: str
    record: bytes
    begin: bytes = b""
    separator: bytes = b"\r\n"
    head: bytes = b""
    tail: bytes = b"\r\n"


_PLAIN = _Style(
    "plain",
    b"channel: %b\r\npublished_messages: %d\r\nstored_messages: %d\r\nactive_subscribers: %d",
    separator=b",\r\n",
)
_JSON = _Style(
    "json",
    b'{"channel": "%b", "published_messages": %d, "stored_messages": %d, "subscribers": %d}',
    separator=b",\r\n",
)
_YAML = _Style(
    "yaml",
    b"  channel: %b\r\n  published_messages: %d\r\n  stored_messages: %d\r\n  subscribers: %d",
    begin=b" -\r\n",
)
_XML = _Style(
    "xml",
    b"<channel>\r\n  <name>%b</name>\r\n  <published_messages>%d</published_messages>\r\n"
    b"  <stored_messages>%d</stored_messages>\r\n  <subscribers>%d</subscribers>\r\n</channel>",
    head=b'<?xml version="1.0" encoding="UTF-8" ?>\r\n',
    tail=b"\r\n\r\n",
)


class Format(enum.Enum):
    """A format: the subtype that asks for it, its content type, its layout. The subtypes are compared in this order."""

    PLAIN = b"plain", b"text/plain", _PLAIN
    JSON = b"json", b"application/json", _JSON
    YAML = b"yaml", b"application/yaml", _YAML
    XML = b"xml", b"application/xml", _XML
    X_JSON = b"x-json", b"text/x-json", _JSON
    X_YAML = b"x-yaml", b"text/x-yaml", _YAML

    def __init__(self, subtype: bytes, content_type: bytes, style: _Style) -> None:
        self.subtype = subtype
        self.content_type = content_type
        self.style = style

    @staticmethod
    @lru_cache(maxsize=256)  # each publish asks, and clients are of few kinds
    def accepted(accept: bytes | None) -> Format:
        """The first format an Accept header names; JSON where it names none.

        A subtype need only begin with the format's name, in lower case (recordings push-statistics/accept-case-and-repetition,
        …/browsers).
        """
        if accept is not None:
            for subtype in accept.split(b"/")[1:]:
                for form in Format:
                    if subtype.startswith(form.subtype):
                        return form
        return Format.JSON


# What stands for the records while the rest of a list is made.
_RECORDS = "\0"


def channel_document(form: Format, info: ChannelInfo) -> bytes:
    """The document about one channel."""
    style = form.style
    return style.head + _record(style, info) + style.tail


def list_records(form: Format, infos: Iterable[ChannelInfo]) -> bytes:
    """The records of channels in a list; b"" for none."""
    style = form.style
    return style.separator.join([style.begin + _record(style, info) for info in infos])


def list_document(
    form: Format, listing: Listing, records: Iterable[bytes], hostname: bytes, now: float
) -> tuple[bytes, tuple[int, ...]]:
    """The document about several channels, or none. records: of all of them, in pieces; listing: the totals.

    Returns it with the places where the module cuts it (`Answer.cuts`): before and after the records.
    """
    frame = _render("list", form, hostname, now, listing=listing, records=_RECORDS)
    before, after = frame.split(_RECORDS.encode())
    tail = after.removeprefix(b"\r\n") or after
    pieces = [piece for piece in records if piece]
    if not pieces:
        return before + tail, (len(before),)
    # There may be many megabytes of them: they are copied once.
    pieces[0] = before + pieces[0]
    pieces[-1] += after
    document = form.style.separator.join(pieces)
    return document, (len(before), len(document) - len(tail))


def summary_document(form: Format, totals: Totals, hostname: bytes, now: float) -> bytes:
    """The document about the zone as a whole."""
    return _render("summary", form, hostname, now, summary=totals)


def answer_channels(question: Question, listing: Listing, headers: Headers, hostname: bytes, now: float) -> None:
    """Answer with the channels that were asked for by name: one alone, several as a list, 404 without any."""
    infos = listing.infos
    if not infos:
        question.answer(Answer(404, headers, body_unread=True))
        return
    form = Format.accepted(question.header(b"accept"))
    cuts: tuple[int, ...] = ()
    if len(infos) == 1:
        document = channel_document(form, infos[0])
    else:
        document, cuts = list_document(form, listing, [list_records(form, infos)], hostname, now)
    question.answer(Answer(200, headers, document, form.content_type, body_unread=True, cuts=cuts))


def _record(style: _Style, info: ChannelInfo) -> bytes:
    return style.record % (visible(info.channel), info.published_messages, info.stored_messages, info.subscribers)


def _render(kind: str, form: Format, hostname: bytes, now: float, **values: Any) -> bytes:
    # As Latin-1, bytes pass through the text of the template unchanged.
    text = _template(f"{kind}.{form.style.name}.j2").render(
        hostname=hostname.decode("latin-1"), time=time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(now)), **values
    )
    return text.encode("latin-1")


@cache
def _template(name: str) -> jinja2.Template:
    """A template of this package, read when it is first used."""
    return _environment().from_string(files(__package__).joinpath(name).read_text(encoding="ascii"))


@cache
def _environment() -> jinja2.Environment:
    import jinja2  # takes long to load, and few servers are asked for such documents

    return jinja2.Environment(
        newline_sequence="\r\n", keep_trailing_newline=True, trim_blocks=True, undefined=jinja2.StrictUndefined, autoescape=False
    )
