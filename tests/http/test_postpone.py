"""The order of an answer and of its subrequests."""

from __future__ import annotations

from ngxpush.http.body_output import Output
from ngxpush.http.filters.chunked import Chunked
from ngxpush.http.request import Request
from ngxpush.http.subrequest import make_subrequest

from .fakes import make_request


class _Page:
    """An answer, `main`, and its subrequests by their names."""

    def __init__(self) -> None:
        main, self.connection = make_request(core={"postpone_output": 0})
        self.outputs: dict[str, Output] = {}
        self._begin("main", main)

    def _begin(self, name: str, request: Request) -> None:
        self.outputs[name] = request.response.output = Output(request)

    def ask(self, name: str, parent: str) -> None:
        subrequest = make_subrequest(self.outputs[parent].request, b"/" + name.encode())
        self.outputs[parent].ask(subrequest, None)
        self._begin(name, subrequest)

    def say(self, name: str, text: bytes) -> None:
        self.outputs[name].write(text)

    def end(self, name: str) -> None:
        request = self.outputs[name].request
        next(ended for started, ended in self.connection.started_subrequests if started is request)()


def test_a_subrequest_that_waits_keeps_its_parts_apart() -> None:
    page = _Page()
    page.outputs["main"].chunked = Chunked(page.outputs["main"].request)
    page.ask("slow", "main")
    page.ask("page", "main")
    page.say("page", b"a")
    page.say("page", b"b")
    page.ask("part", "page")
    page.say("part", b"c")
    page.say("page", b"d")
    page.say("main", b"e")
    assert page.outputs["page"].kept == 3 and page.outputs["part"].kept == 1
    page.end("part")
    page.end("page")
    assert page.connection.written == b""
    page.say("slow", b"f")
    page.end("slow")
    assert page.connection.written == b"1\r\nf\r\n2\r\nab\r\n1\r\nc\r\n1\r\nd\r\n1\r\ne\r\n"
    assert page.outputs["main"].kept == 0


def test_any_number_of_subrequests_may_wait_for_one() -> None:
    page = _Page()
    page.ask("slow", "main")
    for number in range(1000):
        page.ask(f"page{number}", "main")
        page.ask(f"part{number}", f"page{number}")
        page.say(f"part{number}", b"%d," % number)
        page.end(f"part{number}")
        page.end(f"page{number}")
    page.say("main", b"end")
    page.end("slow")
    assert page.connection.written == b"".join(b"%d," % number for number in range(1000)) + b"end"
