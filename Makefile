# The first two commands are `make demo` and `make test`; both set up .venv/ when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check bench soak fuzz pywb judges clean

demo: $(READY)
	$(BIN)/python -m tests.demo

# Three processes on two cores: most tests wait for a crawl. A file stays with one, for its crawls are shared.
test: $(READY)
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_layers.py

# A quarter of an hour. `make bench BENCH="warc frontier"` runs parts, BENCH=--docs writes docs/performance.md.
bench: $(READY) .venv-bench/.ready
	$(BIN)/python -m tests.bench $(BENCH)

# Libraries that benchmarks are compared with. OpenCC's and ours do not fit beside each other.
.venv-bench/.ready:
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet resiliparse==2.0.1 readability-lxml==0.9 \
	  opencc==1.4.2 "crawlee[parsel]==1.11.0" || echo "some peers could not be had: they are left out" >&2
	touch $@

soak: $(READY)
	$(BIN)/python -m pytest -m soak -n 2

# Mutants of everything that reads bytes of others; what breaks something is kept in fuzz/.
fuzz: $(READY)
	$(BIN)/python -m tests.hostile.fuzz --seconds 600 --keep fuzz --seed $$(date +%s)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,check]"
	touch $(READY)

# What `fangzhi serve` shows captured pages with. It pins old libraries, so it has its own environment.
pywb: .venv-pywb/.ready

.venv-pywb/.ready:
	$(PYTHON) -m venv .venv-pywb
	.venv-pywb/bin/python -m pip install --quiet pywb==2.10.0 "setuptools<81"
	touch $@

# Programs of others that the tests ask about what we write. Tests whose judge is missing are skipped.
judges: .venv-pywb/.ready .venv-wacz/.ready .judges/.ready

.venv-wacz/.ready:
	$(PYTHON) -m venv .venv-wacz
	.venv-wacz/bin/python -m pip install --quiet wacz==0.6.0 "setuptools<81"
	touch $@

# ReplayWeb.page as its packed bundle: two scripts, without the packages they were built from.
.judges/.ready:
	mkdir -p .judges/replaywebpage
	if command -v npm >/dev/null; then cd .judges && npm pack --silent replaywebpage@2.4.6 \
	  && tar -xzf replaywebpage-2.4.6.tgz -C replaywebpage --strip-components=1 package/ui.js package/sw.js \
	  || echo "ReplayWeb.page could not be had: it is not asked" >&2; \
	else echo "no npm: ReplayWeb.page is not asked" >&2; fi
	touch $@

clean:
	rm -rf $(VENV) .venv-pywb .venv-wacz .venv-bench .judges demo .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
