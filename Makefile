# `make help` lists the targets. Each sets up what it needs by itself from the lock files in requirements/,
# with Python 3.11 or later, git and make.

MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet --no-input
# Arguments handed on: make demo ARGS=--help, make test ARGS="-k claim", make lock ARGS=--upgrade
ARGS ?=
# How many tests run side by side: journeys and drills mostly wait, so one more than the usual two cores.
WORKERS ?= 3

LOCALE := src/cmconsole/locale
# What an editable install is made from: a change here installs again.
INSTALLED := pyproject.toml hatch_build.py src/cmconsole/__init__.py $(wildcard $(LOCALE)/*/LC_MESSAGES/*.po)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name text; do \
		printf '  make %-13s %s\n' "$$name" "$$text"; done

# --------------------------------------------------------------------------------------------------- for everybody

.PHONY: demo
demo: $(VENV)/.run-stamp ## try the desk on the built-in scenario (ARGS= is handed to cmconsole demo)
	@$(BIN)/cmconsole demo $(ARGS)

.PHONY: demo-twin
demo-twin: $(VENV)/.dev-stamp ## play with the console against a twin of X, Reddit, Mastodon and Bluesky
	@$(BIN)/python -m tools.demo_twin $(ARGS)

.PHONY: test-bluesky
test-bluesky: $(VENV)/.dev-stamp ## run the tests beside the real Bluesky network (needs postgresql and redis)
	@tools/bluesky_devenv.sh $(BIN)/python -m pytest tests/bluesky -m bluesky -s $(ARGS)

.PHONY: test
test: run-tests ## run the tests (ARGS= is handed to pytest)
	@:

.PHONY: check
check: lint types imports docs-check run-tests ## everything a change must pass: format, lint, types, imports, docs, tests
	@:

.PHONY: bench
bench: $(VENV)/.bench-stamp ## run the benchmarks (ARGS= is handed to them)
	@$(BIN)/python -m bench $(ARGS)

.PHONY: drill
drill: $(VENV)/.dev-stamp ## run the long fault drills and storms
	@$(BIN)/python -m pytest tests/drills -m drill -s --timeout=3600 --hypothesis-profile=drill $(ARGS)

# ----------------------------------------------------------------------------------------------- the parts of check

.PHONY: lint
lint: $(VENV)/.dev-stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

.PHONY: types
types: $(VENV)/.dev-stamp
	@$(BIN)/mypy

.PHONY: imports
imports: $(VENV)/.dev-stamp
	@$(BIN)/lint-imports --no-logo

.PHONY: docs-check
docs-check: $(VENV)/.dev-stamp
	@$(BIN)/python -m tools.docs --check

# Last of all under `check`, even with -j: the closing line of pytest is the closing line of make.
.PHONY: run-tests
run-tests: $(VENV)/.dev-stamp $(if $(filter check,$(MAKECMDGOALS)),| lint types imports docs-check)
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

.PHONY: coverage
coverage: $(VENV)/.dev-stamp ## run the tests and say which branches none of them takes; it takes a third longer
	@$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term $(ARGS)

# -------------------------------------------------------------------------------------------------- for maintainers

.PHONY: docs
docs: $(VENV)/.dev-stamp ## write the generated pages again
	@$(BIN)/python -m tools.docs

.PHONY: format
format: $(VENV)/.dev-stamp ## format the code and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: translations
translations: $(VENV)/.dev-stamp ## bring the catalogues in step with the code, then compile them
	@$(BIN)/pybabel --quiet extract --no-location --sort-output --project=cmconsole \
		--copyright-holder="The cmconsole authors" --output-file=$(LOCALE)/cmconsole.pot src
	@$(BIN)/pybabel --quiet update --domain=cmconsole --ignore-pot-creation-date --ignore-obsolete \
		--no-fuzzy-matching --no-wrap --input-file=$(LOCALE)/cmconsole.pot --output-dir=$(LOCALE)
	@$(PIP) install --no-deps --no-build-isolation --editable .

# Versions and hashes only. The pins stay as they are unless asked: make lock ARGS=--upgrade
.PHONY: lock
lock: $(VENV)/.dev-stamp ## make the lock files again from requirements/*.in
	@for name in dev build run bench; do \
		$(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(ARGS) \
			$$([ $$name = dev ] || echo --constraints requirements/dev.txt) \
			--output-file requirements/$$name.txt requirements/$$name.in; \
	done

.PHONY: clean
clean: ## remove everything that building and testing left behind, the environment too
	rm -rf $(VENV) dist build .coverage .coverage.* htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache snapshot_report.html
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
	find $(LOCALE) -name '*.mo' -delete

# -------------------------------------------------------------------------------------------------- the environment

# The names are run, not only looked for: some version managers leave names behind that run nothing.
$(VENV)/bin/python:
	@for python in python3.13 python3.12 python3.11 python3; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Setting up $(VENV) with $$($$python --version)"; \
			exec $$python -m venv $(VENV); \
		fi; \
	done; \
	echo "cmconsole needs Python 3.11 or later with its venv module, and none answered to" \
		"python3.13, python3.12, python3.11 or python3." >&2; \
	exit 1

$(VENV)/.run-stamp: requirements/run.txt requirements/build.txt $(INSTALLED) | $(VENV)/bin/python
	@echo "Installing what the console needs"
	@$(PIP) install --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-stamp: requirements/dev.txt $(INSTALLED) | $(VENV)/bin/python
	@echo "Installing what the tests and tools need"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run-stamp

# The peers come on top: bench.txt is made under the pins of dev.txt, so nothing that the tests use changes.
$(VENV)/.bench-stamp: requirements/bench.txt | $(VENV)/.dev-stamp
	@echo "Installing what the benchmarks compare with"
	@$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@
