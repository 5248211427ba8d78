"""The files of a configuration as lines."""

from __future__ import annotations

from ngxpush.config.reader import parse
from ngxpush.config.tree import Position, Statement
from ngxpush.console.shown_files import ShownFiles, lines_of
from ngxpush.lint.finding import Finding, Level

_FILES = {"/conf/nginx.conf": b"a;\n\tb c;\n<d>\xff\n", "/conf/inner/x.conf": b"e;\n", "/etc/other.conf": b""}


def test_places() -> None:
    files = ShownFiles(_FILES)
    place = files.place(Position("/conf/inner/x.conf", 7))
    assert (place.name, place.anchor) == ("inner/x.conf:7", "file-2-line-7")
    assert files.place(Position("/etc/other.conf", 1)).name == "/etc/other.conf:1"


def test_lines_marks_and_findings() -> None:
    finding = Finding("PS000", Level.WARNING, Position("/conf/nginx.conf", 2), "no good")
    decided, used = frozenset({("/conf/nginx.conf", 1)}), frozenset({("/conf/nginx.conf", 1), ("/conf/nginx.conf", 3)})
    main, inner, other = ShownFiles(_FILES).files(decided, used, [finding])
    assert (main.name, inner.name, other.name) == ("nginx.conf", "inner/x.conf", "/etc/other.conf")
    assert (main.unfolded, inner.unfolded) == (True, False)
    assert [(line.number, line.text, line.mark, line.findings) for line in main.lines] == [
        (1, "a;", "decided", ()),
        (2, "    b c;", "", (finding,)),
        (3, "<d>\\xff", "used", ()),
    ]
    assert main.lines[2].anchor == "file-1-line-3"


def test_only_what_is_marked() -> None:
    assert [file.name for file in ShownFiles(_FILES).files(frozenset({("/conf/inner/x.conf", 1)}), all=False)] == ["inner/x.conf"]


def test_lines_of_a_directive() -> None:
    nodes = parse(b"server {\n  listen\n 80;\n}\n", "f")
    (server,) = [node for node in nodes if isinstance(node, Statement)]
    (listen,) = [node for node in server.block or () if isinstance(node, Statement)]
    assert lines_of([server]) == {("f", 1)}
    assert lines_of([listen]) == {("f", 2), ("f", 3)}
