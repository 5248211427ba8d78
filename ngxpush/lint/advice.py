"""What to write in place of what nginx refuses, as far as the message and the table of directives show it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import cache

from ..config.analysis import Analysis, Diagnostic
from ..config.columns import Block
from ..config.directive import Directive
from ..config.modules import DIRECTIVES
from ..config.newer import since
from ..config.places import Context
from ..config.slots import Enum, Flag
from ..config.text import shown
from ..config.tree import Statement
from .corrections import correction
from .rules.legacy_spelling import REPLACEMENTS

_BLOCK_NAMES = {
    Context.MAIN: "outside of all blocks",
    Context.SERVER_IF: "if in server",
    Context.LOCATION_IF: "if in location",
}


def advice(analysis: Analysis, diagnostic: Diagnostic) -> str:
    """One line; "" where it can't be known what was meant."""
    message, statement = diagnostic.message, diagnostic.statement
    version = None if statement is None else _since(message, statement)
    if version is not None:
        return f"leave it out for nginx 1.22: nginx has it since {version}"
    successor = _SUCCESSOR.search(message)
    if successor is not None:
        rows = DIRECTIVES.get(successor[1].encode())
        return f"{successor[1]};" if rows is None or statement is None else _usage(statement, rows)
    corrected = correction(analysis, diagnostic)
    if corrected:
        return corrected
    if statement is not None and statement.name in DIRECTIVES:
        for words, advise in _ABOUT_A_DIRECTIVE.items():
            if words in message:
                return advise(statement, DIRECTIVES[statement.name])
    if statement is not None and message.startswith("unknown directive"):
        return _suggestion(statement.name)
    for words, text in _IN_GENERAL.items():
        if words in message:
            return text
    if statement is not None and statement.arguments and statement.name in DIRECTIVES:
        return _usage(statement, DIRECTIVES[statement.name])
    return ""


def _since(message: str, statement: Statement) -> str | None:
    """The version that brought what nginx does not know."""
    name = shown(statement.name)
    if message.startswith("unknown directive"):
        return since(name)
    parameter = _PARAMETER.search(message)
    return None if parameter is None else since(f"{name} {parameter[1]}")


_SUCCESSOR = re.compile(r'use the "([^"]+)" directive instead')
_PARAMETER = re.compile(r'(?:invalid parameter|the invalid) "([^"]*)"')

_IN_GENERAL = {
    'expecting ";" or "}"': "end the last directive with ; and close every block with }",
    'expecting "}"': "close every block with }",
    'unexpected "}"': "end the directive before it with ; or remove the }",
    'unexpected ";"': "remove the ;",
    'unexpected "{"': "put the block's name before the {",
    "unexpected ": "put a blank or ; after the closing quote, or quote the whole word",
    "too long parameter": "close the quote",
    "open() ": "create the file or make it readable, say where it is on this machine (--map THERE=HERE), or remove the directive",
    "pread() ": "name a file, or the files of the directory with /*",
    'no "events" section': "events {}",
    "shared_memory_size must be set": "in the http block: push_stream_shared_memory_size 32m;",
    "channels_path must be set": "in the location: push_stream_channels_path $arg_id;",
    "cannot be zero": "write a larger number, or remove the directive: there is no limit then",
    "template cannot be blank": 'push_stream_message_template "~text~";',
    "prefix is not set or blank": "in the http block: push_stream_wildcard_channel_prefix broad_;",
    "cannot be smaller than value in": "raise push_stream_max_number_of_wildcard_channels, or lower this number",
    "unable to parse paddings": 'push_stream_padding_by_user_agent "regular expression,header bytes,message bytes:…";',
    " variable": "make the variable with set or map, or correct its name",
    "duplicate": "keep one of them",
    "conflicting": "give the servers different names, or different addresses",
    "pcre2_compile() failed": "correct the regular expression; put one that has { } or ; in quotes",
    "invalid port in": "write a port from 1 to 65535",
    "host not found": "write an address, or a name that has one on the machine where nginx runs",
}
"""Part of the message → what to write; the first that occurs in the message counts."""


@cache
def _suggestion(name: bytes) -> str:
    """The directive that may have been meant, or that has replaced this one.

    What is meant has the first two letters or the last three: to compare with all takes long, and there may be thousands.
    """
    if name in REPLACEMENTS:
        replacement = REPLACEMENTS[name]
        return "leave it out" if replacement is None else replacement.replace("{}", "…") + ";"
    known = [row.decode() for row in DIRECTIVES if row[:2] == name[:2] or row[-3:] == name[-3:]]
    close = difflib.get_close_matches(name.decode("utf-8", "replace"), known, 1, 0.8)
    return f"did you mean {close[0]}?" if close else "remove it, or load the module it belongs to"


def _usage(statement: Statement, rows: tuple[Directive, ...]) -> str:
    """The directive with a description of its value."""
    row = next((row for row in rows if (row.block is Block.NO) is (statement.block is None)), rows[0])
    end = " { … }" if row.block in (Block.DIRECTIVES, Block.LINES) else ";"
    if isinstance(row.slot, Flag):
        values = " on | off"
    elif isinstance(row.slot, Enum):
        values = f" {' | '.join(map(shown, row.slot.choices))}"
    elif row.arguments.most == 0:
        values = ""
    else:
        values = f" <{row.slot.description}>"
    return f"{row.name}{values}{end}"


def _line_without_end(statement: Statement) -> str:
    """Where an argument on a later line is itself a directive, the semicolon before it is missing; "" elsewhere."""
    for argument, place in zip(statement.arguments, statement.positions[1:], strict=True):
        if argument in DIRECTIVES and place.line > statement.start.line:
            return f"end the line before {shown(argument)} with ;"
    return ""


def _count(statement: Statement, rows: tuple[Directive, ...]) -> str:
    """Also on the same line a semicolon is missing before a directive, if what is before it would do.

    `add_header allow` lacks a value.
    """
    same_line = (
        f"put a ; before {shown(argument)}"
        for index, argument in enumerate(statement.arguments)
        if argument in DIRECTIVES and any(row.arguments.allow(index) for row in rows)
    )
    return _line_without_end(statement) or next(same_line, "") or _usage(statement, rows)


def _places(statement: Statement, rows: tuple[Directive, ...]) -> str:
    contexts = [context for context in Context if any(context & row.contexts for row in rows)]
    names = [_BLOCK_NAMES.get(context, (context.name or "").lower()) for context in contexts]
    return f"where {shown(statement.name)} may stand: {', '.join(names)}"


def _unterminated(statement: Statement, rows: tuple[Directive, ...]) -> str:
    in_quotes = f'end it with ; and put a value that holds {{ }} in quotes: {shown(statement.name)} "…";'
    return _line_without_end(statement) or in_quotes


def _blockless(statement: Statement, rows: tuple[Directive, ...]) -> str:
    """The words on the first line belong to the directive; what follows was meant to stand inside its block."""
    words = (statement.name, *statement.arguments)
    first = [shown(word) for word, place in zip(words, statement.positions, strict=True) if place.line == statement.start.line]
    return f"{' '.join(first)} {{ … }}"


_ABOUT_A_DIRECTIVE: dict[str, Callable[[Statement, tuple[Directive, ...]], str]] = {
    "is not allowed here": _places,
    "invalid number of arguments": _count,
    'has no opening "{"': _blockless,
    'is not terminated by ";"': _unterminated,
    "invalid value": _usage,
}
"""Part of the message → the function that says what to write."""
