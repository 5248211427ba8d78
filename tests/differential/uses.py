"""Seeded uses of directives: any directive of the table with arguments that may or may not suit it, in any block."""

from __future__ import annotations

import random

from ngxpush.config.columns import Block
from ngxpush.config.directive import Directive
from ngxpush.config.modules import MODULES
from ngxpush.config.places import Context
from ngxpush.config.slots import Flag

_LISTEN = "listen 127.0.0.1:8999;"
_BLOCKS = {
    Context.MAIN: "%s events { } http { }",
    Context.EVENTS: "events { %s } http { }",
    Context.HTTP: f"events {{ }} http {{ %s server {{ {_LISTEN} location / {{ }} }} }}",
    Context.SERVER: f"events {{ }} http {{ server {{ {_LISTEN} %s location / {{ }} }} }}",
    Context.LOCATION: f"events {{ }} http {{ server {{ {_LISTEN} location / {{ %s }} }} }}",
    Context.SERVER_IF: f"events {{ }} http {{ server {{ {_LISTEN} if ($uri) {{ %s }} location / {{ }} }} }}",
    Context.LOCATION_IF: f"events {{ }} http {{ server {{ {_LISTEN} location / {{ if ($uri) {{ %s }} }} }} }}",
    Context.LIMIT_EXCEPT: f"events {{ }} http {{ server {{ {_LISTEN} location / {{ limit_except GET {{ %s }} }} }} }}",
    Context.UPSTREAM: f"events {{ }} http {{ upstream u {{ server 127.0.0.1; %s }} server {{ {_LISTEN} location / {{ }} }} }}",
}
_ARGUMENTS = """
"" on off 1 0 2 10 10k 1m 5s 1h x $uri $nope /path 127.0.0.1 127.0.0.1:80 http://127.0.0.1 http://127.0.0.1/a = a=1 -1 8 16k
all any none text/html * ~a ~( zone=z zone=z:1m keys_zone=z:1m levels=1:2 rate=1r/s burst=5 nodelay if=$uri 10.0.0.0/8 10.0.0.1/8
::1 unix:/tmp/x error timeout http_500 404 200 301 @n =404 default main combined GET POST TLSv1.2 a $a ${a} $1 a$1 1.0 1.1 1d 1M
max epoch modified updating always weight=2 backup down max_fails=1 key=x 1:2 65536 4096 utf-8 level=1 /p/$uri 0x1 1.5
99999999999999999999 10g 1ms inherit strict optional build http2 default_server backlog=1 *.a .a a.* ~^(?<n>.)$
"""
_WORDS = _ARGUMENTS.split()
_LINES = ("a b;", "default 1;", "10.0.0.0/8 x;", "50% a;", "* b;", "~a c;", "text/html html;", "")
# These read or write files, or speak of what is built into OpenSSL or of the users of this machine.
_LEFT_OUT = {"include", "daemon", "pid", "error_log", "load_module", "lock_file", "ssl_engine", "user"}

ROWS = [
    row
    for module in MODULES
    if not module.name.startswith(("push_stream", "stream"))
    for row in module.directives
    if row.name not in _LEFT_OUT
]


def use(chance: random.Random) -> str:
    """A small configuration with one directive, or with two of one module."""
    row = chance.choice(ROWS)
    contexts = [context for context in _BLOCKS if row.contexts & context]
    context = chance.choice(contexts if contexts and chance.random() < 0.93 else list(_BLOCKS))
    texts = [_statement(row, chance)]
    if chance.random() < 0.4:
        siblings = [other for other in ROWS if other.module == row.module and other.contexts & row.contexts]
        texts.append(_statement(chance.choice(siblings), chance))
    return _BLOCKS[context] % ("\n" + "\n".join(texts) + "\n")


def _statement(row: Directive, chance: random.Random) -> str:
    least, most = row.arguments.least, row.arguments.most
    count = 1 if isinstance(row.slot, Flag) else chance.choice((least, least, 3 if most is None else most, chance.randint(0, 4)))
    words = " ".join([row.name, *(chance.choice(_WORDS) for _ in range(min(count, 5)))])
    if row.block is Block.LINES:
        return f"{words} {{ {chance.choice(_LINES)} {chance.choice(_LINES)} }}"
    return f"{words} {{ }}" if row.block is Block.DIRECTIVES else f"{words};"
