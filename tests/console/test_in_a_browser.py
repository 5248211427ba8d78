"""The console's pages as someone sees and uses them: headless Chromium."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from tests.browser import CHROMIUM, Tools, page, tools
from tests.clients import get, publish, subscription
from tests.patience import PATIENCE
from tests.running import free_port, ngxpush_run

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (make debian-packages)")

_CONF = Path(__file__).parents[2] / "fixtures" / "nginx_confs" / "quickstart.conf"
_LIVE = "document.querySelector('[data-connection]')?.textContent === 'live'"


class Browser(Struct, frozen=True):
    """A browser that looks at the console of a server. port: where that serves.  console: where the console is.

    conf: the file that is served, and loaded anew when it changes.
    """

    port: int
    console: str
    conf: Path
    tools: Tools

    def open(self, target: str) -> None:
        """Open a page, and wait until it is live."""
        self.tools.open(self.console + target)
        self.until(_LIVE)

    def until(self, script: str) -> None:
        """Wait until a script is true in the page."""
        assert self.tools.wait_for(script, time.monotonic() + PATIENCE), f"it did not become true: {script}"

    def reload(self) -> None:
        """Load the page anew, and wait until it is live."""
        self.tools.command("Runtime.evaluate", expression="window.before = true; location.reload()")
        self.until(f"!window.before && {_LIVE}")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """All tests look with the same one, at the same server."""
    directory, console = tmp_path_factory.mktemp("console"), free_port()
    conf = tmp_path_factory.mktemp("conf") / _CONF.name
    # With something for the linter to find.
    conf.write_text(re.sub(r"push_stream_subscriber_connection_ttl \w+;", "", _CONF.read_text("utf-8"), count=1), "utf-8")
    with ngxpush_run(conf, directory, "--console", str(console), "--watch") as ports:
        url = f"http://127.0.0.1:{console}"
        with page(url, directory), tools(directory) as found:
            yield Browser(ports[8080], url, directory / conf.name, found)
            assert found.complaints == []


def test_what_is_published_elsewhere_and_in_the_page_passes(browser: Browser) -> None:
    with subscription(browser.port, "/sub/news") as stream:
        browser.open("/channel?id=news")
        publish(browser.port, "/pub?id=news", "<b>grüße</b>".encode())
        passing = "document.querySelector('[data-feed=passing] pre')?.textContent"
        browser.until(f"{passing} === '<b>grüße</b>'")
        assert "grüße" in stream.line().decode()
        _publish(browser, "typed")
        browser.until(f"{passing} === 'typed'")
        assert "typed" in stream.line().decode()
        browser.reload()
        publish(browser.port, "/pub?id=news", b"after")
        browser.until(f"{passing} === 'after'")


def _publish(browser: Browser, text: str) -> None:
    """Type a text into the page's form, and send it."""
    browser.until(
        f"(form => {{ form.elements.text.value = '{text}'; form.requestSubmit(); return true; }})"
        "(document.querySelector('form.publish'))"
    )
    browser.until("document.querySelector('form.publish output').textContent.startsWith('Published')")


def test_what_is_published_reaches_subscribers_that_the_page_has_opened(browser: Browser) -> None:
    """In each mode of the configuration."""
    browser.open("/channel?id=opened")
    subscribers = "[...document.querySelectorAll('[data-subscriber]')]"
    browser.until(f"{subscribers}.length === 5")
    browser.until(f"{subscribers}.forEach(each => each.querySelector('button').click()) ?? true")
    # Polling and long-polling clients ask again and again; three of the five stay open at once.
    browser.until(f"{subscribers}.filter(each => each.querySelector('output').textContent === 'open').length >= 4")
    _publish(browser, "hello")
    texts = "[...each.querySelectorAll('.text pre')].filter(pre => pre.textContent.includes('hello')).length"
    browser.until(f"{subscribers}.every(each => {texts} === 1)")
    browser.until(f"{subscribers}.forEach(each => each.querySelector('button').click()) ?? true")
    browser.until(f"{subscribers}.every(each => each.querySelector('output').textContent === 'closed')")
    browser.until("document.querySelector('[data-part=channel]').textContent.includes('No one is subscribed.')")


