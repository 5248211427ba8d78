"""What a configuration asks for in vain."""

from __future__ import annotations

from ngxpush.cli.effects import left_out, without_effect
from ngxpush.config.analysis import Analysis
from ngxpush.config.analyzer import analyze
from tests.machine import Machine


def _analysis(text: str) -> Analysis:
    machine = Machine({"/nginx.conf": text.encode(), "/stream.conf": b"proxy_pass 127.0.0.1:1;"})
    analysis = analyze("/nginx.conf", "/", system=machine, leave_out_third_party=True)
    assert analysis.fatal is None, analysis.fatal.message
    return analysis


def test_each_reason_once() -> None:
    text = "user root;\nworker_processes 2;\nevents { use epoll; }\nhttp { tcp_nopush on; server {\nlocation /a { mp4; }\n"
    text += "location /b { mp4;\nmp4_buffer_size 1m; } } }"
    assert list(without_effect(_analysis(text))) == [
        "not emulated: mp4 (/nginx.conf:5, 6), mp4_buffer_size (/nginx.conf:7). "
        "The file is sent whole, whatever its `start` argument says.",
        "no effect: user (/nginx.conf:1); it serves as the user who starts it",
        "no effect: worker_processes (/nginx.conf:2); one process serves",
        "these directives have no effect, and none is needed here: use, tcp_nopush",
    ]


def test_of_a_block_its_name_is_enough() -> None:
    text = "events {}\nstream { server { listen 1;\ninclude stream.conf; } }"
    (said,) = without_effect(_analysis(text))
    assert said.startswith("not emulated: stream (/nginx.conf:2). ")


def test_nothing_to_say() -> None:
    assert [*without_effect(_analysis("events {}")), *left_out(_analysis("events {}"))] == []


def test_modules_that_are_not_here_make_one_line() -> None:
    text = "events {}\nhttp {\njs_import a.js; js_set $a b;\nlua_shared_dict a 1m;\nfancyindex on; }"
    assert list(left_out(_analysis(text))) == [
        "left out, because ngxpush does not have these modules: "
        "njs (/nginx.conf:3), lua (/nginx.conf:4), fancyindex (/nginx.conf:5)"
    ]


def test_what_is_newer() -> None:
    text = "events {}\nhttp { http3 on;\nserver { http2 on; } }"
    assert list(left_out(_analysis(text))) == [
        "left out, because nginx has this since 1.25.0: http3 (/nginx.conf:2)",
        "left out, because nginx has this since 1.25.1: http2 (/nginx.conf:3)",
    ]
