"""`ngxpush run` as a user starts it: what it says, what it does without, how it ends."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from ngxpush.cli.run import command
from tests.clients import get, publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE
from tests.running import NGXPUSH, end, free_port, ngxpush_run, serving, wait_for_port

_SERVER = """
    location /pub { push_stream_publisher admin; push_stream_channels_path $arg_id; }
    location ~ ^/sub/(.*) {
        push_stream_subscriber;
        push_stream_channels_path $1;
        push_stream_message_template "~text~\\n";
        push_stream_footer_template "end\\n";
    }
"""
_CONF = f"""
events {{}}
http {{
    push_stream_shared_memory_size 10m;
    access_log off;
    server {{ listen 127.0.0.1:8080; {_SERVER} }}
}}
"""


_TLS_SERVER = "server { listen 127.0.0.1:443 ssl; server_name www.a.org; ssl_reject_handshake on; }"


def _conf(directory: Path, text: str) -> Path:
    conf = directory / "nginx.conf"
    conf.write_text(text)
    return conf


def _refused(directory: Path, text: str, *options: str) -> list[str]:
    """What is said by a run that must not start."""
    command = [str(NGXPUSH), "run", *options, str(_conf(directory, text))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=directory)
    assert done.returncode == 1, done
    return done.stderr.splitlines()


def test_serves_until_interrupted(tmp_path: Path) -> None:
    port = free_port()
    command = [NGXPUSH, "run", "--log", "off", "--listen", f"8080={port}", _conf(tmp_path, _CONF)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    try:
        wait_for_port(port, process)
        with subscription(port, "/sub/a") as stream:
            wait_for_subscribers(port, "/pub?id=a")
            publish(port, "/pub?id=a", b"hello")
            assert stream.line() == b"hello"
            process.send_signal(signal.SIGINT)
            assert stream.rest() == b"end\n"
        _, said = process.communicate(timeout=PATIENCE)
    finally:
        end(process)
    assert process.returncode == 0
    listening, console, stopped = said.decode().splitlines()
    assert listening.rpartition("listening on ")[2] == f"127.0.0.1:{port}"
    assert re.fullmatch(r"ngxpush: console http://127\.0\.0\.1:\d+/", console)
    assert stopped == "ngxpush: stopped"


def test_requests_are_logged_when_they_come(tmp_path: Path) -> None:
    port = free_port()
    command = [NGXPUSH, "run", "--no-console", "--listen", f"8080={port}", _conf(tmp_path, _CONF)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, text=True)
    assert process.stderr is not None
    try:
        wait_for_port(port)
        process.stderr.readline()
        with subscription(port, "/sub/a"):
            said = [process.stderr.readline()]
            publish(port, "/pub?id=a", b"hello")
            said.append(process.stderr.readline())
        said.append(process.stderr.readline())
        process.send_signal(signal.SIGINT)
        rest, *_ = process.communicate(timeout=PATIENCE)[1].splitlines()
    finally:
        end(process)
    at, ms = r"\d\d:\d\d:\d\d", r"\d[\d.]* ms 127\.0\.0\.1"
    expected = (
        rf"{at} sub GET /sub/a 127\.0\.0\.1: streaming subscriber of a \(nginx\.conf:8\)\n",
        rf"{at} 200 POST /pub\?id=a {ms}: 5 bytes to a, 1 subscriber \(nginx\.conf:7\)\n",
        rf"{at} 200 GET /sub/a {ms}: streaming subscriber of a, until the client left \(nginx\.conf:8\)\n",
    )
    for line, pattern in zip(said, expected, strict=True):
        assert re.fullmatch(pattern, line), said
    assert rest.startswith("ngxpush: stopped: 2 requests, 1 message published, 1 delivery, ")


def test_a_log_for_programs_has_standard_output_to_itself(tmp_path: Path) -> None:
    port = free_port()
    command = [NGXPUSH, "run", "--log", "json", "--listen", f"8080={port}", _conf(tmp_path, _CONF)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for_port(port, process)
        publish(port, "/pub?id=a", b"hello")
        process.send_signal(signal.SIGTERM)
        lines = process.communicate(timeout=PATIENCE)[0].splitlines()
    finally:
        end(process)
    assert [(said["event"], said["published"]) for said in map(json.loads, lines)] == [("request", 5)]


def test_the_console_is_loaded_when_someone_looks(tmp_path: Path) -> None:
    """Its modules have parts in C: what is loaded shows in the memory of the process."""
    port = free_port()
    with ngxpush_run(_conf(tmp_path, f"pid {tmp_path}/pid;" + _CONF), tmp_path, "--console", str(port)) as ports:
        publish(ports[8080], "/pub?id=a", b"hello")
        maps = Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}/maps")
        assert "/aiohttp/" not in maps.read_text()
        assert get(port, "/").status == 200
        assert "/aiohttp/" in maps.read_text()


def test_the_console_does_not_delay_the_end(tmp_path: Path) -> None:
    port = free_port()
    with ngxpush_run(_conf(tmp_path, f"pid {tmp_path}/pid;" + _CONF), tmp_path, "--console", str(port)) as ports:
        wait_for_port(port)
        since = time.strftime("%Y-%m-%d")
        with subscription(ports[8080], "/sub/a", User_Agent="me"), subscription(port, "/channel/live?id=a") as looking:
            while b"<td>me</td>" not in (line := looking.line()):
                pass
            assert since.encode() in line
            process = int((tmp_path / "pid").read_text())
            publish(ports[8080], "/pub?id=a", b"hello")
            while b"<pre>hello</pre>" not in looking.line():
                pass
            os.kill(process, signal.SIGTERM)
            with contextlib.suppress(OSError, http.client.HTTPException):
                looking.rest()
    said = (tmp_path / "output").read_text()
    assert "Traceback" not in said and "exception" not in said, said


def test_without_a_console(tmp_path: Path) -> None:
    with ngxpush_run(_conf(tmp_path, _CONF), tmp_path, "--no-console"):
        pass
    assert "console" not in (tmp_path / "output").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--console", "0.0.0.0:8001"], "Error: --console takes a loopback address only, such as 127.0.0.1"),
        (["--console", "here"], "Error: --console takes HOST:PORT or PORT, such as 127.0.0.1:8001, not 'here'"),
        (["--console", "8001", "--no-console"], "Error: --console and --no-console exclude each other"),
    ],
)
def test_a_console_for_this_machine_only(tmp_path: Path, options: list[str], said: str) -> None:
    done = subprocess.run([NGXPUSH, "run", *options, _conf(tmp_path, _CONF)], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and said in done.stderr, done


def test_metrics_at_the_console(tmp_path: Path) -> None:
    port = free_port()
    with ngxpush_run(_conf(tmp_path, _CONF), tmp_path, "--metrics", "--console", str(port)) as ports:
        assert (get(port, "/healthz").status, get(port, "/metrics", Host="evil.example").status) == (200, 403)
        with subscription(ports[8080], "/sub/a"):
            wait_for_subscribers(ports[8080], "/pub?id=a")
            publish(ports[8080], "/pub?id=a", b"hello")
            text = get(port, "/metrics").body.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    values = {(sample.name, sample.labels.get("mode")): sample.value for sample in samples}
    assert values["ngxpush_subscribers", "streaming"] == values["ngxpush_deliveries_total", None] == 1
    assert values["ngxpush_messages_published_total", None] == 1
    assert f"console http://127.0.0.1:{port}/, metrics at /metrics\n" in (tmp_path / "output").read_text()


def test_metrics_need_a_console(tmp_path: Path) -> None:
    command = [NGXPUSH, "run", "--metrics", "--no-console", _conf(tmp_path, _CONF)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and "--metrics and --no-console exclude each other" in done.stderr, done


@pytest.mark.parametrize(("option", "package"), [("metrics", "prometheus_client"), ("watch", "watchfiles")])
def test_an_option_whose_package_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, option: str, package: str) -> None:
    monkeypatch.setattr("ngxpush.cli.run.find_spec", lambda name: None)
    done = CliRunner().invoke(command, [f"--{option}", str(_conf(tmp_path, _CONF))])
    assert done.exit_code == 2
    assert f"Error: --{option} needs {package}: pip install 'ngxpush[{option}]'" in done.output


def test_a_console_on_a_port_in_use(tmp_path: Path) -> None:
    conf = _CONF.replace("127.0.0.1:8080", f"unix:{tmp_path}/socket")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert _refused(tmp_path, conf, "--console", str(port)) == [
            f"ngxpush: can't open the console on 127.0.0.1:{port} (Address already in use): "
            "--console ADDR chooses another address, --no-console does without"
        ]
    assert not (tmp_path / "socket").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "0.0.0.0:{port}, all IPv4 addresses of this machine (--host 127.0.0.1 binds that one only)"),
        (["--host", "127.0.0.1"], "127.0.0.1:{port}"),
    ],
)
def test_what_all_addresses_are(tmp_path: Path, options: list[str], said: str) -> None:
    """It says so, and another one can be bound."""
    port = free_port()
    conf = _conf(tmp_path, _CONF.replace("127.0.0.1:8080", str(port)))
    process = subprocess.Popen(
        [NGXPUSH, "run", *options, conf], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stderr is not None
    try:
        wait_for_port(port, process)
        first = process.stderr.readline().decode().rstrip()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.2", port)):
            assert not options
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert first.rpartition("listening on ")[2] == said.format(port=port)


def test_a_host_is_an_address(tmp_path: Path) -> None:
    done = subprocess.run(
        [NGXPUSH, "run", "--host", "all", _conf(tmp_path, _CONF)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 2 and "--host takes an IP address, such as 127.0.0.1, not 'all'" in done.stderr


def test_a_full_disk_for_what_is_said_ends_no_server(tmp_path: Path) -> None:
    port = free_port()
    conf = _conf(tmp_path, f"events {{}} http {{ server {{ listen 127.0.0.1:{port}; return 204; }} }}")
    with Path("/dev/full").open("w") as full, subprocess.Popen([NGXPUSH, "run", conf], stderr=full) as server:
        wait_for_port(port)
        assert get(port, "/").status == 204
        server.terminate()
        assert server.wait(PATIENCE) == 0


@pytest.mark.parametrize("asked", [False, True])
def test_only_a_log_that_is_asked_for_goes_to_the_terminal(tmp_path: Path, asked: bool) -> None:
    log = "access_log logs/access.log;" if asked else ""
    with ngxpush_run(
        _conf(tmp_path, f"events {{}} http {{ {log} server {{ listen 127.0.0.1:8080; return 204; }} }}"), tmp_path
    ) as ports:
        assert get(ports[8080], "/").status == 204
    said = (tmp_path / "output").read_text()
    assert ("logs/access.log can't be written" in said, said.count("GET /")) == (asked, 1 + asked)


def test_what_a_laptop_lacks_does_not_stop_it(tmp_path: Path) -> None:
    conf = f"""
        user nobody-of-this-name;
        worker_processes 4;
        pid /nonexistent/nginx.pid;
        error_log /nonexistent/error.log;
        load_module modules/ngx_http_geoip2_module.so;
        events {{}}
        http {{
            include /nonexistent/mime.types;
            access_log /nonexistent/access.log;
            push_stream_shared_memory_size 10m;
            sendfile on;
            tcp_nopush on;
            geoip2 /nonexistent/country.mmdb {{ $country country iso_code; }}
            upstream far {{ server nowhere.invalid:80; }}
            server {{
                listen 127.0.0.1:8080;
                fancyindex on;
                fancyindex_exact_size off;
                more_set_headers "X-Too: [$country]";
                http2 on;
                location /lua {{ content_by_lua_block {{ ngx.say("}}") }} }}
                location /country {{ return 200 "[$country]"; }}
                location /far {{ proxy_pass http://far; }}
                root {tmp_path};
                {_SERVER}
            }}
        }}
    """
    (tmp_path / "a.svg").write_text("<svg/>")
    with ngxpush_run(_conf(tmp_path, conf), tmp_path) as ports:
        port = ports[8080]
        assert (get(port, "/country").body, get(port, "/country").headers["X-Too"]) == (b"[]", "[]")
        assert get(port, "/far").status == 502
        assert get(port, "/a.svg").headers["Content-Type"] == "image/svg+xml"
        assert publish(port, "/pub?id=a", b"hello").json["published_messages"] == 1
        said = (tmp_path / "output").read_text()
    for beginning in (
        "no effect: user (", "no effect: worker_processes (",
        "left out, because ngxpush does not have these modules: geoip2 (",
        "left out, because nginx has this since 1.25.1: http2 (",
        "/nonexistent/mime.types can't be read", "/nonexistent/error.log, /nonexistent/access.log can't be written",
        "what is passed on to hosts that are not found is answered with 502: nowhere.invalid\n",
        "these directives have no effect, and none is needed here: load_module, tcp_nopush",
    ):  # fmt: skip
        assert said.count(f"warning: {beginning}") == 1, (beginning, said)
    assert "no pid file is made" in said


def test_a_pid_file_while_it_runs(tmp_path: Path) -> None:
    with ngxpush_run(_conf(tmp_path, f"pid {tmp_path}/ngxpush.pid;" + _CONF), tmp_path) as ports:
        assert get(ports[8080], "/").status == 404
        assert int((tmp_path / "ngxpush.pid").read_text()) > 1
    assert not (tmp_path / "ngxpush.pid").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http { server {} }", 'nginx: [emerg] no "events" section in configuration'),
        ("events {}\nhttp { more_headerz a; }", 'nginx: [emerg] unknown directive "more_headerz" in {directory}/nginx.conf:2'),
        ("\x7fELF\x02\x01\x01\x00\x00\x00{{;\xff\xfe}", 'nginx: [emerg] unknown directive "\x7fELF'),
        ("", 'nginx: [emerg] no "events" section in configuration'),
    ],
)  # fmt: skip
def test_what_nginx_refuses_is_refused_in_its_words(tmp_path: Path, text: str, said: str) -> None:
    lines = _refused(tmp_path, text)
    assert len(lines) == 1 and lines[0].startswith(said.format(directory=tmp_path)), lines


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("server { listen 80; }\n",
         "{conf} looks like a part of a configuration, which the http block of another file includes; "
         "serve that one, or a file with: events {{}} http {{ include nginx.conf; }}"),
        ("events {}\nhttp {\n server { listen ${WEB_PORT}; } }",
         "this looks like a template, with places to fill in: ${{WEB_PORT}} ({conf}:3)"),
        ("events {}\nhttp {\n server { listen %PORT%; } }",
         "this looks like a template, with places to fill in: %PORT% ({conf}:3)"),
        ("events {}\n{% if x %}\nhttp {}",
         "this looks like a template, with places to fill in: {{% if x %}} ({conf}:2)"),
    ],
)  # fmt: skip
def test_what_is_not_a_whole_configuration_gets_a_hint(tmp_path: Path, text: str, hint: str) -> None:
    error, *rest = _refused(tmp_path, text)
    assert error.startswith("nginx: [emerg] ")
    assert rest == ["hint: " + hint.format(conf=tmp_path / "nginx.conf")]


def test_an_include_that_is_not_here(tmp_path: Path) -> None:
    text = "events {}\nhttp { include sites/*.conf; include sites/a.conf; server { listen 127.0.0.1:8080; } }"
    assert _refused(tmp_path, text) == [
        f'nginx: [emerg] open() "{tmp_path}/sites/a.conf" failed (2: No such file or directory) in {tmp_path}/nginx.conf:2',
        "hint: --missing-includes=warn does without files that are not here",
    ]
    with ngxpush_run(tmp_path / "nginx.conf", tmp_path, "--missing-includes=warn") as ports:
        assert get(ports[8080], "/").status == 404


def test_the_directory_of_a_configuration_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "site.conf").write_text("location / { return 200 moved; }")
    includes = "include /srv/nginx/conf.d/*.conf; include /srv/sites/*;"
    conf = _conf(tmp_path, f"events {{}} http {{ access_log off; server {{ listen 127.0.0.1:8080; {includes} }} }}")
    with ngxpush_run(conf, tmp_path) as ports:
        assert get(ports[8080], "/").body == b"moved"
        said = (tmp_path / "output").read_text()
    assert f"warning: /srv/nginx/conf.d/*.conf names no file here: {tmp_path}/conf.d/*.conf is included\n" in said
    assert "warning: no file here is included by /srv/sites/*\n" in said


def test_files_of_another_machine(tmp_path: Path) -> None:
    """What is served, asked and written lies where --map says, also where variables name it."""
    for name, text in {"www/a": "a", "nginx/users": "me:{PLAIN}pw", "nginx/sites/b.conf": "location /b { return 204; }"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "logs").mkdir()
    locations = """
        location /a { root $site; }
        location ~ ^/alias/(.*) { alias /var/www/$1; }
        location /users { auth_basic x; auth_basic_user_file /etc/nginx/users; alias /var/www/; }
        location /test { if (-f /var/www/a) { return 201; } return 404; }
        location /socket { proxy_pass http://unix:/run/app/socket; }
    """
    conf = f"""
        error_log /srv/logs/error.log; events {{}}
        http {{
            access_log /srv/logs/$host.log;
            map $host $site {{ default /var/www; }}
            server {{ listen 127.0.0.1:8080; include /etc/nginx/sites/*.conf; {locations} root /var/www; }}
        }}
    """
    places = ["/etc/nginx=nginx", "/var/www=www/", "/srv/logs=logs", "/run/app=."]
    options = [word for place in places for word in ("--map", place)]
    with socket.socket(socket.AF_UNIX) as app:
        app.bind(str(tmp_path / "socket"))
        app.listen()
        with ngxpush_run(_conf(tmp_path, conf), tmp_path, *options) as ports:
            port = ports[8080]
            assert [get(port, target).status for target in ("/b", "/test", "/users/a")] == [204, 201, 401]
            assert get(port, "/a").body == get(port, "/alias/a").body == b"a"
            authorization = "Basic " + base64.b64encode(b"me:pw").decode()
            assert get(port, "/users/a", Authorization=authorization).body == b"a"
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET /socket HTTP/1.0\r\n\r\n")
                asked, _ = app.accept()
                assert asked.recv(1000).startswith(b"GET /socket HTTP/1.0\r\n")
                asked.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
                asked.close()
                assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")
        assert {path.name for path in (tmp_path / "logs").iterdir()} >= {"error.log", "127.0.0.1.log"}


@pytest.mark.parametrize("options", [[], ["--keep-redirects"]])
def test_redirects_to_its_own_names(tmp_path: Path, options: list[str]) -> None:
    plain, https = free_port(), free_port()
    servers = f"server {{ listen 127.0.0.1:80; server_name www.a.org; return 301 https://www.a.org$request_uri; }} {_TLS_SERVER}"
    conf = _conf(tmp_path, f"events {{}}\nhttp {{\naccess_log off; {servers} }}")
    options = [*options, "--listen", f"80={plain}", "--listen", f"443={https}"]
    with serving(["run", *options, str(conf)], tmp_path, [plain, https]):
        leads = get(plain, "/a?b").headers["Location"]
        said = (tmp_path / "output").read_text()
    kept = "--keep-redirects" in options
    assert leads == ("https://www.a.org/a?b" if kept else f"https://127.0.0.1:{https}/a?b")
    assert ("redirects to www.a.org lead to the addresses here" in said) is not kept


def test_a_port_that_no_server_has(tmp_path: Path) -> None:
    assert _refused(tmp_path, _CONF, "--listen", "9999=8000") == [
        "ngxpush: --listen 9999=8000: no server listens on port 9999; the ports there are: 8080"
    ]


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with ngxpush_run(_conf(tmp_path, _CONF), tmp_path) as ports:
        (tmp_path / "second").mkdir()
        said = _refused(tmp_path / "second", _CONF, "--listen", f"8080={ports[8080]}")
    assert said == [
        f"ngxpush: can't listen on 127.0.0.1:{ports[8080]} (Address already in use): "
        "--listen 8080=PORT or --port-offset N choose another one"
    ]


@pytest.mark.parametrize(
    ("module", "lacks"),
    [
        ("ngxpush.cli.serving", ("OpenSSL", "h2", "hpack", "jinja2", "watchfiles", "redis", "hiredis")),
        # Whoever has made a mistake hears so at once.
        ("ngxpush.cli.run", ("asyncio", "ssl", "aiohttp", "ngxpush.http", "ngxpush.push")),
    ],
)
def test_what_is_not_needed_is_not_loaded(module: str, lacks: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print([name for name in {lacks} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_version_that_breaks_heads_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("events {}")
    command = [NGXPUSH, "run", "--nginx-version", "1.22\r\nX: y", tmp_path / "nginx.conf"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2
    assert "takes a version, such as 1.22.1, not '1.22\\r\\nX: y'" in done.stderr