def test_channels_come_and_are_sorted(browser: Browser) -> None:
    browser.open("/?filter=sorted")
    for id, times in (("a", 1), ("b", 3), ("c", 2)):
        for _ in range(times):
            publish(browser.port, f"/pub?id=sorted-{id}", b"x")
    rows = "[...document.querySelectorAll('tbody a')].map(each => each.textContent.at(-1)).join('')"
    browser.until(f"{rows}.length === 3")
    browser.until("document.querySelector('[data-order=published]').click() ?? true")
    browser.until(f"{rows} === 'bca'")
    for _ in range(3):
        publish(browser.port, "/pub?id=sorted-a", b"x")
    browser.until(f"{rows} === 'abc'")
    browser.reload()
    browser.until(f"{rows} === 'abc'")


def test_a_request_appears_and_is_explained(browser: Browser) -> None:
    browser.tools.command("Emulation.setDeviceMetricsOverride", width=1280, height=700, deviceScaleFactor=1, mobile=False)
    browser.open("/requests")
    get(browser.port, "/pub?id=unknown")
    line = "[...document.querySelectorAll('[data-feed=request] a')].find(each => each.textContent.includes('id=unknown'))"
    browser.until(f"{line} !== undefined")
    browser.reload()
    browser.until(f"{line}.click() ?? true")
    browser.until(f"location.pathname === '/request' && {_LIVE}")
    browser.until("document.querySelector('h1').textContent.includes('GET /pub?id=unknown')")
    browser.until("document.querySelector('pre.panel').textContent.startsWith('HTTP/1.1 404')")
    browser.until("[...document.querySelectorAll('.code .decided')].some(each => each.textContent.includes('location /pub'))")
    # The file shows the line where it was served.
    served = "document.querySelector('.note a.at')"
    in_pane = f"document.querySelector({served}.hash).getBoundingClientRect()"
    browser.until(f"document.querySelector('.source').scrollTop > 0 && {in_pane}.top > 0 && {in_pane}.bottom < innerHeight")
    # A decision leads to its line, and the page stays where it is.
    browser.until("document.querySelector('.decisions a.at').click() ?? true")
    browser.until("document.querySelector('.code li:target').getBoundingClientRect().top < innerHeight && scrollY === 0")
    browser.tools.command("Emulation.clearDeviceMetricsOverride")


def test_a_subscriber_is_open_until_it_leaves(browser: Browser) -> None:
    browser.open("/requests?filter=stays")
    with subscription(browser.port, "/sub/stays"):
        browser.until("document.querySelector('[data-part=open] a')?.textContent === 'GET /sub/stays HTTP/1.1'")
    browser.until("document.querySelector('[data-feed=request]').textContent.includes('the client left')")
    browser.until("document.querySelector('[data-part=open] a') === null")


def test_the_configuration_with_values_and_findings(browser: Browser) -> None:
    browser.open("/configuration")
    browser.until("document.querySelector('.code .finding strong').textContent.startsWith('PS')")
    location = "[...document.querySelectorAll('.tree a')].find(each => each.textContent === 'location /pub')"
    browser.until(f"{location}.click() ?? true")
    browser.until("document.querySelector('#values').textContent.includes('push_stream_publisher admin')")
    browser.until("document.querySelector('.code .decided').textContent.includes('location /pub')")


def test_the_health_follows(browser: Browser) -> None:
    browser.open("/health")
    with subscription(browser.port, "/sub/counted") as stream:
        publish(browser.port, "/pub?id=counted", b"x")
        assert stream.line() == b"x"
        high = "[...document.querySelectorAll('polyline')].every(each => new Set(each.getAttribute('points').split(' ')"
        browser.until(f"{high}.map(point => point.split(',')[1])).size > 1)")
    browser.reload()
    browser.until(f"{high}.map(point => point.split(',')[1])).size > 1)")


