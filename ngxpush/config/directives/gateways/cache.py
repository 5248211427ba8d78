"""The directives of nginx's file cache as proxy, fastcgi, uwsgi and scgi have them: `PREFIX_cache…`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, field

from ... import values
from ...columns import ANY, Arguments
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...places import HTTP_SERVER_LOCATION, Context
from ...slots import Choices, Complex, Flag, Predicates, milliseconds, number, offset
from ...text import shown

_SMALLEST_ZONE = 8192
_LEVELS = re.compile(rb"([12](:[12]){0,2})?")
_SIZES: dict[bytes, Callable[[bytes], int | None]] = {
    b"max_size": values.parse_offset,
    b"min_free": values.parse_offset,
    b"inactive": values.parse_seconds,
    b"loader_files": values.parse_number,
    b"loader_sleep": values.parse_milliseconds,
    b"loader_threshold": values.parse_milliseconds,
    b"manager_files": values.parse_number,
    b"manager_sleep": values.parse_milliseconds,
    b"manager_threshold": values.parse_milliseconds,
}


class CachePath(Struct, frozen=True):
    """A PREFIX_cache_path. Sizes in bytes, `inactive` in seconds, other times in milliseconds.

    levels: how many digits of a file's name each of its subdirectories has.  zone_size: of the memory with the keys.
    max_size: of all files; None: any.  min_free: what is to stay free in the file system; 0: nothing.
    use_temp_path: files are written to PREFIX_temp_path first.
    """

    path: bytes
    zone: bytes
    zone_size: int
    levels: tuple[int, ...] = ()
    use_temp_path: bool = True
    inactive: int = 600
    max_size: int | None = None
    min_free: int = 0
    manager_files: int = 100
    manager_sleep: int = 50
    manager_threshold: int = 200
    loader_files: int = 100
    loader_sleep: int = 50
    loader_threshold: int = 200


class CachePaths(Struct, frozen=True):
    """The caches of one module, by the name of their zone. Each module has a class of its own."""

    cache_path: dict[bytes, CachePath] = field(default_factory=dict)


class CacheValidity(Struct, frozen=True):
    """A status of PREFIX_cache_valid, None for any, and for how many seconds answers with it are good."""

    status: int | None
    seconds: int


class CachePathSlot:
    """A directory for cached answers and the shared memory with their keys."""

    description = "path and parameters"

    def parse(self, use: DirectiveUse) -> dict[bytes, CachePath]:
        path = use.path(use.arguments[0])
        zone: tuple[bytes, int] | None = None
        levels: tuple[int, ...] = ()
        given: dict[str, Any] = {}
        for argument in use.arguments[1:]:
            name, equals, text = argument.partition(b"=")
            if not equals or (name not in _SIZES and name not in (b"levels", b"use_temp_path", b"keys_zone")):
                raise use.invalid_parameter(argument)
            if name == b"keys_zone":
                zone = _keys_zone(argument, text)
            elif name == b"levels":
                if not _LEVELS.fullmatch(text):
                    raise RefusedDirective(f'invalid "levels" "{shown(argument)}"')
                levels = tuple(int(level) for level in text.split(b":")) if text else ()
            elif name == b"use_temp_path":
                if text not in (b"on", b"off"):
                    raise RefusedDirective(f'invalid use_temp_path value "{shown(argument)}", it must be "on" or "off"')
                given["use_temp_path"] = text == b"on"
            else:
                given[name.decode()] = self._size(name, argument, text)
        if zone is None or not zone[0]:
            raise RefusedDirective(f'"{use.name}" must have "keys_zone" parameter')
        message = _same_path(use, path) or use.cycle.create_path(path, levels, use.position) or self._declare(use, *zone)
        if message is not None:
            raise RefusedDirective(message)
        return {zone[0]: CachePath(path, *zone, levels, **given)}

    @staticmethod
    def _size(name: bytes, argument: bytes, text: bytes) -> int:
        size = _SIZES[name](text)
        if size is None:
            raise RefusedDirective(f'invalid {shown(name)} value "{shown(argument)}"')
        return size

    def _declare(self, use: DirectiveUse, zone: bytes, size: int) -> str | None:
        known = use.cycle.shared_memory.get(zone)
        if known is not None and known.use == _purpose(use) and known.size == size:
            return f'duplicate zone "{shown(zone)}"'
        return use.cycle.add_shared_memory(zone, size, _purpose(use))


def _purpose(use: DirectiveUse) -> str:
    """The purpose of the shared memory of a module's cache. No other module may use it."""
    return use.name.split("_")[0] + " cache"


def _same_path(use: DirectiveUse, path: bytes) -> str | None:
    """nginx's message about a directory that another directive names already, without the place that ends the message."""
    for known in use.cycle.paths:
        if known.path == path.removesuffix(b"/") and known.position is not None:
            return f'the same path name "{shown(path)}" used in {known.position.file}:{known.position.line} and'
    return None


