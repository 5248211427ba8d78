"""A file that is a part of a configuration: another file includes it in one of its blocks.

Such a part is checked inside of that block. The whole configuration is made for that: a text that includes the part, and in which
no finding has its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from ..config.analysis import Analysis, Diagnostic
from ..config.columns import Block
from ..config.modules import find
from ..config.places import Context
from ..config.reader import parse
from ..config.text import BYTE_ORDER_MARK, unshown
from ..config.tree import Position, Statement
from ..config.written import argument
from .finding import Finding, Level

_HTTP = ("http",)
_SERVER = ("server", *_HTTP)
_LOCATION = ("location /", *_SERVER)

AROUND: Mapping[str, tuple[Context, tuple[str, ...]]] = {
    "http": (Context.HTTP, _HTTP),
    "server": (Context.SERVER, _SERVER),
    "location": (Context.LOCATION, _LOCATION),
    "if": (Context.LOCATION_IF, ("if ($uri)", *_LOCATION)),
    "limit_except": (Context.LIMIT_EXCEPT, ("limit_except GET", *_LOCATION)),
    "upstream": (Context.UPSTREAM, ("upstream part", *_HTTP)),
    "events": (Context.EVENTS, ("events",)),
    "stream": (Context.STREAM, ("stream",)),
    "stream_server": (Context.STREAM_SERVER, ("server", "stream")),
    "stream_upstream": (Context.STREAM_UPSTREAM, ("upstream part", "stream")),
    "main": (Context.MAIN, ()),
}
"""The blocks that may include a part: what a directive in it stands in, and the blocks around it, the innermost first."""

# A whole configuration has one of these, and few parts look like it.
_WHOLE = re.compile(rb"^[ \t]*(events|http|stream|mail)[ \t\r\n]*\{", re.MULTILINE)

_SET_ELSEWHERE = re.compile(
    r'unknown "\w+" variable|unknown log format "|"\w+_cache" zone ".*" is unknown|no "ssl_certificate(_key)?" is defined|'
    r".*push_stream_wildcard_channel_prefix is not set|no port in upstream \""
)
"""What nginx says where something is not defined that the rest of the configuration may define."""
_MEMORY = "push_stream_shared_memory_size must be set"
_CHANNELS = "push_stream_channels_path must be set"


class PartialFile(Struct, frozen=True):
    """A part of a configuration: its full path, and the block (a key of AROUND) that includes it.

    given: whether someone said so; otherwise it is what the file looks like.
    """

    path: str
    block: str
    given: bool

    def whole_file(self) -> str:
        """The text of the configuration that stands for the one around the part."""
        return whole_file(self.block, self.path)


def whole_file(block: str, path: str) -> str:
    """The text of a whole configuration that includes the part `path` in a block."""
    inside = f"include {argument(unshown(path))};"
    _, around = AROUND[block]
    for name in around:
        inside = f"{name} {{ {inside} }}"
    return inside if block in ("main", "events") else f"events {{}} {inside}"


def block_of(content: bytes) -> str | None:
    """The block whose part a file looks like; None where it looks like a whole configuration, or like nothing that is known.

    Most of its directives may stand in that block, and fewer in the main one; of several such blocks it is the first of AROUND.
    """
    if _WHOLE.search(content):
        return None
    statements = [node for node in parse(content.removeprefix(BYTE_ORDER_MARK), "") if isinstance(node, Statement)]
    if any(_only_in_main(each) for each in statements):
        return None
    fits = {name: sum(_fits(each, context) for each in statements) for name, (context, _) in AROUND.items()}
    most = max(fits.values())
    block = next(name for name, count in fits.items() if count == most)
    return block if fits["main"] < most else None


def _fits(statement: Statement, context: Context) -> bool:
    """Whether a directive may stand in a block, with or without a block of its own as it is."""
    row = find(statement.name, context)
    return row is not None and (statement.block is not None) == (row.block in (Block.DIRECTIVES, Block.LINES))


def _only_in_main(statement: Statement) -> bool:
    return [context for context, _ in AROUND.values() if _fits(statement, context)] == [Context.MAIN]


def judged_alone(analysis: Analysis, main: str) -> Analysis:
    """The analysis without what is only about the text around the part, whose path is `main`."""
    kept = [each for each in analysis.diagnostics if not _is_about_surroundings(each, main)]
    files = {name: content for name, content in analysis.files.items() if name != main}
    return replace(analysis, diagnostics=kept, steps=[], files=files)


def _is_about_surroundings(diagnostic: Diagnostic, main: str) -> bool:
    """Whether it is about no directive of the part. nginx names the end of a block for what it checks there."""
    place = diagnostic.position
    if place is None or place.file != main or _SET_ELSEWHERE.match(diagnostic.message):
        return _MEMORY in diagnostic.message
    return diagnostic.statement is None or diagnostic.statement.start.file == main


def may_be_set_elsewhere(part: PartialFile, diagnostic: Diagnostic) -> bool:
    """Whether the rest of the configuration may hold what nginx misses here."""
    if _CHANNELS in diagnostic.message:
        return part.block in ("location", "if")
    return _SET_ELSEWHERE.match(diagnostic.message) is not None


def note(part: PartialFile, code: str) -> Finding:
    """What is said of a part that was recognised. code: of the finding."""
    return Finding(
        code,
        Level.INFO,
        Position(part.path, 1),
        f"this file is a part of a configuration: it is checked as one that the {part.block} block of another file includes",
        "Only a check of the configuration that includes it also sees what stands around it.",
        f"check that configuration, or say which block it is: --context {part.block}",
    )
