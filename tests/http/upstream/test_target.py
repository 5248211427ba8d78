"""The servers of a target."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.operations import AskNameServers, Resolve, Unresolved

from .servers import OK, ProxiedSite, Server, location


class TestHosts:
    """A host that is looked up when a request is sent there."""

    directives = "set $to somewhere; resolver 127.0.0.1;"

    def test_found(self) -> None:
        tested = ProxiedSite(location(self.directives, "http://$to:81"), Server(OK))
        assert tested.get("/") == (200, "ok")
        assert tested.opened == [b"192.0.2.1:81"]

    def test_found_at_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = ProxiedSite(location("", "http://localhost:81"), Server(OK))
        tested.listener.http.hosts = {b"localhost": [(b"192.0.2.9", False)]}
        assert tested.get("/") == (200, "ok")
        assert tested.opened == [b"192.0.2.9:81"]

    @pytest.mark.parametrize(("other", "shared"), [("http://192.0.2.1:81", True), ("http://192.0.2.1:82", False)])
    def test_a_server_that_another_location_names(self, other: str, shared: bool) -> None:
        """Its state is the same for both: failures, TLS sessions."""
        tested = ProxiedSite(
            f"server {{ location /a {{ proxy_pass http://$arg_h; }} location /b {{ proxy_pass {other}; }} }}", Server(OK)
        )
        assert tested.get("/a?h=192.0.2.1:81") == (200, "ok")
        assert (b"192.0.2.1:81" in tested.listener.http.peers) is shared

    @pytest.mark.parametrize(
        ("named", "clients", "groups"),
        [
            ("http://localhost:81", ("localhost:81", "LocalHost:81"), [b"localhost:81"]),
            ("http://app", ("app", "App"), [b"app"]),
            ("http://unix:/s:", ("unix:/s:", "unix:/other:"), [b"unix:/s"]),
        ],
    )
    def test_clients_make_no_groups(self, named: str, clients: tuple[str, ...], groups: list[bytes]) -> None:
        tested = ProxiedSite(
            "upstream app { server 127.0.0.1:81; }"
            f"server {{ location /a {{ proxy_pass http://$arg_h; }} location /b {{ proxy_pass {named}; }} }}",
            *(Server(OK) for _ in clients),
        )
        assert [tested.get(f"/a?h={client}") for client in clients] == [(200, "ok")] * len(clients)
        assert list(tested.listener.http.peers) == groups

    def test_not_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = ProxiedSite(location(self.directives, "http://$to:81"))
        perform = tested._perform
        lost = Unresolved(3)
        monkeypatch.setattr(tested, "_perform", lambda it: (None, lost) if isinstance(it, AskNameServers) else perform(it))
        assert tested.get("/")[0] == 502
        assert tested.connection.logged == [("error", b"somewhere could not be resolved (3: Host not found)")]

    def test_a_host_the_system_does_not_know_any_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = ProxiedSite(location("", "http://localhost:81"))
        perform = tested._perform
        lost = OSError(-2, "Name or service not known")
        monkeypatch.setattr(tested, "_perform", lambda it: (None, lost) if isinstance(it, Resolve) else perform(it))
        assert tested.get("/")[0] == 502
        assert tested.connection.logged == [("error", b"localhost could not be resolved (3: Host not found)")]

    @pytest.mark.parametrize("ignored", ["off", "on"])
    def test_the_client_leaves(self, monkeypatch: pytest.MonkeyPatch, ignored: str) -> None:
        """The request ends then, unless proxy_ignore_client_abort is on."""
        tested = ProxiedSite(location(f"{self.directives} proxy_ignore_client_abort {ignored};", "http://$to:81"), Server(OK))
        perform, states = tested._perform, []

        def look(operation: Any) -> Any:
            if isinstance(operation, AskNameServers):
                request = tested.request
                assert request is not None and request.upstream is not None
                states.append((request.upstream.resolving, request.on_close is not None, request.outlives_client))
            return perform(operation)

        monkeypatch.setattr(tested, "_perform", look)
        assert tested.get("/") == (200, "ok")
        assert states == [(True, ignored == "off", ignored == "on")]
