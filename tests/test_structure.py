"""The limits of docs/how-it-works/design.md that no tool checks: circles, sizes, names, and a test file for each module."""

from __future__ import annotations

import ast
import collections
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ngxpush"
PACKAGES = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
# As paths below ngxpush/; without empty ones.
MODULES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_bytes())
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.read_bytes().strip()
}

# Modules (fnmatch patterns) without a test file of their own name, by the reason. A module that only declares needs none.
TESTED_ELSEWHERE = {
    "parts of one connection: tests/http/http2/test_connection.py": (
        "http/http2/answer.py",
        "http/http2/answer_head.py",
        "http/http2/framing.py",
        "http/http2/opening.py",
        "http/http2/receiving.py",
        "http/http2/receiving_heads.py",
        "http/http2/request_head.py",
        "http/http2/sending.py",
        "http/http2/stream_head.py",
    ),
    "TLS to upstreams: tests/http/upstream/test_tls.py, tests/server/tls/test_upstream_stage.py": (
        "config/directives/gateways/tls.py",
        "server/tls/contexts.py",
        "server/tls/credentials.py",
        "server/tls/faults.py",
        "server/tls/upstream_contexts.py",
    ),
    "parts of one module of nginx: tests/config/directives/http/test_core.py, test_ssl.py, push_stream/test_checks.py": (
        "config/directives/http/core_*.py",
        "config/directives/http/ssl_checks.py",
        "config/directives/push_stream/push_stream.py",
    ),
    "parts of echo: tests/http/third_party/test_echo.py": (
        "http/third_party/echo_texts.py",
        "http/third_party/included.py",
    ),
    "kinds of arguments: the tables of tests/config/directives have directives of each": (
        "config/headers.py",
        "config/slots.py",
        "config/zones.py",
    ),
    "what a zone is made of: tests/push/test_zone.py, test_lifetimes.py": (
        "push/contents.py",
        "push/snapshot.py",
    ),
    "steps of the analyzer and of the compiler: tests/config/test_analyzer.py, test_compiler.py": (
        "config/analysis.py",
        "config/configuration.py",
        "config/cycle.py",
        "config/http_block.py",
        "config/in_force.py",
        "config/text.py",
        "config/variables.py",
    ),
    "workers that follow each other: tests/cli/test_serving.py": ("server/processes/foreground_server.py",),
    "addresses: tests/config/directives/http/test_listen.py, upstream/test_upstream.py": ("config/addresses.py",),
    "what a laptop lacks: tests/config/test_lenient_system.py": ("config/known_files.py",),
    "steps of a request: tests/http/test_phases.py, test_errors.py, test_parser.py, test_rewrite.py": (
        "http/body_output.py",
        "http/redirect.py",
        "http/request_input.py",
        "http/request_line.py",
    ),
    "files: tests/http/content/test_static.py, test_index.py; tests/http/test_rewrite.py": (
        "http/content/files.py",
        "http/documents.py",
        "http/file_tests.py",
        "http/opening.py",
        "http/system_errors.py",
    ),
    "what a push location and its request are to each other: tests/http/content/test_push_stream.py": (
        "http/content/push_stream/question.py",
        "http/content/push_stream/sink.py",
    ),
    "facts that are passed on: tests/http/variables/test_connection.py": ("http/connection/facts.py",),
    "what the filters ssi and addition are made of: tests/http/filters/test_ssi.py, test_addition.py": (
        "http/ssi/commands.py",
        "http/ssi/reader.py",
        "http/ssi/texts.py",
    ),
    "parts of dav: tests/http/content/test_dav.py, tests/server/system/test_file_tree.py": (
        "http/content/dav_*.py",
        "server/system/worker_user.py",
    ),
    "parts of an exchange: tests/http/upstream/test_exchange.py, tests/http/content/test_proxy.py": (
        "http/gateways/proxy/codec.py",
        "http/gateways/fastcgi/codec.py",
        "http/gateways/passed_on.py",
        "http/upstream/answer.py",
        "http/upstream/codec.py",
        "http/upstream/failures.py",
        "http/upstream/gateway.py",
        "http/upstream/headers.py",
        "http/upstream/keepalive.py",
        "http/upstream/local_address.py",
        "http/upstream/passing.py",
        "http/upstream/peers.py",
    ),
    "parts of uwsgi, scgi and memcached: tests/http/content/test_uwsgi.py, test_scgi.py, test_memcached.py": (
        "http/gateways/cgi/answer.py",
        "http/gateways/cgi/body.py",
        "http/gateways/memcached/answer.py",
        "http/gateways/memcached/codec.py",
        "http/gateways/scgi/codec.py",
        "http/gateways/scgi/netstring.py",
        "http/gateways/uwsgi/codec.py",
        "http/gateways/uwsgi/packet.py",
    ),
    "parts of grpc: tests/http/content/test_grpc.py, tests/http/gateways/grpc/test_incoming.py, test_outgoing.py": (
        "http/gateways/grpc/answer.py",
        "http/gateways/grpc/codec.py",
        "http/gateways/grpc/frames.py",
        "http/gateways/grpc/request.py",
        "http/gateways/grpc/session.py",
    ),
    "parts of the cache of a gateway: tests/http/upstream/test_caching.py": (
        "http/cache/entry.py",
        "http/cache/key.py",
        "http/cache/lookup.py",
        "http/cache/shelf.py",
        "http/upstream/answer_file.py",
        "http/upstream/cached_answer.py",
        "http/upstream/redirecting.py",
    ),
    "each rule's examples, good and bad: tests/lint/test_rules.py": (
        "lint/advice.py",
        "lint/examples.py",
        "lint/proxies.py",
        "lint/references.py",
        "lint/rule.py",
        "lint/rules/*.py",
    ),
    "what is printed: tests/lint/test_formats.py, tests/cli/test_lint.py, test_rule.py": (
        "lint/finding.py",
        "lint/formats/*.py",
        "lint/report.py",
        "cli/lint_input.py",
        "cli/linted_files.py",
    ),
    "statistics: tests/push/test_statistics.py": ("push/statistics/documents.py",),
    "the kinds of subscribers: tests/push/subscribers, by mode": ("push/subscribers/__init__.py", "push/subscribers/stream.py"),
    "answers: tests/push/test_publisher.py, tests/push/subscribers": ("push/answers.py",),
    "one command after the other: tests/cli": ("cli/commands.py", "cli/configuration.py"),
    "what a client says and holds: tests/client/test_subscribing.py": (
        "client/failures.py",
        "client/received_message.py",
        "client/session.py",
    ),
    "commands that are clients: tests/cli/test_pub.py, test_bench.py": (
        "cli/own_server.py",
        "cli/reaching.py",
        "client/running.py",
    ),
    "explain is played whole: tests/cli/test_explain.py, test_routes.py": (
        "explain/client.py",
        "explain/document.py",
        "explain/explanation.py",
        "explain/play.py",
        "explain/routes.py",
        "explain/routes_text.py",
        "explain/text.py",
        "explain/upstream.py",
        "explain/watched.py",
    ),
    "TLS: tests/server/tls/test_listeners.py": (
        "http/tls.py",
        "http/variables/tls.py",
        "server/clients/opening.py",
        "server/setup/server_tls.py",
        "server/tls/*.py",
    ),
    "a server and what a test asks it: tests/testing/test_live_server.py, test_async_live_server.py, test_fork_server.py": (
        "testing/answering.py",
        "testing/forking.py",
        "testing/loop_thread.py",
        "testing/served.py",
        "testing/server_process.py",
        "testing/subscription.py",
        "testing/text_system.py",
    ),
    "they need real processes and sockets: tests/processes, tests/test_bad_input.py": (
        "server/clients/sites.py",
        "server/processes/master.py",
        "server/processes/worker.py",
    ),
}


