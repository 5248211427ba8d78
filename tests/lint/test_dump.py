"""`nginx -T` dumps taken apart."""

from __future__ import annotations

from ngxpush.lint.dump import split_dump

_DUMP = b"""nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
nginx: configuration file /etc/nginx/nginx.conf test is successful
# configuration file /etc/nginx/nginx.conf:
events {}
http { include conf.d/*.conf; }

# configuration file /etc/nginx/conf.d/a.conf:
server { }


# configuration file /etc/nginx/conf.d/a.conf:
again
"""


def test_files_by_name_with_the_text_they_had() -> None:
    assert split_dump(_DUMP) == {
        "/etc/nginx/nginx.conf": b"events {}\nhttp { include conf.d/*.conf; }\n",
        "/etc/nginx/conf.d/a.conf": b"server { }\n\n",
    }


def test_an_ordinary_file_is_no_dump() -> None:
    assert split_dump(b"events {} # configuration file x:\n") is None
