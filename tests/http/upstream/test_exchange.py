"""The attempts of a request: what makes nginx ask the next server, and what it says when none answers."""

from __future__ import annotations

import pytest

from .servers import CLOSED, LEFT, OK, REFUSED, SILENT, ProxiedSite, Server, client, location, says

_BUSY = says("HTTP/1.1 503 Busy\nContent-Length: 4\n\nbusy")
_TWO = "upstream app { server 127.0.0.1:81; server 127.0.0.1:82; }"


def site(*servers: Server, directives: str = "", group: str = _TWO, body: bytes = b"") -> ProxiedSite:
    tries = 'add_header X-Tries "$upstream_addr|$upstream_status" always;'
    return ProxiedSite(group + location(directives + tries, "http://app"), *servers, body=body)


def tries(site: ProxiedSite, method: str = "GET", headers: str = "") -> tuple[int, str]:
    """The status, and the attempts with theirs."""
    answer = site.serve(f"{method} / HTTP/1.1\nHost: localhost{headers}")
    lines = answer.decode("latin-1").split("\r\n")
    return int(lines[0][9:12]), next(line[9:] for line in lines if line.startswith("X-Tries: "))


def failing(*events: object) -> Server:
    return Server(*events)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "status", "message"),
    [
        (Server(REFUSED, refused=True), 502, b"connect() failed (111: Connection refused)"),
        (Server(SILENT, refused=True), 504, b"upstream timed out (110: Connection timed out)"),
        (Server(SILENT), 504, b"upstream timed out (110: Connection timed out)"),
        (Server(CLOSED), 502, b"upstream prematurely closed connection"),
    ],
)
def test_the_next_server_is_asked(first: Server, status: int, message: bytes) -> None:
    tested = site(first, Server(OK))
    assert tries(tested) == (200, f"127.0.0.1:81, 127.0.0.1:82|{status}, 200")
    assert ("error", message) in tested.connection.logged
    assert ("warn", b"upstream server temporarily disabled") in tested.connection.logged
    assert first.closed


def test_a_timeout_is_told_when_the_server_is_given_up() -> None:
    tested = site(Server(SILENT), Server(OK))
    tested.get("/")
    assert [level for level, _ in tested.connection.logged] == ["warn", "error"]


def test_a_failing_server_is_left_out_for_a_while() -> None:
    tested = site(Server(CLOSED), *[Server(OK) for _ in range(5)])
    assert tries(tested)[1] == "127.0.0.1:81, 127.0.0.1:82|502, 200"
    assert tries(tested)[1] == "127.0.0.1:82|200"
    tested.now += 11
    assert [tries(tested)[1] for _ in range(3)] == ["127.0.0.1:82|200", "127.0.0.1:82|200", "127.0.0.1:81|200"]


def test_no_live_upstreams() -> None:
    tested = site(Server(CLOSED), Server(CLOSED))
    assert tries(tested) == (502, "127.0.0.1:81, 127.0.0.1:82|502, 502")
    assert tries(tested) == (502, "app|502")
    assert tested.connection.logged == [("error", b"no live upstreams")]


@pytest.mark.parametrize(
    ("directives", "method", "expected"),
    [
        ("", "GET", (503, "127.0.0.1:81|503")),
        ("proxy_next_upstream http_503;", "GET", (200, "127.0.0.1:81, 127.0.0.1:82|503, 200")),
        ("proxy_next_upstream http_503;", "POST", (503, "127.0.0.1:81|503")),
        ("proxy_next_upstream http_503 non_idempotent;", "POST", (200, "127.0.0.1:81, 127.0.0.1:82|503, 200")),
        ("proxy_next_upstream http_503; proxy_next_upstream_tries 1;", "GET", (503, "127.0.0.1:81|503")),
        ("proxy_next_upstream off;", "GET", (503, "127.0.0.1:81|503")),
    ],
)
def test_statuses_that_lead_to_the_next_server(directives: str, method: str, expected: tuple[int, str]) -> None:
    tested = site(Server(_BUSY), Server(OK), directives=directives)
    assert tries(tested, method, "\nContent-Length: 0" if method == "POST" else "") == expected


