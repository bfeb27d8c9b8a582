# make demo    an invented company, from its postmortems and its Jira to the dashboard
# make test    every test, with a real browser when there is one
# make check   format, lint (Python and SQL), types, import directions
# make help    the rest
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_LINK_MODE := copy

.DEFAULT_GOAL := help
.PHONY: help demo test check fix docs screenshots bench lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /	/' | expand -t 14

demo: $(VENV)/.runtime  ## run the pipeline on an invented company and serve its dashboard
	@$(BIN)/postmortems demo

test: $(VENV)/.dev  ## every test
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: $(VENV)/.dev  ## what must be clean before a commit
	@$(BIN)/ruff format --check --quiet . || { echo "make fix puts the format right"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/sqruff lint --parsing-errors sql >.cache/sqruff.txt 2>&1 || { cat .cache/sqruff.txt; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --cache-dir .cache/imports >.cache/imports.txt || { cat .cache/imports.txt; exit 1; }
	@echo "clean"

fix: $(VENV)/.dev  ## format, and mend what can be mended by itself
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

docs: $(VENV)/.dev  ## write the generated documentation anew
	@$(BIN)/python -m tests.write_docs

screenshots: $(VENV)/.dev  ## photograph every page of the demo, wide and narrow, light and dark
	@$(BIN)/python -m tests.take_screenshots

bench: $(VENV)/.dev  ## how fast, as ratios against named baselines of the same run
	@$(BIN)/python -m benchmarks

lock: $(VENV)/.installer  ## choose the versions anew (needs uv)
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml --group build -o locks/runtime.txt
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml --group dev -c locks/runtime.txt -o locks/dev.txt
	@echo uv | $(BIN)/uv pip compile $(LOCK) - -o locks/installer.txt

LOCK := --upgrade --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean:  ## remove what the other targets made
	rm -rf $(VENV) .cache data/demo

# uv installs in a fifth of pip's time; where it cannot be had, pip does the same from the same lock.
INSTALL = if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
	else $(BIN)/python -m pip install --quiet --require-hashes -r $(1); fi

$(VENV)/.installer: locks/installer.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with make PYTHON=/path/to/python3.11"; exit 1; }
	@mkdir -p .cache
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r locks/installer.txt 2>.cache/uv.txt || \
		echo "uv is not to be had here; pip takes its place"
	@touch $@

$(VENV)/.runtime: $(VENV)/.installer locks/runtime.txt pyproject.toml
	@echo "Installing into $(VENV) …"
	@$(call INSTALL,locks/runtime.txt)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime locks/dev.txt
	@echo "Installing the tools for tests and checks …"
	@$(call INSTALL,locks/dev.txt)
	@touch $@
