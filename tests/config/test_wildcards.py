import pytest

from ngxpush.config.wildcards import Wildcards


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"a.b", 1),
        (b"x.a.b", 2),
        (b"y.x.a.b", 3),
        (b".a.b", 2),
        (b"www.z", 4),
        (b"www.a.z", 5),
        (b"dot.org", 6),
        (b"q.dot.org", 6),
        (b"www", None),
        (b"b", None),
    ],
)
def test_find(name: bytes, value: int | None) -> None:
    table: Wildcards[int] = Wildcards()
    for number, added in enumerate([b"a.b", b"*.a.b", b"*.x.a.b", b"www.*", b"www.a.*", b".dot.org"], 1):
        assert table.add(added, number)
    assert table.find(name) == value


@pytest.mark.parametrize("name", [b"a.b", b"*.a.b", b"www.*", b".dot.org"])
def test_a_name_stays_with_the_first(name: bytes) -> None:
    table: Wildcards[str] = Wildcards()
    assert table.add(name, "first")
    assert not table.add(name, "second")
