# The whole user interface of a checkout: make help tells.
PYTHON ?= python3
QUESTIONS ?= 100000
PODS ?= 10000
STATES ?= 100000
SEED ?= 1
SIZE ?= standard
MINUTES ?= 30
FUZZ ?= 20000
VENV := .venv
BIN := $(VENV)/bin
PLAYGROUND := PYTHONPATH=tools $(BIN)/python -m playground

.DEFAULT_GOAL := help
.PHONY: help demo up down test soak conformance bench bench-takeover bench-analysis bench-scan bench-dockerfiles fuzz lint generate image

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/ready ## Show the main job once: a real API server, the operator, a drift; then tear it down
	$(PLAYGROUND) demo

up: $(VENV)/ready ## The same playground, left running; the last line printed sets KUBECONFIG
	@$(PLAYGROUND) up

down: $(VENV)/ready ## End the running playground
	@$(PLAYGROUND) down

$(VENV)/ready: requirements-dev.lock pyproject.toml operator/assessor/__init__.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

test: $(VENV)/ready ## Run the whole test suite, most of it on a real API server
	@$(PLAYGROUND) build
	@sh tools/test.sh $(BIN)/pytest

soak: $(VENV)/ready ## Random changes, faults and kills for half an hour; MINUTES=, SEED=
	@$(PLAYGROUND) build
	ASSESSOR_SOAK_SECONDS=$$(( $(MINUTES) * 60 )) ASSESSOR_SEED=$(SEED) $(BIN)/pytest tests/soak --capture=no

conformance: $(VENV)/ready ## Authorizer and profiles against the API server, policies against brute force; QUESTIONS=, PODS=, STATES=, SEED=
	@$(PLAYGROUND) build
	ASSESSOR_QUESTIONS=$(QUESTIONS) ASSESSOR_PODS=$(PODS) ASSESSOR_NETPOL=$(STATES) ASSESSOR_SEED=$(SEED) $(BIN)/pytest tests/conformance --timeout 0

bench: $(VENV)/ready ## Measure the operator on a fleet beside what the API server allows; SIZE=small|standard|large
	PYTHONPATH=tools:. $(BIN)/python -m tests.bench.fleet $(SIZE)

bench-takeover: $(VENV)/ready ## Measure how long nobody writes when the leader ends or is killed
	PYTHONPATH=tools:. $(BIN)/python -m tests.bench.takeover

bench-scan: $(VENV)/ready ## Measure scans beside kube-score and checkov, where PATH has them; KUBE_SCORE=, CHECKOV=
	PYTHONPATH=. $(BIN)/python -m tests.bench.scan

bench-dockerfiles: $(VENV)/ready ## Measure scans of 1,000 Dockerfiles beside hadolint
	PYTHONPATH=. $(BIN)/python -m tests.bench.dockerfiles

fuzz: $(VENV)/ready ## Scan many random files; FUZZ= examples of each kind
	ASSESSOR_FUZZ=$(FUZZ) $(BIN)/pytest tests/unit/scanner/test_fuzz.py tests/unit/scanner/test_fuzz_dockerfiles.py --timeout 0

bench-analysis: $(VENV)/ready ## Measure the analysis of RBAC and of NetworkPolicies on three sizes of fleet
	PYTHONPATH=operator:. $(BIN)/python -m tests.bench.rbac
	PYTHONPATH=operator:. $(BIN)/python -m tests.bench.netpol

lint: $(VENV)/ready ## Check style, types, layers, generated files, dependencies' licences and vulnerabilities; AUDIT= for pip-audit
	$(BIN)/ruff check operator tools tests
	$(BIN)/ruff format --check operator tools tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/assessor generate --check
	$(BIN)/python tools/licences.py
	$(BIN)/python tools/audit.py $(AUDIT)
	@for module in tools/controlplane tools/dockeroracle; do unformatted=$$(cd $$module && gofmt -l .) && test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }; done

generate: $(VENV)/ready ## Write the CRD and the ClusterRoles anew
	$(BIN)/assessor generate

image: dist/sbom.cdx.json ## Build the container image with docker, podman or buildah, and its bill of materials
	sh tools/image.sh

dist/sbom.cdx.json: $(VENV)/ready requirements.lock tools/sbom.py
	$(BIN)/python tools/sbom.py $@
