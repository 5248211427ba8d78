"""What a running server adds to its http block."""

from __future__ import annotations

from ngxpush.config.configuration import Http
from ngxpush.config.directives.filters.charset import CharsetMain
from ngxpush.http.running import RunningHttp


def test_it_has_the_settings_of_the_block() -> None:
    settings = CharsetMain()
    running = RunningHttp(Http(settings={CharsetMain: settings}), (), {}, {})
    assert running.of(CharsetMain) is settings
