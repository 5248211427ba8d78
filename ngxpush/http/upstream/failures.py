"""How an attempt or a whole exchange ends without an answer."""

from __future__ import annotations


class ClientGone(Exception):
    """The client has left: there is no one to answer."""


class ClientFailed(Exception):
    """The client's body is broken or too large. It carries the status to answer with."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class AttemptFailed(Exception):
    """An attempt has failed.

    reason: as proxy_next_upstream names it; `machine` or `certificate`, that of the client, if the server has no part in it.
    status: for the client, if this was the last attempt.
    """

    def __init__(self, reason: str, status: int = 502) -> None:
        super().__init__(reason, status)
        self.reason = reason
        self.status = status