# Where int() may be called, by what makes it safe (patterns of modules, and what int() is given). Anything else that comes from
# outside is read by `ngxpush/numbers.py`: int() raises for more than 4,300 digits.
SAFE_INTS = {
    "the module for it": {"numbers.py": "*"},
    "moments, which are floats": {"*": "*now*"},
    "the moment a request began": {"http/limit_rate.py": "started"},
    "two digits of an escape": {"http/uri.py": "match[[]1]*", "push/path.py": "chr(digit)*"},
    "two or four digits of a date": {"dates.py": "found*"},
    "three digits of an address, or the address itself": {
        "config/addresses.py": "*",
        "http/forwarded.py": "*",
    },
    "one digit": {"config/complex_value.py": "piece[[]'capture']", "config/directives/gateways/cache.py": "level"},
    "a boolean, or a port that the configuration's own code wrote": {"config/directives/http/listen.py": "*"},
    "numbers already": {"config/slots.py": "_checked*"},
    "up to three digits of a status line": {"http/upstream/response.py": "match[[]*"},
    "three digits of a status": {"http/gateways/grpc/answer.py": "value"},
}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Each function, with its module."""
    for module, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield module, node


def public_classes() -> Iterator[tuple[str, str]]:
    """The name and the module of each class that others may use."""
    for module, tree in MODULES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, module


def does_something(tree: ast.Module) -> bool:
    """Whether any function of a module has more than a docstring."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return any(not isinstance(statement, ast.Expr) for body in bodies for statement in body)


