"""PREFIX_cache: which answers come from the cache, and what becomes of it. Measured with nginx 1.22.1."""

from __future__ import annotations

import pytest

from .caches import CachingSite, good
from .servers import CLOSED, REFUSED, Server, says

_MINUTE = "proxy_cache_valid 1m;"
_AGE = "Cache-Control: max-age=60\n"
_FILE = b"/cache/9/7d/6666cd76f96956469e7be39d750cc7d9"  # the MD5 of "/"


def test_the_second_answer_comes_from_the_cache() -> None:
    site = CachingSite(_MINUTE, good("one"))
    assert [site.ask() for _ in range(2)] == [(200, "MISS", "one"), (200, "HIT", "one")]
    content = site.files[_FILE]
    assert content is not None
    assert content[336:].startswith("\nKEY: /\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")


@pytest.mark.parametrize(
    ("directives", "lines", "status"),
    [
        ("", "", "MISS"),
        ("", _AGE, "HIT"),
        (_MINUTE, "Set-Cookie: a=b\n", "MISS"),
        (_MINUTE + "proxy_ignore_headers Set-Cookie;", "Set-Cookie: a=b\n", "HIT"),
        ("proxy_cache_valid 404 1m;", "", "MISS"),
        ("proxy_cache_valid any 1m;", "", "HIT"),
        (_MINUTE + "proxy_buffering off;", "", "MISS"),
        (_MINUTE, "X-Accel-Buffering: no\n", "MISS"),
        (_MINUTE + "proxy_no_cache 0 '' $arg_no;", "", "HIT"),
        (_MINUTE + "proxy_no_cache $uri;", "", "MISS"),
        (_MINUTE + "proxy_cache_bypass $uri;", "", "BYPASS"),
        (_MINUTE + "proxy_cache_min_uses 2;", "", "MISS"),
        (_MINUTE + "proxy_buffer_size 512;", "", ""),
        # The sum is too large for 64 bits.
        ("", "Cache-Control: max-age=9223372036854775807\n", "EXPIRED"),
        ("proxy_cache_valid 9223372036854775807;", "", "EXPIRED"),
    ],
)
def test_what_is_kept(directives: str, lines: str, status: str) -> None:
    site = CachingSite(directives, good("one", lines), good("two", lines))
    site.ask()
    assert site.ask()[1] == status


def test_min_uses_counts_requests() -> None:
    site = CachingSite(_MINUTE + "proxy_cache_min_uses 2;", good("one"), good("two"))
    assert [site.ask()[1] for _ in range(3)] == ["MISS", "MISS", "HIT"]


def test_a_bypassed_answer_is_kept() -> None:
    site = CachingSite(_MINUTE + "proxy_cache_bypass $arg_b;", good("one"), good("two"))
    assert [site.ask(target) for target in ("/", "/?b=1", "/")] == [
        (200, "MISS", "one"),
        (200, "BYPASS", "two"),
        (200, "HIT", "two"),
    ]


def test_the_client_gets_conditions_and_ranges_of_cached_answers() -> None:
    site = CachingSite(_MINUTE, good("one", 'ETag: "x"\nAccept-Ranges: bytes\n'))
    site.ask()
    assert site.ask(headers='\nIf-None-Match: "x"')[0] == 304
    assert site.ask(headers="\nRange: bytes=1-1") == (206, "HIT", "n")


def test_the_server_gets_no_conditions_of_the_client() -> None:
    server = good("one")
    CachingSite(_MINUTE, server).ask(headers="\nRange: bytes=0-1\nIf-Match: x\nX: y")
    assert server.lines[1:] == ["Host: 127.0.0.1:81", "Connection: close", "X: y"]


def test_far_ranges_are_not_cached() -> None:
    server = good("one")
    site = CachingSite(_MINUTE + "proxy_cache_max_range_offset 10;", server, good("two"))
    site.ask(headers="\nRange: bytes=10-")
    assert "Range: bytes=10-" in server.lines
    assert site.ask(headers="\nRange: bytes=9-")[2] == "two"


def test_head_becomes_get() -> None:
    server = good("one")
    site = CachingSite(_MINUTE, server)
    assert site.ask(method="HEAD") == (200, "MISS", "")
    assert server.lines[0] == "GET / HTTP/1.0"
    assert site.ask() == (200, "HIT", "one")


