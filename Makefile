# The first two commands are `make demo` and `make test`; both set up .venv/ when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check bench soak judges clean

demo: $(READY)
	$(BIN)/python -m tests.demo

test: $(READY)
	$(BIN)/python -m pytest

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_layers.py

bench: $(READY)
	$(BIN)/python -m tests.bench

soak: $(READY)
	$(BIN)/python -m pytest -m soak

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,check]"
	touch $(READY)

# pywb pins old libraries, so this judge lives in an environment of its own.
judges: .venv-pywb/.ready

.venv-pywb/.ready:
	$(PYTHON) -m venv .venv-pywb
	.venv-pywb/bin/python -m pip install --quiet pywb==2.10.0 "setuptools<81"
	touch $@

clean:
	rm -rf $(VENV) .venv-pywb demo .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