def file_of_tests(module: str) -> str:
    """Where the tests of a module are: `a/b.py` → `a/test_b.py`; `a/b/__init__.py` → `a/test_b.py`."""
    path = Path(module.removesuffix("/__init__.py"))
    return path.with_name(f"test_{path.stem}.py").as_posix()


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Who imports whom, for types too."""
    return grimp.build_graph("ngxpush", cache_dir=None)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_circles(package: str, imports: grimp.ImportGraph) -> None:
    """Between packages there are none: .importlinter sees to it."""
    modules = imports.find_descendants(f"ngxpush.{package}")
    graphlib.TopologicalSorter({module: imports.find_modules_directly_imported_by(module) for module in modules}).prepare()


def test_modules_have_at_most_400_lines() -> None:
    assert {module for module in MODULES if (PACKAGE / module).read_bytes().count(b"\n") > 400} == set()


def test_functions_have_at_most_40_lines() -> None:
    long = {f"{module} {function.name}" for module, function in functions() if function.end_lineno - function.lineno >= 40}
    assert long == set()


def test_a_class_name_means_one_thing() -> None:
    modules = collections.defaultdict(list)
    for name, module in public_classes():
        modules[name].append(module)
    assert {name for name, places in modules.items() if len(places) > 1} == set()


def test_modules_have_tests_of_their_name() -> None:
    untested = {
        module
        for module, tree in MODULES.items()
        if does_something(tree) and not (ROOT / "tests" / file_of_tests(module)).exists()
    }
    patterns = {pattern for group in TESTED_ELSEWHERE.values() for pattern in group}
    unexplained = {module for module in untested if not any(fnmatch(module, pattern) for pattern in patterns)}
    assert not unexplained, "write a test file of that name, or name the module in TESTED_ELSEWHERE with the reason"
    needless = {pattern for pattern in patterns if not any(fnmatch(module, pattern) for module in untested)}
    assert not needless, "these patterns of TESTED_ELSEWHERE are about no module without a test file"


def test_numbers_from_outside_do_not_reach_int() -> None:
    places = [(module, argument) for group in SAFE_INTS.values() for module, argument in group.items()]
    unsafe = {
        f"{module}: {ast.unparse(node)}"
        for module, tree in MODULES.items()
        if module.startswith(("config/", "http/", "push/")) or "/" not in module
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("int", "float")
        and not any(fnmatch(module, where) and fnmatch(", ".join(map(ast.unparse, node.args)), what) for where, what in places)
    }
    assert unsafe == set()


def _loaded_with(modules: str) -> set[str]:
    """All modules that are loaded after some."""
    program = f"import sys, {modules}; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    )


def test_a_start_loads_neither_tls_nor_http2() -> None:
    """They take long to load, and many configurations need neither."""
    loaded = _loaded_with("ngxpush.cli.nginx, ngxpush.server.processes.master, ngxpush.server.setup.foreground")
    assert "ngxpush.http.routing" in loaded
    assert not {"OpenSSL", "cryptography", "hpack", "h2", "trustme"} & loaded


def test_a_check_loads_nothing_that_serves() -> None:
    """`nginx -t`."""
    loaded = _loaded_with("ngxpush.cli.nginx, ngxpush.server.setup.startup")
    assert not {"aiohttp", "asyncio", "ngxpush.http.routing", "ngxpush.http.content"} & loaded


def test_a_signal_loads_nothing_but_the_check() -> None:
    """`nginx -s stop`, which scripts wait for."""
    loaded = _loaded_with("ngxpush.cli.main, ngxpush.cli.nginx")
    assert "ngxpush.config.modules" in loaded
    assert not {"click", "jinja2", "ngxpush.server.setup.startup", "ngxpush.http"} & loaded
