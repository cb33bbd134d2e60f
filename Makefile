# make demo and make test set everything up; the rest is for those who work here.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test journeys browser real-mlx real-kokoro real-piper serve check bench crash soak generated manlint install uninstall clean

demo: $(VENV)/.installed
	$(BIN)/clawctl simulate --demo

test: $(VENV)/.developing
	$(BIN)/pytest

# A stranger's paths, in real processes: the README, and doctor beside every fault it names.
journeys: $(VENV)/.developing
	$(BIN)/pytest -m journey

# Needs chromium.
browser: $(VENV)/.developing
	$(BIN)/pytest -n 0 -m browser tests/e2e/test_page.py

# Real libraries and tiny models, each in an environment of its own.
real-mlx: $(VENV)-mlx/.installed
	$(VENV)-mlx/bin/pytest -o pythonpath="plugins tests/real/mlx" tests/real/mlx

real-kokoro: $(VENV)-kokoro/.installed
	$(VENV)-kokoro/bin/pytest -n 0 -o pythonpath="plugins tests/real/kokoro" tests/real/kokoro

real-piper: $(VENV)-piper/.installed
	$(VENV)-piper/bin/pytest -o pythonpath="plugins tests/real/piper" tests/real/piper

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
	$(BIN)/python -m benchmarks.soak --failing

# What is derived from the code and checked in; a test compares.
generated: $(VENV)/.installed
	$(BIN)/python -m clawctl.cli.example > config.example.yaml
	rm -rf man completions
	$(BIN)/python -m clawctl.cli.manual

# Needs man-db and groff.
manlint:
	@for page in man/*; do \
		LC_ALL=C.UTF-8 man -l --warnings -E UTF-8 $$page 2>&1 >/dev/null | sed "s|^|$$page: |"; \
		groff -man -Kutf8 -ww -z $$page 2>&1; \
	done | { ! grep .; }

# The program, its manual pages and completions, for this user; PREFIX=/usr/local for all.
PREFIX  ?= $(HOME)/.local
SHARE   := $(DESTDIR)$(PREFIX)/share
BASHES  := $(SHARE)/bash-completion/completions
ZSHES   := $(SHARE)/zsh/site-functions
FISHES  := $(SHARE)/fish/vendor_completions.d

install: $(VENV)/.installed
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/man/man5 $(SHARE)/man/man7
	install -d $(BASHES) $(ZSHES) $(FISHES)
	ln -sf $(CURDIR)/$(BIN)/clawctl $(DESTDIR)$(PREFIX)/bin/clawctl
	for n in 1 5 7; do install -m 644 man/*.$$n $(SHARE)/man/man$$n; done
	install -m 644 completions/clawctl.bash $(BASHES)/clawctl
	install -m 644 completions/_clawctl $(ZSHES)/_clawctl
	install -m 644 completions/clawctl.fish $(FISHES)/clawctl.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/clawctl
	for page in man/*; do rm -f $(SHARE)/man/man$${page##*.}/$${page##*/}; done
	rm -f $(BASHES)/clawctl $(ZSHES)/_clawctl $(FISHES)/clawctl.fish

clean:
	rm -rf $(VENV) $(VENV)-mlx $(VENV)-kokoro $(VENV)-piper .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "clawctl needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

$(VENV)-mlx/.installed: pyproject.toml tests/real/mlx/requirements.txt
	$(PYTHON) -m venv $(VENV)-mlx
	$(VENV)-mlx/bin/pip install --quiet --disable-pip-version-check -e . -r tests/real/mlx/requirements.txt
	$(VENV)-mlx/bin/pip install --quiet --disable-pip-version-check --no-deps 'mlx-whisper>=0.4.3,<0.5'
	touch $@

# A fifth of what torch asks for is enough without a GPU (tests/real/kokoro/no_gpu.py); compiling all
# that is installed would take a minute.
$(VENV)-kokoro/.installed: pyproject.toml $(wildcard tests/real/kokoro/*.txt) tests/real/kokoro/no_gpu.py
	$(PYTHON) -m venv $(VENV)-kokoro
	$(VENV)-kokoro/bin/pip install --quiet --disable-pip-version-check --no-compile -e . -r tests/real/kokoro/requirements.txt
	$(VENV)-kokoro/bin/pip install --quiet --disable-pip-version-check --no-compile --no-deps -r tests/real/kokoro/alone.txt
	$(VENV)-kokoro/bin/python tests/real/kokoro/no_gpu.py
	touch $@

$(VENV)-piper/.installed: pyproject.toml tests/real/piper/requirements.txt
	$(PYTHON) -m venv $(VENV)-piper
	$(VENV)-piper/bin/pip install --quiet --disable-pip-version-check --no-compile -e '.[piper]' -r tests/real/piper/requirements.txt
	touch $@
