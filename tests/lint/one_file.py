"""A configuration in memory."""

from __future__ import annotations

from ngxpush.config.analyzer import analyze
from ngxpush.lint.rules import RULES
from ngxpush.lint.subject import Subject
from tests.machine import Machine

PATH = "/nginx.conf"


def one_file(content: bytes) -> Machine:
    """A machine with that file and no other."""
    return Machine({PATH: content})


def subject_of(content: str) -> Subject:
    """What the rules see of a file with that content."""
    return Subject(analyze(PATH, "/", system=one_file(content.encode())))


def http(content: str) -> str:
    """A file with an http block of that content."""
    return f"events {{}} http {{ push_stream_shared_memory_size 32m; {content} }}"


def server(content: str) -> str:
    """A file with one server of that content."""
    return http(f"server {{ listen 80; {content} }}")


def marked(code: str, content: str) -> list[str]:
    """What the findings of one rule underline in a file with that content, in order."""
    rule = next(rule for rule in RULES if rule.code == code)
    lines = content.split("\n")
    places = sorted((found.position.line, found.position.column, found.length) for found in rule.check(subject_of(content)))
    return [lines[line - 1][column - 1 : column - 1 + length] for line, column, length in places]
