"""A refused value put right: the nearest one that nginx takes, where the message and the table of directives show which it is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from ..config.analysis import Analysis, Diagnostic
from ..config.columns import Block
from ..config.directive import Directive
from ..config.directives.filters.headers import ExpiresSlot
from ..config.directives.http.core_slots import METHODS, KeepaliveTimeout
from ..config.directives.push_stream.slots import Interval, RoleSlot, SharedMemorySize
from ..config.logs import LEVELS
from ..config.modules import DIRECTIVES
from ..config.slots import Choices, ComplexSize, Enum, Flag, NumberAndSize, Parsed, Time
from ..config.text import shown
from ..config.tree import Statement
from ..config.values import parse_milliseconds, parse_number, parse_offset, parse_seconds, parse_size
from ..config.variables import HTTP_VARIABLES
from ..config.written import argument
from .quantities import in_nginx_spelling

_MEANT = {
    "on": ("yes", "true", "1", "enable", "enabled", "y"),
    "off": ("no", "false", "0", "disable", "disabled", "none", "n"),
    "eventsource": ("sse", "event-source", "event_source", "server-sent-events"),
    "websocket": ("ws", "wss", "websockets"),
    "long-polling": ("lp", "longpoll", "long-poll"),
    "streaming": ("stream",),
    "polling": ("poll",),
}
"""The words of directives, and what is written in place of them elsewhere."""

_PARAMETERS: Mapping[str, str] = {
    "listen": "default_server ssl http2 proxy_protocol bind deferred reuseport backlog= fastopen= rcvbuf= sndbuf= so_keepalive= "
    "ipv6only=on ipv6only=off",
    "server": "weight= max_fails= fail_timeout= max_conns= backup down",
    "add_header": "always",
    "rewrite": "last break redirect permanent",
    "allow": "all",
    "deny": "all",
    "limit_req_zone": "zone= rate=",
    "limit_req": "zone= burst= delay= nodelay",
    "access_log": "buffer= flush= gzip= if=",
    "proxy_cache_path": "levels= keys_zone= max_size= inactive= use_temp_path=on use_temp_path=off min_free= manager_files= "
    "loader_files=",
    "resolver": "valid= ipv6=on ipv6=off",
    "open_file_cache": "max= inactive= off",
}

_PARSERS: Mapping[str, Callable[[bytes], int | None]] = {
    **dict.fromkeys(("weight", "max_fails", "max_conns", "burst", "delay", "max", "min_uses", "backlog"), parse_number),
    **dict.fromkeys(("zone", "keys_zone", "buffer", "rcvbuf", "sndbuf"), parse_size),
    **dict.fromkeys(("max_size", "min_free"), parse_offset),
    **dict.fromkeys(("fail_timeout", "inactive", "valid"), parse_seconds),
    "flush": parse_milliseconds,
}
"""What follows the `=` of a parameter; in `zone=NAME:SIZE` the size."""

_VARIABLE = re.compile(r'invalid variable name "(\w+)"')
# The beginning of `htp://a`; of `a:80`, `a` and `unix:/a` nothing.
_SCHEME = re.compile(rb"\A(?!unix:)\w*:/+")
_NUMBER = re.compile(r'invalid number(?: of connections)? "(.*)"')
_RATE = re.compile(r"rate=([0-9]+) *r?(?:eq\w*)? */ *([sm])\w*")
_AS_GIVEN = re.compile(r'"([^"]*)"')
_LEAST = re.compile(r"value must be at least (\d+)KiB")
_RANGE = re.compile(r"value must be between (\d+) and (\d+)")
_ONE_TOO_MANY = re.compile(r"[0-9.,]+\Z")


def correction(analysis: Analysis, diagnostic: Diagnostic) -> str:
    """What was most likely meant, as a whole directive where one is at fault; "" where that can't be known."""
    statement = diagnostic.statement
    for message, words in _NAMES.items():
        found = re.match(message, diagnostic.message)
        if found is not None:
            return _named(statement, found[1], _closest(found[1], (word for word in words(analysis) if word != found[1])))
    rows = () if statement is None else DIRECTIVES.get(statement.name, ())
    if statement is None or not rows:
        return ""
    if diagnostic.message == "invalid URL prefix":
        return _with(statement, (b"http://" + _SCHEME.sub(b"", statement.arguments[0]),))
    variable = _VARIABLE.fullmatch(diagnostic.message)
    if variable is not None:
        return _named(statement, variable[1], f"${variable[1]}")
    if diagnostic.message.startswith("invalid number of arguments"):
        return _joined(statement, rows[0])
    if re.match(r'invalid ("\w+" )?parameter', diagnostic.message):
        return _parameter(statement, rows[0], diagnostic.message)
    taking = [row for row in rows if row.arguments.allow(len(statement.arguments))]
    return _value(statement, taking[0], diagnostic.message) if taking else ""


