# One-word commands. Needs Python 3.11 to 3.13, a C compiler and make; everything else is installed into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(not (3,11)<=sys.version_info[:2]<(3,14))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
MINOR = $(shell $(PYTHON) -c 'import sys; print("py3%d" % sys.version_info[1])')
export PIP_DISABLE_PIP_VERSION_CHECK := 1
KERNELS := $(wildcard ext/*.pyx ext/*.pxd ext/*.pxi ext/src/*.h)

.PHONY: help setup demo test test-roads fuzz lint bench clean test-crash test-flink test-airflow lock

AIRFLOW := .venv-airflow

help: ## show these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.installed: requirements/lock-py311.txt requirements/lock-py312.txt requirements/lock-py313.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Damjang needs Python 3.11, 3.12 or 3.13 (set PYTHON=/path/to/python3)"; exit 1; }
	@echo "setting up $(VENV) with $(PYTHON) ($(MINOR)): about two minutes the first time"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements/lock-$(MINOR).txt
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.kernels

$(VENV)/.kernels: $(VENV)/.installed setup.py $(KERNELS)
	$(BIN)/python setup.py -q build_ext --inplace
	@touch $@

setup: $(VENV)/.kernels ## create .venv, install the locked packages, build the kernels

demo: setup ## the whole road on a generated corpus, SQLite and local files
	$(BIN)/damjang demo --dir demo

ROADS := tests/test_incremental.py tests/test_road_postgres.py tests/test_held.py

test: setup ## the tests (under 12 minutes on 2 cores)
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder $(ROADS:%=--ignore=%)

test-roads: setup ## whole roads that take long: releases that build on others, a ledger in PostgreSQL, held copies
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ROADS)

fuzz: setup ## the property tests again, with examples drawn anew
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

test-crash: setup ## twelve kills, each followed by a rerun; a full disk, leftovers; a withdrawal over several releases, killed
	$(BIN)/python -m pytest tests/crash --timeout=1500

.cache/flink-job-server.jar: deploy/flink/pom.xml deploy/flink/jars.sha256 deploy/flink/fetch.py requirements/lock-py311.txt
	$(PYTHON) deploy/flink/fetch.py .cache
	@touch $@

test-flink: setup .cache/flink-job-server.jar ## byte-identical shards on a local Flink mini cluster (Java 17, mvn)
	$(PYTHON) deploy/flink/fetch.py .cache --check
	$(BIN)/python -m pytest tests/flink --timeout=1500

$(AIRFLOW)/.installed: requirements/airflow-$(MINOR).txt
	$(PYTHON) -m venv $(AIRFLOW)
	$(AIRFLOW)/bin/pip install -q --require-hashes -r requirements/airflow-$(MINOR).txt
	@touch $@

test-airflow: setup $(AIRFLOW)/.installed ## the DAGs, in an environment of Airflow's own
	$(AIRFLOW)/bin/python -m pytest tests/airflow --timeout=900 --confcutdir=tests/airflow

bench: setup ## one table: ours beside the peers and the limits
	$(BIN)/pip install -q -r requirements/bench.txt || echo "some peers can't be installed here: the table says which"
	$(BIN)/python -m bench

lint: setup ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## remove the environment and everything built
	rm -rf $(VENV) .venv-* build *.egg-info ext/*.c ext/*.so demo .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

lock: ## re-resolve the lock files (needs uv; plain package names, hashes, no registry address)
	for v in 3.11 3.12 3.13; do uv pip compile requirements/all.in --python-version $$v --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/lock-py$${v/./}.txt; done
