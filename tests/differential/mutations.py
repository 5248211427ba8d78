"""Seeded mistakes in good configurations: each mutation is a small change someone could make by accident."""

from __future__ import annotations

import random
import re

_WRONG_VALUES = ("", '""', "-1", "x", "on", "off", "10x", "1.5", "99999999999999999999", "$", "$unknown", "1m", "~(", "a b")
_STRANGERS = ("worker_connections 5;", "listen 80;", "server_name a;", "proxy_pass http://127.0.0.1:1;", "return 200;")
_UNKNOWN = ("no_such_thing on;", "proxy_passs http://a;", "locations / { }", "Server_tokens off;")


def mutate(text: str, chance: random.Random) -> str:
    """The configuration with one mistake."""
    lines = text.splitlines()
    places = [number for number, line in enumerate(lines) if line.strip() and not line.strip().startswith("#")]
    number = chance.choice(places)
    mutation = chance.choice(_MUTATIONS)
    changed = mutation(lines[number], chance)
    return "\n".join([*lines[:number], *changed, *lines[number + 1 :]]) + "\n"


def _tokens(line: str) -> list[str]:
    return re.findall(r'"[^"]*"|\'[^\']*\'|[;{}]|[^\s;{}"\']+|\s+', line)


def _drop_token(line: str, chance: random.Random) -> list[str]:
    tokens = _tokens(line)
    words = [place for place, token in enumerate(tokens) if token.strip()]
    del tokens[chance.choice(words)]
    return ["".join(tokens)]


def _duplicate_line(line: str, chance: random.Random) -> list[str]:
    return [line, line]


def _drop_line(line: str, chance: random.Random) -> list[str]:
    return []


def _extra_argument(line: str, chance: random.Random) -> list[str]:
    return [re.sub(r"(\s*[;{])\s*$", rf" {chance.choice(('extra', 'on', '5'))}\1", line)]


def _wrong_value(line: str, chance: random.Random) -> list[str]:
    tokens = _tokens(line)
    words = [place for place, token in enumerate(tokens) if token.strip() and token not in ";{}"]
    if len(words) < 2:
        return [line, line]
    tokens[chance.choice(words[1:])] = chance.choice(_WRONG_VALUES)
    return ["".join(tokens)]


def _missing_end(line: str, chance: random.Random) -> list[str]:
    return [re.sub(r"[;{}]\s*$", "", line)]


def _other_end(line: str, chance: random.Random) -> list[str]:
    return [line.replace(";", " { }") if ";" in line else line.replace("{", ";")]


def _stranger(line: str, chance: random.Random) -> list[str]:
    return [line, chance.choice(_STRANGERS)]


def _unknown(line: str, chance: random.Random) -> list[str]:
    return [line, chance.choice(_UNKNOWN)]


def _misspelt(line: str, chance: random.Random) -> list[str]:
    letters = [place for place, letter in enumerate(line) if letter.isalpha()]
    if not letters:
        return [line, line]
    place = chance.choice(letters)
    return [line[:place] + line[place + 1 :]]


def _open_quote(line: str, chance: random.Random) -> list[str]:
    return [re.sub(r"(\s*[;{])\s*$", r' "\1', line)]


_MUTATIONS = (
    _drop_token,
    _duplicate_line,
    _drop_line,
    _extra_argument,
    _wrong_value,
    _wrong_value,
    _missing_end,
    _other_end,
    _stranger,
    _unknown,
    _misspelt,
    _open_quote,
)
