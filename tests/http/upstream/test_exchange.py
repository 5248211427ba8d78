"""The attempts of a request: what makes nginx ask the next server, and what it says when none answers."""

from __future__ import annotations

import pytest

from ngxpush.http.operations import WAITING
from ngxpush.http.upstream import exchange
from ngxpush.http.upstream.connection import Happening, PeerEvent, TlsFault
from tests.http.fakes import FakeConnection, MemoryBodyFile

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


def test_a_timeout_is_reported_when_the_server_is_given_up() -> None:
    tested = site(Server(SILENT), Server(OK))
    tested.get("/")
    assert [level for level, _ in tested.connection.logged] == ["warn", "error"]


def test_a_failing_server_is_left_out_for_a_while() -> None:
    tested = site(Server(CLOSED), *[Server(OK) for _ in range(5)])
    assert tries(tested)[1] == "127.0.0.1:81, 127.0.0.1:82|502, 200"
    assert tries(tested)[1] == "127.0.0.1:82|200"
    tested.now += 11
    assert [tries(tested)[1] for _ in range(3)] == ["127.0.0.1:82|200", "127.0.0.1:82|200", "127.0.0.1:81|200"]


def test_there_are_too_few_connections() -> None:
    tested = site()
    assert tries(tested) == (500, "|-")
    assert tested.connection.logged == [("alert", b"512 worker_connections are not enough")]
    tested.waiting.append(Server(OK))
    assert tries(tested) == (200, "127.0.0.1:82|200")  # no server is to blame


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
        ("proxy_next_upstream http_503 off;", "GET", (503, "127.0.0.1:81|503")),
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
    tested = site(server, directives="proxy_request_buffering off;")
    assert tested.get("/", "POST", headers="\nContent-Length: 10") == (200, "ok")
    assert server.sent.endswith(b"\r\n\r\nmore")


def test_a_server_is_not_late_while_the_client_still_sends_its_body() -> None:
    server = Server(client(b"ab"), SILENT, client(b"c"), client(b""), OK)
    tested = site(server, directives="proxy_request_buffering off;")
    assert tested.get("/", "POST", headers="\nContent-Length: 3") == (200, "ok")
    late = Server(client(b"abc"), client(b""), SILENT)
    assert site(late, directives="proxy_request_buffering off;").get("/", "POST", headers="\nContent-Length: 3")[0] == 504


def test_a_server_that_reads_slowly_gets_what_the_client_sends_when_it_has_read_on() -> None:
    server = Server(client(b"abc"), PeerEvent(Happening.TAKEN), client(b"de"), client(b""), OK)
    sent: list[bytes] = []

    def send(data: bytes) -> None:
        sent.append(data)
        server.is_full = len(sent) == 1

    server.send = send  # type: ignore[method-assign]
    tested = site(server, directives="proxy_request_buffering off; proxy_send_timeout 5s; proxy_read_timeout 3s;")
    assert tested.get("/", "POST", headers="\nContent-Length: 5") == (200, "ok")
    assert sent[1:] == [b"abc", b"de"]
    assert server.waited[1:] == [5000, 5000, 3000, 3000, 3000]


def test_a_body_in_a_file_is_sent_in_pieces_and_anew_to_the_next_server() -> None:
    content = bytes(range(256)) * 600
    first, second = Server(CLOSED), Server(OK)
    tested = site(first, second)
    tested.body_file = MemoryBodyFile(content)
    assert tested.get("/", "PUT", headers=f"\nContent-Length: {len(content)}") == (200, "ok")
    assert first.body == second.body == content


def test_while_the_client_does_not_read_nothing_of_the_server_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeConnection, "draining", WAITING)
    server = Server(OK)
    assert site(server).get("/") == (200, "ok")
    assert server.held == [True, False, False]


