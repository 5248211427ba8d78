"""The hosts to which requests are passed."""

from __future__ import annotations

from ngxpush.server.setup.upstream_hosts import upstream_hosts

from ...http.serving import compiled


def test_each_host_is_looked_up_once() -> None:
    http = compiled(
        "upstream u { server a:81; server a:82; server 192.0.2.1; server unix:/s; server gone; }"
        " server { location /1 { proxy_pass http://U; } location /2 { proxy_pass http://b:83/; } location /3 { uwsgi_pass b:84; }"
        " location /4 { proxy_pass http://$host; } }"
    ).http
    assert http is not None
    asked: list[str] = []

    def look_up(host: str) -> list[tuple[bytes, bool]]:
        asked.append(host)
        if host == "gone":
            raise OSError
        return [(b"192.0.2.2", False)]

    assert upstream_hosts(http, look_up) == {b"a": [(b"192.0.2.2", False)], b"b": [(b"192.0.2.2", False)]}
    assert asked == ["a", "gone", "b"]
