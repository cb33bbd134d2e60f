# make demo and make test set everything up; the rest is for those who work here.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test serve check bench crash soak generated clean

demo: $(VENV)/.installed
	$(BIN)/clawctl simulate --demo

test: $(VENV)/.developing
	$(BIN)/pytest

serve: $(VENV)/.installed
	$(BIN)/clawctl serve

check: $(VENV)/.developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --cov --cov-report=term:skip-covered
	$(BIN)/coverage report --include='clawctl/call/*' --fail-under=95

bench: $(VENV)/.developing
	$(BIN)/python -m benchmarks

crash: $(VENV)/.developing
	$(BIN)/python -m benchmarks.crash

soak: $(VENV)/.developing
	$(BIN)/python -m benchmarks.soak

# What is derived from the code and checked in; a test compares.
generated: $(VENV)/.installed
	$(BIN)/python -m clawctl.cli.example > config.example.yaml

clean:
	rm -rf $(VENV) .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "clawctl needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@
