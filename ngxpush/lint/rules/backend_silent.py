"""PS407: requests are passed on to where no one listens."""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    for backend in subject.silent_backends():
        message = f"no one listens on {backend.text}"
        yield RULE.finding_at_argument(
            subject, backend.statement, 0, message, "start it before the check, or correct the address"
        )


RULE = Rule(
    code="PS407",
    name="backend-silent",
    level=Level.WARNING,
    what="A port or unix socket of this machine to which requests are passed on, and on which no one listens.",
    why="Requests that are passed on there are answered with 502. It is looked for only with `ngxpush lint --backends`.",
    bad="""\
    location / {
      proxy_pass http://127.0.0.1:3000;
    }""",
    good="""\
    location / {
      proxy_pass http://application:3000;
    }""",
    near_misses=(
        # The configuration itself listens there.
        """\
    listen 127.0.0.1:3000;
    location / {
      proxy_pass http://localhost:3000;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",),
    check=check,
)
