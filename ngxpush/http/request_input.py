"""What a client has sent: the head of a request, and its body once it has been read."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from .headers import Headers

HTTP_09 = 9
HTTP_10 = 1000
HTTP_11 = 1001
HTTP_20 = 2000


class RequestInput(Struct, eq=False):
    """nginx's headers_in and request_body. Redirects inside leave them unchanged."""

    headers: Headers = field(default_factory=Headers)

    # As sent, without its line end.
    request_line: bytes = b""

    # $request_uri: the target of the request line, neither decoded nor normalised.
    unparsed_uri: bytes = b""

    # As sent, b"HTTP/1.1"; b"" where it has only begun when the line was refused, None where the line has none.
    protocol: bytes | None = None

    # HTTP_09, HTTP_10, HTTP_11, a later minor version of HTTP/1, or HTTP_20.
    http_version: int = HTTP_10

    # Lower case, without port, from the request line or the Host header; None when the client named none.
    host: bytes | None = None

    # The head was refused. To its end the request counts as one whose head is coming (stub_status).
    refused: bool = False

    # $request_length: bytes of the head, and of the body if it is chunked.
    request_length: int = 0

    # The request came in the same buffer as the previous one.
    pipelined: bool = False

    # How many bytes nginx's buffer of the head has left after the head and the body; 0 if the body did not fit into it.
    room: int = 0

    # The number of the Content-Length line; None without one.
    content_length: int | None = None

    # HTTP/2: the client has sent all of its request.
    ended: bool = False

    # The body comes in chunks, or on HTTP/2 without a length; then there is no Content-Length.
    chunked: bool = False

    # The whole body; None until it has been read, b"" if it is in a file.
    body: bytes | None = None

    # The file that the body is in, or goes to while it comes (`operations.BodyFile`); None if it stays in memory.
    body_file: Any = None

    # The body is wanted in a file, which is no concern of the log (dav).
    body_to_file: bool = False

    # The body stays unread, as the push stream module leaves it: nginx takes it for the next request.
    body_unread: bool = False

    # The body was read to its end, and no one wanted it.
    body_skipped: bool = False

    # 100 Continue was sent, or need not be.
    expect_tested: bool = False

    # The client may still be sending the body when the connection is closed.
    lingering_close: bool = False

    @property
    def has_body(self) -> bool:
        """Whether a body of at least one byte, or one in chunks, follows the head."""
        return self.chunked or bool(self.content_length)
