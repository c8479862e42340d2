# The whole user interface of a checkout: make help tells.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help test lint generate image

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# The integration tests are left out until the playground that they need is written:
# docs/design/2026-11-24-state.md says what is missing.
UNFINISHED := --ignore=tests/integration

test: $(VENV)/ready ## Run the test suite
	$(BIN)/pytest tests $(UNFINISHED)

lint: $(VENV)/ready ## Check style, types, layers and generated files
	$(BIN)/ruff check operator
	$(BIN)/ruff format --check operator
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/assessor generate --check

generate: $(VENV)/ready ## Write the CRD and the ClusterRoles anew
	$(BIN)/assessor generate

image: ## Build the container image with docker, podman or buildah
	sh tools/image.sh
