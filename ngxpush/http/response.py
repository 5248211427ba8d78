"""The answer to a request: its head until it is sent (nginx's headers_out), and how far its body is."""

from __future__ import annotations

from dataclasses import dataclass, field

from .body_filter import BodyOutput


@dataclass(slots=True, eq=False)
class Response:
    """The answer of one request."""

    # Of the head: 0 until a handler sets it.
    status: int = 0

    # Sent whatever status the handler names: that of the error answered, or an error_page's own; 0 without.
    error_status: int = 0

    # `404 Not Found` where it is not the usual one (proxy).
    status_line: bytes | None = None

    # None sends no Content-Type.
    content_type: bytes | None = None

    # Of the content type.
    charset: bytes | None = None

    # None is unknown: the body is chunked, or ends with the connection.
    content_length: int | None = None

    # Seconds since the epoch.
    last_modified: int | None = None

    # Of the Location line; a value that begins with `/` is made absolute when it is sent.
    location: bytes | None = None

    # The Server line of an upstream, which stands among `headers`; None: nginx's own is sent.
    server: bytes | None = None

    # The Date line of an upstream, in the same way.
    date: bytes | None = None

    # Further lines in order; a filter may take lines out.
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    # A part of the body may be asked for.
    allow_ranges: bool = False

    # The client's conditions (If-Modified-Since and the like) are not looked at.
    disable_not_modified: bool = False

    # The answer would be different with another Accept-Encoding.
    gzip_vary: bool = False

    # The body is encoded (gzip).
    content_encoding: bytes | None = None

    # Header lines follow the body.
    expect_trailers: bool = False

    # The type with its charset as an upstream wrote it; it passes like that where no filter changes the charset.
    content_type_line: bytes | None = None

    # Named by an upstream's X-Accel-Charset, in the place of the location's.
    override_charset: bytes | None = None

    # The head is on its way, or withheld by postpone_output: it can't change any more.
    sent: bool = False

    # There is no body to send.
    header_only: bool = False

    # A header filter refused the answer (412): the connection then ends, whatever the head says.
    filter_finalized: bool = False

    # The way of the body once the head is made; None again where pieces go straight to the connection.
    output: BodyOutput | None = None

    # Bytes a second the answer may take, 0 for any number; None until it is set or the answer begins.
    limit_rate: int | None = None

    # Bytes of the head, out of `bytes_sent`.
    header_size: int = 0

    # Bytes written to the connection.
    bytes_sent: int = 0

    # All of it is on its way.
    complete: bool = False

    @property
    def etag(self) -> bytes | None:
        """The value of the last ETag line."""
        return next((value for name, value in reversed(self.headers) if name.lower() == b"etag"), None)

    def clear_accept_ranges(self) -> None:
        """The body will be another one than that ranges could be asked of."""
        self.allow_ranges = False
        self.headers = [line for line in self.headers if line[0].lower() != b"accept-ranges"]