def _with(statement: Statement, arguments: Iterable[bytes]) -> str:
    """The directive with other arguments."""
    end = " { … }" if statement.block is not None else ";"
    return " ".join([shown(statement.name), *map(argument, arguments)]) + end


def _replaced(statement: Statement, index: int, text: str) -> str:
    arguments = list(statement.arguments)
    arguments[index] = text.encode("utf-8", "surrogateescape")
    return _with(statement, arguments)


# Values


def _value(statement: Statement, row: Directive, message: str) -> str:
    rearranged = _joined(statement, row) or _turned_round(statement, row)
    if rearranged:
        return rearranged
    bounds = _RANGE.search(message)
    if bounds is not None and statement.arguments[0].isdigit():
        least, most = (parse_number(bound.encode()) or 0 for bound in bounds.groups())
        given = parse_number(statement.arguments[0])
        return _replaced(statement, 0, str(most if given is None or given > most else least))
    smallest = _LEAST.search(message)
    if smallest is not None:
        size = in_nginx_spelling(shown(statement.arguments[0]), parse_size) or ""
        return _replaced(statement, 0, size if _bytes(size) >= _bytes(f"{smallest[1]}k") else f"{smallest[1]}k")
    if "invalid" not in message:
        return ""
    number = _NUMBER.fullmatch(message)
    if number is not None:
        return _named(statement, number[1], in_nginx_spelling(number[1], parse_number))
    texts = [_nearest(shown(text), row, index) for index, text in enumerate(statement.arguments)]
    if all(text is None or text == shown(old) for text, old in zip(texts, statement.arguments, strict=True)):
        return ""
    return _with(
        statement, [old if text is None else text.encode() for text, old in zip(texts, statement.arguments, strict=True)]
    )


def _bytes(size: str) -> int:
    return parse_size(size.encode()) or 0


def _nearest(text: str, row: Directive, index: int) -> str | None:
    """The value nearest to what is given as an argument of a directive; None where there is none."""
    match row.slot:
        case Flag():
            return _closest(text, ("on", "off"))
        case Enum(choices=choices) | Choices(choices=choices):
            return _closest(text, map(shown, choices))
        case RoleSlot(modes=modes):
            return _closest(text, map(shown, modes))
        case Parsed(parser=parser) | Time(parser=parser):
            return in_nginx_spelling(text, parser)
        case Interval():
            return in_nginx_spelling(text, parse_milliseconds)
        case ExpiresSlot():
            return in_nginx_spelling(text, parse_seconds)
        case ComplexSize() | SharedMemorySize():
            return in_nginx_spelling(text, parse_size)
        case NumberAndSize():
            return in_nginx_spelling(text, (parse_number, parse_size)[index])
        case KeepaliveTimeout():
            return in_nginx_spelling(text, (parse_milliseconds, parse_seconds)[index])
    return _nearest_parameter(text)


def _nearest_parameter(text: str) -> str | None:
    """The same of a parameter with a value: `fail_timeout=30sec`."""
    rate = _RATE.fullmatch(text)
    if rate is not None:
        return f"rate={rate[1]}r/{rate[2]}"
    name, equals, value = text.partition("=")
    if not equals or name not in _PARSERS:
        return None
    zone, colon, amount = value.rpartition(":")
    nearest = in_nginx_spelling(amount, _PARSERS[name])
    return None if nearest is None else f"{name}={zone}{colon}{nearest}"


