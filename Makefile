# The commands of the house. `make run` and `make test` do all their own set-up.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c

PORT ?= 8000
DEMO := demo-data
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
TOGETHER := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# Actions, the journal and the journeys of people who act, which test-all runs on SQLite too.
ACTING := api_done clocks corrections erasing invitations journal notes notices tokens watching
JOURNEYS := claiming correcting records signing_in
EMBEDDED := $(JOURNEYS:%=tests/journeys/test_%.py) $(ACTING:%=tests/service/test_%.py) \
	$(wildcard tests/service/test_registry_*.py)
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
STYLES := src/convener/service/static/built/.made

.PHONY: help setup run demo test test-all check bench docs picture clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.synced $(STYLES) ## install what the other commands need

.venv/.synced: requirements.lock pyproject.toml
	@scripts/find-python >/dev/null
	if ! command -v "$(UV)" >/dev/null; then
		"$$(scripts/find-python)" -m venv .tools
		.tools/bin/pip install --quiet uv
	fi
	[ -x $(BIN)/python ] || "$(UV)" venv --quiet --python "$$(scripts/find-python)" .venv
	"$(UV)" pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	"$(UV)" pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(BIN)/python -m compileall -q src
	touch $@

node_modules/.installed: package-lock.json
	@scripts/find-node
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

$(STYLES): node_modules/.installed $(shell find frontend -type f 2>/dev/null)
	@npm run --silent build
	touch $@

run: setup ## serve the demo market on http://127.0.0.1:8000 (PORT to change)
	@$(BIN)/convener --workspace $(DEMO) market >/dev/null 2>&1 || $(MAKE) --no-print-directory demo
	$(BIN)/convener --workspace $(DEMO) serve --demo --port $(PORT)

demo: setup ## build the demo market again
	@rm -rf $(DEMO)
	$(BIN)/convener --workspace $(DEMO) demo

check: setup ## format, lint, types, import rules, templates
	$(BIN)/mypy & types=$$!
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint --quiet src/convener/service/templates
	wait $$types

test: check ## everything that CI runs
	$(BIN)/pytest $(TOGETHER) -m "not slow"

test-all: check ## the slow sweeps, and what acts once more on the embedded database
	CONVENER_TEST_DATABASE=sqlite $(BIN)/pytest $(TOGETHER) -k "not postgresql and not sound" $(EMBEDDED)
	$(BIN)/pytest $(TOGETHER)

.venv/.peers: .venv/.synced requirements-bench.lock
	"$(UV)" pip install --quiet --python $(BIN)/python --require-hashes -r requirements-bench.lock
	touch $@

bench: setup .venv/.peers ## measure speed and memory; writes benchmarks/RESULTS.md
	$(BIN)/python benchmarks/run.py

docs: setup ## write the reference pages that come from the code
	$(BIN)/python scripts/write_docs.py

picture: setup ## draw the picture at the head of the README
	$(BIN)/python scripts/draw_picture.py

clean: ## remove what set-up made
	rm -rf .venv .tools node_modules src/convener/service/static/built $(DEMO)
