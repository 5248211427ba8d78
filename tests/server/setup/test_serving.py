from pathlib import Path

from ngxpush.server.setup.reading import read
from ngxpush.server.setup.serving import serving
from ngxpush.server.setup.startup import set_up
from tests.server.setup.test_startup import Log, source_in


def test_what_was_found_at_start_is_served(tmp_path: Path) -> None:
    log = Log()
    source = source_in(tmp_path, "server { listen unix:" + str(tmp_path / "socket") + "; set_real_ip_from localhost; }")
    setup = set_up(source, read(source, log), log)
    http = serving(setup)
    assert http is not None
    assert (http.addresses, http.trusted_hosts, http.hosts, http.tls) == (setup.addresses, setup.trusted, {}, None)
    assert b"localhost" in http.trusted_hosts
    for listening, _ in setup.sockets:
        listening.close(unlink=True)
    setup.files.close()
