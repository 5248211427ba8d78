"""Bytes and times as a person reads them."""

from __future__ import annotations

import time

import msgspec
from msgspec import Struct

from ..push.messages import DELETED_ID, Message
from ..server.observing.words import lasting, printable
from .recording import RecordedRequest

# Bytes of a message's text that a page shows; JSON of no more than _LAID_OUT is shown whole.
_SHOWN = 4096
_LAID_OUT = 64 * 1024
_IN_A_LINE = 16

# Characters of a text that are no signs of anything else.
_USUAL = frozenset("\t\n\r")


class ShownMessage(Struct, frozen=True):
    """A message on a page. form: `text`, `JSON` or `hex`, what `text` is.  left_out: bytes that are not shown.

    deleted: it is the last message of a deleted channel, without number, time and tag.
    """

    id: int
    time: str
    tag: int
    event_id: str
    event_type: str
    form: str
    text: str
    size: int
    left_out: int
    deleted: bool


def shown_message(message: Message) -> ShownMessage:
    form, text, left_out = _shown_text(message.text)
    return ShownMessage(
        message.id,
        moment(message.time),
        message.tag,
        printable(message.event_id or b""),
        printable(message.event_type or b""),
        form,
        text,
        len(message.text),
        left_out,
        message.id == DELETED_ID,
    )


def moment(seconds: float) -> str:
    """A time (seconds since the epoch) in the time zone of this machine; empty for 0, which means never."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)) if seconds else ""


def clock(seconds: float) -> str:
    """The time of day of a time (seconds since the epoch), with milliseconds."""
    whole, part = divmod(int(seconds * 1000), 1000)
    return f"{time.strftime('%H:%M:%S', time.localtime(whole))}.{part:03d}"


def lasted(request: RecordedRequest) -> str:
    """How long a request took; of an open one, how long it has been open."""
    return lasting((time.time() if request.ended is None else request.ended) - request.started)


def size(count: int) -> str:
    """Bytes, in the largest unit that leaves at least one."""
    if count < 1024:
        return "1 byte" if count == 1 else f"{count} bytes"
    number, unit = count / 1024, "KiB"
    for larger in ("MiB", "GiB"):
        if number < 1024:
            break
        number, unit = number / 1024, larger
    return f"{number:.1f} {unit}"


def _shown_text(text: bytes) -> tuple[str, str, int]:
    """How a text is shown, the shown text, and how many bytes are left out."""
    try:
        whole = text.decode()
    except UnicodeDecodeError:
        return "hex", _hex(text[:_SHOWN]), max(len(text) - _SHOWN, 0)
    if not all(c.isprintable() or c in _USUAL for c in whole[:_SHOWN]):
        return "hex", _hex(text[:_SHOWN]), max(len(text) - _SHOWN, 0)
    if whole.lstrip()[:1] in ("{", "[") and len(text) <= _LAID_OUT:
        try:
            # Only the space between values changes: numbers, escapes and names that come twice stay as they were published.
            laid_out = msgspec.json.format(whole, indent=2)
        except (msgspec.DecodeError, RecursionError):
            laid_out = ""
        if 0 < len(laid_out) <= _LAID_OUT:  # what is nested deeply grows
            return "JSON", laid_out, 0
    shown = whole[:_SHOWN]
    return "text", shown, len(text) - len(shown.encode())


def _hex(data: bytes) -> str:
    """Lines of an offset, bytes, and what of them is ASCII."""
    lines = []
    for begin in range(0, len(data), _IN_A_LINE):
        some = data[begin : begin + _IN_A_LINE]
        signs = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in some)
        lines.append(f"{begin:04x}  {some.hex(' '):<47}  {signs}")
    return "\n".join(lines)
