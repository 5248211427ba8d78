"""The debug log."""

from __future__ import annotations

from ngxpush.http.debug_log import DebugLog
from ngxpush.http.recorder import Phase

from .fakes import make_request
from .serving import Site


def test_lines() -> None:
    request, connection = make_request()
    log = DebugLog(request)
    log.note(Phase.SERVER, "is the only one", Site("server { }").listener.default_server.statement)
    log.note(Phase.ACCESS, 'refuses "\udcff"')
    lines = [b"http server: server: is the only one", b'http access: refuses "\xff"']
    assert connection.logged == [("debug", line) for line in lines]
