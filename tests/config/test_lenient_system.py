"""ngxpush.config.lenient_system and known_files: what a machine lacks is replaced and reported once."""

from __future__ import annotations

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.config.lenient_system import LenientSystem
from tests.machine import Machine

_CONF = "events {{}} http {{ {} }}"


def _analyze(http: str, files: dict[str, str] | None = None) -> tuple[list[str], list[str]]:
    """What was reported, and the messages of nginx. files: by path, beside the main file /etc/nginx.conf."""
    reported: list[str] = []
    contents = {"/etc/nginx.conf": _CONF.format(http)} | (files or {})
    machine = Machine({path: content.encode() for path, content in contents.items()}, unknown=("far",))
    system = LenientSystem(machine, "/etc/nginx.conf", reported.append)
    analysis = analyze("/etc/nginx.conf", "/etc", system=system, leave_out_third_party=True)
    reported += [f"nothing: {pattern}" for pattern in system.matchless]
    reported += [f"not found: {host}" for host in system.unknown_hosts]
    return reported, [diagnostic.message for diagnostic in analysis.diagnostics if diagnostic.fatal]


@pytest.mark.parametrize(
    ("http", "reported"),
    [
        ("include mime.types;", "/etc/mime.types can't be read (No such file or directory): what is built in is used"),
        ("include fastcgi_params;", "/etc/fastcgi_params can't be read (No such file or directory): what is built in is used"),
        ("server { location / { proxy_pass http://far; } }", "not found: far"),
        (
            "include /etc/letsencrypt/options-ssl-nginx.conf;",
            "/etc/letsencrypt/options-ssl-nginx.conf can't be read (No such file or directory): what is built in is used",
        ),
        (
            "server { listen 443 ssl; include snippets/snakeoil.conf; }",
            "/etc/snippets/snakeoil.conf can't be read (No such file or directory): what is built in is used",
        ),
        ("upstream u { server far; server far:81; }", "not found: far"),
    ],
)
def test_what_is_missing_is_replaced(http: str, reported: str) -> None:
    assert _analyze(http) == ([reported], [])


_MISSING = "can't be read (No such file or directory)"


@pytest.mark.parametrize(
    ("include", "files", "reported"),
    [
        ("/srv/nginx/conf.d/*.conf", ["/etc/conf.d/a.conf"],
         "/srv/nginx/conf.d/*.conf names no file here: /etc/conf.d/*.conf is included"),
        ("/srv/nginx/conf.d/*.conf", ["/etc/nginx/conf.d/a.conf", "/etc/conf.d/a.conf"],
         "/srv/nginx/conf.d/*.conf names no file here: /etc/nginx/conf.d/*.conf is included"),
        ("/srv/conf.d/*.conf", ["/etc/conf.d/a.conf", "/srv/conf.d/a.conf"], None),
        ("/srv/nginx/conf.d/*.conf", ["/etc/a.conf"], "nothing: /srv/nginx/conf.d/*.conf"),
        ("conf.d/*.conf", ["/etc/x/conf.d/a.conf"], "nothing: /etc/conf.d/*.conf"),
        ("/srv/*/a.conf", ["/etc/x/a.conf"], "nothing: /srv/*/a.conf"),
        ("/srv/../x/conf.d/*.conf", ["/etc/../x/conf.d/a.conf"], "nothing: /srv/../x/conf.d/*.conf"),
        ("/srv/nginx/a.conf", ["/etc/a.conf"], f"/srv/nginx/a.conf {_MISSING}: /etc/a.conf is used"),
        ("/srv/nginx/mime.types", ["/etc/mime.types"], f"/srv/nginx/mime.types {_MISSING}: /etc/mime.types is used"),
    ],
)  # fmt: skip
def test_what_another_machine_has_elsewhere_is_looked_for_beside_the_main_file(
    include: str, files: list[str], reported: str | None
) -> None:
    found = _analyze(f"include {include};", dict.fromkeys(files, "server_tokens off;"))
    assert found == ([] if reported is None else [reported], [])


def test_the_main_file_does_not_include_itself() -> None:
    assert _analyze("include /srv/nginx.conf;")[1] == ['open() "/srv/nginx.conf" failed (2: No such file or directory)']


def test_parameters_for_applications_are_built_in() -> None:
    locations = (
        "location ~ \\.php$ { include snippets/fastcgi-php.conf; fastcgi_pass unix:/php; } "
        "location /u { include uwsgi_params; uwsgi_pass unix:/u; } location /s { include scgi_params; scgi_pass unix:/s; }"
    )
    reported, messages = _analyze(f"server {{ {locations} }}")
    names = [text.partition(" can't be read")[0] for text in reported]
    assert (names, messages) == (
        ["/etc/snippets/fastcgi-php.conf", "/etc/fastcgi.conf", "/etc/uwsgi_params", "/etc/scgi_params"],
        [],
    )


def test_what_is_no_host_is_refused() -> None:
    assert _analyze("server { listen ${PORT}; }")[1] == ['host not found in "${PORT}" of the "listen" directive']
    assert _analyze("upstream u { server %APP%:1; }")[1] == ['host not found in upstream "%APP%:1"']


def test_certificates_may_be_missing() -> None:
    assert _analyze("server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.pem; }") == ([], [])


def test_other_files_are_not_replaced() -> None:
    assert _analyze("include sites/a.conf;")[1] == ['open() "/etc/sites/a.conf" failed (2: No such file or directory)']


def test_directives_of_third_party_modules_are_left_out() -> None:
    http = "more_set_headers 'A: b'; server { location / { content_by_lua_block { ngx.say('}') } set $x $from_lua; } }"
    assert _analyze(http) == ([], [])
    assert _analyze("no_such_directive on;")[1] == ['unknown directive "no_such_directive"']


def test_unknown_variables_are_errors_unless_something_was_left_out() -> None:
    assert _analyze("log_format a $nothing;")[1] == ['unknown "nothing" variable']
    assert _analyze("log_format a $nothing; brotli on;")[1] == []
