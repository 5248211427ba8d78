"""What is read of the certificates in a file."""

from __future__ import annotations

import pytest

from ngxpush.config.x509 import certificates

# Its own issuer, with an OCSP server.
LEAF = b"""\
-----BEGIN CERTIFICATE-----
MIIBpjCCAU2gAwIBAgIUJM/aHEmD4ot64O+8oyTlL45n0C8wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEbGVhZjAeFw0yNjExMjgyMjM4MjFaFw0zNjExMjUyMjM4MjFa
MA8xDTALBgNVBAMMBGxlYWYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS9mjMy
WG6kWwnpg3CDZHD6/ryAMImgHw8V5e/Cess6mz4F4YLsDNg7qOejIaporhtloVXy
UvAx9ybHETnaWMEuo4GGMIGDMB0GA1UdDgQWBBSUvz+kh59usGb5q8AwOfY+mBih
0DAfBgNVHSMEGDAWgBSUvz+kh59usGb5q8AwOfY+mBih0DAPBgNVHRMBAf8EBTAD
AQH/MDAGCCsGAQUFBwEBBCQwIjAgBggrBgEFBQcwAYYUaHR0cDovL29jc3AuZXhh
bXBsZS8wCgYIKoZIzj0EAwIDRwAwRAIgNRmzRc1Hr/odB0fYl54jazsFhvJ6Hwrt
1SP7ke76kckCID6aelVIYvxRw64alDgDLL4dV9CcWpDBJlh1BgHsQ1Zo
-----END CERTIFICATE-----
"""


def test_the_certificates_of_a_file() -> None:
    found = certificates(LEAF + LEAF)
    assert len(found) == 2
    assert found[0].subject == found[0].issuer
    assert b"leaf" in found[0].subject
    assert found[0].responder == b"http://ocsp.example/"


def test_a_file_without_certificates_has_none() -> None:
    assert certificates(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n") == []


@pytest.mark.parametrize("block", [b"MAA=", b"MAMwAQA=", b"MIEF", b"", b"MAQwAgUA"])
def test_what_is_no_certificate_is_refused(block: bytes) -> None:
    with pytest.raises(ValueError):
        certificates(b"-----BEGIN CERTIFICATE-----\n" + block + b"\n-----END CERTIFICATE-----\n")
