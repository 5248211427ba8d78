"""What nginx says of its hash tables; every case was measured with nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.config.hash_tables import complaint, label_tables

from .test_analyzer import HEAD, check, lines

BEYOND, MOST = "k" * 47, "k" * 46
"""A bucket of 64 bytes holds a name of 46 bytes and no longer one."""


@pytest.mark.parametrize(
    ("names", "max_size", "bucket_size", "expected"),
    [
        ([MOST], 512, 64, None),
        ([BEYOND], 512, 64, "could not build t, you should increase t_bucket_size: 64"),
        ([BEYOND], 512, 65, None),  # whole cache lines
        (["a"], 512, 0, "could not build t, you should increase t_bucket_size: 0"),
        (["a"], 0, 64, "could not build t, you should increase t_max_size: 0"),
        (["a"], 512, 65530, "could not build t, too large t_bucket_size: 65536"),
        (
            ["x-forwarded-for", "x-forwarded-for"],  # the same name falls into the same bucket
            512,
            64,
            "could not build optimal t, you should increase either t_max_size: 512 or t_bucket_size: 64; ignoring t_bucket_size",
        ),
        (
            ["a", "b", "c", "d"],
            1,
            64,
            "could not build optimal t, you should increase either t_max_size: 1 or t_bucket_size: 64; ignoring t_bucket_size",
        ),
        (["a", "b", "c"], 1, 64, None),
    ],
)
def test_complaint(names: list[str], max_size: int, bucket_size: int, expected: str | None) -> None:
    found = complaint("t", [name.encode() for name in names], max_size, bucket_size)
    assert (None if found is None else found.message) == expected
    if found is not None:
        assert found.level == ("warn" if "optimal" in found.message else "emerg")


def test_label_tables() -> None:
    tables = list(label_tables([b"*.a.com", b".b.com", b"*.org"]))
    assert tables == [[b"com", b"org"], [b"a", b"b"]]
    assert list(label_tables([b"www.*", b"www.x.*"])) == [[b"www"], [b"x"]]


def _emerg(table: str) -> list[str]:
    return [f"[emerg] could not build {table}, you should increase {table}_bucket_size: 64"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"map $uri $a {{ {BEYOND} 1; ~{BEYOND} 2; }}", _emerg("map_hash")),
        (f"map $uri $a {{ ~{BEYOND} 2; }}", []),
        (f"map $uri $a {{ hostnames; *.a.{BEYOND} 1; }}", _emerg("map_hash")),
        (
            "map $uri $a { a 1; } map_hash_max_size 9;",
            ['[emerg] "map_hash_max_size" directive is duplicate in nginx.conf:4'],
        ),
        (f"server {{ server_name {BEYOND}; }}", []),  # the names of an only server are not looked at
        (f"server {{ server_name *.{BEYOND}; }} server {{ server_name a; }}", _emerg("server_names_hash")),
        (f"server {{ set ${BEYOND} 1; }}", _emerg("variables_hash")),
        (f"types {{ a/b {BEYOND}; }} server {{ types {{ a/b c; }} }}", _emerg("types_hash")),
        (f"gzip_types a/{BEYOND}; server {{ }}", _emerg("test_types_hash")),
        (f"gzip_types a/{BEYOND};", []),  # no server has it
        (f"gzip_types a/{BEYOND}; server {{ gzip_types a/b; }}", []),
        (f"server {{ valid_referers {BEYOND}; }}", _emerg("referer_hash")),
        (f"server {{ referer_hash_bucket_size 128; valid_referers {BEYOND}; }}", []),
        (f"server {{ valid_referers server_names; server_name {BEYOND}; }}", _emerg("referer_hash")),
        (f"server {{ location / {{ proxy_set_header {BEYOND} 1; }} }}", _emerg("proxy_headers_hash")),
        (f"server {{ location / {{ proxy_hide_header {BEYOND}; }} }}", _emerg("proxy_headers_hash")),
        (f"server {{ location / {{ fastcgi_hide_header {BEYOND}; }} }}", _emerg("fastcgi_hide_headers_hash")),
        (f"server {{ location / {{ uwsgi_param {BEYOND} 1; }} }}", []),  # only headers are in the table
        (f"server {{ location / {{ uwsgi_param HTTP_{BEYOND} 1; }} }}", _emerg("uwsgi_params_hash")),
    ],
)
def test_tables_of_directives(text: str, expected: list[str]) -> None:
    analysis = check(f"{HEAD}{text}\n}}\n")
    assert lines(analysis)[:1] == expected
