"""The cache of one request through a gateway: asked before a server is, and filled with what that answers (nginx 1.22.1).

`find` looks the answer up. What comes then depends on what there is:

    a good answer    it is sent; no server is asked
    an old one       a server is asked, with the conditions of PREFIX_cache_revalidate. The old answer is sent after an error that
                     PREFIX_cache_use_stale names, and after a 304, which makes it good again
    an old one that  it is sent by `PREFIX_cache_use_stale updating`; by PREFIX_cache_background_update the first request that
    is being renewed finds it old gets it, too, and has a subrequest renew it
    none             a server is asked; who comes second may wait (PREFIX_cache_lock)

An answer is kept only if it is read ahead of the client (PREFIX_buffering).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from msgspec.structs import replace

from ...config.complex_value import ComplexValue
from ...config.directives.gateways.location import GatewayLocation
from ...dates import parse_http_date
from ...numbers import parse_decimal
from ..cache.entry import CacheEntry, head_start
from ..cache.key import Key
from ..cache.lookup import CacheFound, Place
from ..cache.shelf import Shelf
from ..cache.validity import Validity, seconds_valid
from ..request import Request
from ..subrequest import make_subrequest
from ..system_errors import failure
from ..variables.evaluation import evaluate
from .codec import Destination
from .response import Head
from .state import CacheUse, UpstreamState

_METHODS = frozenset(("GET", "HEAD"))
_NON_IDEMPOTENT = frozenset((b"POST", b"LOCK", b"PATCH"))
_ERRORS = frozenset((502, 504))
# What the buffer of the head needs beside the key.
_LEAST_ROOM = 256


class NoCache(Exception):
    """The zone that a variable names is not there."""


class Caching:
    """The cache of one request.

    use: what is known of it, for variables and the codec.  place: the answer's.  validity: what the server's answer says.
    """

    def __init__(self, request: Request, settings: GatewayLocation, upstream: UpstreamState, place: Place) -> None:
        self.request = request
        self.place = place
        self.use = upstream.cache = CacheUse(head_start(place.key))
        self.validity = Validity()
        self._settings = settings
        self._is_renewed_beside = False

    @classmethod
    def of(cls, request: Request, settings: GatewayLocation, upstream: UpstreamState, destination: Destination) -> Caching | None:
        """The cache of a request; None if its answer is not cached. Raises NoCache."""
        upstream.cache, upstream.head_as_get = None, False
        if settings.cache is None or request.method.decode("latin-1") not in _METHODS | settings.cache_methods:
            return None
        shelf = _shelf(request, evaluate(request, settings.cache))
        if shelf is None:
            return None
        upstream.head_as_get = settings.cache_convert_head and request.method == b"HEAD"
        text = destination.cache_key if settings.cache_key is None else evaluate(request, settings.cache_key)
        place = Place(request, settings, shelf, Key(text))
        needed = head_start(place.key) + _LEAST_ROOM
        if needed > settings.buffer_size:
            module = (request.progress.content_handler or "").encode()
            message = b"%b_buffer_size %d is not enough for cache key, it should be increased to at least %d"
            more = -(-needed // 1024) * 1024
            request.connection.log("error", message % (module, settings.buffer_size, more), request)
            return None
        return cls(request, settings, upstream, place)

    async def find(self) -> bool:
        """Look the answer up. Returns whether it is there and may be sent. `place.error`: a cached error.  Raises OSError."""
        if _applies(self.request, self._settings.cache_bypass):
            self.use.status = b"BYPASS"
            return False
        self.use.status = b"MISS"
        found = await self.place.look()
        if found is CacheFound.HIT or found is CacheFound.ERROR:
            self.use.status = b"HIT"
            return found is CacheFound.HIT
        if found is CacheFound.UPDATING or found is CacheFound.STALE:
            if self._may_be_old() and (found is CacheFound.UPDATING or self._renew()):
                self.use.status = found.name.encode()
                return True
            self._expired()
        elif found is CacheFound.SCARCE:
            self.use.cacheable = False
        if _is_far(self.request, self._settings.cache_max_range_offset):
            self.use.cacheable = False
        return False

    def _may_be_old(self) -> bool:
        """Whether an old answer may be sent while it is renewed."""
        allowed = "updating" in self._use_stale or self.place.stale_while_updating
        return allowed and not self.request.background

    def _renew(self) -> bool:
        """Have a subrequest renew the answer, if there is to be one."""
        if not self._settings.cache_background_update:
            return False
        request = self.request
        renewing = make_subrequest(request, request.uri, request.args, request.method)
        renewing.progress.own_args = request.progress.own_args
        renewing.progress.valid_location = request.progress.valid_location
        renewing.progress.valid_unparsed_uri = request.progress.valid_unparsed_uri
        renewing.progress.content_handler = request.progress.content_handler
        renewing.captures = request.captures
        renewing.location = request.location
        renewing.is_clone = renewing.background = renewing.response.header_only = True
        request.carrier.start(renewing, partial(request.carrier.end_subrequest, renewing))
        self._is_renewed_beside = True
        return True

    def _expired(self) -> None:
        self.use.status = b"EXPIRED"
        entry = self.place.entry
        if self._settings.cache_revalidate and entry is not None:
            self.use.last_modified, self.use.etag = entry.last_modified, entry.etag

    @property
    def _use_stale(self) -> frozenset[str]:
        words = self._settings.cache_use_stale
        return frozenset() if "off" in words else words

    # What the server's answer means

    def read(self, head: Head) -> None:
        """Read the head of an answer."""
        self.validity = Validity()
        self.validity.read(head.headers, self._settings.ignore_headers, int(self.request.now))
        self.use.cacheable = self.use.cacheable and self.validity.allowed

    def takes_old(self, reason: str) -> bool:
        """Whether the old answer is sent after an error, as PREFIX_next_upstream names it."""
        entry = self.place.entry
        if self.use.status != b"EXPIRED" or entry is None or reason == "machine":
            return False
        words = {reason or "error"}
        if self.request.method in _NON_IDEMPOTENT:
            words.add("non_idempotent")
        # stale-if-error of the answer itself is not for an answer with an error, only for none.
        by_itself = not reason.startswith("http_") and entry.valid + entry.error >= int(self.request.now)
        if not by_itself and words.isdisjoint(self._use_stale):
            return False
        self.use.status = b"STALE"
        return True

    def is_renewed(self, head: Head) -> bool:
        """Whether the answer says that the old one is still good."""
        if head.status != 304 or self.use.status != b"EXPIRED" or not self._settings.cache_revalidate:
            return False
        self.use.status = b"REVALIDATED"
        return True

    def renew(self, old: Head) -> None:
        """Make the old answer good again: for as long as the 304 says, or else its own head, or else PREFIX_cache_valid."""
        place, now, validity = self.place, int(self.request.now), self.validity
        if not validity.valid:
            validity = Validity()
            validity.read(old.headers, self._settings.ignore_headers, now)
        valid = validity.valid
        if not valid:
            seconds = seconds_valid(self._settings.cache_valid, old.status)
            valid = now + seconds if seconds else 0
        if not valid or place.entry is None:
            return
        entry = replace(place.entry, valid=valid, updating=validity.updating, error=validity.error, date=now)
        try:
            place.shelf.files.overwrite(place.path, place.beginning, entry.header(place.key))
        except OSError as error:
            self.request.connection.log("crit", failure(b"open()", place.path, error), self.request)

    def keep_error(self, status: int) -> None:
        """Keep an error of the gateway itself."""
        if status in _ERRORS:
            self.keep_status(status)

    def keep_status(self, status: int) -> None:
        """Keep a status that another page answers for, as long as the answer or PREFIX_cache_valid says."""
        now = int(self.request.now)
        seconds = self.validity.valid - now if self.validity.valid else seconds_valid(self._settings.cache_valid, status)
        if self.use.cacheable and seconds:
            self.place.failed(status, seconds)

    def begin(self, head: Head, size: int) -> CacheEntry | None:
        """What is to be kept of an answer that is about to be sent; None if it is not to be kept. size: of its head, as kept."""
        if _applies(self.request, self._settings.no_cache):
            self.use.cacheable = False
        elif self.use.status == b"BYPASS":
            self.place.use()
        now = int(self.request.now)
        valid = self.validity.valid
        if not valid:
            seconds = seconds_valid(self._settings.cache_valid, head.status)
            valid = now + seconds if seconds else 0
        self.use.cacheable = self.use.cacheable and bool(valid)
        if not self.use.cacheable:
            return None
        modified, etag = _marks(head)
        if self._settings.cache_revalidate and self.use.status == b"EXPIRED":
            self.use.last_modified, self.use.etag = modified, etag  # the variables show those of the new answer
        validity = self.validity
        return self.place.begin(CacheEntry(valid, validity.updating, validity.error, modified, now, 0, size, etag, validity.vary))

    def end(self) -> None:
        """The request is answered, or goes on elsewhere."""
        self.place.close()
        if self._is_renewed_beside:
            # The subrequest that renews the answer may go on until the request ends.
            self.request.at_end(self.place.release)
        else:
            self.place.release()


def _shelf(request: Request, name: bytes) -> Shelf | None:
    """The cache of a zone; None for none. Raises NoCache."""
    if name in (b"", b"off"):
        return None
    shelf: Shelf | None = request.http.caches.get(name)
    if shelf is None and request.http.caches:
        request.connection.log("error", b'cache "%b" not found' % name, request)
        raise NoCache
    return shelf


def _applies(request: Request, conditions: Iterable[ComplexValue]) -> bool:
    """Whether one of some conditions is neither empty nor `0` (PREFIX_cache_bypass, PREFIX_no_cache)."""
    return any(evaluate(request, condition) not in (b"", b"0") for condition in conditions)


def _is_far(request: Request, most: int | None) -> bool:
    """Whether a client's range begins too far from the start (PREFIX_cache_max_range_offset)."""
    wanted = request.input.headers.get(b"range")
    if wanted is None or most is None:
        return False
    if most == 0:
        return True
    if len(wanted) < 7 or wanted[:6].lower() != b"bytes=":
        return False
    text = wanted[6:].lstrip(b" ")
    if text.startswith(b"-"):
        return True
    digits = text[: len(text) - len(text.lstrip(b"0123456789"))]
    start = parse_decimal(digits)
    return start is not None and start >= most


def _marks(head: Head) -> tuple[int | None, bytes]:
    """When the answer was changed (the last line), and its tag (the first one), for revalidation. Those of 200 and 206 count."""
    if head.status not in (200, 206):
        return None, b""
    dates, tags = head.all(b"last-modified"), head.all(b"etag")
    return (parse_http_date(dates[-1]) if dates else None), (tags[0] if tags else b"")
