"""What the upstream machinery asks of a gateway's language. `http/upstream/__init__.py` explains how a codec is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from ...config.addresses import Address
from ..operations import BodyFile
from .body import BodyReader
from .client_body import ClientBody
from .connection import PeerConnection
from .outflow import Frame, Outflow
from .response import Head


class UrlForm(Struct, frozen=True):
    """How the argument of PREFIX_pass is written.

    ports: the default port of each scheme.  scheme: the one that is meant if none is written; None if one must be.
    uri_part: a URI may follow the address.
    """

    ports: Mapping[bytes, int]
    scheme: bytes | None
    uri_part: bool = False


class Target(Struct, frozen=True):
    """The target of a PREFIX_pass for one request.

    scheme: in lower case.  uri: as written; empty if none is.  has_variables: the target was evaluated for this request.
    """

    scheme: bytes
    address: Address
    uri: bytes
    has_variables: bool


class RequestRefused(Exception):
    """The request can't be said in the gateway's language. The reason has been logged; the client gets a 500."""


class Dialogue(Protocol):
    """A language in which what is sent depends on the connection, and on what the server has sent.

    is_blocked: the server must allow more before the request goes on.
    """

    @property
    def is_blocked(self) -> bool: ...

    def open(self, connection: PeerConnection, body: Outflow | None) -> Outflow:
        """Begin an attempt. Returns the whole request with its body, which is asked again after each read from the server."""

    def reply(self) -> bytes:
        """What is to be said in return to what has been read; nothing as long as the connection is full."""


class SentRequest(Struct, frozen=True):
    """What is sent: at first these bytes, then the pieces of a body, each in a frame.

    streamed: the body if the client is still sending it.  file: the body if it is in a file. Without both `first` is everything.
    dialogue: what makes the bytes of each attempt of a language that needs it.
    """

    first: bytes
    frame: Frame
    streamed: ClientBody | None = None
    file: BodyFile | None = None
    dialogue: Dialogue | None = None


class Rewritten(Struct, frozen=True):
    """A value that was rewritten. left: what is left of the one that came: $upstream_http_NAME shows that."""

    value: bytes
    left: bytes


class Rewriting(Protocol):
    """Changes in lines of an answer's head that refer to the server itself."""

    @property
    def has_redirects(self) -> bool:
        """Whether there are rules for a Location."""

    def rewrite(self, name: bytes, value: bytes) -> Rewritten | None:
        """The value of a line rewritten; None if no rule is for it. name: in lower case."""


class ServerAnswer(Protocol):
    """Reads the answer of one attempt: first its head, then its body.

    head: what has been read of it.  rest: once the head is whole, the bytes after it in the buffer of the head, as they came.
    unread: the bytes after those that do not fit into that buffer.
    """

    @property
    def head(self) -> Head: ...

    @property
    def rest(self) -> bytes: ...

    @property
    def unread(self) -> bytes: ...

    def feed(self, data: bytes) -> Head | None:
        """Take bytes. Returns None until the head is whole. Raises InvalidHeader and TooBigHeader."""

    def body(self) -> BodyReader:
        """What reads the body, from `rest` on. Called once, when the head is whole."""

    @property
    def upgraded(self) -> bool:
        """Whether the server speaks another protocol after the head, and the client has asked for it."""

    @property
    def keeps_open(self) -> bool:
        """Whether the connection may carry another request once the body has ended."""


class Destination(Protocol):
    """What a language has to know of the target of one request, beside its address."""

    def aim(self, target: Target | None) -> None:
        """Note for variables where the request goes; None: it is not known yet."""

    def uri(self, target: Target) -> bytes:
        """Take the target. Returns the URI that the error log shows after the server's address."""

    @property
    def cache_key(self) -> bytes:
        """The key of the answer in a cache where PREFIX_cache_key is not written. Asked after `uri`."""


class AddressAlone:
    """The Destination of a language in which nothing is said of it."""

    cache_key = b""

    def aim(self, target: Target | None) -> None:
        """Do nothing: no variable shows the target."""

    def uri(self, target: Target) -> bytes:
        """Nothing: the log shows the address alone."""
        return b""


class Codec(Protocol):
    """A gateway's language, for one request.

    rewriting: None if lines of the head pass as they are.
    """

    @property
    def url_form(self) -> UrlForm: ...

    @property
    def rewriting(self) -> Rewriting | None: ...

    @property
    def destination(self) -> Destination: ...

    def is_streamed(self) -> bool:
        """Whether a body that the client is still sending is passed on as it comes."""

    def request(self, streamed: ClientBody | None) -> SentRequest:
        """The request. Called once, after `destination.uri`: each attempt sends the same.

        streamed: the body if it is passed on as it comes. Raises RequestRefused.
        """

    def answer(self, buffer_size: int) -> ServerAnswer:
        """What reads the answer of the attempt that begins. buffer_size: the bytes that its head may have."""
