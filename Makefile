# A bare machine needs python3 (3.11 or newer, with venv), make and the package indexes.

PORT ?= 8000
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := UV_PYTHON_DOWNLOADS=never .boot/bin/uv
BIN := .venv/bin
RUN := $(BIN)/python

# Without npm on the machine, it comes as a Python wheel.
SYSTEM_NPM := $(shell command -v npm 2>/dev/null)
NPM := $(if $(SYSTEM_NPM),$(SYSTEM_NPM),PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm)
DEMO_EXTRAS := --extra analytics
NPM_GROUP := $(if $(SYSTEM_NPM),,--group assets)
EXTRAS := --extra postgres --extra redis --extra engines --extra analytics

# What a finished step leaves behind; a newer lock file does the step again.
DEMO_ENV := .venv/.demo-ready
TEST_ENV := .venv/.test-ready
VENDOR := var/vendor/.ready
STATIC := var/static/.ready

SOURCES := crmkpi surveys metrics objectives
OWN_STATIC := $(shell find crmkpi/static -type f)
PYTHON_SOURCES := $(SOURCES) tests manage.py

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset run test lint types bench load engines fuzz assets lock clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(DEMO_ENV) $(STATIC) ## Run the product with a made-up company (PORT=8000)
	@$(RUN) -m crmkpi.demo --port $(PORT)

demo-reset: ## Forget the demo's data; the next `make demo` loads it anew
	rm -rf var/db.sqlite3 var/db.sqlite3-wal var/db.sqlite3-shm var/broker var/mail
	rm -f var/celerybeat-schedule*

run: $(DEMO_ENV) $(VENDOR) ## Develop: reload code as it changes, no demo data
	@$(RUN) -m crmkpi.demo --port $(PORT) --develop

test: $(TEST_ENV) $(VENDOR) ## Check everything, on SQLite and PostgreSQL
	@$(RUN) -m tests.run

lint: $(TEST_ENV) ## Check style of code and templates, and who imports whom
	$(BIN)/ruff check $(PYTHON_SOURCES)
	$(BIN)/ruff format --check $(PYTHON_SOURCES)
	$(BIN)/djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(BIN)/lint-imports

types: $(TEST_ENV) ## Check types
	$(BIN)/mypy $(SOURCES)

bench: $(TEST_ENV) ## Measure speed as ratios of one run
	@$(RUN) -m tests.bench

load: $(TEST_ENV) $(STATIC) ## Find how many answers a second PostgreSQL takes (SECONDS=60)
	@$(RUN) -m tests.bench.load

engines: $(TEST_ENV) ## Compare all queries of cells on other engines (ROWS=100000)
	@$(RUN) -m tests.engines

fuzz: $(TEST_ENV) ## Throw a million made-up formulas at the evaluator
	@DJANGO_SETTINGS_MODULE=tests.settings $(RUN) -m tests.metrics.fuzz 1000000

assets: $(VENDOR) ## Fetch the third-party files of the pages

lock: .boot/bin/uv ## Renew both lock files
	$(UV) lock --upgrade
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

clean: ## Remove everything that was made here, data included
	rm -rf .boot .venv node_modules var
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.boot/bin/uv:
	@echo "== Creating the environment (first time only)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older. Set PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv .boot || \
		{ echo "Python's venv module is needed (on Debian: python3-venv)."; exit 1; }
	@.boot/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# --inexact: what `make test` adds stays when `make demo` looks at the environment.
$(DEMO_ENV): uv.lock pyproject.toml | .boot/bin/uv
	@echo "== Installing Python packages"
	@$(UV) sync --frozen --inexact --no-dev $(NPM_GROUP) $(DEMO_EXTRAS) --python .boot/bin/python
	@touch $@

$(TEST_ENV): uv.lock pyproject.toml | .boot/bin/uv
	@echo "== Installing Python packages, tests included"
	@$(UV) sync --frozen --inexact --group e2e $(NPM_GROUP) $(EXTRAS) --python .boot/bin/python
	@touch $@ $(DEMO_ENV)

node_modules/.ready: package-lock.json | $(DEMO_ENV)
	@echo "== Fetching the third-party files of the pages"
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENDOR): node_modules/.ready crmkpi/assets.py | $(DEMO_ENV)
	@$(RUN) -m crmkpi.assets
	@touch $@

$(STATIC): $(VENDOR) $(DEMO_ENV) $(OWN_STATIC)
	@echo "== Collecting static files"
	@$(RUN) manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@
