# What a newcomer types. Every target sets up what it needs by itself; nothing is installed by hand.
#   make run [ARGS="…"]   the terminal, with its own central server and a demonstration canteen
#   make test             every check and every test (what CI runs)
#   make prove            the long proofs of money and sync (kill -9, 300,000 orders, …)
#   make prove-canteen    the long proofs of the canteen's day: stock, shifts, orders collected and paid elsewhere
#   make prove-faces      the long proofs of faces, which need photographs that are not part of the repository
#   make guide            take the pictures of the user guide (docs/guide) anew
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
# Where it is set, each program that a test starts would compile all of itself again.
unexport PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: run test guide prove prove-canteen prove-faces bench setup lint lock locales catalogues setup-run setup-bench

run: setup-run catalogues
	@until $(PYTHON) main.py $(ARGS); do status=$$?; [ $$status -eq 75 ] || exit $$status; done  # 75: staff restart it

# Three on two cores: a third of the time of tests is spent waiting for devices and lines.
test: lint
	$(PYTHON) -m pytest -n 3 --dist loadgroup $(ARGS)

PROVE := $(PYTHON) -m pytest -m prove --timeout 7200 --dist loadgroup -rP
# By subject. Each worker imports what is named here, on a fresh clone compiling it first: files with a proof, no others.
PROOFS_OF_CANTEEN := tests/prove/stock tests/prove/shifts tests/prove/slips tests/till tests/screens/test_admin_touch.py
PROOFS_OF_FACES := tests/prove/face
OTHERS_PROOFS := $(PROOFS_OF_CANTEEN) $(PROOFS_OF_FACES)
PROOFS = $(filter-out $(OTHERS_PROOFS) $(addsuffix /%,$(OTHERS_PROOFS)),$(sort $(shell grep -rl --include='test_*.py' 'mark\.prove' tests)))

prove: setup catalogues
	$(PROVE) -n 3 $(PROOFS) $(ARGS)

prove-canteen: setup catalogues
	$(PROVE) -n 2 $(PROOFS_OF_CANTEEN) $(ARGS)

prove-faces: setup catalogues
	$(PROVE) -n 2 $(PROOFS_OF_FACES) $(ARGS)

bench: setup-bench catalogues
	$(PYTHON) -m benchmarks $(ARGS)

# Pictures of the user guide: look at them before they are committed.
guide: setup catalogues
	GUIDE=take $(PYTHON) -m pytest -q tests/screens/test_guide.py

lint: setup catalogues
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy -n 2

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