def _joined(statement: Statement, row: Directive) -> str:
    """A number and its unit that stand apart: `10 s`; "" where they do not."""
    if len(statement.arguments) != 2 or row.arguments.least != 1 or row.block is not Block.NO:
        return ""
    number, unit = map(shown, statement.arguments)
    nearest = _nearest(number + unit, row, 0) if _ONE_TOO_MANY.match(number) and unit.isalpha() else None
    return "" if nearest is None else _replaced(replace(statement, arguments=(b"",)), 0, nearest)


def _turned_round(statement: Statement, row: Directive) -> str:
    """A size and a number of buffers, `8k 16`; "" where they are none."""
    if not isinstance(row.slot, NumberAndSize):
        return ""
    size, number = statement.arguments
    is_so = parse_number(size) is None and parse_size(size) is not None and parse_number(number) is not None
    return _with(statement, (number, size)) if is_so else ""


# Words


def _closest(text: str, words: Iterable[str]) -> str | None:
    """The word that is most like a text, in any letter case; None where none is."""
    known = {word.lower(): word for word in words}
    lower = text.lower()
    meant = next((word for word, others in _MEANT.items() if lower in others and word in known), None)
    found = [meant] if meant is not None else difflib.get_close_matches(lower, known, 1, 0.6)
    return known[found[0]] if found else None


def _parameter(statement: Statement, row: Directive, message: str) -> str:
    corrected = _value(statement, row, message)
    if corrected:
        return corrected
    given = _AS_GIVEN.findall(message)[-1] if '"' in message else ""
    index = next((index for index, text in enumerate(statement.arguments) if shown(text) == given), None)
    if index is None or row.name not in _PARAMETERS:
        return ""
    name, equals, value = given.partition("=")
    words = _PARAMETERS[row.name].split()
    whole = _closest(given, [word for word in words if not word.endswith("=")])
    valued = _closest(name, [word[:-1] for word in words if word.endswith("=")]) if equals else None
    if valued is not None and valued != name:
        return _replaced(statement, index, f"{valued}={value}")
    return "" if whole is None or whole == given else _replaced(statement, index, whole)


def _named(statement: Statement | None, given: str, close: str | None) -> str:
    """The directive with the name that is close to what it names; the name alone where many directives may name it."""
    if close is None:
        return ""
    arguments = () if statement is None else statement.arguments
    index = next((index for index, text in enumerate(arguments) if shown(text) == given), None)
    return f"did you mean {close}?" if statement is None or index is None else _replaced(statement, index, close)


def _variables(analysis: Analysis) -> list[str]:
    """nginx's variables, and those that the configuration defines."""
    defined = [
        shown(text[1:])
        for scope in analysis.root.walk()
        for setting in scope.settings
        if setting.directive.defines
        for text in setting.statement.arguments
        if text.startswith(b"$")
    ]
    return [*(shown(row.name) for row in HTTP_VARIABLES.values() if not row.prefix), *defined]


def _formats(analysis: Analysis) -> list[str]:
    return ["combined", *(shown(name) for name in _arguments(analysis, "log_format", 0))]


def _cache_zones(analysis: Analysis) -> list[str]:
    """The names in `keys_zone=NAME:SIZE`, of all kinds of caches."""
    paths = (f"{kind}_cache_path" for kind in ("proxy", "fastcgi", "scgi", "uwsgi"))
    words = (word for path in paths for index in range(1, 12) for word in _arguments(analysis, path, index))
    return [shown(word.partition(b"=")[2].partition(b":")[0]) for word in words if word.startswith(b"keys_zone=")]


def _arguments(analysis: Analysis, name: str, index: int) -> list[bytes]:
    settings = (setting for scope in analysis.root.walk() for setting in scope.all(name))
    return [each.statement.arguments[index] for each in settings if index < len(each.statement.arguments)]


_NAMES: Mapping[str, Callable[[Analysis], Iterable[str]]] = {
    r'unknown "(\w+)" variable': _variables,
    r'unknown log format "(.*)"': _formats,
    r'"\w+_cache" zone "(.*)" is unknown': _cache_zones,
    r'invalid log level "(.*)"': lambda analysis: LEVELS[1:],
    r'invalid method "(.*)"': lambda analysis: map(shown, METHODS),
    r'invalid event type "(.*)"': lambda analysis: ("epoll",),
}
"""A message that quotes a name → the names that are known."""
