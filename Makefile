# Two commands for a fresh clone: "make demo" shows the main job, "make test" sets up and runs all that CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where packages are built; the site has its own program, so that a release stays as it is.
DIST := dist
# The date of the commit, which the archives of a release have: hatchling takes the same one where there is no git.
COMMITTED = $(shell git log -1 --format=%ct 2>/dev/null || echo 1580601600)

.PHONY: demo test lint check unit minimum frameworks proofs ansible ansible-sanity fuzz bench versions wheel zipapp sbom deb release pinned licences man moving docs new-rule words vscode vscode-run kate-run clean

demo: $(VENV)/.installed
	@$(BIN)/modwsgi-fix --diff --root corpus/web2py-https/root corpus/web2py-https/conf || test $$? -eq 1

test: lint check

# One worker more than CI has cores: one of them waits for a server most of the time.
check: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 3

# After each edit, in about a minute: a sample of the tests, other ones each day. SEED=20261128 takes that day's, ALL=1 all but the
# proofs on a real httpd.
unit: $(VENV)/.dev
	$(BIN)/python -m pytest -q --ignore=tests/httpd $(if $(ALL),-n 3,-n auto --maxprocesses 4 --sample $(if $(SEED),--sample-seed $(SEED)))

# Everything of which "make check" proves a sample: on a real httpd, and interrupted at any call of the system.
proofs: $(VENV)/.dev
	MODWSGI_FIX_PROOFS=all MODWSGI_FIX_REQUIRE_HTTPD=1 $(BIN)/python -m pytest -q -n 3 tests/httpd tests/interrupted tests/test_cli.py tests/test_marks.py tests/test_push.py

# Made inputs by seed, the day's date by default, from where it was stopped: make fuzz SEED=7 COUNT=200000; SEED=7 ONLY=42 is one of them.
fuzz: $(VENV)/.dev
	@cd tests && ../$(BIN)/python -m fuzz $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT)) $(if $(ONLY),--only $(ONLY)) $(if $(REAL),--real)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check fixer rules tests benchmarks tools integrations
	$(BIN)/ruff check fixer rules tests benchmarks tools integrations
	$(BIN)/mypy
	$(BIN)/lint-imports

# A new rule, with a page and cases to fill in: make new-rule RULE=urls/alias-names-a-socket
new-rule: $(VENV)/.dev
	@$(BIN)/python tools/new_rule.py "$(RULE)"

# What each rule asks for by name: rules/modwsgi_rules/_words.py.
words: $(VENV)/.dev
	$(BIN)/python tools/rule_words.py

# The proofs against other mod_wsgi versions, built from PyPI.
versions: $(VENV)/.dev
	tools/mod_wsgi_versions.sh

# The unit tests with the lowest version of each dependency that pyproject.toml allows.
minimum:
	test -x $(VENV)-minimum/bin/python || $(PYTHON) -m venv $(VENV)-minimum
	$(PYTHON) tools/minimum.py > $(VENV)-minimum/lowest.txt
	$(VENV)-minimum/bin/python -m pip install --quiet --disable-pip-version-check -c $(VENV)-minimum/lowest.txt -e '.[dev]'
	$(VENV)-minimum/bin/python -m pytest -q -n 3 --ignore=tests/httpd

# Fixed scripts of real frameworks are called, and run by a real httpd; the frameworks are installed for it once.
frameworks: $(VENV)/.dev
	test -x $(VENV)-frameworks/bin/python || $(PYTHON) -m venv $(VENV)-frameworks
	$(VENV)-frameworks/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/frameworks.txt
	$(BIN)/python -m pytest -q tests/test_frameworks.py tests/httpd/test_frameworks.py

# The collection for Ansible: its plays over as many hosts as they are meant for.
ansible: $(VENV)/.dev
	MODWSGI_FIX_PLAYS=all $(BIN)/python -m pytest -q tests/test_ansible*.py

