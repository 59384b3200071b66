# Everything a person types. `make help` lists it; each target sets up what it needs by itself.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV_VERSION := 0.13.9
# The first Python of at least 3.11 that answers.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.DEFAULT_GOAL := help
SPLIT ?= dev
MODELS := pipelines/stancewatch/nlp/models
EVAL := --ledger sqlite:///build/eval.sqlite --sources seeds/articles/sources.yaml
.PHONY: help setup run test quick test-services soak eval model lint format lock wheel clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv from requirements.lock, with the `stancewatch` command in it

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@echo "Setting up $(VENV) (about 750 MB; once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

run: setup ## Run the main job on its embedded default: a demo over feed files that ship with it
	@$(BIN)/stancewatch --profile demo monitor --once

test: setup ## Run every test that needs Python alone
	@$(BIN)/python -m pytest -q -n 2 -m "not services and not alone"
	@$(BIN)/python -m pytest -q -m alone

quick: setup ## The inner loop: the tests that take under a second each
	@$(BIN)/python -m pytest -q -m "not slow and not services"

test-services: setup ## The same contracts on a real PostgreSQL (Debian package; started here)
	@PATH=$(CURDIR)/$(BIN):$$PATH bash tests/services/run.sh

soak: setup ## Hours of runs, kills and crashes (READINGS=20000 KILLS=3: minutes)
	@$(BIN)/python -m tests.soak.refold $(if $(READINGS),--readings $(READINGS))
	@$(BIN)/python -m tests.soak.kills $(if $(KILLS),--times $(KILLS))
	@$(BIN)/python -m tests.soak.faults $(if $(KILLS),--times $(KILLS))

eval: setup ## How well texts are read and history is told (SPLIT=test is not for tuning; NEWS=DIR: false alarms)
	@$(BIN)/stancewatch rules score tests/gold/$(SPLIT).jsonl
	@echo "Without the learned reader:"
	@$(BIN)/stancewatch rules score --constructions --errors 0 tests/gold/$(SPLIT).jsonl
	@test -z "$(NEWS)" || $(BIN)/python tests/gold/alarms.py $(NEWS)
	@echo "The history of the sample archives, against what governments did decide:"
	@mkdir -p build && rm -f build/eval.sqlite*
	@$(BIN)/stancewatch -q $(EVAL) backfill seeds/articles/archive.jsonl seeds/articles/chronology.jsonl
	@$(BIN)/stancewatch $(EVAL) backtest --truth seeds/truth/troop-deployment.yaml

model: setup ## Make the learned reader anew; with TREEBANKS=DIR the parser too (about an hour)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group model
	@PYTHONPATH=pipelines $(BIN)/python -m training.build --out $(MODELS)/reader-en
	@test -z "$(TREEBANKS)" || PYTHONPATH=pipelines $(BIN)/python -m training.parser.build \
		--treebanks "$(TREEBANKS)" --out $(MODELS)/parser-en

lint: setup ## ruff, mypy --strict, import contracts, rule files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/stancewatch rules check

format: setup ## Let ruff lay out the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: setup ## Resolve the dependencies anew
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --upgrade \
		--group dev pyproject.toml --output-file requirements.lock --custom-compile-command "make lock"

wheel: setup ## Build the wheel, rules and seeds inside
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist

clean: ## Remove what the targets made (the ledger of `make run` too)
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .stancewatch
