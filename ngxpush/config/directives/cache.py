"""The directives of nginx's file cache as proxy, fastcgi, uwsgi and scgi have them: `PREFIX_cache…`.

Nothing is cached here: the directives are checked, and every request goes to the upstream.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .. import values
from ..complex_value import ComplexValue
from ..slots import Choices, Complex, Flag, Predicates, milliseconds, number, offset
from ..text import shown
from ..words import Refused, Words
from .table import ANY, FLAG, HTTP_SERVER_LOCATION, Arguments, Context, Directive, Slot, unsupported

_NO_CACHE = unsupported("Answers are not cached: every request goes to the upstream.")
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


@dataclass(frozen=True, slots=True)
class CachePath:
    """A folder for cached answers and the shared memory with their keys."""

    use: str
    description: str = "path and parameters"

    def parse(self, words: Words) -> bytes:
        path = words.path(words.arguments[0])
        zone: tuple[bytes, int] | None = None
        levels: tuple[int, ...] = ()
        for argument in words.arguments[1:]:
            name, equals, text = argument.partition(b"=")
            if not equals or (name not in _SIZES and name not in (b"levels", b"use_temp_path", b"keys_zone")):
                raise words.invalid_parameter(argument)
            if name == b"keys_zone":
                zone = _keys_zone(argument, text)
            elif name == b"levels":
                if not _LEVELS.fullmatch(text):
                    raise Refused(f'invalid "levels" "{shown(argument)}"')
                levels = tuple(int(level) for level in text.split(b":")) if text else ()
            elif name == b"use_temp_path":
                if text not in (b"on", b"off"):
                    raise Refused(f'invalid use_temp_path value "{shown(argument)}", it must be "on" or "off"')
            elif _SIZES[name](text) is None:
                raise Refused(f'invalid {shown(name)} value "{shown(argument)}"')
        if zone is None or not zone[0]:
            raise Refused(f'"{words.name}" must have "keys_zone" parameter')
        message = _same_path(words, path) or words.cycle.create_path(path, levels, words.position) or self._declare(words, *zone)
        if message is not None:
            raise Refused(message)
        return path

    def _declare(self, words: Words, zone: bytes, size: int) -> str | None:
        known = words.cycle.shared_memory.get(zone)
        if known is not None and known.use == self.use and known.size == size:
            return f'duplicate zone "{shown(zone)}"'
        return words.cycle.add_shared_memory(zone, size, self.use)


def _same_path(words: Words, path: bytes) -> str | None:
    """nginx's words for a folder that another directive has already; the place of this one follows them."""
    for known in words.cycle.paths:
        if known.path == path.removesuffix(b"/") and known.position is not None:
            return f'the same path name "{shown(path)}" used in {known.position.file}:{known.position.line} and'
    return None


def _keys_zone(argument: bytes, text: bytes) -> tuple[bytes, int]:
    name, colon, size_text = text.partition(b":")
    size = values.parse_size(size_text) if colon else None
    if size is None:
        raise Refused(f'invalid keys zone size "{shown(argument)}"')
    if size < _SMALLEST_ZONE:
        raise Refused(f'keys zone "{shown(argument)}" is too small')
    return name, size


@dataclass(frozen=True, slots=True)
class CacheZone:
    """The zone answers are kept in: None for `off`."""

    use: str
    store: str
    description: str = "zone"

    def parse(self, words: Words) -> ComplexValue | None:
        text = words.arguments[0]
        if text == b"off":
            return None
        known = words.scope.own(self.store)
        if known is not None and known.value:
            raise Refused(f'"{words.name}" directive is incompatible with "{self.store}"')
        value = words.complex_value(text)
        if value.constant is not None:
            message = words.cycle.add_shared_memory(text, 0, self.use)
            if message is not None:
                raise Refused(message)
        return value


class CacheValid:
    """`[status …] time`: how long answers stay good."""

    description = "statuses and time"

    def parse(self, words: Words) -> tuple[tuple[bytes, ...], int]:
        *statuses, time = words.arguments
        duration = values.parse_seconds(time)
        if duration is None:
            raise Refused(f'invalid time value "{shown(time)}"')
        for status in statuses:
            code = values.parse_number(status)
            if status != b"any" and (code is None or not 100 <= code <= 599):
                raise Refused(f'invalid status "{shown(status)}"')
        return tuple(statuses), duration


def _choices(words: str) -> Choices:
    return Choices({word.lower().encode(): word for word in words.split()})


def cache_rows(prefix: str, stale: str) -> tuple[Directive, ...]:
    """The rows of one module. stale: the errors PREFIX_cache_use_stale knows."""

    def row(
        name: str,
        slot: Slot,
        summary: str,
        arguments: Arguments = Arguments(),
        once: bool = True,
        contexts: Context = HTTP_SERVER_LOCATION,
    ) -> Directive:
        full = f"{prefix}_{name}"
        return Directive(full, prefix, contexts, slot, arguments, once=once, emulation=_NO_CACHE, summary=summary)

    use = f"{prefix} cache"
    return (
        row("cache", CacheZone(use, f"{prefix}_store"), "The shared memory zone of the cache."),
        row("cache_background_update", Flag(), "Whether a stale answer is renewed in the background.", FLAG),
        row("cache_bypass", Predicates(), "When an answer is not taken from the cache.", ANY, once=False),
        row("cache_key", Complex(), "What tells cached answers apart."),
        row("cache_lock", Flag(), "Whether only one request at a time fills the cache.", FLAG),
        row("cache_lock_age", milliseconds(), "How long the request that fills the cache is waited for."),
        row("cache_lock_timeout", milliseconds(), "How long a request waits for another one to fill the cache."),
        row("cache_max_range_offset", offset(), "From which offset on range requests bypass the cache."),
        row("cache_methods", _choices("GET HEAD POST"), "The methods whose answers are cached.", ANY, once=False),
        row("cache_min_uses", number(), "How many requests it takes until an answer is cached."),
        row(
            "cache_path",
            CachePath(use),
            "A folder and a zone for cached answers.",
            Arguments(2, None),
            once=False,
            contexts=Context.HTTP,
        ),
        row("cache_revalidate", Flag(), "Whether expired answers are renewed by conditional requests.", FLAG),
        row("cache_use_stale", _choices(stale), "When a stale answer is used.", ANY, once=False),
        row("cache_valid", CacheValid(), "How long answers are cached.", ANY, once=False),
        row("no_cache", Predicates(), "When an answer is not put into the cache.", ANY, once=False),
    )
