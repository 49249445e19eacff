# Each target does its own set-up, into .venv/. A fresh machine needs Python >= 3.11 with pip, and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lock docs quality hostile bench bench-search search-quality dedup-quality faults soak memory browser

demo: .venv/ready
	$(BIN)/scrapy demo

test: .venv/ready
	$(BIN)/pytest

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.venv/ready: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv || { $(PYTHON) -m pip install --quiet virtualenv && $(PYTHON) -m virtualenv --quiet .venv; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

# Generated pages; tests hold them fresh.
docs: .venv/ready
	$(BIN)/python -m pipelines.schema
	$(BIN)/python -m pipelines.cleaning.rule_pages
	$(BIN)/python -m crawler.site_table

# Claims of quality, whole; `make test` runs a share of each.
quality: .venv/ready
	$(BIN)/python benchmarks/quality.py

hostile: .venv/ready
	$(BIN)/python benchmarks/hostile.py
	$(BIN)/python -m benchmarks.pattern_fuzz

dedup-quality: .venv/ready
	$(BIN)/python -m benchmarks.dedup_quality

search-quality: .venv/ready
	$(BIN)/pytest -m slow tests/pipelines/search

# Everything that can go wrong with process and machine, with 200 random kills; `make test` runs a share.
faults: .venv/ready
	FAULT_KILLS=200 $(BIN)/pytest tests/faults tests/crawler/fetching

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

lock: .venv/ready
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header -o requirements.txt requirements.in
