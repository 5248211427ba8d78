"""Templates of configurations."""

from __future__ import annotations

import pytest

from ngxpush.config.tree import Position
from ngxpush.lint.finding import Level
from ngxpush.lint.linter import lint
from ngxpush.lint.template import place_to_fill_in
from tests.lint.one_file import PATH, one_file


@pytest.mark.parametrize(
    ("content", "text", "line", "column"),
    [
        (b"listen ${WEB_PORT};", "${WEB_PORT}", 1, 8),
        (b"events { }\n  {% if tls %}\n", "{% if tls %}", 2, 3),
        (b"user {{ user }};", "{{ user }}", 1, 6),
        (b"user <%= user %>;", "<%= user %>", 1, 6),
    ],
)
def test_what_is_to_be_filled_in(content: bytes, text: str, line: int, column: int) -> None:
    assert place_to_fill_in({PATH: content}, PATH) == (text, Position(PATH, line, column))


@pytest.mark.parametrize("content", [b"return 200 ${uri}${host};", b"location ~ ^/{2,3}$ { }", b"http { server { } }"])
def test_what_is_not(content: bytes) -> None:
    assert place_to_fill_in({PATH: content}, PATH) is None


def test_a_note_where_there_are_errors() -> None:
    def notes(content: bytes) -> list[str]:
        found = lint(PATH, "/", one_file(content), rules=()).findings
        return [each.message for each in found if each.level is Level.INFO]

    bad = b"events { } http { server { listen {{ port }}; } }"
    assert notes(bad) == ["this looks like a template, with places to fill in: {{ port }}"]
    assert notes(b"events { } http { server { return 200 '{{ }}'; } }") == []
