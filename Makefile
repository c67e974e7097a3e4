# Needs Python 3.11, make and a network; everything else is set up in .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: demo test bench mutate crash lock jars lint clean
.DELETE_ON_ERROR:

# One environment for both targets, installed again only when the lock or the project's own table changes.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Diamond needs Python 3.11 or 3.12; this is " + sys.version.split()[0] + ". Say which to use: make PYTHON=/path/to/python3.11") if not (3, 11) <= sys.version_info[:2] <= (3, 12) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# SERVE=no ends after the printed answers.
demo: $(STAMP)
	$(BIN)/diamond demo $(if $(filter no,$(SERVE)),--no-serve)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMP) lint
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m pytest

# Ends with an error where a goal is missed. Needs a C compiler: $CC, cc, gcc, clang, or the extra `bench`.
bench: $(STAMP)
	$(BIN)/python -m benchmarks

# Breaks every rule of the model in every small way; a validation test has to notice.
mutate: $(STAMP)
	$(BIN)/python -m tests.mutation

crash: $(STAMP)
	$(BIN)/python -m tests.store.crash --rounds 20

# Written anew when a dependency changes; names no index, so that any mirror will do.
lock: $(STAMP)
	uv pip compile pyproject.toml --extra test --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock

# The server's jars, resolved anew into their lock.
jars: $(STAMP)
	$(BIN)/python -m graph.store.resolve_jars

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
