.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: bench-rules help setup setup-tests run test lint types unit evals bench soak lock

PORT ?= 8501
WORKERS ?= auto
# `make test ARGS="tests/test_measure.py -k boundary"` runs a part.
ARGS ?=

help: ## say what each target does
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

setup: ## install what the program needs into .venv (afterwards .venv/bin/okr exists)
	@sh scripts/setup.sh run

setup-tests:
	@sh scripts/setup.sh dev

run: setup ## open the assistant on http://localhost:$(PORT), with the sample company in an empty store
	@echo "run: putting the sample company into the store, if it is empty ..."
	@.venv/bin/okr demo --if-empty
	@echo "run: opening http://localhost:$(PORT) (Ctrl-C ends it) ..."
	@.venv/bin/okr serve --port $(PORT)

lint: setup-tests ## style, formatting and floors
	@echo "lint: ruff check ..."
	@.venv/bin/ruff check .
	@echo "lint: ruff format ..."
	@.venv/bin/ruff format --check --quiet . || { echo "lint: run .venv/bin/ruff format ."; exit 1; }
	@echo "lint: the floors (import-linter) ..."
	@.venv/bin/lint-imports --no-logo >.lint-imports.log || { cat .lint-imports.log; exit 1; }
	@rm -f .lint-imports.log

types: setup-tests ## strict types
	@echo "types: mypy --strict ..."
	@.venv/bin/mypy

unit: setup-tests
	@echo "test: looking for a Chromium ..."
	@chromium=$$(sh scripts/chromium.sh) && echo "test: $$chromium; running the tests ($(WORKERS) workers) ..." && \
	export OKR_CHROMIUM="$$chromium" && if [ -n "$(ARGS)" ]; then \
	.venv/bin/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS); else \
	.venv/bin/python -m pytest -q -n $(WORKERS) --dist worksteal $(COVERAGE) --ignore=tests/ui && \
	for pages in tests/ui/test_*.py; do echo "test: $$pages, in a process of its own ..." && \
	.venv/bin/python -m pytest -q $$pages || exit 1; done; fi

test: COVERAGE = $(if $(ARGS),,--cov --cov-report=term:skip-covered --cov-fail-under=85)
test: lint types unit ## style, types, floors and every test, browser and PostgreSQL ones included
	@echo "test: all passed."

evals: setup-tests ## questions about made-up companies, judged: right, wrong and declined in each language
	@echo "evals: asking; this takes some minutes ..."
	@.venv/bin/python -m evals.run $(ARGS)

bench: setup-tests ## the large company: import rate, answer times, memory (report in docs/benchmark.md)
	@echo "bench: generating and measuring; this takes some minutes ..."
	@.venv/bin/python -m evals.bench $(ARGS)

bench-rules: setup-tests ## how long the reader takes for a sentence that sets a rule
	@.venv/bin/python -m evals.bench.rules

soak: setup-tests ## the fault tests for longer: kills, moved clocks, several workers
	@echo "soak: running the long fault tests ..."
	@.venv/bin/python -m pytest -q -m soak $(ARGS)

lock: setup ## write the requirement locks anew from pyproject.toml
	@echo "lock: resolving ..."
	@sh scripts/lock.sh
