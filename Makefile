# Two commands for a fresh clone: "make demo" shows the main job, "make test" sets up and runs all that CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint check unit proofs fuzz bench versions words clean

demo: $(VENV)/.installed
	@$(BIN)/modwsgi-fix --diff --root corpus/web2py-https/root corpus/web2py-https/conf || test $$? -eq 1

test: lint check

# One worker more than CI has cores: one of them waits for a server most of the time.
check: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 3

# All but the proofs on a real httpd.
unit: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 3 --ignore=tests/httpd

# Everything of which "make check" proves a sample: on a real httpd, and interrupted at any call of the system.
proofs: $(VENV)/.dev
	MODWSGI_FIX_PROOFS=all MODWSGI_FIX_REQUIRE_HTTPD=1 $(BIN)/python -m pytest -q -n 3 tests/httpd tests/interrupted

# Made inputs by seed, the day's date by default, from where it was stopped: make fuzz SEED=7 COUNT=200000; SEED=7 ONLY=42 is one of them.
fuzz: $(VENV)/.dev
	@cd tests && ../$(BIN)/python -m fuzz $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT)) $(if $(ONLY),--only $(ONLY)) $(if $(REAL),--real)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check fixer rules tests benchmarks
	$(BIN)/ruff check fixer rules tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

# What each rule asks for by name: rules/modwsgi_rules/_words.py.
words: $(VENV)/.dev
	$(BIN)/python tools/rule_words.py

# The proofs against other mod_wsgi versions, built from PyPI.
versions: $(VENV)/.dev
	tools/mod_wsgi_versions.sh

bench: $(VENV)/.dev
	@for one in benchmarks/*.py; do echo "== $$one"; $(BIN)/python $$one; done

$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.dev: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
