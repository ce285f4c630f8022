# Handrail: everything you need is one word after `make`. `make help` lists the words.
# Each target sets up what it needs, once, in .venv and node_modules. Nothing else is touched.

PYTHON ?= python3
OUT    ?= build/demo
ARGS   ?=

VENV := .venv
BIN  := $(VENV)/bin
NPX  := node_modules/.bin

# Tests run in three processes, of which one waits; tests/conftest.py says which tests share one, and
# in which order they are given out.
APART := --numprocesses 3 --dist loadgroup --no-loadscope-reorder --max-worker-restart 0

# Tools of the project come first, then what the machine has.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test check fix bench extension screens licences lock wheel clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run extension ## Start Handrail here and open its window
	$(BIN)/handrail run $(ARGS)

demo: $(VENV)/.demo extension ## Save invented pages from start to finish; look in OUT=build/demo
	@tools/need $(if $(findstring firefox,$(ARGS)),firefox-esr,chromium libatomic1)
	$(BIN)/handrail demo --out $(OUT) $(ARGS)

test: $(VENV)/.dev extension ## Run every test, both real browsers included; ARGS="tests/core -k mac"
	@tools/need chromium firefox-esr libatomic1 openssl age unzip zip
	$(BIN)/pytest $(APART) $(ARGS)

check: $(VENV)/.dev extension ## Look for mistakes without running anything: style, types, fences, licences
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(NPX)/tsc
	$(NPX)/eslint --max-warnings 0
	$(BIN)/python tools/lint_builds.py
	$(BIN)/python tools/check_licences.py
	$(BIN)/python tools/check_addresses.py

fix: $(VENV)/.dev node_modules/.done ## Put right what a tool can put right
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(NPX)/eslint --fix

bench: $(VENV)/.dev ## Measure, side by side with the plain way
	@tools/need zip chromium firefox-esr libatomic1
	$(BIN)/python -m tests.bench $(ARGS)

extension: $(VENV)/.run node_modules/.done ## Build the extension: build/chromium and build/firefox
	@$(BIN)/python extension/build.py

screens: $(VENV)/.dev extension ## Photograph every screen, to look at
	@tools/need chromium libatomic1
	$(BIN)/python -m tests.screens $(ARGS)

licences: $(VENV)/.dev node_modules/.done ## List the licence of every part that reaches a person
	$(BIN)/python tools/check_licences.py --list

wheel: $(VENV)/.run extension ## Make the wheel in dist/
	$(BIN)/hatchling build -t wheel

lock: $(BIN)/python ## Choose versions anew: requirements/*.txt from pyproject.toml
	$(BIN)/pip install --quiet uv
	tools/lock

clean: ## Remove everything that make made
	rm -rf $(VENV) node_modules build dist

# ---------------------------------------------------------------- what the targets stand on

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Handrail needs Python 3.11 or newer, and there is no $(PYTHON) here. Install python3, then run make again."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Handrail needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python cannot make its own folder for packages: the module venv is missing."; \
	  echo "On Debian and Ubuntu: apt-get install python3-venv. Then run make again."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Locked versions, each checked against its digest; then this folder itself, as it lies here.
PIP_LOCKED := $(BIN)/pip install --quiet --require-hashes --only-binary :all:
PIP_SELF   := $(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	$(PIP_LOCKED) -r requirements/run.txt
	$(PIP_SELF)
	@touch $@

$(VENV)/.demo: requirements/demo.txt $(VENV)/.run
	$(PIP_LOCKED) -r requirements/demo.txt
	@touch $@

# bagit comes as source only.
$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(PIP_LOCKED) --no-binary bagit -r requirements/dev.txt
	@touch $@

# node from this machine when it is new enough, else the one that pip can bring.
$(VENV)/.node: requirements/node.txt | $(BIN)/python
	@tools/node-is-new-enough || { echo "No node 20.19 or newer here: pip brings one."; \
	  $(PIP_LOCKED) -r requirements/node.txt; }
	@tools/node-is-new-enough
	@touch $@

node_modules/.done: package.json package-lock.json .npmrc | $(VENV)/.node
	npm ci --ignore-scripts --loglevel=error
	@touch $@
