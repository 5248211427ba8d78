"""What serves the http block of a setup.

It is apart from `startup`: the modules that serve take long to load, and the pid file must not wait for them.
"""

from __future__ import annotations

from ...http.routing import running
from ...http.running import RunningHttp
from .startup import Setup


def serving(setup: Setup) -> RunningHttp | None:
    """None where there is no http block."""
    http = setup.configuration.http
    if http is None:
        return None
    made = running(http, setup.addresses, setup.trusted, setup.caches.shelves)
    made.tls, made.hosts = setup.tls, setup.hosts
    return made
