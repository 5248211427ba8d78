"""The answer to a request: its head until it is sent (nginx's headers_out), and how far its body is."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct, field

from .body_filter import BodyOutput


class Response(Struct, eq=False):
    """The answer of one request."""

    # The status of the head; 0 until a handler sets it.
    status: int = 0

    # Sent in place of the handler's status: the status of an error, or that of its error_page; 0 for none.
    error_status: int = 0

    # For example `404 Not Found`, if it is not nginx's own text (proxy); else None.
    status_line: bytes | None = None

    # None sends no Content-Type.
    content_type: bytes | None = None

    # The charset of the content type.
    charset: bytes | None = None

    # None if it is not known: the body is chunked, or ends with the connection.
    content_length: int | None = None

    # The body is sent in chunks. An open answer of a push location no longer has its `output` when it is logged.
    chunked: bool = False

    # The line among `headers` that is sent in place of nginx's own, as long as it says that length.
    content_length_line: tuple[bytes, bytes] | None = None

    # Seconds since the epoch; and the line among `headers` that is sent in place of it, if an upstream sent one.
    last_modified: int | None = None
    last_modified_line: tuple[bytes, bytes] | None = None

    # What $sent_http_location shows, if that is not `location` and not the first Location line among `headers`.
    shown_location: bytes | None = None

    # The value of the Location line. One that begins with `/` is made absolute when it is sent.
    location: bytes | None = None

    # Whether nginx's own Server line is sent, and its Date line. An upstream's are among `headers`.
    own_server: bool = True
    own_date: bool = True

    # `expires` sends no Expires line.
    no_expires: bool = False

    # Further lines, in order. A filter may remove lines.
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    # A part of the body may be asked for.
    allow_ranges: bool = False

    # The last Accept-Ranges line of an upstream, the only one that nginx knows of.
    accept_ranges: tuple[bytes, bytes] | None = None

    # Only one part of it.
    single_range: bool = False

    # The client's conditions (If-Modified-Since, If-None-Match …) are ignored.
    disable_not_modified: bool = False

    # Of them only If-None-Match counts, and only without If-Modified-Since: nothing becomes a 412, and no time is compared.
    only_none_match: bool = False

    # The answer would be different with another Accept-Encoding.
    gzip_vary: bool = False

    # The body is encoded (gzip).
    content_encoding: bytes | None = None

    # Header lines follow the body; and those that have been made.
    expect_trailers: bool = False
    trailers: tuple[tuple[bytes, bytes], ...] = ()

    # The type with its charset as an upstream wrote it. It is sent unchanged if no filter changes the charset.
    content_type_line: bytes | None = None

    # It is not changed, even if a filter changes the charset (headers-more).
    keeps_content_type: bool = False

    # The charset that an upstream's X-Accel-Charset names, in place of the location's.
    override_charset: bytes | None = None

    # What an upstream's X-Accel-Buffering says about proxy_buffering; None without one.
    upstream_buffering: bool | None = None

    # The head is sent, or held back by postpone_output: it can't change any more.
    sent: bool = False

    # There is no body to send.
    header_only: bool = False

    # A header filter has refused the answer (412): the connection is then closed, whatever the head says.
    filter_finalized: bool = False

    # The body's filters, once the head is made; None again if pieces go straight to the connection.
    output: BodyOutput | None = None

    # The most bytes sent per second, 0 for no limit; None until it is set or the answer begins.
    limit_rate: int | None = None

    # Something of a body has been sent, or kept for its turn.
    has_body: bool = False

    # With limit_rate it stalls (`Rate`).
    rate_stalls: bool = False

    # Bytes of the head, which are part of `bytes_sent`.
    header_size: int = 0

    # Bytes written to the connection.
    bytes_sent: int = 0

    # All of the answer has been written.
    complete: bool = False

    @property
    def written_content_type(self) -> bytes | None:
        """The value of the Content-Type line; None without one."""
        if self.content_type_line is not None:
            return self.content_type_line
        if not self.content_type:
            return None
        return self.content_type + b"; charset=" + self.charset if self.charset else self.content_type

    @property
    def etag(self) -> bytes | None:
        """The value of the last ETag line."""
        return next((value for name, value in reversed(self.headers) if name.lower() == b"etag"), None)

    def has_type(self, types: Collection[bytes]) -> bool:
        """Whether the type is one of these (gzip_types and its like), among which `*` stands for any."""
        return b"*" in types or (self.content_type or b"").lower() in types

    def clear_last_modified(self) -> None:
        """Send no Last-Modified, because the body is another one than that of the file or the upstream."""
        self.headers = [line for line in self.headers if line is not self.last_modified_line]
        self.last_modified = self.last_modified_line = None

    def clear_accept_ranges(self) -> None:
        """Allow no ranges, because a filter changes the body."""
        self.allow_ranges = False
        self.headers = [line for line in self.headers if line is not self.accept_ranges]
        self.accept_ranges = None
