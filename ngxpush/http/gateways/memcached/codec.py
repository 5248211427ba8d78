"""memcached's text protocol as memcached_pass speaks it (https://github.com/memcached/memcached/blob/master/doc/protocol.txt)."""

from __future__ import annotations

import re

from ....config.complex_value import parse_complex_value
from ....config.directives.gateways.memcached import MemcachedLocation
from ...request import Request
from ...upstream.client_body import ClientBody
from ...upstream.codec import AddressAlone, RequestRefused, SentRequest, UrlForm
from ...upstream.outflow import unframed
from ...variables.evaluation import evaluate
from .answer import MemcachedAnswer

_KEY = parse_complex_value(b"$memcached_key")
# What would end a key, or is no part of one.
_ESCAPED = re.compile(rb"[\x00-\x20%\x7f]")


class MemcachedCodec:
    """One request, and the answers to it (`upstream.codec.Codec`)."""

    url_form = UrlForm({}, b"memcached")
    rewriting = None
    destination = AddressAlone()

    def __init__(self, request: Request, settings: MemcachedLocation) -> None:
        self._request = request
        self._settings = settings
        self._key = b""

    def is_streamed(self) -> bool:
        """No: a body of the client is not passed on."""
        return False

    def request(self, streamed: ClientBody | None) -> SentRequest:
        """The command with the key. Raises RequestRefused."""
        key = evaluate(self._request, _KEY)
        if not key:
            self._request.connection.log("error", b'the "$memcached_key" variable is not set', self._request)
            raise RequestRefused
        self._key = _ESCAPED.sub(lambda match: b"%%%02X" % match[0][0], key)
        return SentRequest(b"get %b\r\n" % self._key, unframed)

    def answer(self, buffer_size: int) -> MemcachedAnswer:
        """A new answer."""
        return MemcachedAnswer(self._request, self._settings, self._key, buffer_size)
