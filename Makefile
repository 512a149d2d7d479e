# Thin on purpose: every target calls Python, and the work is in tools/.
# Two stamps in .venv say what is installed, so that a second call does no work.

PYTHON ?= python3
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
BASE := $(VENV)/.installed-base
FULL := $(VENV)/.installed-full
WHAT_IS_INSTALLED := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup demo check test soak test-qgis test-qgis-desktop bench weights plugin bundle guide-pictures query-pictures site

help:  ## show this list
	@echo "CMPAGL for QGIS. Targets:"
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS='|' read -r name text; do printf '  %-18s %s\n' $$name "$$text"; done
	@echo "PYTHON=python3.12 chooses the Python (3.10 to 3.13) that makes .venv."

setup: $(BASE)  ## make .venv and install the engine in it (no torch)

demo: $(BASE)  ## index sample scenes and search them; SCENES=folder QUERY="..." for your own
	@$(PY) -m tools.demo

check: $(FULL)  ## style, types, order of imports, the plugin site's scan
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m mypy --platform win32 --cache-dir .mypy_cache/windows tiling cmpagl_model cmpagl_qgis
	$(VENV)/bin/lint-imports
	$(PY) -m tools.update_translations --check
	$(PY) -m tools.check_plugin

test: $(FULL)  ## every test this machine can run; ARGS="-k grid" for some
	@$(PY) -m tools.run_tests $(ARGS)

soak: $(FULL)  ## a disk that fails under an index, and damaged and hostile rasters: docs/reliability.md
	@$(PY) -m tools.soak $(ARGS)
	CMPAGL_SOAK=1 $(PY) -m pytest -q tests/hostile tests/cmpagl_model/server/test_hostile.py

test-qgis: $(FULL)  ## the plugin's tests alone: in QGIS's Python, with Qt 6, on a desktop
	@$(PY) -m tools.run_tests --only qgis --only qt6 --only desktop $(ARGS)

test-qgis-desktop: $(FULL)  ## the test in a real QGIS desktop alone
	@$(PY) -m tools.run_tests --only desktop $(ARGS)

guide-pictures: $(FULL)  ## take the pictures of docs/user-guide.md anew
	@$(PY) -m tools.guide_pictures

query-pictures: $(FULL)  ## take the pictures of docs/queries.md anew; SCENES=folder, ARGS="names"
	@$(PY) -m tools.query_pictures --scenes "$(SCENES)" $(ARGS)

weights: $(FULL)  ## make the shipped weights anew; DATA=folder of captioned pictures, hours on two cores
	@$(PY) -m tools.make_weights "$(DATA)" $(ARGS)

bench: $(FULL)  ## speed beside other tools; SCENES=folder, CAPTIONS=file, ARGS="--help" for more
	@$(PY) -m benchmarks.environment
	@$(PY) -m benchmarks $(if $(SCENES),--scenes "$(SCENES)") $(if $(CAPTIONS),--captions "$(CAPTIONS)") \
	  $(if $(PICTURES),--pictures "$(PICTURES)") $(ARGS)

site: $(FULL)  ## the documentation as pages, in dist/site; a warning is an error
	$(PY) -m sphinx -W --keep-going -q -b html -d dist/site-trees docs dist/site
	@echo "dist/site/index.html"

plugin: $(BASE)  ## the plugin's zip in dist/, for QGIS's "Install from ZIP"
	@$(PY) -m tools.package_plugin

bundle: $(BASE)  ## the engine as a folder of wheels in dist/, for computers without network; ARGS="--help"
	@$(PY) -m tools.make_bundle $(ARGS)

$(BASE): $(WHAT_IS_INSTALLED)
	@$(PYTHON) -m tools.setup_env base

$(FULL): $(WHAT_IS_INSTALLED)
	@$(PYTHON) -m tools.setup_env full
