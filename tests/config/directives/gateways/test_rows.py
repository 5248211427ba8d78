"""The directives of gateway, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.config.cycle import CreatePath
from tests.config.said import Case, analysis_of, said

CASES: list[Case] = [
    (
        "location",
        "proxy_buffer_size 64k;",
        ['[emerg] "proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer'],
    ),
    (
        "location",
        "proxy_busy_buffers_size 1k;",
        [
            '[emerg] "proxy_busy_buffers_size" must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"'
        ],
    ),
    (
        "location",
        "proxy_temp_file_write_size 1k;",
        [
            '[emerg] "proxy_temp_file_write_size" must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"'
        ],
    ),
    (
        "location",
        "proxy_max_temp_file_size 1k;",
        [
            '[emerg] "proxy_max_temp_file_size" must be equal to zero to disable temporary files usage or must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"'
        ],
    ),
    ("location", "proxy_max_temp_file_size 0;", []),
    ("location", "proxy_buffers 0 4k;", ['[emerg] "proxy_buffers" directive invalid value']),
    ("location", "proxy_buffers 8 0;", ['[emerg] "proxy_buffers" directive invalid value']),
    ("location", "proxy_buffers x 4k;", ['[emerg] "proxy_buffers" directive invalid value']),
    ("location", "proxy_pass http://$host;", []),
    ("location", "fastcgi_param A b nonsense;", ['[emerg] invalid parameter "nonsense"']),
    ("location", "fastcgi_param A b if_not_empty;", []),
    ("location", "uwsgi_param A b c;", ['[emerg] invalid parameter "c"']),
    ("location", "proxy_method $request_method;", []),
    ("location", "proxy_http_version 2;", ['[emerg] invalid value "2"']),
    ("location", "proxy_http_version 1.1;", []),
    ("location", "proxy_next_upstream nonsense;", ['[emerg] invalid value "nonsense"']),
    ("location", "proxy_temp_path /t 1 2 3 4;", ['[emerg] invalid number of arguments in "proxy_temp_path" directive']),
    ("location", "proxy_temp_path /t 0;", ['[emerg] "proxy_temp_path" directive invalid value']),
    ("location", "proxy_temp_path /t 5 6;", ['[emerg] "proxy_temp_path" directive invalid value']),
    ("location", "proxy_temp_path /t 5 5;", []),
    (
        "http",
        "proxy_temp_path /t 1 2; server { location / { proxy_temp_path /t 2 1; } }",
        ['[emerg] the same path name "/t" in /etc/nginx/nginx.conf:1 has the different levels than'],
    ),
    ("http", "proxy_temp_path /t 1 2; server { location / { proxy_temp_path /t 1 2; } }", []),
    ("location", "grpc_pass nowhere.invalid;", ['[emerg] no port in upstream "nowhere.invalid"']),
    ("location", "grpc_pass http://127.0.0.1;", ['[emerg] invalid host in upstream "http://127.0.0.1"']),
    ("location", "grpc_pass 127.0.0.1:1;", []),
    ("location", "scgi_pass 127.0.0.1:1;", []),
    ("location", "scgi_pass $host;", []),
    ("location", "fastcgi_index $;", []),
    ("location", "fastcgi_catch_stderr a;", []),
    ("location", "fastcgi_pass unix:/s; fastcgi_pass unix:/t;", ['[emerg] "fastcgi_pass" directive is duplicate']),
    ("location", "proxy_pass unix:/x;", ["[emerg] invalid URL prefix"]),
    ("location", "proxy_pass http://unix:/x:/y;", []),
    ("location", "proxy_pass http://unix:;", ['[emerg] no path in the unix domain socket in upstream "unix:"']),
    ("location", "proxy_pass http://127.0.0.1:x;", ['[emerg] invalid port in upstream "127.0.0.1:x"']),
    ("location", "proxy_pass http://[::1;", ['[emerg] invalid host in upstream "[::1"']),
    ("http", "proxy_headers_hash_max_size x;", ['[emerg] "proxy_headers_hash_max_size" directive invalid number']),
    ("location", "uwsgi_modifier1 256;", ["[emerg] value must be between 0 and 255"]),
    ("location", "uwsgi_modifier1 9;", []),
    ("location", "uwsgi_modifier2 x;", ['[emerg] "uwsgi_modifier2" directive invalid number']),
    ("location", "uwsgi_string a;", []),
    ("http", "scgi_headers_hash_max_size 512;", ['[emerg] unknown directive "scgi_headers_hash_max_size"']),
    ("location", "scgi_pass nowhere.invalid:1;", ['[emerg] host not found in upstream "nowhere.invalid"']),
    ("location", "grpc_pass grpc://127.0.0.1:1;", []),
    ("location", "grpc_pass grpcs://127.0.0.1:1;", []),
    ("location", "grpc_set_header A $nope;", ['[emerg] unknown "nope" variable']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_a_directory_is_made_by_the_name_that_is_written() -> None:
    steps = analysis_of("http", "proxy_temp_path /t/; scgi_temp_path /t;").steps
    assert [step.path for step in steps if isinstance(step, CreatePath) and b"/t" in step.path] == [b"/t/"]
