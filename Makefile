# The two commands of README.md do all the set-up: `make run` and `make test`.

PYTHON ?= python3
# Most tests wait for timers, so more of them run side by side than there are cores.
TEST_PROCESSES ?= 8

BIN := .venv/bin
CONF := fixtures/nginx_confs/quickstart.conf

# The tests of the core, which use neither sockets nor sleeps.
UNIT_TESTS := tests/config tests/http tests/lint tests/push

# Tests that keep all processors busy by themselves.
ALONE := tests/endurance tests/fuzz

.PHONY: run test unit pythons conformance fidelity lint fuzz docs bench debian-packages clean

run: .venv/.installed
	@sed -n 's/^#   //p' $(CONF) | grep '^curl'
	@echo
	@exec $(BIN)/ngxpush run $(CONF)

test: .venv/.installed-for-tests
	$(MAKE) --no-print-directory lint
	$(MAKE) --no-print-directory unit
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist worksteal -rs tests $(addprefix --ignore ,$(UNIT_TESTS) $(ALONE) tests/conformance)
	$(BIN)/pytest -rs $(ALONE)
	$(MAKE) --no-print-directory conformance

# Run the unit tests of the core alone and measure how much of it they cover: too little is an error. They keep the processor
# busy, so there is one process for each core.
unit: .venv/.installed-for-tests
	$(BIN)/pytest -n auto --cov --cov-report= $(UNIT_TESTS)
	@$(BIN)/python tests/core_coverage.py

# The same tests, and those of the client, with each other Python that is here; each has an environment of its own.
PYTHONS ?= python3.11 python3.12 python3.13 python3.14 $(wildcard $(HOME)/.pyenv/versions/3.1[1-9]*/bin/python)
VERSION := import sys; print("%d.%d" % sys.version_info[:2])

pythons: .venv/.installed-for-tests
	@tested="$$($(BIN)/python -c '$(VERSION)')"; \
	for python in $(PYTHONS); do \
	    version="$$($$python -c '$(VERSION)' 2>/dev/null)" || continue; \
	    case " $$tested " in *" $$version "*) continue ;; esac; \
	    tested="$$tested $$version"; \
	    echo "Python $$version"; \
	    $$python -m venv .venv-$$version && \
	    .venv-$$version/bin/pip install --quiet --disable-pip-version-check --editable '.[test]' && \
	    .venv-$$version/bin/pytest -n auto -p no:cacheprovider $(UNIT_TESTS) tests/client || exit 1; \
	done; \
	echo "Tested with Python: $$tested"

# Play the recordings of the real server. A recording waits for an answer for a certain time, as a client does: one that differs
# while others are played beside it is played once more, alone, and that result counts.
conformance: .venv/.installed-for-tests
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist worksteal -rX tests/conformance || \
	    $(BIN)/pytest --last-failed --last-failed-no-failures none --maxfail 10 tests/conformance

# How much is equal to the real server, by area: recordings, and a real nginx asked now. Nothing else should run beside it.
fidelity: .venv/.installed-for-tests
	$(BIN)/python -m tests.fidelity

lint: .venv/.installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/mypy ngxpush
	@# What macOS does not have stands behind a test of sys.platform.
	$(BIN)/mypy --platform darwin ngxpush
	$(BIN)/lint-imports --no-logo

# Search for bytes that make a reader raise what it does not declare: so many seconds for each of them.
FUZZ_SECONDS ?= 600

fuzz: .venv/.installed-for-fuzzing
	for target in configuration requests chunks frames; do \
	    $(BIN)/python -m tests.fuzz.coverage_guided $$target -max_total_time=$(FUZZ_SECONDS) || exit 1; done

# The pages generated from the code.
docs: .venv/.installed-for-tests
	$(BIN)/ngxpush rule --markdown >docs/rules.md
	$(BIN)/python -m ngxpush.config.documentation >docs/directives.md
	$(BIN)/python -m tests.fidelity.differences >docs/differences.md
	$(BIN)/python -m ngxpush.cli.manual man

# Figures beside other servers, in about 20 minutes; benchmarks/README.md. BENCH: what to measure and how, as
# BENCH="fan-out publish --quick".
bench: .venv/.installed-for-benchmarks
	$(BIN)/python -m benchmarks $(BENCH)

# Debian's packages, as root, once: python3-venv, which Debian packs apart from Python, and what some tests need; without that
# they are skipped and say so. No other target installs packages of the system.
debian-packages:
	tests/install-debian-packages

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo 'ngxpush needs Python 3.11 or later (make PYTHON=/path/to/python3)' >&2; exit 1; }
	@# Debian has ensurepip in a package of its own.
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    { echo 'python3-venv is missing: sudo apt-get install python3-venv (sudo make debian-packages does it, too)' >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@# Compile now: where Python may not write what it compiles (PYTHONDONTWRITEBYTECODE), every start takes half as long again.
	@$(BIN)/python -m compileall -q ngxpush
	@touch $@

.venv/.installed-for-tests: pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@$(BIN)/python -m compileall -q ngxpush
	@touch .venv/.installed $@

.venv/.installed-for-fuzzing: .venv/.installed-for-tests
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	@touch $@

.venv/.installed-for-benchmarks: .venv/.installed-for-tests
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

clean:
	rm -rf .venv .venv-* build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .hypothesis
