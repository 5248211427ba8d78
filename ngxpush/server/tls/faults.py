"""What can go wrong with TLS to a server."""

from __future__ import annotations


class CannotLoad(Exception):
    """A file or setting that OpenSSL can't use. Its text is nginx's line in the error log."""


class TlsFailed(Exception):
    """The connection can't go on. level, text: of nginx's line in the error log."""

    def __init__(self, level: str, text: str) -> None:
        super().__init__(level, text)
        self.level = level
        self.text = text
