# make demo | make test | make check | make fuzz | make faults | make screenshots | make eval | make bench
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
BESIDE ?= 3
# The order of the tests and the examples that Hypothesis draws: each commit has its own, and the same wherever it is tried. ORDER= takes any number.
ORDER ?= $(shell printf %d 0x0$$(git rev-parse --short=7 HEAD 2>/dev/null))
PYTEST := $(BIN)/python -m pytest --randomly-seed $(ORDER) --hypothesis-seed $(ORDER)
AGAIN := What failed is tried once more by itself. What passes now met the others or a busy machine: a defect too (docs/decisions/0031-tests-side-by-side.md).
MEMBERS := shared services/api services/worker infra/local
PROJECTS := constraints.txt pyproject.toml $(MEMBERS:%=%/pyproject.toml) eval/pyproject.toml bench/pyproject.toml
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Most of the packages' 17,000 modules are never loaded: Python compiles those that are, when they are, and a minute is saved.
# What builds the members is installed once, pinned like all else, and not anew for each of them: a quarter of a minute.
INSTALL := $(PIP) install -q --no-compile --no-build-isolation --constraint constraints.txt
CHECKS := types types-of-tests style layers packages

.PHONY: help demo test check $(CHECKS) fuzz faults screenshots audit eval bench clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 10

demo: $(VENV)/run.stamp ## tell the story and stay up; ONCE=1 stops after it, DATA=<folder> tells it with your projects set
	@$(BIN)/hardwon demo $(if $(ONCE),--once) $(if $(DATA),--data "$(DATA)")

test: $(VENV)/dev.stamp ## all tests, on a real PostgreSQL and Valkey that they start and stop; ARGS= goes to pytest
	@$(PYTEST) --numprocesses $(BESIDE) --no-loadscope-reorder $(ARGS) || { [ $$? = 1 ] && echo && echo "$(AGAIN)" && \
	  $(PYTEST) --last-failed --last-failed-no-failures none $(ARGS); }

check: $(VENV)/dev.stamp ## lint, types, architecture, dependencies
	@$(MAKE) --no-print-directory --jobs 2 --output-sync $(CHECKS)

types:
	$(BIN)/mypy

types-of-tests:
	$(BIN)/mypy --config-file tests/mypy.ini

style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

layers:
	$(BIN)/lint-imports

packages:
	for member in $(MEMBERS) eval bench; do (cd $$member && "$(CURDIR)/$(BIN)/deptry" .) || exit 1; done

fuzz: $(VENV)/dev.stamp ## send the service and its parsers what nobody expects, for some minutes; EXAMPLES= a test, SECONDS= a parser
	@$(INSTALL) --group fuzz
	FUZZ_EXAMPLES=$(or $(EXAMPLES),300) $(BIN)/python -m pytest tests/hostile tests/api/test_api_texts.py --timeout=3600 $(ARGS)
	$(BIN)/python tests/hostile/fuzzing.py $(or $(SECONDS),20)

screenshots: $(VENV)/dev.stamp ## every web page in both themes, on a phone and a wide screen, into build/screenshots; README's into docs/images
	$(BIN)/python -m pytest tests/pages/screenshots.py

faults: $(VENV)/dev.stamp ## kill, fill, stop and cut everything under writers, for some minutes; SEEDS= says how often anew
	FAULT_SEEDS=$(or $(SEEDS),4) $(BIN)/python -m pytest tests/faults $(ARGS)

audit: $(VENV)/dev.stamp ## look the pinned packages up among known weaknesses
	@$(PIP) install -q pip-audit
	$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip

eval: $(VENV)/dev.stamp ## measure the suggestions on the sets of text in DATA=<folder>, beside peers; JSON=<file> keeps the figures
	@test -n "$(DATA)" || { echo "Say where the sets lie: make eval DATA=<folder> [JSON=<file>]; docs/evaluation.md describes them."; exit 2; }
	@$(BIN)/hardwon-eval "$(DATA)" $(if $(JSON),--json "$(JSON)")

bench: $(VENV)/dev.stamp ## measure how fast things are: WHAT=search, words, pages or walls, LESSONS=100000 among how many
	@$(BIN)/hardwon-bench $(or $(WHAT),search) $(if $(LESSONS),--lessons $(LESSONS))

clean: ## remove the virtual environment (never your data)
	rm -rf $(VENV)

$(VENV)/run.stamp: $(PROJECTS)
	@echo "Setting up $(VENV), once: a minute or two, and 2 GB of disk."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install -q --upgrade --constraint constraints.txt pip hatchling editables
	@$(INSTALL) --progress-bar on $(MEMBERS:%=--editable ./%)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	@$(INSTALL) --progress-bar on --group dev --editable ./eval --editable ./bench
	@touch $@
