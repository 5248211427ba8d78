"""Names resolved by name servers: what is asked when, and what the answers mean. The servers are lists."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ngxpush.config.directives.http.resolver import NameServers
from ngxpush.http.operations import TIMED_OUT, WAITING, Unresolved
from ngxpush.server.system.name_messages import AAAA, CNAME, A
from ngxpush.server.system.resolver import NameResolver

from ..fakes import FakeLoop
from .name_server import POINTER, answer, encoded, record

_V4, _OTHER, _V6 = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]), bytes(15) + b"\1"
FOUR, OTHER, SIX = (b"192.0.2.1", False), (b"192.0.2.2", False), (b"::1", True)


class Server:
    """One that keeps what it is asked. refuses: nothing can be sent to it."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.asked_over_tcp: list[bytes] = []
        self.refuses = False

    def send(self, question: bytes) -> bool:
        self.asked.append(question)
        return not self.refuses

    def send_over_tcp(self, question: bytes) -> None:
        self.asked_over_tcp.append(question)


class Resolving:
    """A resolver, its servers and the results of those who ask: addresses, or the code of the error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, servers: int = 1, valid: int | None = None, ipv6: bool = True) -> None:
        self.loop = FakeLoop()
        self.servers = [Server() for _ in range(servers)]
        self.logged: list[str] = []
        self.results: list[list[tuple[bytes, bool]] | int] = []
        self.receive: Callable[[bytes, bool], None]

        def name_servers(loop: object, addresses: object, received: Callable[[bytes, bool], None], log: object) -> list[Server]:
            self.receive = received
            return self.servers

        monkeypatch.setattr("ngxpush.server.system.resolver.name_servers", name_servers)
        settings = NameServers((), valid, ipv6)
        self.resolver = NameResolver(self.loop, settings, lambda _, text: self.logged.append(text), self.loop.time)  # type: ignore[arg-type]

    def ask(self, host: bytes = b"a.test", seconds: float = 30) -> None:
        try:
            found = self.resolver.ask(host, seconds, self._ended)
        except Unresolved as error:
            found = error
        if found is not WAITING:
            self._ended(found)

    def _ended(self, result: Any) -> None:
        self.results.append(result.code if isinstance(result, Unresolved) else result)

    def ident(self, type_: int, server: int = 0) -> int:
        """The number of the last question for that type."""
        asked = next(data for data in reversed(self.servers[server].asked) if data[-4:-2] == struct.pack(">H", type_))
        return int.from_bytes(asked[:2])

    def answer(self, type_: int, *records: bytes, host: bytes = b"a.test", flags: int = 0x8180, server: int = 0) -> None:
        self.receive(answer(self.ident(type_, server), host, type_, records, flags), False)


def address(packed: bytes, ttl: int = 60) -> bytes:
    return record(POINTER, A if len(packed) == 4 else AAAA, ttl, packed)


def alias(name: bytes, ttl: int = 60) -> bytes:
    return record(POINTER, CNAME, ttl, encoded(name))


def test_both_families(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch)
    tested.ask(b"A.Test.")
    tested.answer(AAAA, address(_V6))
    assert tested.results == []
    tested.answer(A, address(_V4))
    assert tested.results == [[FOUR, SIX]]
    assert tested.loop.pending == 0


def test_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask()
    assert len(tested.servers[0].asked) == 1
    tested.answer(A, address(_V4))
    assert tested.results == [[FOUR]]


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "result"),
    [
        ([], [], 3),
        ([address(_V4)], [], [FOUR]),
        ([], [address(_V6)], [SIX]),
        ([alias(b"b.test")], [], 3),
        ([alias(b"b.test")], [address(_V6)], [SIX]),
    ],
)
def test_one_answer_may_be_empty(
    monkeypatch: pytest.MonkeyPatch, ipv4: Sequence[bytes], ipv6: Sequence[bytes], result: Any
) -> None:
    tested = Resolving(monkeypatch)
    tested.ask()
    tested.answer(A, *ipv4)
    tested.answer(AAAA, *ipv6)
    assert tested.results == [result]


@pytest.mark.parametrize("first", [A, AAAA])
def test_an_error_spoils_both(monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    tested = Resolving(monkeypatch)
    tested.ask()
    for type_ in (first, A + AAAA - first):
        if type_ == A:
            tested.answer(A, flags=0x8182)
        else:
            tested.answer(AAAA, address(_V6))
    tested.ask()  # it is not kept
    assert tested.results == [2]
    assert len(tested.servers[0].asked) == 4


def test_what_is_found_is_kept_as_long_as_the_answers_say(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch)
    tested.ask()
    tested.answer(A, address(_V4, 60), address(_OTHER, 3))
    tested.answer(AAAA)
    tested.loop.advance(3)
    tested.ask()
    assert {tuple(result) for result in tested.results if isinstance(result, list)} <= {(FOUR, OTHER), (OTHER, FOUR)}
    assert len(tested.results) == 2
    tested.loop.advance(1)
    tested.ask()
    assert len(tested.results) == 2


def test_valid_says_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, valid=10, ipv6=False)
    tested.ask()
    tested.answer(A, address(_V4, 1))
    tested.loop.advance(10)
    tested.ask()
    assert tested.results == [[FOUR]] * 2


def test_an_unused_name_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask()
    tested.answer(A, address(_V4, 3600))
    tested.loop.advance(30)
    tested.ask(b"b.test")
    tested.answer(A, address(_V4), host=b"b.test")
    tested.ask()
    assert len(tested.servers[0].asked) == 3


def test_an_alias_is_followed_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask()
    tested.answer(A, alias(b"b.test"))
    tested.answer(A, address(_V4), host=b"b.test")
    tested.ask()
    tested.ask(b"b.test")
    assert tested.results == [[FOUR]] * 3
    assert len(tested.servers[0].asked) == 2


def test_an_alias_of_a_name_that_is_known_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask(b"b.test")
    tested.answer(A, address(_V4), host=b"b.test")
    tested.ask()
    tested.answer(A, alias(b"b.test"))
    tested.ask(b"c.test")
    tested.answer(A, alias(b""), host=b"c.test")
    assert tested.results == [[FOUR], [FOUR], 3]


def test_aliases_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask()
    tested.answer(A, alias(b"a.test"))
    tested.ask()
    assert tested.results == [3, 3]


def test_all_who_wait_get_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask()
    tested.ask()
    tested.answer(A, address(_V4))
    assert tested.results == [[FOUR]] * 2
    assert len(tested.servers[0].asked) == 1


def test_each_waits_for_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask(seconds=1)
    tested.ask(seconds=0)
    tested.loop.advance(1)
    assert tested.results == [TIMED_OUT]
    tested.loop.advance(100)
    tested.answer(A, address(_V4))
    assert tested.results == [TIMED_OUT, [FOUR]]


def test_who_asks_after_all_have_given_up_asks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask(seconds=1)
    tested.loop.advance(1)
    tested.ask()
    assert len(tested.servers[0].asked) == 2


def test_the_servers_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, servers=2, ipv6=False)
    for host in (b"a.test", b"b.test", b"c.test"):
        tested.ask(host)
    assert [len(server.asked) for server in tested.servers] == [2, 1]


def test_the_next_server_after_5_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, servers=2)
    tested.ask(seconds=12)
    tested.answer(A, address(_V4))
    tested.loop.advance(10)
    assert [len(server.asked) for server in tested.servers] == [3, 1]
    tested.answer(AAAA, server=1)
    assert tested.results == [[FOUR]]


def test_no_one_is_asked_when_no_one_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask(seconds=4)
    tested.loop.advance(100)
    assert len(tested.servers[0].asked) == 1
    assert tested.loop.pending == 0


def test_the_next_server_at_once_if_a_question_can_not_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, servers=2)
    tested.servers[0].refuses = True
    tested.ask()
    assert [len(server.asked) for server in tested.servers] == [1, 2]


def test_what_does_not_fit_comes_over_tcp(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask()
    tested.answer(A, flags=0x8380)
    tested.answer(A, flags=0x8380)
    tested.loop.advance(5)
    assert [len(tested.servers[0].asked), len(tested.servers[0].asked_over_tcp)] == [1, 2]
    tested.receive(answer(tested.ident(A), b"a.test", A, [address(_V4)]), True)
    assert tested.results == [[FOUR]]


def test_what_does_not_fit_and_no_one_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, ipv6=False)
    tested.ask(seconds=1)
    tested.loop.advance(1)
    tested.answer(A, flags=0x8380)
    assert tested.servers[0].asked_over_tcp == []


@pytest.mark.parametrize("host", [b"", b"a..b", b".a"])
def test_what_is_no_name(monkeypatch: pytest.MonkeyPatch, host: bytes) -> None:
    tested = Resolving(monkeypatch)
    tested.ask(host)
    assert tested.results == [3]


def test_servers_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = Resolving(monkeypatch, servers=0)
    tested.ask()
    assert tested.results == [3]


class TestLogged:
    """Answers that are of no use: the questions stay unanswered."""

    def test_about_another_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = Resolving(monkeypatch, ipv6=False)
        tested.ask()
        tested.answer(A, host=b"b.test")
        assert tested.logged == ["unexpected DNS response for b.test"]

    def test_a_second_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = Resolving(monkeypatch)
        tested.ask()
        tested.answer(A)
        tested.answer(A)
        assert tested.logged == ["unexpected DNS response for a.test"]

    def test_of_another_question(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = Resolving(monkeypatch, ipv6=False)
        tested.ask()
        ident = tested.ident(A)
        tested.receive(answer(ident ^ 1, b"a.test", A), False)
        assert tested.logged == [f"wrong ident {ident ^ 1} in DNS response for a.test, expect {ident}"]

    def test_that_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = Resolving(monkeypatch)
        tested.receive(b"", False)
        assert tested.logged == ["short DNS response"]

    def test_that_does_not_understand_the_question(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = Resolving(monkeypatch, ipv6=False)
        tested.ask()
        ident = tested.ident(A)
        tested.answer(A, flags=0x8181)
        tested.answer(A, flags=0x8187)
        tested.receive(answer(ident ^ 1, b"a.test", A, flags=0x8181), False)
        assert tested.logged == [
            f'DNS error (1: Format error), query id:{ident}, name:"a.test"',
            f"DNS error (7: Unknown error), query id:{ident}",
            f"DNS error (1: Format error), query id:{ident ^ 1}",
        ]
        assert tested.results == []

    def test_without_an_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tested = Resolving(monkeypatch)
        tested.ask()
        tested.answer(A, record(POINTER, 15, 60, b"mail"))
        assert tested.logged == ["unexpected RR type 15 in DNS response", "no A or CNAME types in DNS response"]
        tested.answer(AAAA, address(_V6))
        assert tested.results == [[SIX]]
