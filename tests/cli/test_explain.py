"""`ngxpush explain` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ngxpush.cli.explain import command

CONFIGURATION = r"""events { }
http {
    push_stream_shared_memory_size 10m;
    push_stream_message_template "<~text~>";
    map $arg_kind $kind { default plain; ~^(\w+)$ "kind-$1"; }
    server {
        listen 127.0.0.1:8080;
        server_name *.example.com;
        location /pub {
            push_stream_publisher admin;
            push_stream_channels_path $arg_id;
            client_max_body_size 5;
        }
        location ~ ^/sub/(.*) {
            push_stream_subscriber;
            push_stream_channels_path $1;
            push_stream_ping_message_interval 10s;
            push_stream_subscriber_connection_ttl 25s;
            push_stream_footer_template "bye";
        }
        location /lp { push_stream_subscriber long-polling; push_stream_channels_path $arg_id; }
        location /private { allow 10.0.0.0/8; deny all; return 200 "inside"; }
        location /guarded { auth_request /asked; error_page 401 /pub; root /nowhere; }
        location = /asked { internal; if ($kind ~ kind-(.*)) { return 204; } return 401; }
        location /old { rewrite ^/old/(.*)$ /pub?id=$1? last; }
        location /tried { try_files /nothing @named; }
        location @named { return 200 "named $kind"; }
        location /php { fastcgi_pass unix:/php; fastcgi_param SCRIPT_FILENAME $uri; }
        location /proxied { proxy_pass http://127.0.0.1:9/there; }
    }
    server { listen 127.0.0.1:8081; location / { return 301 http://$host/; } }
    server {
        listen 127.0.0.1:8443 ssl;
        ssl_certificate none.pem;
        ssl_certificate_key none.pem;
        location / { return 200 "$scheme$https"; }
    }
}
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "nginx.conf"
    path.write_text(CONFIGURATION)
    return path


def run(conf: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, [str(conf), *arguments])


def explained(conf: Path, *arguments: str) -> Any:
    result = run(conf, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def notes(document: Any, phase: str) -> list[tuple[str, str]]:
    return [(note.get("directive", ""), note["text"]) for note in document["notes"] if note["phase"] == phase]


def written(document: Any) -> dict[str, list[int]]:
    """Directive → the lines its value comes from; none for a default."""
    return {setting["name"]: [place["line"] for place in setting["written"]] for setting in document["settings"]}


def test_publisher(conf: Path) -> None:
    found = explained(conf, "POST /pub?id=news", "--body", "Hi", "-H", "Host: a.example.com")
    assert notes(found, "server") == [("server", 'has a name with a wildcard for the host "a.example.com"')]
    assert notes(found, "location") == [
        ("location /pub", 'is the longest prefix of "/pub"'),
        ("location ~ ^/sub/(.*)", "does not match"),
    ]
    assert (found["handler"], found["mode"], found["variables"]) == ("push_stream_publisher", "admin", {"arg_id": "news"})
    assert {"operation": "publish", "channels": ["news"], "backtracks": []} in found["channels"]
    assert found["answer"]["status"] == 200
    assert json.loads(found["answer"]["body"])["published_messages"] == 1
    settings = written(found)
    assert (settings["push_stream_publisher"], settings["push_stream_channels_path"]) == ([10], [11])
    assert settings["client_max_body_size"] == [12]
    assert settings["push_stream_store_messages"] == []
    defaults = {setting["name"]: setting["default"] for setting in found["settings"]}
    assert (defaults["push_stream_store_messages"], defaults["push_stream_publisher"]) == ("off", None)


def test_body_that_is_too_large(conf: Path) -> None:
    found = explained(conf, "POST /pub?id=news", "--body", "Hello, world")
    assert found["answer"]["status"] == 413
    assert found["error_log"] == [{"level": "error", "message": "client intended to send too large body: 12 bytes"}]


def test_subscriber_that_stays(conf: Path) -> None:
    found = explained(conf, "/sub/news.b2/other")
    assert notes(found, "location")[-1] == ("location ~ ^/sub/(.*)", 'matches ($1 = "news.b2/other")')
    assert found["channels"] == [{"operation": "subscribe", "channels": ["news", "other"], "backtracks": [2, None]}]
    assert (found["answer"]["stays"], found["answer"]["head"]) == (True, [])
    message, ping, end = found["later"]
    assert (message["seconds"], message["status"], message["body"]) == (None, 200, "<Hello>")
    assert (ping["seconds"], ping["every"], ping["body"]) == (10, 10, "< >")
    assert (end["seconds"], end["last"], end["body"]) == (25, True, "bye")
    assert written(found)["push_stream_message_template"] == [4]


def test_long_polling(conf: Path) -> None:
    found = explained(conf, "/lp?id=news")
    assert [(later["status"], later["body"], later["last"]) for later in found["later"]] == [(200, "<Hello>", True)]
    assert run(conf, "/lp?id=news").output.count("The client waits.") == 1


def test_mode_header(conf: Path) -> None:
    found = explained(conf, "/sub/news", "-H", "X-Nginx-PushStream-Mode: polling")
    assert (found["mode"], found["answer"]["status"], found["later"]) == ("polling", 304, [])


@pytest.mark.parametrize(("client", "status", "rule"), [("10.1.2.3", 204, "allow 10.0.0.0/8"), ("192.0.2.1", 403, "deny all")])
def test_access(conf: Path, client: str, status: int, rule: str) -> None:
    # a `return` comes before access, so the location's file is asked for here
    conf.write_text(CONFIGURATION.replace('return 200 "inside";', "root /; try_files /nothing =204;"))
    found = explained(conf, "/private", "--from", client)
    assert notes(found, "access")[0] == (rule, f'is the first rule for the client "{client}"')
    assert found["answer"]["status"] == status


def test_subrequest_and_error_page(conf: Path) -> None:
    found = explained(conf, "/guarded")
    assert notes(found, "subrequest") == [("", 'to the URI "/asked"')]
    assert notes(found, "access") == [
        ("auth_request /asked", '"/asked" answers 401'),
        ("auth_request /asked", "refuses the request with 401"),
    ]
    assert notes(found, "rewrite") == [("if ($kind ~ kind-(.*))", 'false for "plain"'), ("return 401", "answers 401")]
    assert notes(found, "error_page") == [("error_page 401 /pub", '401 is answered by "/pub"')]
    assert notes(found, "internal redirect") == [("", 'to the URI "/pub" with the arguments ""')]
    assert found["answer"]["status"] == 401


def test_rewrite(conf: Path) -> None:
    found = explained(conf, "DELETE /old/news?x=1")
    assert notes(found, "rewrite") == [
        (
            "rewrite ^/old/(.*)$ /pub?id=$1? last",
            'matches ($1 = "news"): the URI is "/pub" now, its arguments are "id=news"',
        )
    ]
    assert (found["channels"][0]["operation"], found["answer"]["status"]) == ("delete", 404)


def test_proxied(conf: Path) -> None:
    found = explained(conf, "POST /proxied/x?y=1", "--body", "Hi")
    assert found["answer"]["asks"] == {
        "server": "127.0.0.1:9",
        "sent": "POST /there/x?y=1 HTTP/1.0\nHost: 127.0.0.1:9\nConnection: close\nContent-Length: 2\n\nHi",
    }
    assert (found["answer"]["head"], found["answer"]["stays"], found["later"]) == ([], False, [])


def test_try_files_and_maps(conf: Path) -> None:
    found = explained(conf, "/tried?kind=good")
    ((written, text),) = notes(found, "try_files")
    assert (written, text.rpartition(": ")[2]) == ("try_files /nothing @named", "No such file or directory")
    assert notes(found, "internal redirect") == [("location @named", "to the named location")]
    assert found["variables"] == {"arg_kind": "good", "kind": "kind-good"}
    assert found["answer"]["body"] == "named kind-good"


def test_listen(conf: Path) -> None:
    found = explained(conf, "/", "--listen", "8081", "-H", "Host: there")
    assert found["address"] == "127.0.0.1:8081"
    assert "Location: http://there/" in found["answer"]["head"]
    assert explained(conf, "/", "--listen", "127.0.0.1:8081")["address"] == "127.0.0.1:8081"


def test_parameters(conf: Path) -> None:
    asks = explained(conf, "/php")["answer"]["asks"]
    assert (asks["server"], asks["parameters"]) == (
        "unix:/php",
        [{"name": "SCRIPT_FILENAME", "value": "/php"}, {"name": "HTTP_HOST", "value": "localhost"}],
    )
    assert '        SCRIPT_FILENAME = "/php"\n' in run(conf, "/php").output


@pytest.mark.parametrize("arguments", [("https://here/",), ("/", "--listen", "8443")])
def test_tls(conf: Path, arguments: tuple[str, ...]) -> None:
    found = explained(conf, *arguments)
    assert (found["address"], found["answer"]["body"]) == ("127.0.0.1:8443", "httpson")
    assert found["request"][1] == ("Host: here" if "//" in arguments[0] else "Host: localhost")


@pytest.mark.parametrize("request_line", ["http://here:8081/a", "GET http://here:8081/a HTTP/1.0"])
def test_the_port_of_a_url(conf: Path, request_line: str) -> None:
    assert explained(conf, request_line)["address"] == "127.0.0.1:8081"
    assert "does not listen on 8082, but on" in run(conf, request_line.replace("8081", "8082")).output


def test_several_words(conf: Path) -> None:
    assert explained(conf, "DELETE", "/pub?id=news")["request"][0] == "DELETE /pub?id=news HTTP/1.1"


def test_no_such_channel(conf: Path) -> None:
    assert "\n    there is no such channel: " in run(conf, "/pub?id=news").output


def test_request_nginx_refuses(conf: Path) -> None:
    found = explained(conf, "GET /%zz")
    assert found["answer"]["status"] == 400
    assert found["error_log"] == [{"level": "info", "message": "client sent invalid request"}]


def test_text(conf: Path) -> None:
    output = run(conf, "POST /pub?id=news", "--body", "Hi").output
    assert "    nginx.conf:9  location /pub: is the longest prefix" in output
    assert "    push_stream_channels_path $arg_id  (nginx.conf:11)\n" in output
    assert "    push_stream_store_messages off  (default)\n" in output
    assert "    publish: news\n" in output
    assert "    HTTP/1.1 200 OK\n" in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["GET"], "REQUEST is METHOD TARGET"),
        (["GET sub/news"], "REQUEST is METHOD TARGET"),
        (["GET / HTTP/3"], "REQUEST is METHOD TARGET"),
        (["/", "-H", "nonsense"], "--header takes 'NAME: VALUE'"),
        (["/", "--from", "somewhere"], "--from takes an IP address"),
        (["/", "--listen", "99"], "does not listen on 99, but on 127.0.0.1:8080, 127.0.0.1:8081"),
    ],
)
def test_wrong_usage(conf: Path, arguments: list[str], said: str) -> None:
    result = run(conf, *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_nothing_to_ask(conf: Path) -> None:
    conf.write_text("events { }\nhttp { }\n")
    assert "it has no server" in run(conf, "/").output


def test_broken_configuration(conf: Path) -> None:
    conf.write_text("events { }\nhttp { server { listen 99999; } }\n")
    result = run(conf, "/")
    assert result.exit_code == 1
    error, hint = result.output.splitlines()
    assert error == f'nginx: [emerg] invalid port in "99999" of the "listen" directive in {conf}:2'
    assert hint.startswith("hint: `ngxpush lint ")


def test_a_method_that_no_server_reads(conf: Path) -> None:
    found = explained(conf, "get /pub")
    assert found["answer"]["status"] == 400
