"""Where a subscriber goes on: what it tells the server of the last message that it has."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from msgspec import Struct

from ..dates import format_http_date
from .received_message import ReceivedMessage

_FIELDS = frozenset(("if-modified-since", "if-none-match", "last-event-id"))

# Before all messages of a second.
_FIRST_TAG = "0"


class ResumePoint(Struct, frozen=True):
    """The last message that a subscriber has. modified, tag: If-Modified-Since and If-None-Match, as they are sent.

    With neither a time nor an event id the server begins with new messages.
    """

    modified: str | None = None
    tag: str | None = None
    event_id: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether a server can go on from here."""
        return self.modified is not None or self.event_id is not None

    @property
    def headers(self) -> dict[str, str]:
        """The header fields of a request.

        An event id is said only where it is all there is: many messages have none, and servers prefer it to the time.
        """
        if self.modified is not None:
            tag = {} if self.tag is None else {"If-None-Match": self.tag}
            return {"If-Modified-Since": self.modified, **tag}
        return {} if self.event_id is None else {"Last-Event-ID": self.event_id}

    def filled_in(self, url: str) -> str:
        """A URL with what stands for `~time~`, `~tag~` and `~event-id~` in it: for locations that take them from arguments."""
        tag = (self.tag or "").removeprefix("W/").strip('"')
        event_id = self.event_id if self.modified is None else None
        for token, value in (("~time~", self.modified), ("~tag~", tag), ("~event-id~", event_id)):
            url = url.replace(token, quote(value or "", safe=""))
        return url

    def after(self, message: ReceivedMessage) -> ResumePoint:
        """The point after a message of a stream. One that says neither time and tag nor an event id leaves the last event id."""
        event_id = message.event_id or self.event_id
        if message.time is None or message.tag is None:
            return ResumePoint(event_id=event_id)
        return ResumePoint(format_http_date(message.time).decode(), str(message.tag), event_id)

    def after_answer(self, headers: Mapping[str, str]) -> ResumePoint:
        """The point after a long-polling or polling answer, and after a stream without messages.

        The latter says none, and so does a polling location without news to who asks for the first time. Then it is the second of
        the answer.
        """
        modified = headers.get("Last-Modified")
        if modified is not None:
            return ResumePoint(modified, headers.get("Etag"), self.event_id)
        date = None if self.is_known else headers.get("Date")
        return self if date is None else ResumePoint(date, _FIRST_TAG, self.event_id)


def taken_from(headers: Mapping[str, str]) -> tuple[ResumePoint | None, dict[str, str]]:
    """The point that a user's header fields say, None for none, and the other fields.

    They are said once: a later request says where it goes on by itself, and both together would begin again.
    """
    said = {name.lower(): value for name, value in headers.items()}
    point = ResumePoint(event_id=said.get("last-event-id"))
    if not point.is_known:
        point = ResumePoint(said.get("if-modified-since"), said.get("if-none-match"))
    if not point.is_known:
        return None, dict(headers)
    return point, {name: value for name, value in headers.items() if name.lower() not in _FIELDS}


def since(seconds: float) -> ResumePoint:
    """The point before all messages of that second (since the epoch) and later."""
    # The module takes the second 0 for none.
    return ResumePoint(format_http_date(max(1, int(seconds))).decode(), _FIRST_TAG)
