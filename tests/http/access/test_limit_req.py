"""Requests against the rate."""

from __future__ import annotations

import pytest

from ..serving import Site


def _site(settings: str, zones: str = "limit_req_zone $arg_k zone=one:64k rate=1r/s;") -> Site:
    location = f"{settings} add_header X-Limit $limit_req_status always; try_files /none =204;"
    return Site(f"{zones} server {{ location / {{ {location} }} }}")


def _statuses(site: Site, *times: float, target: str = "/?k=a") -> list[int]:
    start = site.now
    answers = []
    for time in times:
        site.now = start + time
        answers.append(site.get(target)[0])
    return answers


@pytest.mark.parametrize(
    ("settings", "times", "statuses", "slept"),
    [
        ("limit_req zone=one;", (0, 0.1, 0.999, 1.0, 1.5, 2.0), [204, 503, 503, 204, 503, 204], []),
        ("limit_req zone=one burst=2 nodelay;", (0, 0, 0, 0, 1), [204, 204, 204, 503, 204], []),
        ("limit_req zone=one burst=2;", (0, 0, 0, 0), [204, 204, 204, 503], [1.0, 2.0]),
        ("limit_req zone=one burst=3 delay=1;", (0, 0, 0, 0, 0), [204, 204, 204, 204, 503], [1.0, 2.0]),
        ("limit_req zone=one; limit_req_status 429;", (0, 0), [204, 429], []),
        ("limit_req zone=one; limit_req_dry_run on;", (0, 0), [204, 204], []),
        ("limit_req zone=one burst=1; limit_req_dry_run on;", (0, 0), [204, 204], []),
    ],
)
def test_who_is_served_when(settings: str, times: tuple[float, ...], statuses: list[int], slept: list[float]) -> None:
    site = _site(settings)
    assert _statuses(site, *times) == statuses
    assert site.slept == slept


def test_every_key_has_a_bucket_of_its_own_and_none_is_not_counted() -> None:
    site = _site("limit_req zone=one;")
    assert [site.get(target)[0] for target in ("/?k=a", "/?k=b", "/?k=a", "/", "/")] == [204, 204, 503, 204, 204]


def test_who_is_refused_by_one_limit_is_counted_by_none() -> None:
    zones = "limit_req_zone $arg_k zone=one:64k rate=1r/s; limit_req_zone $arg_j zone=two:64k rate=1r/s;"
    site = _site("limit_req zone=one; limit_req zone=two;", zones)
    assert _statuses(site, 0, target="/?k=a&j=x") == [204]
    assert _statuses(site, 0, target="/?k=b&j=x") == [503]
    assert _statuses(site, 0, target="/?k=b&j=y") == [204]


@pytest.mark.parametrize(
    ("settings", "status", "logged"),
    [
        ("limit_req zone=one;", b"REJECTED", ("error", b'limiting requests, excess: 1.000 by zone "one"')),
        (
            "limit_req zone=one; limit_req_dry_run on; limit_req_log_level info;",
            b"REJECTED_DRY_RUN",
            ("info", b'limiting requests, dry run, excess: 1.000 by zone "one"'),
        ),
        ("limit_req zone=one burst=1;", b"DELAYED", ("warn", b'delaying request, excess: 1.000, by zone "one"')),
        (
            "limit_req zone=one burst=1; limit_req_dry_run on;",
            b"DELAYED_DRY_RUN",
            ("warn", b'delaying request, dry run, excess: 1.000, by zone "one"'),
        ),
        ("limit_req zone=one burst=1 nodelay;", b"PASSED", None),
    ],
)
def test_what_is_said_of_it(settings: str, status: bytes, logged: tuple[str, bytes] | None) -> None:
    site = _site(settings)
    site.get("/?k=a")
    answer = site.serve("GET /?k=a HTTP/1.1\nHost: a")
    assert b"X-Limit: %b\r\n" % status in answer
    assert site.connection.logged == ([] if logged is None else [logged])


def test_an_error_page_is_not_limited_again() -> None:
    site = Site(
        "limit_req_zone $host zone=one:64k rate=1r/s; server { limit_req zone=one; error_page 503 = @busy;"
        " location / { try_files /none =204; } location @busy { try_files /none =404; } }"
    )
    assert [site.get("/")[0] for _ in range(2)] == [204, 404]
