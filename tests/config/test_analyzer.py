"""ngxpush.config.analyzer: what nginx says to a configuration, in its words and order."""

from __future__ import annotations

import pytest

from ngxpush.config.analysis import Analysis, Diagnostic
from ngxpush.config.analyzer import analyze
from tests.machine import Machine

HEAD = "events {}\nhttp {\naccess_log off;\n"


def check(text: str, global_directives: str = "", **files: str) -> Analysis:
    named = {"nginx.conf": text} | {name.replace("_", "."): content for name, content in files.items()}
    machine = Machine({f"/etc/nginx/{name}": content.encode() for name, content in named.items()}, unknown=("nowhere",))
    return analyze("/etc/nginx/nginx.conf", "/etc/nginx", global_directives, system=machine)


def lines(analysis: Analysis) -> list[str]:
    """The diagnostics as nginx would print all of them."""
    return [_line(diagnostic) for diagnostic in analysis.diagnostics]


def _line(diagnostic: Diagnostic) -> str:
    place = ""
    if diagnostic.position is not None:
        where = diagnostic.position
        place = f" in {where.file.removeprefix('/etc/nginx/')}:{where.line}" if where.file else " in command line"
    return f"[{diagnostic.level}] {diagnostic.message}{place}"


def in_server(text: str) -> str:
    return f"{HEAD}server {{ listen 8080; {text} }}\n}}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense on;", 'unknown directive "nonsense"'),
        ("log_format a b;", '"log_format" directive is not allowed here'),
        ("location /;", 'directive "location" has no opening "{"'),
        ("root /x { }", 'directive "root" is not terminated by ";"'),
        ("root;", 'invalid number of arguments in "root" directive'),
        ("etag on; etag off;", '"etag" directive is duplicate'),
        ("etag yes;", 'invalid value "yes" in "etag" directive, it must be "on" or "off"'),
        ("location / { if ($uri) { try_files a b; } }", '"try_files" directive is not allowed here'),
        ("location = /a { location /a/b {} }", 'location "/a/b" cannot be inside the exact location "/a"'),
        ("location /a {} location /a {}", 'duplicate location "/a"'),
        ("location /b { alias /x; root /y; }", '"root" directive is duplicate, "alias" directive was specified earlier'),
        ("listen 8081 backlog=x;", 'invalid backlog "backlog=x"'),
        ("listen 8080;", "a duplicate listen 0.0.0.0:8080"),
        ("listen nowhere:80;", 'host not found in "nowhere:80" of the "listen" directive'),
        ("server_name *x;", 'server name "*x" is invalid'),
        ("if ($uri == x) { }", 'unexpected "==" in condition'),
        ("if (uri) { }", 'invalid condition "uri"'),
        ("return 1000;", 'invalid return code "1000"'),
        ('rewrite ^ "";', "empty replacement"),
        ("error_page 299 /x;", 'value "299" must be between 300 and 599'),
        ("set $uri x;", 'the duplicate "uri" variable'),
    ],
)
def test_refused_in_a_server(text: str, message: str) -> None:
    assert lines(check(in_server(text))) == [f"[emerg] {message} in nginx.conf:4"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("map $uri m { a b; }", 'invalid variable name "m"'),
        ("map $uri $m { a b c; }", "invalid number of the map parameters"),
        ("map $uri $m { a 1 { } }", 'unexpected "{"'),
        ("map $uri $m { A 1; a 2; }", 'conflicting parameter "a"'),
        ("geo $g { x 1; }", 'invalid network "x"'),
        ("split_clients a $s { 60% x; 50% y; }", "percent total is greater than 100%"),
        ("limit_req_zone $uri zone=a:1k rate=1r/s;", 'zone "zone=a:1k" is too small'),
        ("upstream u { }", "no servers are inside upstream"),
        ("upstream u { server nowhere; }", 'host not found in upstream "nowhere"'),
        ("log_format combined x;", 'duplicate "log_format" name "combined"'),
        ("open_log_file_cache inactive=1s;", '"open_log_file_cache" must have "max" parameter'),
        ("open_log_file_cache max=1 valid=x;", 'invalid "open_log_file_cache" parameter "valid=x"'),
        ("set_real_ip_from nowhere;", 'host not found in set_real_ip_from "nowhere"'),
        ("modern_browser 1 POST;", 'unknown browser name "1"'),
        ("modern_browser msie POST;", 'invalid browser version "POST"'),
        ('index a "";', 'index "a" in "index" directive is invalid'),
        ("http2_recv_buffer_size 32;", '"http2_recv_buffer_size" directive value is too small'),
        ("server { location / { uwsgi_pass Host; } }", 'no port in upstream "Host"'),
        ('server { valid_referers ""; }', 'invalid referer ""'),
    ],
)
def test_refused_in_http(text: str, message: str) -> None:
    assert lines(check(f"{HEAD}{text}\n}}\n")) == [f"[emerg] {message} in nginx.conf:4"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("utf-8", []),
        ("a$b", []),
        ("$uri", []),
        ("$", ['[emerg] invalid variable name "$" in nginx.conf:4']),
        ("$a$b", ['[emerg] unknown "a$b" variable']),
        ("${uri}", ['[emerg] unknown "{uri}" variable']),
    ],
)
def test_a_charset_is_one_variable_or_none(name: str, expected: list[str]) -> None:
    assert lines(check(in_server(f"charset {name};"))) == expected


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("connection_pool_size 9k;", True),  # nginx's own buffers have 8k
        ("connection_pool_size 8k;", False),
        ("connection_pool_size 9k; large_client_header_buffers 4 16k;", False),
        ("large_client_header_buffers 4 256;", True),
    ],
)
def test_a_large_header_buffer_is_as_large_as_the_pool(text: str, refused: bool) -> None:
    expected = '"large_client_header_buffers" size must be equal to or greater than "connection_pool_size" in nginx.conf:5'
    assert lines(check(in_server(text))) == ([f"[emerg] the {expected}"] if refused else [])


