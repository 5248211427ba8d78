"""$secure_link and $secure_link_expires."""

from __future__ import annotations

import base64
import hashlib

import pytest

from ..fakes import NOW
from ..serving import Site

_MD5 = """
server { location / {
    secure_link $arg_md5,$arg_expires; secure_link_md5 "$secure_link_expires$uri key";
    return 200 "$secure_link|$secure_link_expires";
} }
"""


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.md5(text.encode()).digest()).decode().rstrip("=")


def _hex(link: str) -> str:
    return hashlib.md5(f"{link}word".encode()).hexdigest()


_LATER, _EARLIER = int(NOW) + 1, int(NOW) - 1


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        (f"/a?md5={_hash(f'{_LATER}/a key')}&expires={_LATER}", f"1|{_LATER}"),
        (f"/a?md5={_hash(f'{_LATER}/a key')}==&expires={_LATER}", f"1|{_LATER}"),
        (f"/a?md5={_hash(f'{_EARLIER}/a key')}&expires={_EARLIER}", f"0|{_EARLIER}"),
        (f"/b?md5={_hash(f'{_LATER}/a key')}&expires={_LATER}", f"|{_LATER}"),
        (f"/a?md5={_hash(f'{_LATER}/a key')}&expires={_LATER}x", "|"),
        (f"/a?md5={_hash('0/a key')}&expires=0", "|"),
        (f"/a?md5=short&expires={_LATER}", f"|{_LATER}"),
        (f"/a?md5={'+' * 22}&expires={_LATER}", f"|{_LATER}"),
        ("/a", "|"),
    ],
)
def test_a_hash_with_a_time(target: str, answer: str) -> None:
    assert Site(_MD5).get(target) == (200, answer)


def test_a_hash_without_a_time() -> None:
    site = Site('server { location / { secure_link $arg_md5; secure_link_md5 "$uri key"; return 200 $secure_link; } }')
    assert site.get(f"/a?md5={_hash('/a key')}") == (200, "1")
    assert site.get(f"/b?md5={_hash('/a key')}") == (200, "")


@pytest.mark.parametrize(
    ("uri", "answer"),
    [
        ("/p/dc187b20d264f6f7918dd46d76435941/top/a.txt", "top/a.txt"),
        ("/p/DC187B20D264F6F7918DD46D76435941/top/a.txt", "top/a.txt"),
        ("/p/dc187b20d264f6f7918dd46d76435941/top/b.txt", ""),
        ("/p/dc187b20d264f6f7918dd46d76435941/", ""),
        ("/p/short/a", ""),
        (f"/p/{_hex('a%20b?x=1')}/a%20b?x=1", "a%20b?x=1"),
        (f"/p/{_hex('a')}/a?x=1", ""),
    ],
)
def test_a_secret_word(uri: str, answer: str) -> None:
    site = Site("server { location /p/ { secure_link_secret word; return 200 $secure_link; } }")
    assert site.get(uri) == (200, answer)


def test_the_time_is_known_only_after_the_link_was_looked_at() -> None:
    site = Site(_MD5.replace('"$secure_link|', '"$secure_link_expires|$secure_link|'))
    assert site.get(f"/a?md5={_hash(f'{_LATER}/a key')}&expires={_LATER}") == (200, "||")


_NESTED = f"""
server {{
    secure_link {_hash("s")}; secure_link_md5 s;
    location /link {{ return 200 "[$secure_link]"; }}
    location /w/ {{
        secure_link_secret word; return 200 "[$secure_link]";
        location /w/inherits/ {{ return 200 "[$secure_link]"; }}
        location /w/text {{ secure_link_md5 s; return 200 "[$secure_link]"; }}
        location /w/link {{ secure_link {_hash("s")}; secure_link_md5 s; return 200 "[$secure_link]"; }}
    }}
}}
"""


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("/link", "[1]"),
        (f"/w/{_hex('x')}/x", "[x]"),
        ("/w/inherits/x", "[]"),
        ("/w/text", "[]"),
        ("/w/link", "[1]"),
    ],
)
def test_a_block_has_one_of_the_two_methods(target: str, answer: str) -> None:
    assert Site(_NESTED).get(target) == (200, answer)
