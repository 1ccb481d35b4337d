# Everything a fresh machine needs is Python 3.11+, make and git.
#   make demo   install, build the demonstration report, print where it is
#   make test   install, then style, strict types, import contracts and the suite
#   make prove  every "Must show" line at full size; writes docs/proof/*.json
#   make bench  speed, as ratios against public peers; writes benchmarks/results/*.json
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
JOBS   ?= 2

.PHONY: demo test style types contracts suite prove bench lock clean

demo: $(VENV)/.run
	@$(BIN)/crossblock demo

test: style types contracts suite

style: $(VENV)/.test
	@$(BIN)/ruff check src tests proofs benchmarks
	@$(BIN)/ruff format --check src tests proofs benchmarks

types: $(VENV)/.test
	@$(BIN)/mypy

contracts: $(VENV)/.test
	@$(BIN)/lint-imports

suite: $(VENV)/.test
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

prove: $(VENV)/.test
	@$(BIN)/python -m proofs $(ONLY)

bench: $(VENV)/.test
	@$(BIN)/python -m benchmarks

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "crossblock needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "Installing crossblock into $(VENV) (once; about a minute) ..."
	@$(PIP) --require-hashes -r requirements/run.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.lock $(VENV)/.run
	@echo "Installing what the tests need into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements/test.lock
	@touch $@

# For maintainers: renew the hash-locked requirement files (needs `uv`).
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml requirements/build.in -o requirements/run.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml requirements/build.in --all-extras --group dev -c requirements/run.lock -o requirements/test.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