# What ansible-test says of the collection. It installs its own tools, and has pip from Ansible's site the first time.
ansible-sanity: $(VENV)/.dev
	place=$$(mktemp -d) && trap "rm -rf $$place" EXIT && mkdir -p $$place/ansible_collections/modwsgi && \
	    cp -r integrations/ansible $$place/ansible_collections/modwsgi/fix && cd $$place/ansible_collections/modwsgi/fix && \
	    find . -name __pycache__ -prune -exec rm -rf {} + && PATH="$(CURDIR)/$(BIN):$$PATH" ansible-test sanity --local \
	        --python $$($(CURDIR)/$(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# The wheel and the source distribution: the same bytes from the same commit, by tools whose hashes are known.
wheel:
	rm -rf $(VENV)-build $(DIST)
	$(PYTHON) -m venv $(VENV)-build
	$(VENV)-build/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	SOURCE_DATE_EPOCH=$(COMMITTED) $(VENV)-build/bin/python -m hatchling build -d $(DIST)

# One file that needs nothing but Python 3.11: dist/modwsgi-fix.pyz.
zipapp: wheel
	$(VENV)-build/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/zipapp.txt
	SOURCE_DATE_EPOCH=$(COMMITTED) $(VENV)-build/bin/python tools/zipapp.py $(DIST)/*.whl $(DIST)/modwsgi-fix.pyz

# The packages in that file, with licences and hashes: dist/modwsgi-fix.cdx.json, in the JSON of CycloneDX 1.6.
sbom: zipapp
	$(VENV)-build/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/sbom.txt
	SOURCE_DATE_EPOCH=$(COMMITTED) $(VENV)-build/bin/python tools/sbom.py dist/modwsgi-fix.pyz dist/modwsgi-fix.cdx.json

# A Debian package, source and binary, in build/deb; it needs debhelper and dh-python. Nothing is fetched while it is built.
deb: zipapp
	rm -rf build/deb
	mkdir -p build/deb
	export SOURCE_DATE_EPOCH=$(COMMITTED) && cd "$$($(VENV)-build/bin/python tools/debian.py dist/modwsgi-fix.pyz build/deb)" && \
	    dpkg-buildpackage --unsigned-source --unsigned-changes

# All of a release, with its checksums; it stops where something is not committed.
release:
	@test -z "$$(git status --porcelain)" || { echo "make release: commit your changes first"; exit 1; }
	$(MAKE) --no-print-directory sbom
	cd dist && sha256sum * > SHA256SUMS
	test -x $(VENV)-upload/bin/python || $(PYTHON) -m venv $(VENV)-upload
	$(VENV)-upload/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/upload.txt
	$(VENV)-upload/bin/python -m twine check --strict dist/*.whl dist/*.tar.gz

pinned:
	for purpose in build zipapp sbom; do \
	    $(PYTHON) tools/pinned.py $$purpose > requirements/$$purpose.txt.new && \
	    mv requirements/$$purpose.txt.new requirements/$$purpose.txt || exit 1; \
	done

licences: $(VENV)/.installed
	$(BIN)/python tools/licences.py > docs/licences.md

# The manual page, from what the commands say of themselves.
man: $(VENV)/.installed
	$(BIN)/python tools/man.py > docs/modwsgi-fix.1.new
	mv docs/modwsgi-fix.1.new docs/modwsgi-fix.1

# The page about a move, made by one: it needs httpd with mod_wsgi, and root.
moving: $(VENV)/.dev
	$(BIN)/python tools/moving.py > docs/moving.md.new
	mv docs/moving.md.new docs/moving.md

# The extension for VS Code, checked, tested and packaged: editors/vscode/dist/*.vsix. It needs node 20 and npm.
vscode:
	cp LICENSE editors/vscode/LICENSE
	cd editors/vscode && npm ci --ignore-scripts --no-audit --no-fund && npm run lint && npm test && npm run build && npm run package

# The extension in a real VS Code (its server and web client, code-server of npm) and a headless Chromium; it draws docs/editors/vscode.png.
# Besides what "make vscode" needs: a C++ compiler for the modules of VS Code, ripgrep and chromium. The first run installs 300 MB in build.
vscode-run: vscode $(VENV)/.dev build/vscode-host/.installed
	cd editors/vscode && PICTURE=$(CURDIR)/docs/editors/vscode.png CHROMIUM=$$(command -v chromium) \
	    VSCODE_HOST=$(CURDIR)/build/vscode-host VSCODE_EXTENSION=$$(echo $(CURDIR)/editors/vscode/dist/*.vsix) \
	    MODWSGI_FIX=$(CURDIR)/$(BIN)/modwsgi-fix npm run --silent host

# Kate in a virtual display; it draws docs/editors/kate.png. It needs kate, breeze-icon-theme, xvfb, xdotool, dbus-x11 and imagemagick.
kate-run: $(VENV)/.dev
	$(BIN)/python tools/kate.py docs/editors/kate.png

build/vscode-host/.installed: editors/vscode/host/install.sh editors/vscode/host/package-lock.json
	editors/vscode/host/install.sh build/vscode-host
	touch $@

# The site, in build/site: python3 -m http.server -b 127.0.0.1 -d build/site shows it. A broken link ends the build; where there
# is a chromium, it looks at the pages as a telephone has them, searches, and tries the page to try. It needs npm for that page's Python.
docs: $(VENV)/.dev build/program/modwsgi-fix.pyz
	test -x $(VENV)-docs/bin/python || $(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/docs.txt
	cd website/try && npm ci --ignore-scripts --no-audit --no-fund --silent
	cd tools && ../$(BIN)/python -m website ../build/docs
	cp build/program/modwsgi-fix.pyz $(addprefix website/try/node_modules/pyodide/,$(PYODIDE)) build/docs/try
	NO_MKDOCS_2_WARNING=true $(VENV)-docs/bin/python -m mkdocs build --quiet --strict
	MODWSGI_FIX_SITE=build/site $(BIN)/python -m pytest -q tests/test_website.py tests/test_try.py

# What a browser needs of Pyodide: CPython for WebAssembly, and its standard library.
PYODIDE := pyodide.mjs pyodide.asm.mjs pyodide.asm.wasm python_stdlib.zip pyodide-lock.json

build/program/modwsgi-fix.pyz: $(shell git ls-files fixer rules 2>/dev/null) tools/zipapp.py requirements/zipapp.txt
	$(MAKE) --no-print-directory zipapp DIST=build/program

# All benchmarks, on a machine that has nothing else to do; their figures go into docs/benchmarks.md and docs/benchmark-run.md.
bench: $(VENV)/.dev
	$(BIN)/python benchmarks/record.py

$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.dev: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) $(VENV)-minimum $(VENV)-build $(VENV)-upload $(VENV)-docs $(VENV)-frameworks website/try/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
