"""ngxpush.config.lenient_system and known_files: what a machine lacks is replaced and reported once."""

from __future__ import annotations

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.config.lenient_system import LenientSystem
from tests.machine import Machine

_CONF = "events {{}} http {{ {} }}"


def _analyze(http: str) -> tuple[list[str], list[str]]:
    """What was reported, and the messages of nginx."""
    reported: list[str] = []
    machine = Machine({"/etc/nginx.conf": _CONF.format(http).encode()}, unknown=("far",))
    analysis = analyze("/etc/nginx.conf", "/etc", system=LenientSystem(machine, reported.append), leave_out_third_party=True)
    return reported, [diagnostic.message for diagnostic in analysis.diagnostics if diagnostic.fatal]


@pytest.mark.parametrize(
    ("http", "reported"),
    [
        ("include mime.types;", "/etc/mime.types can't be read (No such file or directory): the one built in is used"),
        ("include fastcgi_params;", "/etc/fastcgi_params can't be read (No such file or directory): the one built in is used"),
        ("server { location / { proxy_pass http://far; } }", "the host far is not found: requests to it are answered with 502"),
        ("upstream u { server far; server far:81; }", "the host far is not found: requests to it are answered with 502"),
    ],
)
def test_what_is_missing_is_replaced(http: str, reported: str) -> None:
    assert _analyze(http) == ([reported], [])


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
