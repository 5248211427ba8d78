"""ngxpush.config.reader: nginx's tokens, nesting and syntax errors."""

from __future__ import annotations

import pytest

from ngxpush.config.reader import parse, parse_parameter
from ngxpush.config.tree import Fault, Statement


def statements(source: bytes) -> list[Statement]:
    return [node for node in parse(source, "f") if isinstance(node, Statement)]


def faults(source: bytes) -> list[tuple[str, int]]:
    """The faults of a file, with their lines, at any depth."""
    found = []
    pending = list(parse(source, "f"))
    while pending:
        node = pending.pop(0)
        if isinstance(node, Fault):
            found.append((node.message, node.position.line if node.position else 0))
        elif node.block is not None:
            pending = [*node.block, *pending]
    return found


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"a b c;", [b"a", b"b", b"c"]),
        (b"a ${x} y;", [b"a", b"${x}", b"y"]),
        (b"a ${x};", [b"a", b"${x}"]),
        (b"a b};", [b"a", b"b}"]),
        (b'a "b c" \'d"e\';', [b"a", b"b c", b'd"e']),
        (rb'a "x\n\t\"\$" y\n;', [b"a", b'x\n\t"\\$', b"y\n"]),
        (b"a b#c;", [b"a", b"b#c"]),
        (b'a b"c;', [b"a", b'b"c']),
        (b"a \xc3\xa0\x85\xa0 \x0b;", [b"a", b"\xc3\xa0\x85\xa0", b"\x0b"]),
        (b"a\r\n\tb # c\n;", [b"a", b"b"]),
        (rb"a \; b;", [b"a", b"\\;", b"b"]),
        (b'if ("a");', [b"if", b'("a")']),
    ],
)
def test_words(source: bytes, words: list[bytes]) -> None:
    (statement,) = statements(source)
    assert [statement.name, *statement.arguments] == words


def test_places() -> None:
    (server,) = statements(b'http {\n  listen\n    "80" ;\n}\n')
    assert (server.start.line, server.end.line, server.end.column) == (1, 1, 6)
    assert server.block is not None and server.block_end is not None
    (listen,) = server.block
    assert isinstance(listen, Statement)
    assert [(place.line, place.column) for place in listen.positions] == [(2, 3), (3, 5)]
    assert (listen.end.line, listen.end.column, server.block_end.line) == (3, 10, 4)
    assert listen.quoted == (False, True)


def test_comments_belong_to_the_directive_they_stand_at() -> None:
    block, last = statements(b"# before\na { # after\n  b; # of b\n}\n# of c\nc;")
    assert block.comments == (b"# before", b"# after")
    assert last.comments == (b"# of c",)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"events {\n", [('unexpected end of file, expecting "}"', 2)]),
        (b"a b\n", [('unexpected end of file, expecting ";" or "}"', 2)]),
        (b"a 'b;\n", [('unexpected end of file, expecting ";" or "}"', 2)]),
        (b"a;\n}\nb;", [('unexpected "}"', 2)]),
        (b"a { b }", [('unexpected "}"', 1)]),
        (b";", [('unexpected ";"', 1)]),
        (b"{ a; }", [('unexpected "{"', 1)]),
        (b'a "b"c;\nd;', [('unexpected "c"', 1)]),
        (b"a # end", [('unexpected end of file, expecting ";" or "}"', 1)]),
        (b"a \\", [('unexpected end of file, expecting ";" or "}"', 1)]),
        (b"# only a comment", []),
        (b"", []),
    ],
)
def test_syntax_errors(source: bytes, expected: list[tuple[str, int]]) -> None:
    assert faults(source) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (b"x" * 4095, None),
        (b"x" * 4096, 'too long parameter "xxxxxxxxxx..." started'),
        (b'"' + b"x" * 4094 + b'"', None),
        (b'"' + b"x" * 4095 + b'"', 'too long parameter "xxxxxxxxxx..." started'),
        (b'"' + b"x" * 4096 + b'"', 'too long parameter, probably missing terminating """ character'),
    ],
)
def test_longest_parameter(word: bytes, expected: str | None) -> None:
    found = [message for message, _ in faults(b"a " + word + b";\nb;\n")]
    assert found == ([] if expected is None else [expected])


def test_a_directive_with_a_fault_is_left_out() -> None:
    assert [statement.name for statement in statements(b'a "b"c d;\ne;')] == [b"e"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"daemon off", 'unexpected end of parameter, expecting ";"'),
        (b"events { }", "block directives are not supported in -g option"),
        (b"}", 'unexpected "}"'),
    ],
)
def test_global_directives(source: bytes, message: str) -> None:
    first = parse_parameter(source)[0]
    assert isinstance(first, Fault) and first.message == message and first.position is not None
    assert first.position.file == ""
