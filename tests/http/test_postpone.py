"""The order of an answer and of its subrequests."""

from __future__ import annotations

from ngxpush.http.body_output import Output
from ngxpush.http.filters.chunked import Chunked
from ngxpush.http.request import Request
from ngxpush.http.subrequest import make_subrequest

from .fakes import make_request


def test_a_subrequest_that_waits_keeps_its_parts_apart() -> None:
    main, connection = make_request(core={"postpone_output": 0})
    outputs: dict[str, Output] = {}

    def begin(name: str, request: Request) -> None:
        outputs[name] = request.response.output = Output(request)

    def ask(name: str, parent: str) -> None:
        subrequest = make_subrequest(outputs[parent].request, b"/" + name.encode())
        outputs[parent].ask(subrequest, None)
        begin(name, subrequest)

    def say(name: str, text: bytes) -> None:
        outputs[name].write(text)

    def end(name: str) -> None:
        next(ended for request, ended in connection.started_subrequests if request is outputs[name].request)()

    begin("main", main)
    outputs["main"].chunked = Chunked(main)
    ask("slow", "main")
    ask("page", "main")
    say("page", b"a")
    say("page", b"b")
    ask("part", "page")
    say("part", b"c")
    say("page", b"d")
    say("main", b"e")
    assert outputs["page"].kept == 3 and outputs["part"].kept == 1
    end("part")
    end("page")
    assert connection.written == b""
    say("slow", b"f")
    end("slow")
    assert connection.written == b"1\r\nf\r\n2\r\nab\r\n1\r\nc\r\n1\r\nd\r\n1\r\ne\r\n"
    assert outputs["main"].kept == 0
