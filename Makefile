# The commands of the project. Needs make and Python 3.11 or newer; everything else goes into .venv.
# `make help` lists the targets. PYTHON=/path/to/python3 chooses the interpreter, VENV=folder another environment.

.DEFAULT_GOAL := help
.PHONY: help install demo test soak check bench pins clean

VENV ?= .venv
PYTHON ?=
EMPTY :=
TARGETS := $(subst $(EMPTY) ,\ ,$(VENV))# as make names a folder whose name has spaces
PINS := constraints.txt
PACKAGES := tui_portail screens models receipts data
INTERPRETERS := python3.13 python3.12 python3.11 python3.14 python3 python

# The pins also hold for the build back-end, which pip installs in an environment of its own.
export PIP_CONSTRAINT := $(PINS)
export PIP_BUILD_CONSTRAINT := $(PINS)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Sets the shell variable `python` to the first interpreter that is new enough and can make environments.
define find_python
python=''; found='none'; \
for candidate in $(if $(PYTHON),"$(PYTHON)",$(INTERPRETERS)); do \
  "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
  found="$$candidate"; \
  if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then python="$$candidate"; break; fi; \
done; \
if [ -z "$$python" ] && [ "$$found" != 'none' ]; then \
  echo "« $$found » ne sait pas créer d'environnement : il lui manque le module ensurepip." >&2; \
  echo "Sous Debian ou Ubuntu : sudo apt install python3-venv, puis recommencez." >&2; exit 1; \
fi; \
if [ -z "$$python" ]; then \
  echo "Il faut Python 3.11 ou plus récent ; aucun n'a été trouvé (cherchés : $(if $(PYTHON),$(PYTHON),$(INTERPRETERS)))." >&2; \
  echo "Installez-le, ou indiquez-le : make install PYTHON=/chemin/vers/python3" >&2; exit 1; \
fi
endef

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(TARGETS)/.installed-dev ## make .venv with everything, tests and checks included

$(TARGETS)/.made:
	@$(find_python); "$$python" -m venv "$(VENV)" || exit 1; touch "$@"

$(TARGETS)/.installed: $(TARGETS)/.made pyproject.toml $(PINS)
	"$(VENV)/bin/python" -m pip install --quiet --compile -c $(PINS) -e '.[paiement,navigateur]'
	@"$(VENV)/bin/python" -m compileall -q $(PACKAGES)
	@touch "$@"

$(TARGETS)/.installed-dev: $(TARGETS)/.made pyproject.toml $(PINS)
	"$(VENV)/bin/python" -m pip install --quiet --compile -c $(PINS) -e '.[dev]'
	@"$(VENV)/bin/python" -m compileall -q $(PACKAGES)
	@touch "$(VENV)/.installed" "$@"

demo: $(TARGETS)/.installed ## open the application on a fictitious mairie
	@"$(VENV)/bin/tui-portail" demo

test soak: export PYTHONDONTWRITEBYTECODE := # processes that tests start would compile the same modules again
test: $(TARGETS)/.installed-dev ## run every test, on SQLite and on a PostgreSQL from a wheel
	"$(VENV)/bin/python" -m pytest -n auto --dist worksteal

GESTURES ?= 100000# of random lives, on each engine
SEED ?= 1
soak: $(TARGETS)/.installed-dev ## faults of every kind, random lives and parsers fuzzed for hours (docs/reliability.md), work by a desk's account
	"$(VENV)/bin/python" -m tests.faults
	LIVES=200 HYPOTHESIS_PROFILE=search "$(VENV)/bin/python" -m pytest tests/tui_portail/services/test_any_*.py -n 2
	LIVES=3000 HYPOTHESIS_PROFILE=search "$(VENV)/bin/python" -m pytest tests/tui_portail/test_parsers_fuzzed.py -n 2
	LIVES=200 "$(VENV)/bin/python" -m pytest tests/simulation/test_broken_on_purpose.py tests/regie_year tests/models/test_upgrade.py tests/tui_portail/services/test_verification_regie.py -n 2
	"$(VENV)/bin/python" -m tests.simulation --seed $(SEED) --gestures $(GESTURES) --engine sqlite
	"$(VENV)/bin/python" -m tests.simulation --seed $(SEED) --gestures $(GESTURES) --engine postgresql
	"$(VENV)/bin/python" -m pytest -p tests.as_desk -m postgresql tests/tui_portail/services tests/races tests/regie_year -n 2

check: $(TARGETS)/.installed-dev ## format, lint, types, import layers, and the dependencies (no network)
	"$(VENV)/bin/ruff" format --check .
	"$(VENV)/bin/ruff" check .
	"$(VENV)/bin/mypy"
	"$(VENV)/bin/lint-imports"
	"$(VENV)/bin/python" -m pip check
	"$(VENV)/bin/python" -m tests.dependencies

bench: $(TARGETS)/.installed-dev ## print the measures kept in docs/performance.md and docs/load.md
	"$(VENV)/bin/python" -m bench
	"$(VENV)/bin/python" -m bench --only growth,plans,contention,desks --engine postgresql

# Made on the oldest Python we serve, so that every pin installs there and on the newer ones.
pins: ## make constraints.txt again from pyproject.toml (names and versions only)
	@rm -rf build/pins
	@$(find_python); oldest=$$(command -v python3.11 || true); "$${oldest:-$$python}" -m venv build/pins
	@PIP_CONSTRAINT= PIP_BUILD_CONSTRAINT= build/pins/bin/python -m pip install --quiet -e '.[dev]' hatchling editables
	@{ echo '# Made by `make pins` from pyproject.toml: names and versions only, for Python 3.11 and newer.'; \
	  build/pins/bin/python -m pip freeze --exclude-editable; } > build/pins/$(PINS)
	@if grep -E '@|://|^-' build/pins/$(PINS); then echo 'a pin names an address' >&2; exit 1; fi
	@mv build/pins/$(PINS) $(PINS) && rm -rf build/pins

clean: ## remove .venv, caches and build products
	rm -rf "$(VENV)" build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
