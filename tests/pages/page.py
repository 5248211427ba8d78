"""Reads the commands of a page: README.md, CONTRIBUTING.md, docs/**/*.md. CONTRIBUTING.md says how they are written.

Fenced blocks of the languages `console` and `sh` are commands; a block of any language with `title="PATH"` is a file. A comment
before a block, which no reader sees, says what else is to be known of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)(?P<rest>.*)$")
_TITLE = re.compile(r'title="([^"]+)"')
_COMMENT = re.compile(r"^ *<!-- (?P<word>not run|keeps running|exit code)(?P<more>[:,] .+)? -->$")
_READY = ", ready when: "


class PageError(Exception):
    """A block that can't be run as it is written. The text begins with its line."""


class File(Struct, frozen=True):
    """A file that the reader is told to write. name: relative to the directory in which the page begins."""

    line: int
    name: str
    text: str


class Command(Struct, frozen=True):
    """What the reader types, and what then happens. shown: the lines that are printed; None: the page doesn't show them."""

    line: int
    text: str
    shown: tuple[str, ...] | None
    exit_code: int = 0


class Running(Struct, frozen=True):
    """A command in a terminal of its own that runs until the page ends.

    ready: the command that succeeds when the page goes on; None: the page goes on when all of `shown` is printed.
    """

    line: int
    text: str
    shown: tuple[str, ...]
    ready: str | None = None


Step = File | Command | Running


class _Block(Struct, frozen=True):
    line: int
    language: str
    rest: str
    lines: list[str]
    # The words of the comments before it, and what follows each of them.
    said: dict[str, str]


def steps(path: Path) -> list[Step]:
    """What a reader of the page does, in this order. PageError: a block can't be understood."""
    return [step for block in _blocks(path.read_text("utf-8").splitlines()) for step in _steps(block)]


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """All fenced blocks."""
    said: dict[str, str] = {}
    numbered = enumerate(lines, 1)
    for number, line in numbered:
        comment, fence = _COMMENT.match(line), _FENCE.match(line)
        if comment:
            said[comment["word"]] = comment["more"] or ""
        elif fence:
            indent = fence["indent"]
            inside = []
            for _, line in numbered:
                if line.strip() == "```":
                    break
                inside.append(line.removeprefix(indent))
            yield _Block(number, fence["language"], fence["rest"], inside, said)
            said = {}
        elif said:
            raise PageError(f"line {number}: the comment before it is about a block, and none follows")


def _steps(block: _Block) -> Iterator[Step]:
    if "not run" in block.said:
        if len(block.said["not run"]) < 5:
            raise PageError(f"line {block.line}: a block that is not run needs a reason: <!-- not run: REASON -->")
    elif title := _TITLE.search(block.rest):
        yield File(block.line, title[1], "\n".join(block.lines) + "\n")
    elif block.language in ("bash", "shell", "shell-session", "sh-session"):
        raise PageError(f"line {block.line}: commands are in blocks of console or sh, not of {block.language}")
    elif block.language in ("console", "sh"):
        *commands, last = _typed(block) if block.language == "console" else [_script(block)]
        yield from commands
        yield _as_said(last, block.said)


def _script(block: _Block) -> Command:
    return Command(block.line, "set -e\n" + "\n".join(block.lines) + "\nset +e", None)


def _typed(block: _Block) -> list[Command]:
    """The commands after `$ `, and the lines below them."""
    found: list[tuple[int, list[str], list[str]]] = []
    for number, line in enumerate(block.lines, block.line + 1):
        if line.startswith("$ "):
            found.append((number, [line[2:]], []))
        elif not found:
            raise PageError(f'line {number}: the first line of a console block begins with "$ "')
        elif line.startswith("> ") and not found[-1][2]:
            found[-1][1].append(line[2:])
        else:
            found[-1][2].append(line)
    if not found:
        raise PageError(f"line {block.line}: an empty console block")
    return [Command(number, "\n".join(typed), tuple(shown) or None) for number, typed, shown in found]


def _as_said(command: Command, said: dict[str, str]) -> Step:
    """The last command of a block, with what the comments say of it."""
    if "keeps running" in said:
        more = said["keeps running"]
        if more and not more.startswith(_READY):
            raise PageError(f"line {command.line}: keeps running: {more!r} is not understood")
        if not more and command.shown is None:
            raise PageError(f"line {command.line}: when does the page go on? Show what is printed, or say {_READY[2:]}COMMAND")
        return Running(command.line, command.text, command.shown or (), more.removeprefix(_READY) or None)
    if "exit code" in said:
        return Command(command.line, command.text, command.shown, int(said["exit code"].removeprefix(": ")))
    return command


def fits(shown: tuple[str, ...], printed: str, *, whole: bool) -> bool:
    """Whether `printed`, or its beginning, is what a page shows. `…` stands for any text, alone on a line for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else r".*?".join(map(re.escape, line.rstrip().split("…"))) + r"[ \r]*\n"
        for line in shown
    )
    if printed and not printed.endswith("\n"):
        printed += "\n"
    return (re.fullmatch if whole else re.match)(pattern, printed) is not None


def contradicts(shown: tuple[str, ...], printed: str) -> bool:
    """Whether what is printed, and goes on, can't begin with what a page shows any more."""
    any_lines = any(line.strip() == "…" for line in shown)
    return not any_lines and printed.count("\n") >= len(shown) and not fits(shown, printed, whole=False)
