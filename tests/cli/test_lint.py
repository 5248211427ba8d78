"""`ngxpush lint` as it is typed: inputs, options, exit codes, rewrites."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ngxpush.cli.lint import command
from tests.running import free_port

_GOOD = "events {}\nhttp {\n    server {\n        listen 80;\n    }\n}\n"
_OPEN = """\
events {}
http {
    push_stream_shared_memory_size 32m;
    server {
        listen 80;
        location /pub {
            push_stream_publisher admin;
            push_stream_channels_path $arg_id;
        }
    }
}
"""
_LEGACY = _OPEN.replace("push_stream_channels_path", "allow 10.0.0.0/8; deny all; set $push_stream_channel_id")


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, content in {"good": _GOOD, "open": _OPEN, "legacy": _LEGACY, "bad": _GOOD.replace("80", "x:")}.items():
        (tmp_path / f"{name}.conf").write_text(content)
    (tmp_path / "missing.conf").write_text(_GOOD.replace("listen 80;", "include nowhere.conf;"))
    return tmp_path


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(command, arguments, input=stdin)


def codes(*arguments: str, stdin: str | None = None) -> set[str]:
    return {finding["code"] for finding in json.loads(run(*arguments, "--format", "json", stdin=stdin).stdout)["findings"]}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("good.conf", 0),
        ("open.conf", 1),
        ("bad.conf", 1),
        ("good.conf bad.conf", 1),
        ("open.conf --fail-on error", 0),
        ("bad.conf --fail-on error", 1),
        ("bad.conf --fail-on never", 0),
        ("missing.conf", 1),
        ("missing.conf --fail-on never", 2),
        ("no-such-file.conf", 2),
        (".", 2),
        ("good.conf --diff", 2),
        ("good.conf --select XY", 2),
        ("good.conf --format xml", 2),
        ("", 2),
    ],
)
def test_exit_codes(directory: Path, arguments: str, code: int) -> None:
    result = run(*arguments.split())
    assert result.exit_code == code, result.output


@pytest.mark.parametrize(
    "arguments", [("missing.conf",), ("missing.conf", "--select", "PS1"), ("missing.conf", "--fail-on", "never")]
)
def test_what_was_not_read_wholly_has_no_clean_bill(directory: Path, arguments: tuple[str, ...]) -> None:
    assert "No issues" not in run(*arguments).stdout
    assert "a part could not be read" in run(*arguments).stdout


def test_select_and_ignore(directory: Path) -> None:
    everything = codes("open.conf")
    assert "PS101" in everything
    assert codes("open.conf", "--select", "PS101") == {"PS101"}
    assert codes("open.conf", "--select", "PS1") == {code for code in everything if code.startswith("PS1")}
    assert codes("open.conf", "--ignore", "PS101") == everything - {"PS101"}
    assert codes("open.conf", "--select", "PS101,PS0", "--ignore", "PS101") == set()
    assert codes("bad.conf", "--ignore", "nginx") == {"nginx"}


def test_names_are_as_given(directory: Path) -> None:
    assert run("open.conf").stdout.startswith("open.conf:7:13: warning PS101: ")
    full = str(directory / "open.conf")
    assert run(full).stdout.startswith(f"{full}:7:13: ")


def test_standard_input(directory: Path) -> None:
    result = run("-", stdin=_OPEN)
    assert result.stdout.startswith("stdin:7:13: warning PS101: ")
    assert result.exit_code == 1
    (directory / "part.conf").write_text("listen 80;")
    assert run("-", stdin=_GOOD.replace("listen 80;", "include part.conf;")).exit_code == 0


@pytest.mark.parametrize("output_format", ["text", "json", "sarif", "github"])
def test_bytes_that_are_no_utf8_come_out_as_utf8(directory: Path, output_format: str) -> None:
    content = _OPEN.encode().replace(b"server {", b"echo\xff; \xe9 y; server { add_header Content-Type \xe9;", 1)
    result = run("-", "--format", output_format, stdin=content)
    assert result.exit_code == 1
    assert "\ufffd" in result.stdout_bytes.decode("utf-8")


def test_a_part_is_checked_in_its_block(directory: Path) -> None:
    """With the relative paths of the configuration that includes it, whose directory is the next with an nginx.conf."""
    site = directory / "etc" / "conf.d" / "a[1] site.conf"
    site.parent.mkdir(parents=True)
    (directory / "etc" / "nginx.conf").write_text(_GOOD)
    (directory / "etc" / "more.conf").write_text("listen 81;")
    site.write_text("server {\n    include more.conf;\n    autoindex maybe;\n}\n")
    result = run("etc/conf.d/a[1] site.conf")
    note, error = (line for line in result.stdout.splitlines() if line.startswith("etc/conf.d/a[1] site.conf:"))
    assert note.startswith("etc/conf.d/a[1] site.conf:1:1: info nginx: this file is a part of a configuration: it is checked as")
    assert error.startswith("etc/conf.d/a[1] site.conf:3:15: error nginx: invalid value")
    assert result.stdout.endswith("\n1 error, 1 info in 2 files.\n")


@pytest.mark.parametrize(
    ("text", "context", "code"),
    [
        ("listen 80;", None, 0),
        ("listen 80;", "server", 0),
        ("listen 80;", "http", 1),
        (_GOOD, "http", 1),
        ("more_set_headers x;", "location", 0),
    ],
)
def test_the_context_can_be_given(directory: Path, text: str, context: str | None, code: int) -> None:
    options = [] if context is None else ["--context", context]
    result = run("-", "--fail-on", "error", *options, stdin=text)
    assert result.exit_code == code, result.output
    assert ("it is checked as one" in result.stdout) == (context is None)


def test_parts_are_fixed(directory: Path) -> None:
    (directory / "part.conf").write_bytes(b"\xef\xbb\xbfserver { listen 80; }\n")
    assert run("part.conf", "--fix").exit_code == 0
    assert (directory / "part.conf").read_bytes() == b"server { listen 80; }\n"


def test_a_part_is_checked_once(directory: Path) -> None:
    """In the configuration that includes it, where that is given, too."""
    (directory / "nginx.conf").write_text("events {}\nhttp {\n    log_format short $uri;\n    include site.conf;\n}\n")
    (directory / "site.conf").write_text("server {\n    listen 80;\n    access_log a.log short;\n}\n")
    assert "2 info" in run("site.conf").stdout
    assert run("site.conf", "nginx.conf").stdout == "No issues in 2 files.\n"


def test_a_dump_is_no_part(directory: Path) -> None:
    result = run("-", "--context", "http", stdin=f"# configuration file /etc/nginx/nginx.conf:\n{_GOOD}")
    assert result.exit_code == 2 and "--context is for a part" in result.stderr


def test_dumps_hold_all_their_files(directory: Path) -> None:
    main = _GOOD.replace("listen 80;", "include /etc/ngxpush-test/conf.d/*.conf;")
    dump = f"# configuration file /etc/ngxpush-test/nginx.conf:\n{main}\n# configuration file /etc/ngxpush-test/conf.d/a.conf:\n"
    deeper = "\n# configuration file /etc/ngxpush-test/conf.d/not/this.conf:\nlisten x:;\n"
    assert run("-", stdin=dump + "listen 80;\n" + deeper).exit_code == 0
    bad = run("-", stdin=dump + "listen y:;\n")
    assert bad.stdout.startswith("/etc/ngxpush-test/conf.d/a.conf:1:8: error nginx: ")


def test_files_of_another_machine_are_not_missed(directory: Path) -> None:
    server = "listen 443 ssl; ssl_certificate /no/such.crt; ssl_certificate_key /no/such.key; proxy_pass http://no.such.host;"
    content = _GOOD.replace("listen 80;", server.replace("proxy_pass", "location / { proxy_pass") + " }")
    assert codes("-", stdin=content) - {"PS901"} == set()


def test_backends_are_asked_for_only_where_someone_wants_that(directory: Path) -> None:
    locations = (
        f"location / {{ proxy_pass http://127.0.0.1:{free_port()}; }} location /a {{ proxy_pass http://no.such.invalid; }}"
    )
    content = _GOOD.replace("listen 80;", f"listen 80; {locations}")
    assert codes("-", stdin=content) == set()
    asked = run("-", "--backends", stdin=content)
    assert "warning PS407: no one listens on 127.0.0.1:" in asked.stdout
    assert 'error nginx: host not found in upstream "no.such.invalid"' in asked.stdout
    assert asked.stdout.endswith("1 error, 1 warning in 1 file.\n")


def test_files_that_come_with_nginx_need_not_be_there(directory: Path) -> None:
    assert run("-", stdin=_GOOD.replace("server {", "include mime.types;\n    server {", 1)).exit_code == 0


def test_a_header_template_has_to_be_there(directory: Path) -> None:
    """Unless its path depends on the directory in which nginx is started."""
    relative = _OPEN.replace("$arg_id;", "$arg_id;\n            push_stream_header_template_file header.html;")
    assert "unable to open file" not in run("-", stdin=relative).stdout
    content = relative.replace("header.html", f"{directory}/header.html")
    assert "unable to open file" in run("-", stdin=content).stdout
    dump = f"# configuration file /etc/nginx/nginx.conf:\n{content}"
    assert "unable to open file" not in run("-", stdin=dump).stdout


def test_fix_rewrites_and_checks_again(directory: Path) -> None:
    before = run("legacy.conf")
    assert "channels_path must be set" in before.stdout
    after = run("legacy.conf", "--fix")
    assert "must be set" not in after.stdout
    assert "PS010" not in after.stdout
    assert "deny all; push_stream_channels_path $arg_id;" in (directory / "legacy.conf").read_text()


def test_diff_changes_nothing(directory: Path) -> None:
    result = run("legacy.conf", "--fix", "--diff")
    assert result.stdout.startswith("--- legacy.conf\n+++ legacy.conf\n")
    assert "-            allow 10.0.0.0/8; deny all; set $push_stream_channel_id $arg_id;\n" in result.stdout
    assert "+            allow 10.0.0.0/8; deny all; push_stream_channels_path $arg_id;\n" in result.stdout
    assert (directory / "legacy.conf").read_text() == _LEGACY


def test_fix_keeps_to_what_was_selected(directory: Path) -> None:
    run("legacy.conf", "--fix", "--ignore", "PS010")
    assert (directory / "legacy.conf").read_text() == _LEGACY


def test_a_pipe_is_read_once() -> None:
    """`ngxpush lint <(ssh server cat nginx.conf)`."""
    reading, writing = os.pipe()
    os.write(writing, _GOOD.encode())
    os.close(writing)
    assert run(f"/dev/fd/{reading}").stdout == "No issues in 1 file.\n"
    os.close(reading)


def test_standard_input_is_not_fixed(directory: Path) -> None:
    assert run("-", "--fix", stdin=_LEGACY).exit_code == 2
    assert "+            allow" in run("-", "--fix", "--diff", stdin=_LEGACY).stdout


def test_what_can_not_be_read_or_written_is_named(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("no-such-file.conf").stderr == "ngxpush lint: can't read no-such-file.conf: No such file or directory\n"

    def refuse(path: Path, content: bytes) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    result = run("legacy.conf", "--fix")
    assert result.exit_code == 2
    said = "ngxpush lint: can't write legacy.conf: Permission denied; `--fix --diff` prints the rewrites as a patch\n"
    assert result.stderr == said
