"""set-misc (Debian's libnginx-mod-http-set-misc): variables that are computed, as steps of the rewrite module's script.

`upstream_list` belongs to the Nginx Development Kit, which this module needs.
"""

from __future__ import annotations

from msgspec import Struct

from ...columns import Arguments
from ...complex_value import ComplexValue, Variable
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...http_block import declared
from ...module import Module
from ...places import HTTP_SERVER_LOCATION, Context
from ...script import Compute
from ...slots import Flag, String
from ...text import shown

BASE32_ALPHABET = b"0123456789abcdefghijklmnopqrstuv"


class SetMiscLocation(Struct, frozen=True):
    """How base32 is written."""

    base32_padding: bool = True
    base32_alphabet: bytes = BASE32_ALPHABET


class ComputeSlot(Struct, frozen=True):
    """`$variable argument …`. Without an argument the variable's own value is taken.

    own_first, own_last: it is an argument beside the others.
    """

    own_first: bool = False
    own_last: bool = False
    description: str = "variable and arguments"

    def parse(self, use: DirectiveUse) -> Compute:
        name = use.variable_name(use.arguments[0])
        use.variables.empty_at_first(name)
        use.define(name)
        own = ComplexValue(use.arguments[0], (Variable(name.lower()),))
        values = tuple(use.complex_value(argument) for argument in use.arguments[1:])
        if self.own_first:
            values = (own, *values)
        elif self.own_last or not values:
            values = (*values, own)
        return Compute(name.lower(), use.name, values, statement=use.statement)


class HashedUpstreamSlot:
    """`$variable list value`. The list is known by now, unless a variable names it."""

    description = "variable, upstream list and value"

    def parse(self, use: DirectiveUse) -> Compute:
        made = ComputeSlot().parse(use)
        lists = declared(use).upstream_lists
        name = made.arguments[0].constant
        if name is not None and name not in lists:
            message = f'{use.name}: upstream list "{shown(name)}" not defined yet'
            raise RefusedDirective(message, "error", placed=False)
        return Compute(made.variable, made.function, made.arguments, lists, use.statement)


class UpstreamListSlot:
    """`name upstream …`: the name."""

    description = "name and upstreams"

    def parse(self, use: DirectiveUse) -> bytes:
        name, *upstreams = use.arguments
        lists = declared(use).upstream_lists
        if name in lists:
            raise RefusedDirective(f'duplicate upstream list name "{shown(name)}"')
        lists[name] = tuple(upstreams)
        return name


def _alphabet(use: DirectiveUse, value: bytes) -> None:
    if len(value) != 32:
        message = f'"{use.name}" directive takes an alphabet of {len(value)} bytes but 32 expected'
        raise RefusedDirective(message)


def _deprecated(use: DirectiveUse, value: bool) -> None:
    message = f'the "{use.name}" directive is deprecated, use the "set_base32_padding" directive instead'
    use.report("warn", message)


_ANYWHERE = HTTP_SERVER_LOCATION | Context.SERVER_IF | Context.LOCATION_IF


def _row(name: str, makes: str, arguments: Arguments, slot: ComputeSlot | HashedUpstreamSlot) -> Directive:
    return Directive(name, _ANYWHERE, slot, f"Sets a variable to {makes}.", arguments, once=False, defines=True, step=True)


_ONE_OR_OWN = Arguments(1, 2)


def _of_text(name: str, makes: str) -> Directive:
    return _row(name, makes, _ONE_OR_OWN, ComputeSlot())


_DIRECTIVES = (
    _row("set_if_empty", "a value, if it is empty", Arguments(2, 2), ComputeSlot(own_first=True)),
    _of_text("set_unescape_uri", "a text with its URI escapes decoded"),
    _of_text("set_escape_uri", "a text escaped for URIs"),
    _of_text("set_quote_sql_str", "a text quoted for MySQL"),
    _of_text("set_quote_pgsql_str", "a text quoted for PostgreSQL"),
    _of_text("set_quote_json_str", "a text quoted for JSON"),
    _of_text("set_encode_base32", "the base32 form of a text"),
    _of_text("set_decode_base32", "what a base32 form stands for"),
    _of_text("set_encode_base64", "the base64 form of a text"),
    _of_text("set_encode_base64url", "the base64 form of a text, for URLs"),
    _of_text("set_decode_base64", "what a base64 form stands for"),
    _of_text("set_decode_base64url", "what a base64 form for URLs stands for"),
    _of_text("set_encode_hex", "the hexadecimal form of a text"),
    _of_text("set_decode_hex", "what a hexadecimal form stands for"),
    _of_text("set_md5", "the MD5 of a text"),
    _of_text("set_sha1", "the SHA-1 of a text"),
    _row("set_hmac_sha1", "the HMAC-SHA1 of a key and a text", Arguments(3, 3), ComputeSlot()),
    _row("set_hmac_sha256", "the HMAC-SHA256 of a key and a text", Arguments(3, 3), ComputeSlot()),
    _row("set_hashed_upstream", "one of a list of upstreams, by a hash", Arguments(3, 3), HashedUpstreamSlot()),
    _row("set_rotate", "the next of a row of numbers", Arguments(3, 3), ComputeSlot(own_last=True)),
    _row("set_random", "a random number", Arguments(3, 3), ComputeSlot()),
    _row("set_secure_random_alphanum", "random letters and digits", Arguments(2, 2), ComputeSlot()),
    _row("set_secure_random_lcalpha", "random small letters", Arguments(2, 2), ComputeSlot()),
    _row("set_local_today", "today's date", Arguments(1, 1), ComputeSlot()),
    _row("set_formatted_local_time", "the local time in a format", Arguments(2, 2), ComputeSlot()),
    _row("set_formatted_gmt_time", "the time in a format", Arguments(2, 2), ComputeSlot()),
    Directive("set_base32_padding", _ANYWHERE, Flag(), "Whether base32 is padded with `=`.", field="base32_padding"),
    Directive(
        "set_misc_base32_padding",
        _ANYWHERE,
        Flag(_deprecated),
        "The former name of set_base32_padding.",
        field="base32_padding",
    ),
    Directive(
        "set_base32_alphabet",
        _ANYWHERE,
        String("32 characters", _alphabet),
        "The digits of base32.",
        field="base32_alphabet",
    ),
)

MODULE = Module("set-misc", _DIRECTIVES, location=SetMiscLocation, file="ngx_http_set_misc_module.so")

KIT = Module(
    "ndk",
    (
        Directive(
            "upstream_list",
            HTTP_SERVER_LOCATION,
            UpstreamListSlot(),
            "Names several upstreams, for set_hashed_upstream.",
            Arguments(2, None),
            once=False,
        ),
    ),
    file="ndk_http_module.so",
)
