"""Host names resolved by the servers of `resolver`, as nginx does it.

    questions   one for IPv4 addresses and one for IPv6 addresses (`ipv6=off`: not), both to the next server in turn. While one
                has no answer, it goes to the following server every 5 seconds, and at once if it can't be sent. Answers that
                don't fit come over TCP
    answers     the name is resolved when both have come: to all their addresses, IPv4 first. One that reports an error
                spoils both. If neither has an address, the alias (CNAME) in the last one is resolved instead
    memory      what is found is kept for as long as the answers say, or for `valid`, to the whole second. A kept name with
                several addresses begins with any of them. Errors are not kept. A name that no one asks for is forgotten after
                30 seconds
    waiting     requests for a name that is being resolved wait together, each for its own resolver_timeout

Measured with nginx 1.22.1 (nginx-tests: http_resolver, http_resolver_aaaa, http_resolver_cname).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

from msgspec import Struct, field

from ...config.directives.http.resolver import NameServers
from ...http.operations import TIMED_OUT, WAITING, Resume, Unresolved
from .name_messages import AAAA, A, BadAnswer, NameAnswer, parse_answer, question, read_name, read_records
from .name_servers import Log, name_servers

Addresses = list[tuple[bytes, bool]]

_HOST_NOT_FOUND = 3
_WORDS = {1: "Format error"}
_MOST_ALIASES = 50
_KEPT_UNUSED = 30
_ASK_AGAIN = 5.0


class _Question(Struct, eq=False):
    """A question about a name. addresses: None until it is answered."""

    ident: int
    data: bytes
    over_tcp: bool = False
    addresses: Addresses | None = None


class _Asker(Struct, eq=False):
    """A request that waits for a name. aliases: those it has come through."""

    resume: Resume
    name: _Name | None = None
    aliases: int = 0
    deadline: asyncio.TimerHandle | None = None


class _Name(Struct, eq=False):
    """A name that is being resolved, or is resolved.

    questions: by type.  server: the number of the server that is asked.  code: of an answer that reports an error.
    valid: the last second of what is known; None while it is being resolved.  used: the second of the last request for it.
    """

    host: bytes
    questions: dict[int, _Question]
    server: int
    used: int
    code: int = 0
    ttl: int | None = None
    addresses: Addresses = field(default_factory=list)
    alias: bytes | None = None
    valid: int | None = None
    waiting: list[_Asker] = field(default_factory=list)
    again: asyncio.TimerHandle | None = None

    def is_current(self, now: int) -> bool:
        """Whether it is still known, or someone still waits for it."""
        return bool(self.waiting) if self.valid is None else now <= self.valid

    @property
    def found(self) -> Addresses:
        """The addresses in all answers."""
        return [address for asked in self.questions.values() for address in asked.addresses or ()]

    def stop(self) -> None:
        """Ask no more."""
        if self.again is not None:
            self.again.cancel()


class NameResolver:
    """The names that one `resolver` has resolved. now: seconds since the epoch."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, settings: NameServers, log: Log, now: Callable[[], float] = time.time
    ) -> None:
        self._loop = loop
        self._settings = settings
        self._log = log
        self._now = now
        self._servers = list(name_servers(loop, settings.servers, self._received, log))
        self._next_server = 0
        # The name used last comes last.
        self._names: dict[bytes, _Name] = {}

    def ask(self, host: bytes, seconds: float, resume: Resume) -> Any:
        """The addresses of a name, or WAITING. Raises Unresolved. seconds: how long it may take; 0: as long as it takes."""
        asker = _Asker(resume)
        found = self._resolve(asker, host.lower().removesuffix(b"."))
        if found is not None:
            return found
        if seconds:
            asker.deadline = self._loop.call_later(seconds, partial(self._too_late, asker))
        return WAITING

    def _resolve(self, asker: _Asker, host: bytes) -> Addresses | None:
        """The addresses if they are known; else None: the asker waits. Raises Unresolved."""
        while True:
            name, now = self._names.pop(host, None), int(self._now())
            if name is None or not name.is_current(now):
                if name is not None:
                    name.stop()
                name = self._begin(host, now)
            self._names[host] = name
            name.used = now
            if name.valid is None:
                asker.name = name
                name.waiting.append(asker)
                return None
            if name.alias is None:
                first = secrets.randbelow(len(name.addresses))
                return name.addresses[first:] + name.addresses[:first]
            if asker.aliases >= _MOST_ALIASES:
                raise Unresolved(_HOST_NOT_FOUND)
            asker.aliases += 1
            host = name.alias

    def _begin(self, host: bytes, now: int) -> _Name:
        """Ask for a name. Raises Unresolved for what is none, or if there is no one to ask."""
        if not self._servers:
            raise Unresolved(_HOST_NOT_FOUND)
        questions = {}
        for type_ in (A, AAAA) if self._settings.ipv6 else (A,):
            ident = secrets.randbelow(1 << 16)
            data = question(ident, host, type_)
            if data is None:
                raise Unresolved(_HOST_NOT_FOUND)
            questions[type_] = _Question(ident, data)
        self._forget(now)
        name = _Name(host, questions, self._next_server, now)
        self._next_server = (self._next_server + 1) % len(self._servers)
        if not self._send(name):
            self._send_to_next(name)
        self._plan(name)
        return name

    def _forget(self, now: int) -> None:
        """Forget one or two names that no one has asked for in a while."""
        for host, name in list(islice(self._names.items(), 2)):
            if name.valid is not None and now - name.used >= _KEPT_UNUSED:
                del self._names[host]

    def _send(self, name: _Name) -> bool:
        """Send the questions that have no answer. Returns whether all are sent; after one that is not, no other is."""
        server = self._servers[name.server]
        for asked in name.questions.values():
            if asked.addresses is not None:
                continue
            if asked.over_tcp:
                server.send_over_tcp(asked.data)
            elif not server.send(asked.data):
                return False
        return True

    def _send_to_next(self, name: _Name) -> None:
        name.server = (name.server + 1) % len(self._servers)
        self._send(name)

    def _plan(self, name: _Name) -> None:
        """Send the questions again later, if that is needed."""
        name.stop()
        name.again = self._loop.call_later(_ASK_AGAIN, partial(self._send_again, name))

    def _send_again(self, name: _Name) -> None:
        if not name.waiting:
            self._drop(name)
            return
        self._send_to_next(name)
        self._plan(name)

    def _too_late(self, asker: _Asker) -> None:
        if asker.name is not None:
            asker.name.waiting.remove(asker)
        asker.resume(Unresolved(TIMED_OUT))

    # ---------------------------------------------------------------------------------------------------------- answers

    def _received(self, data: bytes, over_tcp: bool) -> None:
        try:
            self._take(parse_answer(data, over_tcp))
        except BadAnswer as error:
            self._log("error", str(error))

    def _take(self, answer: NameAnswer) -> None:
        if not answer.host:
            self._report_code(answer)
            return
        name = self._names.get(answer.host)
        asked = None if name is None or name.valid is not None else name.questions.get(answer.type)
        if name is None or asked is None or asked.addresses is not None:
            raise BadAnswer(f"unexpected DNS response for {answer.host.decode('latin-1')}")
        if answer.ident != asked.ident:
            text = f"wrong ident {answer.ident} in DNS response for {answer.host.decode('latin-1')}, expect {asked.ident}"
            raise BadAnswer(text)
        if answer.truncated:
            self._ask_over_tcp(name, asked)
            return
        if answer.code:
            name.code = name.code or answer.code
            asked.addresses = []
            self._answered(name, True, None)
            return
        records = read_records(answer)
        for type_ in records.unexpected:
            self._log("error", f"unexpected RR type {type_} in DNS response")
        asked.addresses = records.addresses
        if records.ttl is not None:
            name.ttl = records.ttl if name.ttl is None else min(name.ttl, records.ttl)
            if not name.found and records.alias is None:
                self._log("error", "no A or CNAME types in DNS response")
        alias = records.alias
        self._answered(name, records.ttl is None, None if alias is None else lambda: read_name(answer.data, alias))

    def _report_code(self, answer: NameAnswer) -> None:
        """An answer that does not say about what it is: nothing is resolved by it. The question is asked again in time."""
        idents = {asked.ident: name for name in self._names.values() if name.valid is None for asked in name.questions.values()}
        name = idents.get(answer.ident)
        about = "" if name is None or answer.code != 1 else f', name:"{name.host.decode("latin-1")}"'
        words = _WORDS.get(answer.code, "Unknown error")
        self._log("error", f"DNS error ({answer.code}: {words}), query id:{answer.ident}{about}")

    def _ask_over_tcp(self, name: _Name, asked: _Question) -> None:
        if asked.over_tcp:
            return
        if not name.waiting:
            self._drop(name)
            return
        asked.over_tcp = True
        self._servers[name.server].send_over_tcp(asked.data)
        self._plan(name)

    def _answered(self, name: _Name, is_empty: bool, read_alias: Callable[[], bytes] | None) -> None:
        """End the resolving of a name if all its questions are answered.

        is_empty: the last answer has no records.  read_alias: reads the alias in it.
        """
        if any(asked.addresses is None for asked in name.questions.values()):
            return
        found = name.found
        if name.code or (not found and is_empty):
            self._fail(name, name.code or _HOST_NOT_FOUND)
        elif found:
            self._keep(name)
            name.addresses = found
            waiting, name.waiting = name.waiting, []
            for asker in waiting:
                self._end(asker, found)
        elif read_alias is not None:
            alias = read_alias()
            self._keep(name)
            self._follow(name, alias)

    def _keep(self, name: _Name) -> None:
        name.stop()
        name.valid = int(self._now()) + (self._settings.valid or name.ttl or 0)

    def _follow(self, name: _Name, alias: bytes) -> None:
        name.alias = alias
        waiting, name.waiting = name.waiting, []
        for asker in waiting:
            asker.name = None
            asker.aliases += 1
            try:
                if asker.aliases > _MOST_ALIASES:
                    raise Unresolved(_HOST_NOT_FOUND)
                found = self._resolve(asker, alias)
            except Unresolved as error:
                self._end(asker, error)
            else:
                if found is not None:
                    self._end(asker, found)

    def _fail(self, name: _Name, code: int) -> None:
        self._drop(name)
        for asker in name.waiting:
            self._end(asker, Unresolved(code))

    def _drop(self, name: _Name) -> None:
        name.stop()
        self._names.pop(name.host, None)

    @staticmethod
    def _end(asker: _Asker, result: Addresses | Unresolved) -> None:
        asker.name = None
        if asker.deadline is not None:
            asker.deadline.cancel()
        asker.resume(result)