def test_marked_text_and_pressed_links_stay(browser: Browser) -> None:
    """What comes meanwhile is shown after that."""
    browser.open("/?filter=marked")
    publish(browser.port, "/pub?id=marked", b"x")
    link = "document.querySelector('[data-part=channels] tbody a')"
    numbers = "[...document.querySelectorAll('tbody .number')].map(each => each.textContent).join(' ')"
    browser.until(f"{link} !== null")
    browser.until(f"getSelection().selectAllChildren({link}) ?? true")
    publish(browser.port, "/pub?id=marked", b"x")
    browser.until("document.querySelector('[data-connection]').textContent === 'waits while text is marked'")
    browser.until(f"getSelection().toString() === 'marked' && {numbers}.includes('0 1 1')")
    browser.until("getSelection().removeAllRanges() ?? true")
    browser.until(f"{numbers}.includes('0 2 2') && {_LIVE}")
    browser.until(f"{link}.dispatchEvent(new PointerEvent('pointerdown', {{bubbles: true}}))")
    publish(browser.port, "/pub?id=marked", b"x")
    browser.until(f"held.size === 1 && {numbers}.includes('0 2 2')")
    browser.until(f"{link}.dispatchEvent(new PointerEvent('pointerup', {{bubbles: true}}))")
    browser.until(f"{numbers}.includes('0 3 3')")


def test_a_tab_that_no_one_sees_keeps_no_connection(browser: Browser) -> None:
    """A browser opens six to one address. What passes would be missed, so the page of a channel keeps its one."""
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true})"
    change = "document.dispatchEvent(new Event('visibilitychange'))"
    for target, state in (("/requests", 2), ("/channel?id=news", 1)):
        browser.open(target)
        browser.until(f"{hide % 'true'} && {change} && (source?.readyState ?? 2) === {state}")
        browser.until(f"{hide % 'false'} && {change} && {_LIVE}")


def test_open_pages_follow_a_reload(browser: Browser) -> None:
    browser.open("/configuration")
    with browser.conf.open("a") as conf:
        conf.write("# added\n")
    browser.until(f"document.querySelector('.code').textContent.includes('# added') && {_LIVE}")
    browser.open("/channel?id=news")
    changed = "document.querySelector('[data-changed]').checkVisibility()"
    browser.until(f"!{changed}")
    with browser.conf.open("a") as conf:
        conf.write("# more\n")
    browser.until(f"{changed} && {_LIVE}")
    browser.until("document.querySelector('[data-changed] a').click() ?? true")
    browser.until(f"!{changed} && {_LIVE}")


def test_an_open_page_comes_back_with_the_server(browser: Browser, tmp_path: Path) -> None:
    console = free_port()
    with ngxpush_run(_CONF, tmp_path, "--console", str(console)):
        browser.tools.open(f"http://127.0.0.1:{console}/")
        browser.until(_LIVE)
    browser.until("document.querySelector('.connection.lost') !== null")
    with ngxpush_run(_CONF, tmp_path, "--console", str(console)) as ports:
        publish(ports[8080], "/pub?id=again", b"x")
        browser.until(f"{_LIVE} && document.querySelector('tbody a').textContent === 'again'")
    browser.tools.open(browser.console)
    browser.tools.complaints.clear()  # the browser logs each connection that it does not get


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("target", ["/", "/channel?id=news", "/requests", "/configuration", "/health"])
def test_no_page_is_wider_than_the_screen(browser: Browser, target: str, width: int) -> None:
    browser.tools.command("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
    browser.open(target)
    browser.until(f"document.documentElement.scrollWidth <= {width}")
    browser.tools.command("Emulation.clearDeviceMetricsOverride")
