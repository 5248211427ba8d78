"""nginx's errors as findings: all of them, each once, at the word they are about, and none that only follows from another."""

from __future__ import annotations

import re

import pytest

from ngxpush.lint.finding import Finding, Level
from ngxpush.lint.linter import lint
from tests.lint.one_file import PATH, one_file

_GOOD = """\
events {}
http {
    push_stream_shared_memory_size 32m;
    map $arg_a $mapped {
        default 1;
    }
    server {
        listen 80;
        location /pub {
            push_stream_publisher;
            push_stream_channels_path $arg_id;
        }
        location ~ ^/sub/(.*)$ {
            push_stream_subscriber;
            push_stream_channels_path $1;
            push_stream_message_template "~text~";
        }
    }
    server {
        listen 81;
        location / {
            return 204;
        }
    }
}
"""


def errors(content: str) -> list[Finding]:
    found = lint(PATH, "/", one_file(content.encode()), rules=()).findings
    return [finding for finding in found if finding.level is Level.ERROR]


def changed(*changes: tuple[str, str]) -> str:
    content = _GOOD
    for old, new in changes:
        assert content.count(old) == 1, old
        content = content.replace(old, new)
    return content


def test_good_has_none() -> None:
    assert errors(_GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "message", "marked", "instead"),
    [
        ("memory_size 32m", "memory_size 32", "The push_stream_shared_memory_size value must be at least 128KiB", None, None),
        ("_publisher;", "_publisher boss;", "push stream module: invalid push_stream_publisher mode value: boss", None, None),
        ("        listen 80;", "        liste 80;", 'unknown directive "liste"', "liste", "did you mean listen?"),
        ("return 204;", "early_hints on;", "unknown directive", None, "leave it out for nginx 1.22: nginx has it since 1.29.0"),
        ("return 204;", "push_stream_websocket;", "unknown directive", None, "push_stream_subscriber websocket;"),
        (
            "server {\n        listen 81;",
            "server {\n        listen 81",
            'directive "listen" is not terminated by ";"',
            "listen",
            "end the line before location with ;",
        ),
        ("listen 80;", "listen;", 'invalid number of arguments in "listen" directive', "listen", None),
        (
            "_path $arg_id;",
            "_path $arg_id",
            'unexpected "}"',
            "}",
            "end the directive before it with ; or remove the }",
        ),
        (
            "push_stream_publisher;",
            "push_stream_publisher",
            'invalid number of arguments in "push_stream_publisher" directive',
            "push_stream_publisher",
            "end the line before push_stream_channels_path with ;",
        ),
        (
            "push_stream_publisher;",
            "push_stream_publisher admin push_stream_store_messages on;",
            'invalid number of arguments in "push_stream_publisher" directive',
            "push_stream_publisher",
            "put a ; before push_stream_store_messages",
        ),
        (
            "return 204;",
            "add_header allow;",
            'invalid number of arguments in "add_header" directive',
            "add_header",
            None,
        ),
        (
            '"~text~"',
            '{"text":"~text~"}',
            'directive "push_stream_message_template" is not terminated by ";"',
            "push_stream_message_template",
            None,
        ),
        ("push_stream_channels_path $1;", "", "push stream module: push_stream_channels_path must be set.", None, None),
        ("_path $arg_id", "_path $no_such", 'unknown "no_such" variable', "$no_such", None),
        ("location / {", "location / ", 'directive "location" has no opening "{"', "location", "location / { … }"),
        ("events {}", "", 'no "events" section in configuration', None, "events {}"),
        ("listen 81;\n        location / {", "listen 81;\n", 'unexpected "}"', "}", None),
        ("return 204;\n        }\n    }", "return 204;\n    }", 'unexpected end of file, expecting "}"', None, None),
        ("        }\n        location ~", "        location ~", '"server" directive is not allowed here', "server", None),
        ("map $arg_a $mapped {", "", 'unknown directive "default"', "default", None),
        ('"~text~";', '"~text~;', 'unexpected end of file, expecting ";" or "}"', None, None),
        ('"~text~";', '"~text~"x;', 'unexpected "x"', "x", None),
        ("return 204;", "return 204;;", 'unexpected ";"', ";", "remove the ;"),
    ],
)
def test_one_mistake_is_one_error(old: str, new: str, message: str, marked: str | None, instead: str | None) -> None:
    content = changed((old, new))
    (finding,) = errors(content)
    assert finding.message.startswith(message)
    assert finding.code == "nginx" and finding.why
    line = [*content.splitlines(), ""][finding.position.line - 1]
    if marked is not None:
        assert line[finding.position.column - 1 :][: finding.length] == marked
    if instead is not None:
        assert finding.instead == instead


def test_what_is_obsolete_names_its_successor() -> None:
    content = changed(("listen 80;", "listen 80; http2_max_requests 12;"))
    found = lint(PATH, "/", one_file(content.encode()), rules=()).findings
    assert "keepalive_requests <number>;" in [finding.instead for finding in found]


def test_all_mistakes_at_once_in_order() -> None:
    content = changed(
        ("memory_size 32m", "memory_size much"),
        ("listen 80;", "listen 80 loudly;"),
        ("push_stream_channels_path $arg_id;", ""),
        ("push_stream_channels_path $1;", "push_stream_channels_path $1; push_stream_store_messages yes;"),
        ("return 204;", "return; push_stream_ping_message_text x;"),
    )
    found = [
        (finding.position.line, re.sub(r"push stream module: | directive.*|,.*", "", finding.message))
        for finding in errors(content)
    ]
    assert found == [
        (3, "The push_stream_shared_memory_size value must be at least 128KiB"),
        (8, 'invalid parameter "loudly"'),
        (10, "push_stream_channels_path must be set."),
        (15, 'invalid value "yes" in "push_stream_store_messages"'),
        (22, 'invalid number of arguments in "return"'),
        (22, '"push_stream_ping_message_text"'),
    ]


def test_unknown_variables_that_a_misunderstood_directive_may_make_are_not_reported() -> None:
    content = changed(("return 204;", "return 200 $one$two; setx $one 1; sett x 1;"))
    assert [finding.message for finding in errors(content)] == [
        'unknown "two" variable',
        'unknown directive "setx"',
        'unknown directive "sett"',
    ]


def test_missing_channels_path_is_reported_once_for_a_location_with_ifs() -> None:
    condition = "if ($arg_a) { push_stream_store_messages on; }"
    content = changed(("push_stream_channels_path $arg_id;", condition * 3))
    assert [finding.position.line for finding in errors(content)] == [10]


def test_files_that_lack_something_are_not_complete() -> None:
    for content, complete in [
        (_GOOD, True),
        (changed(("return 204;", "return 204;;")), False),
        (changed(("listen 80", "listen x:")), True),
    ]:
        assert lint(PATH, "/", one_file(content.encode()), rules=()).complete is complete


def test_directives_of_third_party_modules_are_no_errors() -> None:
    assert errors(changed(("return 204;", "echo hello;"))) == []


def test_with_its_module_a_directive_is_checked() -> None:
    content = "load_module /etc/nginx/modules/ngx_http_echo_module.so;\n" + changed(("return 204;", "echo_sleep;"))
    assert [found.message for found in errors(content)] == ['invalid number of arguments in "echo_sleep" directive']
    assert [found.code for found in lint(PATH, "/", one_file(content.encode())).findings if found.code == "PS902"] == []