def test_the_last_answer_is_passed_on() -> None:
    tested = site(Server(_BUSY), Server(_BUSY), directives="proxy_next_upstream http_503;")
    assert tested.get("/") == (503, "busy")


def test_a_post_that_was_not_sent_is_repeated() -> None:
    second = Server(OK)
    tested = site(Server(REFUSED, refused=True), second, body=b"abc")
    assert tries(tested, "POST", "\nContent-Length: 3")[0] == 200
    assert second.body == b"abc"
    tested = site(Server(CLOSED), Server(OK), body=b"abc")
    assert tries(tested, "POST", "\nContent-Length: 3") == (502, "127.0.0.1:81|502")


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([says("HTTP/1.1 200 OK\nno colon\n\n")], b'upstream sent invalid header: "no\\x20..."'),
        ([says("HTTP/1.1 200 OK\nX-A: " + "a" * 5000)], b"upstream sent too big header"),
    ],
)
def test_a_head_nginx_refuses(events: list[object], message: bytes) -> None:
    tested = site(failing(*events), group="upstream app { server 127.0.0.1:81; }")
    assert tested.get("/")[0] == 502
    assert tested.connection.logged == [("error", message)]


def test_a_unix_socket_that_is_not_there() -> None:
    missing = Server(says(""), refused=True)
    missing.events = [type(REFUSED)(REFUSED.happening, error=FileNotFoundError(2, "No such file or directory"))]
    tested = site(missing, group="upstream app { server unix:/tmp/s; }")
    assert tries(tested) == (502, "unix:/tmp/s|502")
    assert tested.connection.logged == [("crit", b"connect() to unix:/tmp/s failed (2: No such file or directory)")]


def test_the_timeouts_of_each_step() -> None:
    server = Server(OK)
    directives = "proxy_connect_timeout 2s; proxy_read_timeout 3s;"
    site(server, directives=directives).get("/")
    assert server.waited == [2000, 3000]


def test_a_client_that_leaves_ends_it() -> None:
    server = Server(LEFT)
    tested = site(server)
    assert tested.serve("GET / HTTP/1.1\nHost: localhost") == b""
    assert server.closed
    assert tested.request is not None
    assert tested.request.on_close is None


def test_the_answer_may_come_before_the_whole_body() -> None:
    server = Server(client(b"more"), OK)
    assert site(server).get("/") == (200, "ok")
    assert server.sent.endswith(b"more")


def test_what_it_is_doing_when_it_is_asked_for_the_log() -> None:
    server = Server(LEFT)
    tested = site(server)
    actions = []
    server.close = lambda: actions.append(tested.request.upstream.action)  # type: ignore[method-assign,union-attr]
    tested.get("/")
    assert actions == [b"sending request to upstream"]


class TestKeptConnections:
    group = "upstream app { server 127.0.0.1:81; keepalive 1; }"
    directives = 'proxy_http_version 1.1; proxy_set_header Connection "";'

    def site(self, *servers: Server) -> ProxiedSite:
        return site(*servers, group=self.group, directives=self.directives)

    def test_a_connection_is_used_again(self) -> None:
        server = Server(OK, OK)
        tested = self.site(server)
        assert tested.get("/")[0] == 200
        assert server.resting
        assert tested.get("/")[0] == 200
        assert len(tested.opened) == 1

    @pytest.mark.parametrize(
        "answer",
        ["HTTP/1.1 200 OK\nConnection: close\nContent-Length: 0\n\n", "HTTP/1.0 200 OK\nContent-Length: 0\n\n"],
    )
    def test_not_when_the_server_does_not_want_it(self, answer: str) -> None:
        server = Server(says(answer))
        self.site(server).get("/")
        assert server.closed

    def test_a_kept_connection_that_was_closed_is_no_failure(self) -> None:
        tested = self.site(Server(OK, CLOSED), Server(OK))
        tested.get("/")
        assert tries(tested) == (200, "127.0.0.1:81, 127.0.0.1:81|502, 200")
