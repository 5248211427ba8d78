"""TLS to upstream servers beside the real nginx 1.22.1: what the server sees, the answer, and the lines of the logs."""

from __future__ import annotations

from pathlib import Path

from tests.certificates import credentials

from .beside import ask_both, needs_nginx

pytestmark = needs_nginx

_TARGETS = """
    /plain /plain /sni?n=a.example.com /sni?n=a.example.com:443 /sni?n=127.0.0.1 /sni?n=[::1]:1 /sni?n=a_b. /sni
    /good /name?n=b.example.com /name?n=A.example.com /name?n=x.wild.example.com /name?n=x.y.wild.example.com /name?n=
    /old /self /depth /shown?c=client /shown?c=leaf /shown?c=nowhere /shown?c=foreign /again /again /again
    /kept /kept /kept /two /two
    /variable?s=https&p=second /variable?s=http&p=second /variable?s=ftp&p=second /variable?s=https&p=first
    /version /cipher /http /secret
"""


def _certificates(directory: Path) -> None:
    root = credentials("root")
    root.save(directory, "root")
    credentials("leaf", ["a.example.com", "*.wild.example.com"], root).save(directory, "leaf")
    credentials("old", ["a.example.com"], root, days=-1).save(directory, "old")
    credentials("self", ["self"]).save(directory, "self")
    credentials("client", ["client"], root).save(directory, "client")
    credentials("foreign", ["client"]).save(directory, "foreign")


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    _certificates(tmp_path)
    conf = tmp_path / "upstream_tls.conf"
    conf.write_text(Path(__file__).with_name(conf.name).read_text().replace("CERTIFICATES", str(tmp_path)))
    requests = [f"GET {target} HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n".encode() for target in _TARGETS.split()]
    real, ours = ask_both(conf, requests, tmp_path)
    assert len(real) > 70
    assert ours == real
