# The whole interface for whoever works here. `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python
# What tests and checks write goes to a folder of its own, never into var/.
SCRATCH = DATA_DIR=$$(mktemp -d /tmp/tilflytter.XXXXXX)
T ?= tests
FAULTS ?= short

.DEFAULT_GOAL := help
.PHONY: help run test check test-services test-browser test-faults bench bench-letters bench-web \
        bench-scale bench-homes bench-matching bench-load audit lock messages screenshots format ready ready-browser

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

run: ## set up everything, load the demo county, start web, worker and beat (PORT=8000)
	@exec $(PYTHON) bin/run.py

test: ready ## set up everything and run the tests on SQLite (T=tests/welcome for a part)
	$(BIN)/pytest -n auto --dist worksteal $(T)

check: ready ## format, lint, types, import contracts, migrations, translations, templates, deploy, locks
	@$(RUN) bin/check.py

test-services: ready ## the same tests on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)
	$(RUN) bin/services.py $(BIN)/pytest -n auto --dist worksteal $(T)

test-browser: ready-browser ## journeys in Chromium with axe on every page
	$(BIN)/pytest -n 2 --dist worksteal tests/browser

test-faults: ready ## workers killed, messages lost, disks full; a table of F1-F11 (FAULTS=short or long)
	FAULTS=$(FAULTS) $(RUN) bin/services.py $(BIN)/pytest -n 2 --no-header --tb=short --show-capture=no tests/faults

bench: ready ## every benchmark
	@$(RUN) bin/services.py $(RUN) bin/bench.py

bench-letters bench-web bench-scale bench-homes bench-matching bench-load: ready ## one benchmark each
	@$(RUN) bin/services.py $(RUN) bin/bench.py $(@:bench-%=%)

# Red also where the lists can't be reached: an answer that was not given is no good news.
audit: ready ## ask the public lists of vulnerabilities about everything that is locked (needs the network)
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -s osv -r requirements.txt
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -s osv -r requirements-dev.txt
	npm audit

lock: ready ## pin the newest versions that requirements*.in and package.json allow, with hashes
	$(BIN)/uv pip compile -q --native-tls --upgrade --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --native-tls --upgrade --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
	npm install --package-lock-only

messages: ready ## gather new strings into locale/nb and locale/nn
	$(SCRATCH) $(RUN) bin/translations.py gather

screenshots: ready-browser ## make the pictures of the README anew
	$(RUN) bin/screenshots.py

format: ready ## format Python and sort imports
	$(BIN)/ruff check --fix-only -q . && $(BIN)/ruff format -q .

ready:
	@$(PYTHON) bin/prepare.py test

ready-browser:
	@$(PYTHON) bin/prepare.py browser
