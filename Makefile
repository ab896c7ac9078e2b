# What a newcomer types. Every target sets up what it needs by itself; nothing is installed by hand.
#   make run [ARGS="…"]   the terminal, with its own central server and a demonstration canteen
#   make test             every check and every test (what CI runs)
#   make prove            the long proofs of money and sync (kill -9, 300,000 orders, …)
#   make prove-faces      the long proofs of faces, which need photographs that are not part of the repository
#   make bench            the benchmarks; results as JSON and a table under out/
#   make setup            only the environment: .venv, Debian packages where it may
#   make lint             only the checks that need no test to run
#   make lock             lock requirements/*.in again (after editing them)
#   make locales          collect the texts of the sources into assets/locales/*.po
SHELL := /bin/bash
PYTHON := .venv/bin/python
ARGS ?=

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard assets/locales/*/LC_MESSAGES/kiosk.po))

# Debian keeps programs that set-up and PostgreSQL's tests call (ldconfig, useradd) where a plain user's PATH does not look.
export PATH := $(PATH):/usr/sbin:/sbin

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: run test prove prove-faces bench setup lint lock locales catalogues setup-run setup-bench

run: setup-run catalogues
	$(PYTHON) main.py $(ARGS)

test: lint
	$(PYTHON) -m pytest -n 2 --dist loadgroup $(ARGS)

PROVE := $(PYTHON) -m pytest -m prove --timeout 7200 --dist loadgroup -rP

prove: setup catalogues
	$(PROVE) -n 3 --ignore tests/prove/face $(ARGS)

prove-faces: setup catalogues
	$(PROVE) -n 2 tests/prove/face $(ARGS)

bench: setup-bench catalogues
	$(PYTHON) -m benchmarks $(ARGS)

lint: setup catalogues
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy

setup:
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory catalogues

setup-run:
	@scripts/setup.sh run

setup-bench:
	@scripts/setup.sh bench

lock:
	scripts/lock.sh

locales: setup
	$(PYTHON) scripts/locales.py
	@$(MAKE) --no-print-directory catalogues

catalogues: $(CATALOGUES)
	@:

%.mo: %.po
	$(PYTHON) -m babel.messages.frontend -q compile -i $< -o $@
