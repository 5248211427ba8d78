"""A message template, read backwards: what a server writes by push_stream_message_template becomes a message again.

What the template does not contain is not known. A text that contains what comes after it in the template is cut there, unless the
message comes as a piece of its own (a frame, an event, a chunk).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..dates import parse_http_date
from ..numbers import parse_decimal
from ..push.templates import TOKENS
from .received_message import ReceivedMessage

_NUMBER, _DATE, _TEXT = rb"\d+", rb"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", rb".*?"
_FORMS = {b"id": rb"-?\d+", b"tag": _NUMBER, b"size": _NUMBER, b"time": _DATE}
_TOKEN = re.compile(b"~(" + b"|".join(sorted(TOKENS)) + b")~", re.IGNORECASE)


class MessagePattern:
    """What messages of a template look like. The default is that of the module: the text alone."""

    __slots__ = ("_end", "_is_numbered", "_pattern")

    def __init__(self, template: bytes = b"~text~") -> None:
        """Raises ValueError where the template has no `~text~`."""
        parts = _TOKEN.split(template)
        tokens = [token.lower() for token in parts[1::2]]
        if b"text" not in tokens:
            raise ValueError("a template needs ~text~: without it messages have no text")
        pattern = re.escape(parts[0])
        for number, (token, literal) in enumerate(zip(tokens, parts[2::2], strict=True)):
            pattern += _group(token, token in tokens[:number]) + re.escape(literal)
        self._pattern = re.compile(pattern, re.DOTALL)
        # Then a text hardly looks like the end of one message and the beginning of the next.
        self._is_numbered = b"id" in tokens
        self._end = parts[-1]

    @property
    def has_end(self) -> bool:
        """Whether the end of a message can be seen, where it is not the end of a piece."""
        return bool(self._end)

    def whole(self, piece: bytes) -> ReceivedMessage | None:
        """The message that is this piece; None where the template does not make such a one."""
        found = self._pattern.fullmatch(piece)
        return None if found is None else _message(found)

    def of_chunk(self, chunk: bytes) -> Sequence[ReceivedMessage]:
        """The messages that are this chunk: one, or several that a proxy has put together; none where it is something else."""
        found = list(self._pattern.finditer(chunk)) if self._is_numbered else []
        if found and sum(each.end() - each.start() for each in found) == len(chunk):
            return [_message(each) for each in found]
        message = self.whole(chunk)
        return () if message is None else (message,)

    def of_lines(self, text: bytes) -> ReceivedMessage:
        """The message of an event, in which each line of the text went through the template by itself. Any text is one."""
        found = [self._pattern.fullmatch(line) for line in text.split(b"\n")]
        lines = [line for line in found if line is not None]
        if len(lines) != len(found):
            return self.whole(text) or ReceivedMessage(text)
        return _message(lines[0], b"\n".join(line["text"] for line in lines))

    def take(self, buffer: bytearray) -> Iterable[ReceivedMessage]:
        """Take the messages out of a buffer, and what stands before and between them. What may become one stays."""
        if self._end not in buffer:
            return  # the pattern would look for it from each byte on
        end = 0
        for found in self._pattern.finditer(bytes(buffer)):
            end = found.end()
            yield _message(found)
        del buffer[:end]


def _group(token: bytes, again: bool) -> bytes:
    name = token.replace(b"-", b"_")
    return b"(?P=%b)" % name if again else b"(?P<%b>%b)" % (name, _FORMS.get(token, _TEXT))


def _message(found: re.Match[bytes], text: bytes | None = None) -> ReceivedMessage:
    of = found.groupdict()
    id, tag = of.get("id"), of.get("tag")
    return ReceivedMessage(
        of["text"] if text is None else text,
        id=-(parse_decimal(id[1:]) or 0) if id and id[:1] == b"-" else parse_decimal(id or b""),
        channel=_word(of.get("channel")),
        time=parse_http_date(of.get("time", b"")),
        tag=parse_decimal(tag or b""),
        event_id=_word(of.get("event_id")),
        event_type=_word(of.get("event_type")),
    )


def _word(value: bytes | None) -> str | None:
    """What a token stands for; a template writes nothing for what a message does not have."""
    return value.decode("utf-8", "replace") if value else None
