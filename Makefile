# Copyright: (c) 2026, the ppio.gpu authors
# SPDX-License-Identifier: GPL-3.0-or-later

# Every target works on a fresh clone with Python 3.11 or newer, make and git. The checks themselves are listed in
# noxfile.py; ARGS is handed to the tool behind a single check: make unit ARGS='-k paging'

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/ready
NOX := $(VENV)/bin/nox
PYTHONS := $(CURDIR)/.cache/pythons
# The longest begin, and the others follow one another beside them.
CHECKS := unit integration molecule ruff mypy licenses workflows changelog docs ansible_lint sanity galaxy install execution_environment
# So that what several checks say does not mix, where make can.
IN_ONE_PIECE := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.DEFAULT_GOAL := help
.PHONY: help demo simulator test live picture matrix faults mutants bench lint format lock release publish clean $(CHECKS)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z_]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Install the built collection and run playbooks/demo.yml against the simulator, or the real API with PPIO_API_KEY
	@$(VENV)/bin/python noxfile.py demo $(ARGS)

simulator: $(READY) ## Serve the simulated API for playbooks of your own; SETTINGS='{"life": "no_stock"}' simulates a failure
	@$(VENV)/bin/python noxfile.py simulator $(if $(SETTINGS),--settings '$(SETTINGS)') $(ARGS)

# The copy of the tree that all checks read is made before several of them want it.
test: $(READY) ## Run every check, three at a time: they also wait
	@$(VENV)/bin/python -c 'import noxfile; noxfile.collection_tree()'
	@$(MAKE) --no-print-directory --jobs=3 $(IN_ONE_PIECE) ARGS= $(CHECKS)

# pyenv runs only the versions that it is told to.
matrix: $(READY) ## Unit tests and integration playbooks on each supported ansible-core; not part of test
	@UV_PYTHON_INSTALL_DIR=$(PYTHONS) UV_PYTHON_BIN_DIR=$(PYTHONS)/bin $(VENV)/bin/uv python install --quiet \
		3.10 3.11 3.12 3.13 3.14 2>/dev/null || echo 'uv cannot install Python here: versions missing on this machine are skipped'
	@PATH="$$PATH:$(PYTHONS)/bin" PYENV_VERSION="$$(pyenv versions --bare 2>/dev/null | paste -sd: -)" \
		$(NOX) --session matrix -- $(ARGS)

faults: $(READY) ## Random tests with simulated failures and concurrent runs, a million of them; SEED=123 or PLACEMENT=... repeats one
	@$(NOX) --session faults -- $(if $(SEED),--seed $(SEED)) $(if $(PLACEMENT),--placement '$(PLACEMENT)') $(ARGS)

mutants: $(READY) ## Mutation testing of the options, the planning and the create protocol; takes about an hour
	@$(NOX) --session mutants -- $(ARGS)

bench: $(READY) ## Measure how long everything takes, and write docs/benchmark.md; ten minutes on an idle machine
	@$(NOX) --session bench -- $(ARGS)

live: $(READY) ## With PPIO_API_KEY: create, change and delete one endpoint that keeps no worker, and print what the API does
	@$(VENV)/bin/python noxfile.py live $(ARGS)

picture: $(READY) ## Play the README's first playbook and draw the output in docs/images
	@$(VENV)/bin/python noxfile.py picture

lint: $(READY) ## Run the checks that only read files
	@$(NOX) --tags lint

unit: ## pytest: unit, contract, module, simulator and policy tests
integration: ## ansible-test integration against the simulator
molecule: ## molecule scenarios: what a user does, and that a second run changes nothing
sanity: ## ansible-test sanity, with no ignore file
galaxy: ## Build the artifact, check its content, and run galaxy-importer
install: ## Install it in each documented way, in a new environment
execution_environment: ## ansible-builder: the collection in an execution environment
ruff: ## Style and formatting of Python
mypy: ## Types of Python
ansible_lint: ## Style of playbooks and roles, profile production
docs: ## antsibull-docs and Sphinx: the plugins' documentation, and the site in .cache/site/html
changelog: ## antsibull-changelog: the change log's fragments
licenses: ## reuse: a licence for every file
workflows: ## zizmor, and actionlint where there is one: the GitHub workflows

$(CHECKS): $(READY)
	@$(NOX) --session $@ -- $(ARGS)

format: $(READY) ## Format the Python files
	@$(VENV)/bin/ruff check --fix-only --quiet
	@$(VENV)/bin/ruff format

lock: $(READY) ## Pin the newest versions of the development requirements
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-annotate \
		--custom-compile-command 'make lock' --output-file requirements-dev.txt requirements-dev.in

release: $(READY) ## Write the change log of the version that galaxy.yml names
	@$(NOX) --session release

publish: $(READY) ## Send the artifact of VERSION to Galaxy, with the token in GALAXY_TOKEN; the release workflow does it
	@$(NOX) --session publish -- $(VERSION)

clean: ## Remove everything that make has made
	@rm -rf $(VENV) .cache

# Quiet twice: pip would warn about each directory that its configuration names and that has nothing for us.
# The file names everything that is needed, and Python compiles what it uses.
$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 ...' >&2; exit 1; }
	@echo 'Preparing $(VENV), which takes a minute or two, once'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-compile --no-deps \
		--requirement requirements-dev.txt
	@touch $@
