"""The authority that signs for `ngxpush run`."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from ngxpush.server.setup.local_authority import Authority, local_authority


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("CAROOT", raising=False)
    return tmp_path / "ngxpush"


def _path(authority: Authority) -> Path:
    assert authority.path is not None
    return Path(authority.path)


def test_only_the_user_may_read_its_key(home: Path) -> None:
    path = _path(local_authority())
    modes = [stat.S_IMODE(file.stat().st_mode) for file in (path.parent, path.with_name("rootCA-key.pem"))]
    assert modes == [0o700, 0o600]
    assert [entry.name for entry in home.iterdir()] == ["authority"]


def test_it_is_made_once() -> None:
    first = local_authority()
    certificate = x509.load_pem_x509_certificate(local_authority().sign(["a.example", "::1"])[0])
    first.certificate.public_key().verify(  # type: ignore[union-attr, call-arg]
        certificate.signature,
        certificate.tbs_certificate_bytes,
        ec.ECDSA(certificate.signature_hash_algorithm),  # type: ignore[arg-type]
    )


def test_a_directory_that_lacks_the_key(home: Path) -> None:
    """It is not overwritten: perhaps someone trusts the certificate in it."""
    (home / "authority").mkdir(parents=True)
    (home / "authority" / "rootCA.pem").write_text("x")
    with pytest.raises((OSError, ValueError)):
        local_authority()
    assert [entry.name for entry in home.iterdir()] == ["authority"]


def test_that_of_mkcert_comes_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _path(local_authority()).parent
    monkeypatch.setenv("CAROOT", str(made))
    assert local_authority().is_mkcert


def test_without_a_directory_it_is_one_of_this_process(home: Path) -> None:
    home.write_text("no directory")
    authority = local_authority()
    assert authority.path is None
    assert b"BEGIN CERTIFICATE" in authority.sign(["a.example"])[0]
    assert home.read_text() == "no directory"
