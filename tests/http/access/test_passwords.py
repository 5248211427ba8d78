import pytest

from ngxpush.http.access.passwords import verify


@pytest.mark.parametrize(
    "stored",
    [
        b"{PLAIN}s3cret",
        b"{SHA}/vNB+F2HQ559kaLUZbmHHvZrXpg=",
        b"{SSHA}Kd6WTgXUWO7I5P9fPmJ57jB1K5NwZXBwZXI=",
        b"$apr1$abcdefgh$M2T3erDstkD7SsE2QQnfH0",
        b"$1$abcdefgh$7.vq19w/w3Vm.hk1FOA7Q/",
        b"abhWCwoTZY2c6",
    ],
)
def test_verify(stored: bytes) -> None:
    assert verify(b"s3cret", stored)
    assert verify(b"s3cret\0x", stored)
    assert not verify(b"S3cret", stored)


def test_a_password_without_a_scheme_is_a_hash() -> None:
    assert not verify(b"s3cret", b"s3cret")