def test_while_too_much_waits_for_its_turn_nothing_of_the_server_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_MOST_KEPT", 4)
    head = "HTTP/1.1 200 OK\nContent-Type: text/html\n\n"
    server = Server(says(head + '<!--# include virtual="/in" -->four'), says("5"), says("6"), CLOSED)
    tested = ProxiedSite(
        "server { location / { ssi on; proxy_buffering off; proxy_pass http://127.0.0.1:81; } location /in { return 200 in; } }",
        server,
    )
    assert tested.get("/") == (200, "2\r\nin\r\n5\r\nfour5\r\n1\r\n6\r\n0\r\n\r\n")
    assert server.held == [False, False, False, True, False, False, False]


def test_what_it_is_doing_when_it_is_asked_for_the_log() -> None:
    server = Server(LEFT)
    tested = site(server)
    actions = []
    server.close = lambda silently: actions.append(tested.request.upstream.action)  # type: ignore[method-assign,union-attr]
    tested.get("/")
    assert actions == [b"sending request to upstream"]


def test_what_it_is_doing_after_an_answer_that_leads_nowhere() -> None:
    tested = site(Server(says("HTTP/1.1 200 OK\nX-Accel-Redirect: @nowhere\n\n")))
    assert tested.get("/")[0] == 500
    assert tested.request is not None
    assert tested.request.progress.log_action == b"reading response header from upstream"


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


def test_a_broken_connection() -> None:
    broken = type(CLOSED)(CLOSED.happening, error=ConnectionResetError(104, "Connection reset by peer"))
    tested = site(Server(broken), Server(OK))
    assert tries(tested) == (200, "127.0.0.1:81, 127.0.0.1:82|502, 200")
    assert ("error", b"recv() failed (104: Connection reset by peer)") in tested.connection.logged


def test_a_handshake_that_fails() -> None:
    message = b"SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)"
    refused = type(REFUSED)(REFUSED.happening, fault=TlsFault("crit", message))
    tested = ProxiedSite(location("proxy_next_upstream off;", "https://127.0.0.1:81"), Server(refused, refused=True))
    assert tested.get("/")[0] == 502
    assert tested.connection.logged == [("crit", message)]


def test_a_client_that_leaves_may_not_matter() -> None:
    tested = site(Server(OK), directives="proxy_ignore_client_abort on;")
    lasting: list[bool] = []
    perform = tested._perform

    def watch(operation: object) -> object:
        assert tested.request is not None
        lasting.append(tested.request.on_close is None)
        return perform(operation)

    tested._perform = watch  # type: ignore[assignment,method-assign]
    assert tested.get("/")[0] == 200
    assert all(lasting)


@pytest.mark.parametrize(
    ("method", "targets", "asked"),
    [
        ("", "/ / /", "81 82 81"),
        ("hash $arg_k;", "/?k=a /?k=a /?k=b", "82 82 81"),
        ("hash $arg_k consistent;", "/?k=a /?k=b", "81 82"),
        ("ip_hash;", "/ /", "81 81"),
        ("least_conn;", "/ / /", "81 82 81"),
        ("random;", "/", "81"),  # the numbers of these tests are zero
    ],
)
def test_how_the_configuration_chooses(method: str, targets: str, asked: str) -> None:
    """The ports nginx 1.22.1 asks."""
    group = f"upstream app {{ {method} server 127.0.0.1:81; server 127.0.0.1:82; }}"
    tested = site(*[Server(OK) for _ in targets.split()], group=group)
    for target in targets.split():
        tested.get(target)
    assert [opened.decode().rpartition(":")[2] for opened in tested.opened] == asked.split()


def test_a_gateway_after_one_whose_server_was_not_found() -> None:
    """nginx shows an attempt with nothing in it (measured). The line of the log knows no server yet."""
    http = "location / { error_page 502 = @b; proxy_pass http://$host:81; } location @b { proxy_pass http://127.0.0.1:82; }"
    tested = ProxiedSite(f"server {{ add_header X-Tries '$upstream_addr|$upstream_status'; {http} }}", Server(OK))
    assert tries(tested) == (200, ", 127.0.0.1:82|-, 200")
