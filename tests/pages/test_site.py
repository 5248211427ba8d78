"""The site of docs/ is built without a warning, and links of the pages outside it lead somewhere."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import CHROMIUM, page, wait_for
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(#[^)\s]+)?\)")
# CHANGES.md tells what once was.
_PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/README.md")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The site, and what is said while it is built."""
    if importlib.util.find_spec("mkdocs") is None:
        pytest.skip("mkdocs is not installed: make .venv/.installed-for-site")
    site = tmp_path_factory.mktemp("built") / "site"
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}  # what the theme says about its own future
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    return site, done.stderr


def test_the_site_is_built_without_a_warning(built: tuple[Path, str]) -> None:
    site, said = built
    assert "WARNING" not in said
    assert (site / "first-steps" / "install.html").exists()


def test_the_site_needs_no_other(built: tuple[Path, str]) -> None:
    """Links lead to other sites, but no page loads anything from them."""
    loaded = re.compile(r"""<(?:script|img|iframe)[^>]* src="https?://|<link(?![^>]*canonical)[^>]* href="https?://""")
    assert [page for page in built[0].rglob("*.html") if loaded.search(page.read_text("utf-8"))] == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_it_is_searched_from_the_disk(built: tuple[Path, str], tmp_path: Path) -> None:
    asked = "document.querySelector('.md-search__input')"
    typed = f"{asked}.focus(), {asked}.value = 'prometheus', {asked}.dispatchEvent(new Event('keyup')), true"
    found = "[...document.querySelectorAll('.md-search-result__item a')].some(a => a.href.includes('how-to/metrics.html'))"
    with page(f"{built[0].as_uri()}/index.html", tmp_path):
        wait_for(tmp_path, f"document.readyState === 'complete' && {asked} && {typed} && {found}")


@pytest.mark.parametrize("source", _PAGES, ids=lambda source: source.name)
def test_links_lead_somewhere(source: Path) -> None:
    """mkdocs checks those between the pages of docs/."""
    broken = [
        target + anchor
        for target, anchor in _LINK.findall(source.read_text("utf-8"))
        if not (found := source.parent / target if target else source).exists() or (anchor and anchor[1:] not in _anchors(found))
    ]
    assert broken == []


def _anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
