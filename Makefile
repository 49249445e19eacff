# Each target does its own set-up, into .venv/. A fresh machine needs Python >= 3.11 with pip, and make.
# `make demo` and `make install` take what running needs (requirements.txt); tests and checks take more (requirements-dev.txt).
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Where `make install` puts the program: a virtual environment of its own, with PREFIX/bin/harvest.
PREFIX ?= /opt/harvest

.PHONY: demo install extras undemo test check lock docs quality harm hostile bench bench-search search-quality dedup-quality faults soak memory browser

demo: .venv/runtime
	$(BIN)/scrapy demo

undemo:
	rm -rf output/demo

test: .venv/ready
	$(BIN)/pytest -n auto --dist loadfile

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv || { $(PYTHON) -m pip install --quiet virtualenv && $(PYTHON) -m virtualenv --quiet .venv; }
	@touch $@

.venv/runtime: requirements.txt | .venv/python
	@echo "installing what running needs ($$(grep -c '==' $<) packages; a minute or two)"
	@$(PIP) install --no-compile --progress-bar off --require-hashes -r $< | sed -un 's/^Collecting \([^ ]*\).*/  \1/p'
	@touch $@

.venv/ready: requirements-dev.txt | .venv/python
	@echo "installing what tests and checks need ($$(grep -c '==' $<) packages; some minutes)"
	@$(PIP) install --no-compile --progress-bar off --require-hashes -r $< | sed -un 's/^Collecting \([^ ]*\).*/  \1/p'
	@touch $@ .venv/runtime

# What single commands need besides, from the development lock: PostgreSQL, OpenSearch, S3, Parquet, PDF.
extras: .venv/runtime
	$(PIP) install --constraint <(sed -n 's/^\([a-z0-9._-]*==[^ ;]*\).*/\1/p' requirements-dev.txt) "psycopg[binary]" opensearch-py boto3 pyarrow pypdfium2

# A program of its own for a server: docs/server.md.
install: requirements.txt
	$(PYTHON) -m venv $(PREFIX)
	@echo "installing what running needs into $(PREFIX)"
	@$(PREFIX)/bin/python -m pip --disable-pip-version-check install --no-compile --progress-bar off --require-hashes -r requirements.txt | sed -un 's/^Collecting \([^ ]*\).*/  \1/p'
	$(PREFIX)/bin/python -m pip --disable-pip-version-check install --quiet --no-deps .
	@echo "installed: $(PREFIX)/bin/harvest"

# Generated pages; tests hold them fresh.
docs: .venv/ready
	$(BIN)/python -m pipelines.schema
	$(BIN)/python -m pipelines.cleaning.rule_pages
	$(BIN)/python -m crawler.site_table
	$(BIN)/python -m crawler.reference

# Claims of quality, whole; `make test` runs a share of each.
quality: .venv/ready
	$(BIN)/python benchmarks/quality.py
	$(BIN)/python -m benchmarks.outline_quality

# What cleaning does to true text: invented ones of every structure, and real ones where they are there.
harm: .venv/ready
	$(BIN)/python -m benchmarks.harm

hostile: .venv/ready
	$(BIN)/python benchmarks/hostile.py
	$(BIN)/python -m benchmarks.pattern_fuzz

dedup-quality: .venv/ready
	$(BIN)/python -m benchmarks.dedup_quality

search-quality: .venv/ready
	$(BIN)/pytest -m slow tests/pipelines/search
	$(BIN)/python -m benchmarks.chunk_search

# Everything that can go wrong with process and machine, with 200 random kills; `make test` runs a share.
faults: .venv/ready
	FAULT_KILLS=200 $(BIN)/pytest tests/faults tests/crawler/fetching
	$(BIN)/python -m tests.faults.states --runs 400

soak: .venv/ready
	$(BIN)/python tests/faults/soak.py --minutes 60

# The report in Debian's Chromium, which is installed where it is missing (root, apt).
browser: .venv/ready
	command -v chromium >/dev/null || { apt-get -qq update && apt-get -qq install -y chromium fonts-noto-cjk; }
	$(BIN)/pytest tests/pipelines/exports/test_report_browser.py

memory: .venv/ready
	$(BIN)/python benchmarks/crawl_memory.py

# Claims of speed: both sides in turn on the same data, ratios printed.
bench: .venv/ready
	$(BIN)/python benchmarks/clean_speed.py
	$(BIN)/python -m benchmarks.parsers
	$(BIN)/python -m benchmarks.extraction
	$(BIN)/python benchmarks/outline_speed.py
	$(BIN)/python -m benchmarks.dedup_speed
	$(BIN)/python benchmarks/crawl_speed.py
	$(BIN)/python benchmarks/crawl_speed.py --gzip

bench-search: .venv/ready
	$(BIN)/python -m benchmarks.search

# Both locks carry hashes and name no host.
lock: .venv/ready
	$(PIP) install --quiet pip-tools
	for list in requirements requirements-dev; do \
	  $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --no-header -o $$list.txt $$list.in; \
	done
