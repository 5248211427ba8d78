"""Answers that no filter touches: the same bytes, and the same for the log, as through all filters."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.content.push_stream import question
from ngxpush.http.local_redirects import LocalRedirects
from ngxpush.http.whole_answer import goes_whole
from tests.http.content.test_push_stream import LOCATIONS, PushSite

PUSH = "push_stream_publisher admin; push_stream_channels_path $arg_id; push_stream_store_messages on;"
POLL = "push_stream_subscriber polling; push_stream_channels_path $arg_id;"
FILTERED = [
    "add_header X-A b;",
    "expires 1h;",
    "charset utf-8; charset_types *;",
    "gzip on; gzip_types *; gzip_min_length 1; gzip_http_version 1.0;",
    "limit_rate 1k;",
    "sub_filter a b; sub_filter_types *;",
    "addition_types *; add_after_body /none;",
]
DATE = "\nIf-Modified-Since: Thu, 01 Jan 1970 00:00:01 GMT"


def told(site: PushSite, *asked: Any) -> list[Any]:
    """What a client and a log see."""
    answer = site.ask(*asked)
    assert site.request is not None
    response = site.request.response
    return [answer, response.status, response.bytes_sent, response.header_size, response.complete, site.request.keepalive]


def both(monkeypatch: pytest.MonkeyPatch, settings: str, *asked: Any) -> tuple[list[Any], list[Any], bool]:
    """An answer as it is, and as it is when it has to go through the filters; and whether the first one did not."""
    results, whole = [], []
    goes_whole = question.goes_whole
    for always_filtered in (False, True):

        def asks(request: Any, in_chunks: bool = False, always_filtered: bool = always_filtered) -> bool:
            whole.append(goes_whole(request, in_chunks) and not always_filtered)
            return whole[-1]

        monkeypatch.setattr(question, "goes_whole", asks)
        locations = f"location /push {{ {PUSH} {settings} }} location /polled {{ {POLL} {settings} }} {LOCATIONS}"
        site = PushSite(locations=locations)
        site.publish("ch", b"message")
        site.publish("ch", b"another one")
        site.body = b"text"
        whole.clear()
        results.append(told(site, *asked))
        if not always_filtered:
            was_whole = any(whole)
    return results[0], results[1], was_whole


@pytest.mark.parametrize(
    "asked",
    [
        ("/push?id=ch", "POST"),
        ("/push?id=ch", "GET"),
        ("/push?id=none", "GET"),
        ("/push?id=ch", "DELETE"),
        ("/push?id=ch", "POST", "\nConnection: close"),
        ("/push?id=ch", "POST", "", "1.0"),
        ("/push?id=ALL", "POST"),
        ("/polled?id=ch", "GET"),
        ("/polled?id=ch", "GET", DATE),
        ("/polled?id=ch", "GET", DATE + "\nIf-None-Match: 0"),
        ("/polled?id=ch.b1", "GET"),
        ("/polled?id=ch&callback=f", "GET", DATE),
    ],
)
def test_usual_answers_go_whole(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    short, long, was_whole = both(monkeypatch, "", *asked)
    assert short == long
    assert was_whole


@pytest.mark.parametrize(
    "asked",
    [
        ("/push?id=ch", "HEAD"),
        ("/push?id=ch", "POST", DATE),
        ("/push?id=ch", "POST", "\nIf-Match: a"),
        ("/polled?id=ch", "GET", DATE, "1.0"),
        ("/polled?id=ch.b1", "GET", "\nIf-None-Match: *"),
    ],
)
def test_what_the_client_wants_may_concern_a_filter(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    short, long, _ = both(monkeypatch, "", *asked)
    assert short == long


@pytest.mark.parametrize("settings", FILTERED)
@pytest.mark.parametrize("asked", [("/push?id=ch", "POST"), ("/polled?id=ch.b2", "GET", "\nAccept-Encoding: gzip")])
def test_filters_are_asked_where_there_are_some(settings: str, asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    short, long, was_whole = both(monkeypatch, settings, *asked)
    assert short == long
    assert not was_whole


def test_who_waits_gets_what_was_made_for_all_unless_the_answer_is_another_one() -> None:
    site = PushSite()
    site.publish("ch", b"m")
    first, second = site.ask("/poll?id=ch.b1"), site.ask("/poll?id=ch.b1")
    assert first == second
    site.now += 1
    later = site.ask("/poll?id=ch.b1")
    assert later != first and later.partition("Content-Type")[2] == first.partition("Content-Type")[2]
    site.publish("ch", b"n")
    assert site.ask("/poll?id=ch.b1").endswith("1\r\nn\r\n0\r\n\r\n")


def test_where_redirects_are_kept_on_this_machine_other_answers_go_whole() -> None:
    site = PushSite()
    site.listener.http.redirects = LocalRedirects(())
    site.publish("ch", b"m")
    assert site.request is not None and goes_whole(site.request) is False  # it is sent already
    assert site.listener.http.unfiltered[site.request.location]