@pytest.mark.parametrize("name", ["send_lowat", "proxy_send_lowat", "fastcgi_send_lowat"])
def test_what_linux_lacks_is_a_warning(name: str) -> None:
    analysis = check(in_server(f"{name} 1;"))
    assert lines(analysis) == [f'[warn] "{name}" is not supported, ignored in nginx.conf:4']


def test_every_error_is_reported_and_none_follows_from_another() -> None:
    analysis = check(in_server("nonsense on; etag yes; location / { push_stream_publisher; push_stream_chanels_path x; }"))
    assert [diagnostic.message.split('"')[0] for diagnostic in analysis.diagnostics] == [
        "unknown directive ",
        "invalid value ",
        "unknown directive ",
        "push stream module: push_stream_shared_memory_size must be set.",
    ]


def test_unknown_variables_have_no_place() -> None:
    expected = ['[emerg] unknown "nope" variable', '[emerg] unknown "other" variable']
    assert lines(check(in_server("return 200 $nope$Other$nope;"))) == expected


@pytest.mark.parametrize(
    ("names", "times"),
    [
        (["a", "a"], 1),
        (["a a", "b"], 1),
        (["a a", "a"], 2),
        (["a a"], 0),  # the names of an only server are not looked at
        (["a a ~b"], 0),
        (["a a ~(b)"], 1),  # unless one of them sets variables
    ],
)
def test_server_names_in_conflict_are_a_warning(names: list[str], times: int) -> None:
    analysis = check(HEAD + "".join(f"server {{ listen 80; server_name {name}; }}" for name in names) + "\n}\n")
    assert lines(analysis) == ['[warn] conflicting server name "a" on 0.0.0.0:80, ignored'] * times
    assert analysis.fatal is None


def test_errors_in_included_files_name_that_file() -> None:
    analysis = check(HEAD + "include *.inc;\n}\n", a_inc="types { x y; }", b_inc="\nnonsense;")
    assert lines(analysis) == ['[emerg] unknown directive "nonsense" in b.inc:2']
    assert [path.rsplit("/", 1)[1] for path in analysis.files] == ["nginx.conf", "a.inc", "b.inc"]


def test_missing_include() -> None:
    message = 'open() "/etc/nginx/x.conf" failed (2: No such file or directory)'
    assert lines(check("events {}\ninclude x.conf;\n")) == [f"[emerg] {message} in nginx.conf:2"]


def test_a_file_that_includes_itself_ends() -> None:
    analysis = check("events {}\ninclude nginx.conf;\n")
    assert analysis.fatal is not None


def test_global_directives_come_first() -> None:
    assert lines(check("nonsense;", "daemon maybe;")) == [
        '[emerg] invalid value "maybe" in "daemon" directive, it must be "on" or "off" in command line',
        '[emerg] unknown directive "nonsense" in nginx.conf:1',
    ]


def test_what_is_only_wrong_after_the_syntax_check_is_a_step() -> None:
    analysis = check("http { access_log off; limit_req zone=missing; }")
    assert analysis.fatal is None
    messages = [step.message for step in analysis.steps if isinstance(step, Diagnostic) and step.fatal]
    assert messages == ['no "events" section in configuration', 'zero size shared memory zone "missing"']


def test_each_listening_socket_takes_a_connection() -> None:
    http = "http { access_log off; server { listen 8080; listen 8081; } server { listen 8080; server_name b; } }"
    assert _fatal_steps("events { worker_connections 3; }" + http) == []
    few = ["2 worker_connections are not enough for 2 listening sockets"]
    assert _fatal_steps("events { worker_connections 2; }" + http) == few


def _fatal_steps(text: str) -> list[str]:
    """What ends the start after the syntax check."""
    return [step.message for step in check(text).steps if isinstance(step, Diagnostic) and step.fatal]


UNUSED = "ngx_http_push_stream_module will not be used with this configuration."


@pytest.mark.parametrize(
    ("http", "notices"),
    [
        ("", [UNUSED]),
        ("http { access_log off; }", [UNUSED]),
        (
            "http { access_log off; push_stream_shared_memory_size 1m; server { location / { push_stream_channels_statistics; } } }",
            [],
        ),
    ],
)
def test_without_push_stream_there_is_a_notice_at_start(http: str, notices: list[str]) -> None:
    steps = check("events {} " + http).steps
    assert [step.message for step in steps if isinstance(step, Diagnostic)] == notices
