"""`ngxpush run` with the configuration of another machine: what is not here, and what is elsewhere."""

from __future__ import annotations

import base64
import socket
from pathlib import Path

import pytest

from tests.cli.run_conf import SERVER, refused, written
from tests.clients import get, publish
from tests.running import free_port, ngxpush_run, serving

_TLS_SERVER = "server { listen 127.0.0.1:443 ssl; server_name www.a.org; ssl_reject_handshake on; }"


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
                {SERVER}
            }}
        }}
    """
    (tmp_path / "a.svg").write_text("<svg/>")
    with ngxpush_run(written(tmp_path, conf), tmp_path) as ports:
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
    error, *rest = refused(tmp_path, text)
    assert error.startswith("nginx: [emerg] ")
    assert rest == ["hint: " + hint.format(conf=tmp_path / "nginx.conf")]


def test_an_include_that_is_not_here(tmp_path: Path) -> None:
    text = "events {}\nhttp { include sites/*.conf; include sites/a.conf; server { listen 127.0.0.1:8080; } }"
    assert refused(tmp_path, text) == [
        f'nginx: [emerg] open() "{tmp_path}/sites/a.conf" failed (2: No such file or directory) in {tmp_path}/nginx.conf:2',
        "hint: --missing-includes=warn does without files that are not here",
    ]
    with ngxpush_run(tmp_path / "nginx.conf", tmp_path, "--missing-includes=warn") as ports:
        assert get(ports[8080], "/").status == 404


def test_the_directory_of_a_configuration_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "site.conf").write_text("location / { return 200 moved; }")
    includes = "include /srv/nginx/conf.d/*.conf; include /srv/sites/*;"
    conf = written(tmp_path, f"events {{}} http {{ access_log off; server {{ listen 127.0.0.1:8080; {includes} }} }}")
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
        with ngxpush_run(written(tmp_path, conf), tmp_path, *options) as ports:
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
    conf = written(tmp_path, f"events {{}}\nhttp {{\naccess_log off; {servers} }}")
    options = [*options, "--listen", f"80={plain}", "--listen", f"443={https}"]
    with serving(["run", *options, str(conf)], tmp_path, [plain, https]):
        leads = get(plain, "/a?b").headers["Location"]
        said = (tmp_path / "output").read_text()
    kept = "--keep-redirects" in options
    assert leads == ("https://www.a.org/a?b" if kept else f"https://127.0.0.1:{https}/a?b")
    assert ("redirects to www.a.org lead to the addresses here" in said) is not kept
