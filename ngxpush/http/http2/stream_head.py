"""The head of a stream while its frames come."""

from __future__ import annotations

from msgspec import Struct

from .request_head import RequestHead
from .streams import RequestStream


class StreamHead(Struct, eq=False):
    """One head.

    stream: the number.  left: bytes of the compressed head that the frame under way still has; its padding follows.
    is_last: no CONTINUATION follows that frame.  opened: what its fields go to; None if no one wants them (any more).
    """

    stream: int
    left: int
    is_last: bool
    opened: tuple[RequestStream, RequestHead] | None

    @property
    def is_wanted(self) -> bool:
        """Whether the fields go somewhere: the stream was not refused or answered, and its time is not up."""
        return self.opened is not None and not self.opened[0].is_over
