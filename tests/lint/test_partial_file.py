"""The hint for a file that is a part of a configuration."""

from __future__ import annotations

import pytest

from ngxpush.lint.finding import Level
from ngxpush.lint.linter import lint
from tests.lint.one_file import PATH, one_file


def _hints(content: str) -> list[tuple[str, str, int]]:
    found = lint(PATH, "/", one_file(content.encode()), rules=()).findings
    assert found[0].level is Level.ERROR
    return [(each.message, each.instead, each.position.line) for each in found if each.level is Level.INFO]


@pytest.mark.parametrize(
    ("content", "block", "around"),
    [
        ("server {\n listen 80; }\nserver {\n }", "http", "http { include nginx.conf; }"),
        (
            "upstream u { server 127.0.0.1:80; }\n\npush_stream_ping_message_interval 10s;",
            "http",
            "http { include nginx.conf; }",
        ),
        ("location /a { return 204; }\n\nlocation /b { }", "server", "http { server { include nginx.conf; } }"),
        ("allow all;\n\ndeny all;", "http", "http { include nginx.conf; }"),
        ("\n\nreturn 204;", "server", "http { server { include nginx.conf; } }"),
        ("\n\nalias /x;", "location", "http { server { location / { include nginx.conf; } } }"),
    ],
)
def test_a_part_gets_one_hint_after_its_errors(content: str, block: str, around: str) -> None:
    message = f"this file looks like a part of a configuration, which the {block} block of another file includes"
    assert _hints(content) == [(message, f"check the file that includes it; or a file with: events {{}} {around}", 3)]


@pytest.mark.parametrize(
    "content", ["events {}\nserver {}", "http {}\nserver {}", "bogus on;\nserver {}", "include missing;\nserver {}"]
)
def test_other_files_get_none(content: str) -> None:
    assert _hints(content) == []
