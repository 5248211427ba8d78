"""Requests that are under way at once."""

from __future__ import annotations

import pytest

from ..serving import Site


def _site(settings: str) -> Site:
    return Site(
        "limit_conn_zone $arg_k zone=one:64k; limit_conn_zone $host zone=all:64k; server { location / {"
        f" {settings} add_header X-Limit $limit_conn_status always; try_files /none =204; }} }}"
    )


def test_a_request_counts_until_it_ends() -> None:
    site = _site("limit_conn one 2;")
    assert [site.get("/?k=a")[0] for _ in range(3)] == [204, 204, 503]
    assert site.get("/?k=b")[0] == 204, "another key"
    assert site.get("/")[0] == 204, "no key"
    site = _site("limit_conn one 1;")
    assert site.get("/?k=a")[0] == 204
    site.end()
    assert site.get("/?k=a")[0] == 204


def test_who_is_refused_by_one_limit_is_counted_by_none() -> None:
    site = _site("limit_conn all 2; limit_conn one 1;")
    assert [site.get("/?k=a")[0] for _ in range(3)] == [204, 503, 503]
    assert site.get("/?k=b")[0] == 204
    assert site.get("/?k=c")[0] == 503


@pytest.mark.parametrize(
    ("settings", "status", "code", "logged"),
    [
        ("limit_conn one 1;", b"REJECTED", 503, ("error", b'limiting connections by zone "one"')),
        ("limit_conn one 1; limit_conn_status 429;", b"REJECTED", 429, ("error", b'limiting connections by zone "one"')),
        (
            "limit_conn one 1; limit_conn_dry_run on; limit_conn_log_level warn;",
            b"REJECTED_DRY_RUN",
            204,
            ("warn", b'limiting connections, dry run, by zone "one"'),
        ),
        ("limit_conn one 2;", b"PASSED", 204, None),
    ],
)
def test_what_is_said_of_it(settings: str, status: bytes, code: int, logged: tuple[str, bytes] | None) -> None:
    site = _site(settings)
    site.get("/?k=a")
    answer = site.serve("GET /?k=a HTTP/1.1\nHost: a")
    assert int(answer[9:12]) == code
    assert b"X-Limit: %b\r\n" % status in answer
    assert site.connection.logged == ([] if logged is None else [logged])


def test_a_key_that_is_too_long_does_not_count() -> None:
    site = _site("limit_conn one 1;")
    key = "x" * 256
    assert [site.get(f"/?k={key}")[0] for _ in range(2)] == [204, 204]
    message = f'the value of the "$arg_k" key is more than 255 bytes: "{key}"'.encode()
    assert site.connection.logged == [("error", message)]
    assert [site.get(f"/?k={key[1:]}")[0] for _ in range(2)] == [204, 503]