def _keys_zone(argument: bytes, text: bytes) -> tuple[bytes, int]:
    name, colon, size_text = text.partition(b":")
    size = values.parse_size(size_text) if colon else None
    if size is None:
        raise RefusedDirective(f'invalid keys zone size "{shown(argument)}"')
    if size < _SMALLEST_ZONE:
        raise RefusedDirective(f'keys zone "{shown(argument)}" is too small')
    return name, size


class CacheZoneSlot:
    """The zone that answers are kept in; None for `off`."""

    description = "zone"

    def parse(self, use: DirectiveUse) -> ComplexValue | None:
        text = use.arguments[0]
        if text == b"off":
            return None
        store = use.name.removesuffix("cache") + "store"
        known = use.scope.own(store)
        if known is not None and known.value:
            raise RefusedDirective(f'"{use.name}" directive is incompatible with "{store}"')
        value = use.complex_value(text)
        if value.constant is not None:
            message = use.cycle.add_shared_memory(text, 0, _purpose(use))
            if message is not None:
                raise RefusedDirective(message)
        return value


class CacheValidSlot:
    """`[status …] time`: how long answers stay good."""

    description = "statuses and time"

    def parse(self, use: DirectiveUse) -> tuple[CacheValidity, ...]:
        *statuses, time = use.arguments
        duration = values.parse_seconds(time)
        if duration is None:
            raise RefusedDirective(f'invalid time value "{shown(time)}"')
        for status in statuses:
            code = values.parse_number(status)
            if status != b"any" and (code is None or not 100 <= code <= 599):
                raise RefusedDirective(f'invalid status "{shown(status)}"')
        return tuple(self._each(statuses, duration))

    @staticmethod
    def _each(statuses: list[bytes], seconds: int) -> Iterator[CacheValidity]:
        """Without a status it is 200, 301 and 302."""
        for status in statuses or (b"200", b"301", b"302"):
            yield CacheValidity(None if status == b"any" else values.parse_number(status), seconds)


def _choices(words: str) -> Choices:
    return Choices({word.lower().encode(): word for word in words.split()})


CACHE_ROWS = (
    Directive(
        "cache",
        HTTP_SERVER_LOCATION,
        CacheZoneSlot(),
        "The zone of the cache; `off`: none.",
    ),
    Directive(
        "cache_background_update",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether a stale answer is renewed in the background.",
    ),
    Directive(
        "cache_bypass",
        HTTP_SERVER_LOCATION,
        Predicates(),
        "Conditions; if one is neither empty nor `0`, a request is not answered from the cache.",
        ANY,
        once=False,
    ),
    Directive("cache_key", HTTP_SERVER_LOCATION, Complex(), "The key answers are cached by."),
    Directive(
        "cache_lock",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether only one request at a time fills the cache.",
    ),
    Directive(
        "cache_lock_age",
        HTTP_SERVER_LOCATION,
        milliseconds(),
        "How long a request may take to fill the cache before another one is passed on.",
    ),
    Directive(
        "cache_lock_timeout",
        HTTP_SERVER_LOCATION,
        milliseconds(),
        "How long a request waits for another one to fill the cache.",
    ),
    Directive(
        "cache_max_range_offset",
        HTTP_SERVER_LOCATION,
        offset(),
        "The offset from which range requests bypass the cache.",
    ),
    Directive(
        "cache_methods",
        HTTP_SERVER_LOCATION,
        _choices("GET HEAD POST"),
        "The methods whose answers are cached.",
        ANY,
        once=False,
    ),
    Directive(
        "cache_min_uses",
        HTTP_SERVER_LOCATION,
        number(),
        "After how many requests an answer is cached.",
    ),
    Directive(
        "cache_path",
        Context.HTTP,
        CachePathSlot(),
        "The directory and the zone of a cache.",
        Arguments(2, None),
        once=False,
    ),
    Directive(
        "cache_revalidate",
        HTTP_SERVER_LOCATION,
        Flag(),
        "Whether expired answers are renewed by conditional requests.",
    ),
    Directive(
        "cache_valid",
        HTTP_SERVER_LOCATION,
        CacheValidSlot(),
        "How long answers with certain statuses are cached.",
        ANY,
        once=False,
    ),
    Directive(
        "no_cache",
        HTTP_SERVER_LOCATION,
        Predicates(),
        "Conditions; if one is neither empty nor `0`, an answer is not cached.",
        ANY,
        once=False,
    ),
)


def use_stale_row(errors: str) -> Directive:
    """PREFIX_cache_use_stale of a module with these errors."""
    return Directive(
        "cache_use_stale",
        HTTP_SERVER_LOCATION,
        _choices(errors),
        "The errors after which a stale answer is used.",
        ANY,
        once=False,
    )
