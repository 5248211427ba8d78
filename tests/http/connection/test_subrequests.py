"""ngxpush.http.connection.subrequests. What their ends do is in test_serving."""

from __future__ import annotations

from ngxpush.http.connection.subrequests import Subrequests
from tests.http.fakes import make_request

from .client import FakeHosting


def test_those_that_have_not_begun_can_be_dropped() -> None:
    subrequests = Subrequests(FakeHosting(), lambda: None)
    request, _ = make_request()
    subrequests.start(request, lambda: None)
    assert subrequests and subrequests.count == 1
    assert subrequests.is_running(request)
    assert subrequests.needed is request
    subrequests.drop_new()
    assert not subrequests
    assert subrequests.needed is None
