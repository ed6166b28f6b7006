# make run | make test | make check | make bench | make clean
# PYTHON=/path/to/python3.12 chooses the interpreter, PORT=8001 the port of `make run`.

PORT ?= 8000
VENV ?= .venv
TESTS ?= tests
WORKERS ?= 2
BENCH ?=

bin := $(VENV)/bin
stamp := $(VENV)/quotewright-installed

.PHONY: help run test check bench clean setup

help:
	@echo 'make run    install into $(VENV), start the service, post a sample request, keep serving (PORT=$(PORT))'
	@echo 'make test   run every test; those of PostgreSQL too where a server answers'
	@echo 'make check  lint, formatting, types, reference pages'
	@echo 'make bench  measure, print ratios, write benchmarks/results/ (BENCH="--help" lists what can be chosen)'
	@echo 'make clean  remove what the above made, the ledger in var/ excepted'

setup: $(stamp)

$(stamp): setup.cfg pyproject.toml .ci/constraints.txt
	@.ci/install '$(VENV)' '$(PYTHON)'
	@touch $@

run: setup
	@RUN_ONCE='$(RUN_ONCE)' $(bin)/python .ci/first_run.py --port '$(PORT)'

test: setup
	@$(bin)/python .ci/find_postgres.py
	@echo '==> running the tests in $(TESTS), $(WORKERS) at a time'
	@$(bin)/python -m pytest -n '$(WORKERS)' $(TESTS)

check: setup
	@echo '==> ruff: lint'
	@$(bin)/ruff check .
	@echo '==> ruff: formatting'
	@$(bin)/ruff format --check .
	@echo '==> mypy: strict on service/domain and service/policy'
	@$(bin)/mypy
	@echo '==> docs/reference: as written from the vocabulary'
	@$(bin)/python -m service.cli reference --check

bench: setup
	@$(bin)/python -m benchmarks $(BENCH)

clean:
	rm -rf '$(VENV)' build dist ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis benchmarks/results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
