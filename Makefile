# The two commands of README.md do all the set-up: `make run` and `make test`.

PYTHON ?= python3
# Most tests wait for timers, so more of them run side by side than there are cores.
TEST_PROCESSES ?= 8

BIN := .venv/bin
CONF := fixtures/nginx_confs/quickstart.conf

.PHONY: run test unit pythons conformance fidelity lint fuzz docs pictures site bench debian-packages clean

run: .venv/.installed
	@sed -n 's/^#   //p' $(CONF) | grep '^curl'
	@echo
	@exec $(BIN)/ngxpush run $(CONF)

# All tests, what failed once more, alone, and a summary: tests/__main__.py has the parts.
test: .venv/.installed-for-tests
	$(BIN)/python -m tests --processes $(TEST_PROCESSES)

# The unit tests of the core, and how much of it they cover: too little is an error.
unit: .venv/.installed-for-tests
	$(BIN)/python -m tests unit coverage

# The same tests and those of the client with each other Python that is here, in an environment of its own; the recordings with the last.
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
	    .venv-$$version/bin/python -m tests unit && \
	    .venv-$$version/bin/pytest -n auto -p no:cacheprovider tests/client || exit 1; \
	    newest="$$version"; \
	done; \
	[ -z "$$newest" ] || .venv-$$newest/bin/python -m tests recordings --processes $(TEST_PROCESSES) || exit 1; \
	echo "Tested with Python: $$tested"

# Play the recordings of the real server.
conformance: .venv/.installed-for-tests
	$(BIN)/python -m tests recordings --processes $(TEST_PROCESSES)

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
	$(BIN)/ngxpush rule --markdown >docs/reference/rules.md
	$(BIN)/python -m ngxpush.cli.documentation >docs/reference/commands.md
	$(BIN)/python -m ngxpush.config.documentation >docs/reference/directives.md
	$(BIN)/python -m tests.fidelity.differences >docs/reference/differences.md
	$(BIN)/python -m tests.testing.reference >docs/reference/testing.md
	$(BIN)/python -m ngxpush.cli.manual man

# Pictures of the console with live data, taken by headless Chromium.
pictures: .venv/.installed-for-tests
	$(BIN)/python -m tests.console.pictures docs/pictures

# The site of docs/, in build/site. A page that is not in its navigation, or a link that leads nowhere, is an error.
site: .venv/.installed-for-site
	@# Quiet would be deaf to warnings. The variable turns off what the theme says about its own future.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

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

.venv/.installed-for-site: .venv/.installed-for-tests
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

.venv/.installed-for-benchmarks: .venv/.installed-for-tests
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

clean:
	rm -rf .venv .venv-* build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .hypothesis
