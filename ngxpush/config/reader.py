"""From the bytes of a configuration file to its directive tree, the way nginx reads it.

crossplane's lexer cuts the file into tokens. It does not read all of them as nginx does, so it gets a sketch of the file in which
each word, quoted string and comment is a single letter (see `_sketch`). The tokens' bytes, columns, quotes and escapes come from
the file itself.  The parser below does the nesting, and reports syntax errors in nginx's words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

# crossplane's public `lex` and `parse` open files themselves, decode them as UTF-8 with replacements, and follow includes in one
# context only. The lexer inside is the part that takes characters from its caller.
from crossplane.lexer import _lex_file_object
from msgspec import Struct, field
from msgspec.structs import replace

from .lua import without_lua
from .text import shown
from .tree import Fault, Node, Position, Statement

# nginx reads a file through a buffer of this size. Each parameter has to fit into it with the character that ends it.
_BUFFER = 4096

# What nginx takes as one thing: a comment, a quoted string (perhaps unfinished), or a bare word, inside which `${`, `}`, quotes
# and `#` mean nothing special.
_THING = re.compile(
    rb"""
    (?P<comment>\#[^\n]*)
    | (?P<quoted>"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+')
    | (?P<unfinished>["'].*)
    | (?:\\.|\\\Z|\$\{|[^ \t\r\n;{}"'\#\\])(?:[^ \t\r\n;{\\$]++|\\.|\\\Z|\$\{|\$)*+
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPES = {b"t": b"\t", b"r": b"\r", b"n": b"\n", b'"': b'"', b"'": b"'", b"\\": b"\\"}
_PUNCTUATION = (";", "{", "}")
_BLANKS = re.compile(rb"[ \t\r\n]*")
_SOME_BLANKS = re.compile(rb"[ \t\r\n]+")


class Token(Struct, frozen=True):
    """A token of a file: `text` unquoted and unescaped (a comment as it stands); `start`, `end`: offsets, quotes included."""

    text: bytes
    start: int
    end: int
    quoted: bool = False
    comment: bool = False


def tokens(source: bytes) -> Iterator[Token]:
    """The tokens of a file: words, quoted strings, comments, and unquoted `{`, `}` and `;`.

    A quoted string that never ends is not a token: it is the text after the last one.
    """
    sketch, lengths = _sketch(source)
    end = 0
    # The lexer yields a word only when it sees what follows it. The line end makes sure that something follows.
    for drawn, _, quoted in _lex_file_object([sketch, "\n"]):
        blanks = _BLANKS.match(source, end)
        start = end if blanks is None else blanks.end()
        if quoted:
            end = start + next(lengths)
            yield Token(_unescape(source[start + 1 : end - 1]), start, end, quoted=True)
            continue
        end = start + (1 if drawn in _PUNCTUATION else next(lengths))
        if drawn[0] == "#":
            yield Token(source[start:end], start, end, comment=True)
        else:
            yield Token(_unescape(source[start:end]), start, end)


def _sketch(source: bytes) -> tuple[str, Iterator[int]]:
    """The file as crossplane's lexer sees it, and the lengths of its words, quoted strings and comments, in order."""
    lengths: list[int] = []

    def draw(thing: re.Match[bytes]) -> bytes:
        lengths.append(thing.end() - thing.start())
        if thing["quoted"] is not None:
            return b'"x"'
        if thing["comment"] is not None:
            return b"#x"
        return b"x" if thing["unfinished"] is None else b'"x'

    return _SOME_BLANKS.sub(b"\n", _THING.sub(draw, source)).decode("ascii"), iter(lengths)


def _unescape(raw: bytes) -> bytes:
    """Resolve nginx's escapes, which are the same in words and in quotes. An unknown one keeps its backslash."""
    if b"\\" not in raw:
        return raw
    return _ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[0]), raw)


def parse(source: bytes, file: str) -> tuple[Node, ...]:
    """The directive tree of one file. Each syntax error is a `Fault` at its place in the tree."""
    return _Parser(without_lua(source), file, _FILE).parse()


def parse_parameter(source: bytes) -> tuple[Node, ...]:
    """The directives of nginx's -g option."""
    return _Parser(source, COMMAND_LINE, _PARAMETER).parse()


COMMAND_LINE = ""
"""The file name of directives given with -g, for which nginx says `in command line`."""


class _Kind(Struct, frozen=True):
    """What nginx says when a file, or the text of -g, ends within a directive."""

    unfinished: str
    blocks: bool


_FILE = _Kind('unexpected end of file, expecting ";" or "}"', blocks=True)
_PARAMETER = _Kind('unexpected end of parameter, expecting ";"', blocks=False)


class _OpenBlock(Struct):
    """A block being read: the tokens of its directive, where it opened, and what it contains so far."""

    words: list[Token]
    opened: Token | None  # None for the file itself
    comments: list[bytes]
    nodes: list[Node] = field(default_factory=list)


class _Parser:
    """Builds statements and blocks from tokens. Each instance reads one file."""

    def __init__(self, source: bytes, file: str, kind: _Kind) -> None:
        self._source = source
        self._file = file
        self._kind = kind
        self._line_starts = [0, *(match.end() for match in re.finditer(rb"\n", source))]
        self._blocks = [_OpenBlock([], None, [])]
        self._words: list[Token] = []
        self._spoiled = False  # the statement being read has a fault, so it is left out
        self._comments: list[bytes] = []

    def parse(self) -> tuple[Node, ...]:
        previous: Token | None = None
        for token in tokens(self._source):
            self._check_length(token)
            if previous is not None and previous.quoted and previous.end == token.start:
                self._check_after_quote(token)
            if token.comment:
                self._comment(token, previous)
            elif token.quoted or token.text not in (b";", b"{", b"}"):
                self._words.append(token)
            elif token.text == b"}":
                self._close(token)
            elif not self._words:
                self._fault(f'unexpected "{token.text.decode()}"', token.start)
                if token.text == b"{":
                    self._open(token)
            elif token.text == b"{":
                self._open(token)
            else:
                self._end(token)
            previous = token
        self._finish(0 if previous is None else previous.end, previous is not None and previous.quoted)
        return tuple(self._blocks[0].nodes)

    # Blocks

    def _open(self, token: Token) -> None:
        if not self._kind.blocks:
            self._fault("block directives are not supported in -g option", token.start)
        words = [] if self._spoiled else self._words
        self._blocks.append(_OpenBlock(words, token, self._take_comments()))
        self._words, self._spoiled = [], False

    def _end(self, token: Token) -> None:
        comments = self._take_comments()
        if not self._spoiled:
            self._add(self._statement(self._words, token, comments))
        self._words, self._spoiled = [], False

    def _close(self, token: Token) -> None:
        if self._words:
            self._fault('unexpected "}"', token.start)
            self._words, self._spoiled = [], False
        elif len(self._blocks) == 1:
            self._fault('unexpected "}"', token.start)
        if len(self._blocks) > 1:
            self._close_block(token.start)

    def _close_block(self, end: int) -> None:
        block = self._blocks.pop()
        assert block.opened is not None
        self._comments = []
        if block.words:
            self._add(self._statement(block.words, block.opened, block.comments, tuple(block.nodes), end))

    def _finish(self, end: int, after_quote: bool) -> None:
        """The file has ended: report what is missing.

        end: where its last token ends.  after_quote: that token is quoted.  An unfinished quoted string may follow it.
        """
        length = len(self._source)
        rest = self._source[end:].lstrip(b" \t\r\n")
        if rest:
            if after_quote and end + len(rest) == length:
                self._fault(f'unexpected "{shown(rest[:1])}"', end)
            self._check_unfinished(rest, length - len(rest))
        if self._words or rest:
            self._fault(self._kind.unfinished, length)
        elif len(self._blocks) > 1:
            self._fault('unexpected end of file, expecting "}"', length)
        while len(self._blocks) > 1:
            self._close_block(length)

    # Statements

    def _statement(
        self,
        words: list[Token],
        last: Token,
        comments: list[bytes],
        block: tuple[Node, ...] | None = None,
        block_end: int | None = None,
    ) -> Statement:
        positions = tuple(self._position(word.start) for word in words)
        return Statement(
            name=words[0].text,
            arguments=tuple(word.text for word in words[1:]),
            start=positions[0],
            end=self._position(last.start),
            quoted=tuple(word.quoted for word in words),
            positions=positions,
            block=block,
            block_end=None if block_end is None else self._position(block_end),
            comments=tuple(comments),
        )

    def _add(self, node: Node) -> None:
        self._blocks[-1].nodes.append(node)

    def _comment(self, token: Token, previous: Token | None) -> None:
        """A comment belongs to the directive that ends on its line, otherwise to the next one."""
        block = self._blocks[-1]
        after = previous is not None and b"\n" not in self._source[previous.end : token.start] and not self._words
        if after and previous is not None and previous.text == b"{" and not previous.quoted:
            block.comments.append(token.text)
        elif after and block.nodes and isinstance(block.nodes[-1], Statement):
            statement = block.nodes[-1]
            block.nodes[-1] = replace(statement, comments=(*statement.comments, token.text))
        else:
            self._comments.append(token.text)

    def _take_comments(self) -> list[bytes]:
        comments, self._comments = self._comments, []
        return comments

    # Places and faults

    def _position(self, offset: int) -> Position:
        line = bisect_right(self._line_starts, offset)
        return Position(self._file, line, offset - self._line_starts[line - 1] + 1)

    def _fault(self, message: str, offset: int) -> None:
        self._add(Fault(message, self._position(offset)))

    def _check_after_quote(self, token: Token) -> None:
        """After a closing quote nginx requires a blank, `;`, `{` or `)`."""
        character = self._source[token.start : token.start + 1]
        if character not in b";{)":
            self._spoiled = True
            self._fault(f'unexpected "{shown(character)}"', token.start)

    def _check_length(self, token: Token) -> None:
        """A parameter, or a comment, has to fit into nginx's buffer together with the character that ends it."""
        start = token.start + token.quoted
        if token.end - start >= _BUFFER and start + _BUFFER < len(self._source):
            unfinished = token.quoted and token.end - start > _BUFFER
            self._too_long(token.start, start, unfinished)
            self._spoiled = self._spoiled or not token.comment

    def _check_unfinished(self, rest: bytes, start: int) -> None:
        if len(rest) - 1 > _BUFFER:
            self._too_long(start, start + 1, quoted=True)

    def _too_long(self, start: int, text: int, quoted: bool) -> None:
        if quoted:
            quote = shown(self._source[start : start + 1])
            self._fault(f'too long parameter, probably missing terminating "{quote}" character', start)
        else:
            self._fault(f'too long parameter "{shown(self._source[text : text + 10])}..." started', start)
