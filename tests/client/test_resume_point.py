"""Where a subscriber goes on."""

from __future__ import annotations

from ngxpush.client.received_message import ReceivedMessage
from ngxpush.client.resume_point import ResumePoint, since, taken_from

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


def test_time_and_tag_of_the_last_message() -> None:
    point = since(0).after(ReceivedMessage(b"a", time=784111777, tag=3, event_id="e"))
    assert point.headers == {"If-Modified-Since": DATE, "If-None-Match": "3"}
    assert point.is_known


def test_an_event_id_is_said_where_it_is_all_there_is() -> None:
    point = since(0).after(ReceivedMessage(b"a", event_id="e")).after(ReceivedMessage(b"b", tag=1))
    assert point.headers == {"Last-Event-ID": "e"}


def test_nothing_known() -> None:
    point = since(0).after(ReceivedMessage(b"a"))
    assert (point.headers, point.is_known) == ({}, False)


def test_a_polling_answer_says_it_in_its_headers() -> None:
    point = ResumePoint().after_answer({"Last-Modified": DATE, "Etag": "W/2"})
    assert point.headers == {"If-Modified-Since": DATE, "If-None-Match": "W/2"}
    assert point.after_answer({"Date": "Sun, 06 Nov 1994 08:49:38 GMT"}) == point


def test_a_polling_answer_that_says_none() -> None:
    """nginx's 304 to who says no time."""
    assert ResumePoint().after_answer({"Date": DATE}).headers == {"If-Modified-Since": DATE, "If-None-Match": "0"}


def test_a_url_with_places() -> None:
    url = "http://x/?t=~time~&g=~tag~&e=~event-id~"
    assert ResumePoint(DATE, "W/2", "a b").filled_in(url) == "http://x/?t=Sun%2C%2006%20Nov%201994%2008%3A49%3A37%20GMT&g=2&e="
    assert ResumePoint(event_id="a b").filled_in(url) == "http://x/?t=&g=&e=a%20b"
    assert ResumePoint().filled_in(url) == "http://x/?t=&g=&e="


def test_since() -> None:
    assert since(784111777.9).headers == {"If-Modified-Since": DATE, "If-None-Match": "0"}
    assert since(0).headers["If-Modified-Since"] == "Thu, 01 Jan 1970 00:00:01 GMT"


def test_what_header_fields_say() -> None:
    other = {"Authorization": "a"}
    assert taken_from({**other, "last-event-id": "7", "If-Modified-Since": DATE}) == (ResumePoint(event_id="7"), other)
    assert taken_from({**other, "If-Modified-Since": DATE, "If-None-Match": "2"}) == (ResumePoint(DATE, "2"), other)
    assert taken_from({**other, "If-None-Match": "2"}) == (None, {**other, "If-None-Match": "2"})