def test_head_becomes_get_even_if_the_key_is_too_long() -> None:
    server = good("one")
    site = CachingSite(_MINUTE + "proxy_buffer_size 512;", server)
    assert site.ask(method="HEAD") == (200, "", "")
    assert server.lines[0] == "GET / HTTP/1.0"


def test_each_variant_has_its_file() -> None:
    site = CachingSite(_MINUTE, good("one", "Vary: A\n"), good("two", "Vary: A\n"))
    asked = [site.ask(headers=headers)[1:] for headers in ("\nA: 1", "\nA: 2", "\nA: 1", "\nA: 2")]
    assert asked == [("MISS", "one"), ("MISS", "two"), ("HIT", "one"), ("HIT", "two")]


def test_an_old_answer_is_fetched_again() -> None:
    site = CachingSite(_MINUTE, good("one"), good("two"))
    assert [site.ask(seconds=61) for _ in range(2)] == [(200, "MISS", "one"), (200, "EXPIRED", "two")]


def test_revalidation() -> None:
    server = Server(says("HTTP/1.1 304 Not Modified\n\n"))
    dated = 'Last-Modified: Mon, 01 Jan 2001 00:00:00 GMT\nETag: "x"\n'
    site = CachingSite(_MINUTE + "proxy_cache_revalidate on;", good("one", dated), server)
    site.ask()
    assert site.ask(seconds=61) == (200, "REVALIDATED", "one")
    assert server.lines[3:] == ["If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT", 'If-None-Match: "x"']
    assert site.ask(seconds=59)[1] == "HIT"


_BROKEN = "HTTP/1.1 500 Error\nContent-Length: 1\n\nx"


@pytest.mark.parametrize(
    ("directives", "lines", "answer", "found"),
    [
        ("proxy_cache_use_stale error;", "", None, (200, "STALE", "one")),
        ("proxy_cache_use_stale http_500;", "", _BROKEN, (200, "STALE", "one")),
        ("proxy_cache_use_stale error;", "", _BROKEN, (500, "EXPIRED", "x")),
        ("proxy_cache_use_stale error off;", "", _BROKEN, (500, "EXPIRED", "x")),
        ("", "Cache-Control: max-age=60, stale-if-error=60\n", None, (200, "STALE", "one")),
        ("", "Cache-Control: max-age=60, stale-if-error=60\n", _BROKEN, (500, "EXPIRED", "x")),
    ],
)
def test_an_old_answer_after_an_error(directives: str, lines: str, answer: str | None, found: tuple[int, str, str]) -> None:
    directives += "add_header X-Cache $upstream_cache_status always;"
    server = Server(REFUSED, refused=True) if answer is None else Server(says(answer))
    site = CachingSite(_MINUTE + directives, good("one", lines), server)
    site.ask()
    assert site.ask(seconds=61) == found


def test_an_error_is_cached() -> None:
    site = CachingSite("proxy_cache_valid 502 1m;", Server(REFUSED, refused=True))
    assert [site.ask()[0] for _ in range(2)] == [502, 502]
    assert len(site.opened) == 1


def test_an_old_answer_is_sent_while_a_subrequest_renews_it() -> None:
    site = CachingSite(_MINUTE + "proxy_cache_use_stale updating; proxy_cache_background_update on;", good("one"), good("two"))
    site.ask()
    assert [site.ask(seconds=61), site.ask()] == [(200, "STALE", "one"), (200, "HIT", "two")]


def test_an_old_answer_is_sent_while_another_request_renews_it() -> None:
    site = CachingSite(_MINUTE + "proxy_cache_use_stale updating;", good("one"), good("two"))
    site.ask()
    site.now += 61
    record = next(record for record in site.shelf.zone.records() if record is not None)
    site.shelf.zone.put(record.__class__(record.digest, 1, record.size, record.expire, updater=7))
    assert site.ask() == (200, "UPDATING", "one")
    site.living = False
    assert site.ask() == (200, "EXPIRED", "two")


def test_who_waits_for_too_long_fetches_the_answer_without_keeping_it() -> None:
    site = CachingSite(_MINUTE + "proxy_cache_lock on; proxy_cache_lock_timeout 0;", good("one"), good("two"))
    first = site.shelf.zone
    site.ask()
    record = next(record for record in first.records() if record is not None)
    site.files.pop(_FILE)
    first.put(record.__class__(record.digest, 1, 0, record.expire, updater=7, locked_until=int(site.now * 1000) + 5000))
    assert site.ask() == (200, "MISS", "two")
    assert _FILE not in site.files


