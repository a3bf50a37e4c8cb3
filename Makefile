# Every command of the project. `make help` lists them.
# A bare Debian machine with Python 3.11 is enough: each target first sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
UV_VERSION := 0.13.9
PYTHON ?= $(shell command -v python3.11 || command -v python3)
# Many tests wait for processes that they began: one worker more than processors keeps all of them busy.
JOBS ?= $(shell echo $$(( $$(nproc) + 1 )))

.PHONY: help browser node fonts setup setup-dev demo test check lint types contracts audit bench lock sim mutants clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.runtime fonts ## install what the product runs on, into .venv

setup-dev: $(VENV)/.dev fonts browser node ## install what it takes to check it, too

$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); apt-get update && apt-get install -y --no-install-recommends python3-venv && $(PYTHON) -m venv $(VENV); }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.runtime: $(VENV)/bin/uv requirements.txt
	@$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

# Debian's browser, in which the tests look at the kiosk's screen; without it these tests fail and say so.
browser:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -yqq --no-install-recommends chromium fonts-wqy-microhei >/dev/null; } \
	  || echo "No Chromium: install it with 'apt-get install chromium fonts-wqy-microhei' as root, or tests of the screen fail." >&2

# Debian's Node, in which a second client speaks the protocol (tests/interop); without it its tests are skipped, in CI they fail.
node:
	@node --version 2>/dev/null | grep -qE '^v(1[89]|[2-9][0-9])' \
	  || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -yqq --no-install-recommends nodejs >/dev/null; } \
	  || echo "No Node 18 or newer: install it with 'apt-get install nodejs' as root, or the second client is not tried." >&2

# Needs no root and no npm. Without network all goes on but printing as PDF, which says what is missing.
fonts: $(VENV)/.runtime
	@test -e fonts/NotoSansSC-Bold.ttf -a -e fonts/NotoSansSC-Regular.ttf || REDVEST_FONTS= $(PY) -m server fetch-fonts >/dev/null \
	  || echo "No fonts for PDF badges yet: run '$(PY) -m server fetch-fonts' when there is network." >&2

demo: setup ## see it work: a server, three kiosks, a day and a night without network (ONCE=1 ends by itself)
	@$(PY) -m demo $(if $(ONCE),--once)

test: setup-dev ## run every test (sets up all it needs)
	@$(PY) -m pytest -n $(JOBS)

check: lint types contracts test ## what CI runs: lint, types, folder laws, tests, docs

lint: setup-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: setup-dev
	@$(PY) -m mypy

contracts: setup-dev
	@$(VENV)/bin/lint-imports --no-cache

audit: setup-dev ## look up the dependencies in the advisory databases (needs network)
	@$(VENV)/bin/pip-audit --require-hashes --disable-pip -r requirements.txt

bench: setup ## measure speed and size against raw limits of the same run
	@for each in wire fill scan ingest incremental rebuild report; do $(PY) -m bench.$$each --json || failed=1; done; exit $${failed:-0}

sim: setup-dev ## run the seeded simulator of the sync conversation (SEEDS=200)
	@REDVEST_SIM_SEEDS=$(or $(SEEDS),200) $(PY) -m pytest tests/simulation -n $(JOBS)

mutants: setup-dev ## change the rules one place at a time and see whether a test notices (ONLY='server.reconcile.simple.*')
	@nice -n 19 $(PY) -m tests.mutants.run $(if $(ONLY),'$(ONLY)')
	@$(PY) -m tests.mutants.read_result
	@$(PY) -m tests.mutants.make_page

lock: $(VENV)/bin/uv ## compile requirements*.txt anew, with hashes
	@$(VENV)/bin/uv pip compile --quiet --custom-compile-command "make lock" --generate-hashes --universal --python-version 3.11 requirements.in -o requirements.txt
	@$(VENV)/bin/uv pip compile --quiet --custom-compile-command "make lock" --generate-hashes --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean: ## remove what the commands made
	@rm -rf $(VENV) mutants demo-home .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
