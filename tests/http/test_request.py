"""A request and its parts."""

from __future__ import annotations

import pytest

from ngxpush.http.subrequest import make_subrequest

from .fakes import NOW, make_request


def test_what_modules_keep_is_made_when_it_is_first_wanted() -> None:
    request, _ = make_request()
    assert (request.modules, request.lasting) == ({}, {})
    request.modules["proxy"] = request.lasting["realip"] = 1
    assert (request.modules, request.lasting) == ({"proxy": 1}, {"realip": 1})


def test_the_last_to_be_called_at_the_end_is_called_first() -> None:
    request, _ = make_request()
    called: list[int] = []
    assert request.cleanups is None
    request.at_end(lambda: called.append(1), lambda: called.append(2))
    request.at_end(lambda: called.append(3))
    while request.cleanups:
        request.cleanups.pop()()
    assert called == [3, 2, 1]


def test_main_is_the_clients_own() -> None:
    request, _ = make_request()
    assert request.main is request
    assert make_subrequest(make_subrequest(request, b"/a"), b"/b").main is request


@pytest.mark.parametrize(("target", "escaped"), [(b"/a?%20", False), (b"/%61", True), (b"/a+b", True)])
def test_is_escaped(target: bytes, escaped: bool) -> None:
    request, _ = make_request()
    request.input.unparsed_uri = target
    assert request.is_escaped == escaped


def test_now_is_the_connections() -> None:
    request, _ = make_request()
    assert request.now == NOW
