"""The page of the configuration."""

from __future__ import annotations

from tests.console.opened import OpenedConsole, play

_HTTP = """
    server {
        server_name push.example;
        location /pub { push_stream_publisher admin; push_stream_channels_path $arg_id;
            location /pub/inner { push_stream_subscriber; push_stream_channels_path <$arg_id>; allow 192.0.2.1; deny all; }
        }
    }
"""


def test_routes_findings_and_files() -> None:
    async def steps(here: OpenedConsole) -> None:
        text = (await here.get("/configuration"))[1]
        assert "<code>0.0.0.0:80</code>" in text and "<code>push.example</code>" in text
        assert '<code>location /pub</code></a>\n<span class="role">publisher admin</span>' in text
        assert "channels <code>&lt;$arg_id&gt;</code>" in text and "access: <code>allow 192.0.2.1; deny all</code>" in text
        assert text.index("location /pub/inner") < text.index("<h2>Values in force</h2>")
        assert "Choose a server or a location" in text
        # The linter's findings, at the line and in the list.
        assert text.count("<strong>PS") and '<p class="finding' in text
        assert 'id="file-1-line-4"' in text and "push_stream_channels_path &lt;$arg_id&gt;" in text

    play(steps, _HTTP)


def test_values_of_a_block() -> None:
    async def steps(here: OpenedConsole) -> None:
        text = (await here.get("/configuration?block=%2Fconf%2Fnginx.conf:5"))[1]
        assert "In <code>location /pub</code>" in text
        assert "<td><code>push_stream_publisher admin</code></td>" in text
        assert (
            '<tr class="default"><td>push_stream_message_template</td><td><code>~text~</code></td><td>default</td></tr>' in text
        )
        assert '<li id="file-1-line-5" class="decided">' in text
        for wrong in ("x", "%2Fconf%2Fnginx.conf:99", "%FF:1", ":", "a:" + "9" * 5000):
            status, text = await here.get(f"/configuration?block={wrong}")
            assert status == 200 and "Choose a server or a location" in text

    play(steps, _HTTP)


def test_what_has_no_values_has_no_link() -> None:
    async def steps(here: OpenedConsole) -> None:
        text = (await here.get("/configuration"))[1]
        assert "<li><code>if ($arg_x)</code>" in text and ':4#values"><code>location /</code></a>' in text

    play(steps, "server {\n if ($arg_x) { return 403; }\n location / { } }")


def test_no_server() -> None:
    async def steps(here: OpenedConsole) -> None:
        assert "It has no server." in (await here.get("/configuration"))[1]

    play(steps, "")
