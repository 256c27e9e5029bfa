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

.PHONY: help pack run neural test test-all lint bench bench-neural torture clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 20

pack: $(VENV)/core  ## generate a pack: make pack THEME=nature ARGS="--variation forest"
	@$(MANAGE) prepare
	@$(MANAGE) generate_pack $(THEME) --engine $(ENGINE) $(ARGS)

run: $(VENV)/core  ## the studio in the foreground at http://localhost:8000
	@exec $(BIN)/python -m ccbell_site.run

neural: $(VENV)/neural  ## add PyTorch and stable-audio-tools, for neural sounds
	@$(MANAGE) prepare
	@echo "Now install a model: $(MANAGE) install_model stable-audio-open-small"

test: $(VENV)/dev  ## all tests
	@$(BIN)/python -m pytest -n 2 $(ARGS)

test-all: $(VENV)/dev  ## the same with every case of what the tests above take some of
	@$(BIN)/python -m pytest -n 2 -m "" $(ARGS)

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

torture: $(VENV)/dev  ## kill, starve and flood a studio that must lose nothing; takes minutes
	@$(BIN)/python -m torture $(ARGS)

clean:  ## remove what the targets made, but not your data
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A stamp a requirements file: changed files are installed again, unchanged ones cost nothing.
$(VENV)/core: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "The studio needs Python 3.11 or newer; run: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the studio into $(VENV) …"
	@$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

# Those without dependencies come last: see requirements-neural-nodeps.txt.
$(VENV)/neural: $(VENV)/core requirements-neural.txt requirements-neural-nodeps.txt
	@echo "Installing PyTorch and stable-audio-tools …"
	@$(BIN)/python -m pip install --quiet --no-deps $(addprefix --extra-index-url ,$(TORCH_INDEX)) \
		$$(grep -o '^torch==[0-9.]*' requirements-neural.txt)
	@$(BIN)/python -m pip install --quiet -r requirements-neural.txt
	@$(BIN)/python -m pip install --quiet --no-deps -r requirements-neural-nodeps.txt
	@touch $@

$(VENV)/dev: $(VENV)/core $(VENV)/neural requirements-dev.txt
	@echo "Installing what tests and checks need …"
	@$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@
