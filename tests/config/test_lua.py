"""ngxpush.config.lua: blocks of Lua are emptied, whatever braces are in them; nothing else is touched."""

from __future__ import annotations

import pytest

from ngxpush.config.lua import without_lua


@pytest.mark.parametrize(
    "lua",
    [
        "ngx.say(1)",
        "if x then y({ a = {} }) end",
        'ngx.say("}")',
        "ngx.say('}', '\\'}')",
        "-- a comment }\nngx.say(1)",
        "--[[ long } comment\n } ]] ngx.say(1)",
        "local text = [==[ } ]] } ]==]",
    ],
)
def test_lua_is_emptied(lua: str) -> None:
    source = f"location / {{ content_by_lua_block {{{lua}}} }} # end"
    emptied = without_lua(source.encode())
    blanks = "".join("\n" if character == "\n" else " " for character in lua)
    assert emptied.decode() == f"location / {{ content_by_lua_block {{{blanks}}} }} # end"


@pytest.mark.parametrize(
    "source",
    [
        b"location / { return 200; }",
        b"# content_by_lua_block { }\nevents { }",
        b"return 200 \"content_by_lua_block { '}' }\";",
        b"content_by_lua_block; events { }",
    ],
)
def test_everything_else_stays(source: bytes) -> None:
    assert without_lua(source) == source


def test_lua_without_end_is_emptied_to_the_end() -> None:
    assert without_lua(b"set_by_lua_block $x { return {") == b"set_by_lua_block $x {" + b" " * 9
