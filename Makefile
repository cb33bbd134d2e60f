# make demo and make test set everything up; the rest is for those who work here.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test journeys browser real-mlx real-kokoro real-piper serve check bench crash soak generated manlint install uninstall clean

demo: $(VENV)/.installed
	$(BIN)/clawctl simulate --demo

test: $(VENV)/.developing
	$(BIN)/pytest

# A stranger's paths, in real processes: the README, and doctor beside every fault it names. A third
# of their time is waiting: three at a time keep two processors at work.
journeys: $(VENV)/.developing
	$(BIN)/pytest -m journey -n 3 --dist worksteal

# Needs chromium.
browser: $(VENV)/.developing
	$(BIN)/pytest -n 0 -m browser tests/e2e/test_page.py

# Real libraries and tiny models, each in an environment of its own.
real-mlx: $(VENV)-mlx/.installed
	$(VENV)-mlx/bin/python -m pytest -o pythonpath="plugins tests/real/mlx" tests/real/mlx

real-kokoro: $(VENV)-kokoro/.installed
	$(VENV)-kokoro/bin/python -m pytest --dist worksteal -o pythonpath="plugins tests/real/kokoro" tests/real/kokoro

real-piper: $(VENV)-piper/.installed
	$(VENV)-piper/bin/python -m pytest --dist worksteal -o pythonpath="plugins tests/real/piper" tests/real/piper

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

# Of fewer failing calls the allocator's steps are more than what one leaves behind.
soak: $(VENV)/.developing
	$(BIN)/python -m benchmarks.soak
	$(BIN)/python -m benchmarks.soak --failing --calls 3000

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

# An environment of its own on top of that of the tests: what is there need not be installed again.
define on_top
	$(BIN)/python -m venv --without-pip $(@D)
	cd $(@D)/lib/python3*/site-packages && $(abspath $(BIN))/python -c \
		'import site; print(f"import site; site.addsitedir({site.getsitepackages()[0]!r})")' > below.pth
endef
# Compiling all that is installed takes longer than compiling what is imported, when it is.
INTO_IT = $(BIN)/pip --python $(@D)/bin/python install --quiet --disable-pip-version-check --no-compile

$(VENV)-mlx/.installed: $(VENV)/.developing tests/real/mlx/requirements.txt
	$(on_top)
	$(INTO_IT) -r tests/real/mlx/requirements.txt
	$(INTO_IT) --no-deps 'mlx-whisper>=0.4.3,<0.5'
	touch $@

# A fifth of what torch asks for is enough without a GPU (tests/real/kokoro/no_gpu.py).
$(VENV)-kokoro/.installed: $(VENV)/.developing $(wildcard tests/real/kokoro/*.txt) tests/real/kokoro/no_gpu.py
	$(on_top)
	$(INTO_IT) -r tests/real/kokoro/requirements.txt
	$(INTO_IT) --no-deps -r tests/real/kokoro/alone.txt
	$(@D)/bin/python tests/real/kokoro/no_gpu.py
	touch $@

$(VENV)-piper/.installed: $(VENV)/.developing tests/real/piper/requirements.txt
	$(on_top)
	$(INTO_IT) 'clawctl[piper]' -r tests/real/piper/requirements.txt
	touch $@