def test_it_says_so_after_the_wait() -> None:
    site = CachingSite(_MINUTE + "proxy_cache_lock on; proxy_cache_lock_timeout 300ms;", good("one"))
    site.ask()
    site.files.pop(_FILE)
    record = next(record for record in site.shelf.zone.records() if record is not None)
    site.shelf.zone.put(record.__class__(record.digest, 1, 0, record.expire, updater=7, locked_until=1 << 60))
    site.waiting.append(good("two"))
    assert site.ask() == (200, "MISS", "two")
    assert site.slept == [0.3]
    assert site.connection.logged == [("info", b"cache lock timeout")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[:100], b"is too small"),
        (lambda text: text[:344].replace("KEY: /", "KEY: x") + text[344:], b"has md5 collision"),
        (lambda text: "\x04" + text[1:], b"version mismatch"),
        (lambda text: text[:56] + "\xff\xff" + text[58:], b"has too long header"),
        (lambda text: text[:56] + "\x01\x00" + text[58:], b"is too small"),
        (lambda text: text.replace("Content-Length", "\0ontent-Length"), b"contains invalid header"),
        (lambda text: text.replace("HTTP/1.1 200 OK", "\x01\x06\0\x01\0\x09\0\0Status:"), b"contains invalid header"),
        (lambda text: text[:187] + "\xff" + text[188:], b"has incorrect vary length"),
    ],
)
def test_a_broken_file_is_replaced(change: object, message: bytes) -> None:
    site = CachingSite(_MINUTE, good("one"), good("two"))
    site.ask()
    content = site.files[_FILE]
    assert callable(change)
    assert content is not None
    site.files[_FILE] = change(content)
    assert site.ask() == (200, "MISS", "two")
    assert site.connection.logged[0][1] == b'cache file "%b" %b' % (_FILE, message)
    assert site.ask()[1] == "HIT"


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 502)])
def test_the_buffer_of_the_head_has_what_stands_before_it_in_the_file(more: int, status: int) -> None:
    others = "\nKEY: /\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: \r\n\r\n"
    site = CachingSite(_MINUTE, good("one", f"X: {'a' * (4096 - 336 - len(others) + more)}\n"))
    assert site.ask()[0] == status


@pytest.mark.parametrize(("status", "unasked"), [("any", 1), ("200", 0)])
def test_an_answer_without_a_head_has_no_status(status: str, unasked: int) -> None:
    site = CachingSite(f"proxy_cache_valid {status} 1m;", Server(says("one"), CLOSED), Server(says("one"), CLOSED))
    for _ in range(2):
        assert site.serve("GET / HTTP/1.1\nHost: localhost") == b"one"
        site.end()
    assert (len(site.waiting), site.connection.logged) == (unasked, [])


def test_a_head_too_long_for_a_file_is_not_kept() -> None:
    line = f"X: {'a' * 66000}\n"
    site = CachingSite(_MINUTE + "proxy_buffer_size 128k; proxy_buffers 4 128k;", good("one", line), good("two", line))
    assert [site.ask()[1:] for _ in range(2)] == [("MISS", "one"), ("MISS", "two")]


def test_a_body_that_breaks_off_is_not_kept() -> None:
    site = CachingSite(_MINUTE, Server(says("HTTP/1.1 200 OK\nContent-Length: 9\n\none"), CLOSED), good("two"))
    site.ask()
    assert site.ask() == (200, "MISS", "two")


def test_a_disk_that_is_full_changes_no_answer() -> None:
    site = CachingSite(_MINUTE, good("one"), good("two"))
    site.full = OSError(28, "No space left on device", b"/temp/1")
    assert [site.ask()[1:] for _ in range(2)] == [("MISS", "one"), ("MISS", "two")]


def test_a_zone_by_a_variable() -> None:
    site = CachingSite(_MINUTE + "location /v { proxy_cache $arg_z; proxy_pass http://127.0.0.1:81; }", good("one"), good("two"))
    assert site.ask("/v?z=off")[:2] == (200, "")
    assert site.ask("/v?z=one")[:2] == (200, "MISS")
    assert site.ask("/v?z=other")[0] == 500
    assert (site.connection.logged[0]) == ("error", b'cache "other" not found')


def test_the_key_of_proxy_is_the_url() -> None:
    site = CachingSite(_MINUTE, good("one"), key="")
    site.ask("/a%20b?c")
    assert any("\nKEY: http://127.0.0.1:81/a%20b?c\nHTTP" in (content or "") for content in site.files.values())
