# The two commands: `make reproduce` and `make test`. `make help` lists the others.
PYTHON ?= python3
STUDY ?= study.toml
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.mediaframes-installed

.DEFAULT_GOAL := help
.PHONY: help setup reproduce verify test lint types format lab sample quality bench lock clean

help:  ## show this list
	@echo "mediaframes: from a folder of news articles to the figures of a framing paper."
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP)  ## install everything into .venv (the other targets do it by themselves)

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) was not found. Install Python 3.11 or newer, or name yours: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv. On Fedora it is part of python3."; exit 1; }
	@echo "Installing into $(VENV) (about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "Compiling the loops over texts (half a minute, once) ..."
	@$(BIN)/mediaframes compile >/dev/null
	@touch $(STAMP)
	@echo "Installed. Next: make reproduce, make test or make lab."

reproduce: $(STAMP)  ## run the study in study.toml into reports/ (STUDY=other.toml for another)
	@$(BIN)/mediaframes reproduce $(STUDY)

verify: $(STAMP)  ## run the study again and compare every file with reports/
	@$(BIN)/mediaframes verify $(STUDY)

test: lint types  ## run lint, types and tests
	@echo "Tests (real data beside the project is used where it is there) ..."
	@$(BIN)/python -m pytest -q

lint: $(STAMP)  ## check style
	@echo "Style ..."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP)  ## check types
	@echo "Types ..."
	@$(BIN)/mypy

format: $(STAMP)  ## format the code and strip outputs from notebooks
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/nbstripout --keep-id notebooks/*.ipynb

lab: $(STAMP)  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --ServerApp.root_dir=. notebooks/01-corpus.ipynb

sample: $(STAMP)  ## write the sample corpus again from its sentences
	@$(BIN)/python data/sample/generate.py

quality: $(STAMP)  ## measure every quality against its reach (needs the real data, see tests/README.md)
	@$(BIN)/python -m tests.quality

bench: $(STAMP)  ## time our code beside other libraries (needs the real data)
	@$(BIN)/python -m tests.bench

lock:  ## resolve requirements.lock anew (needs uv)
	@uv pip compile pyproject.toml --extra dev --extra bench --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet --upgrade -o requirements.lock

clean:  ## remove .venv, caches and derived data (never data/raw or reports)
	@rm -rf $(VENV) data/derived .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	@find src tests data/sample -name __pycache__ -type d -prune -exec rm -rf {} +
