# Everything runs in a virtual environment of its own, .venv; only Python 3.11 or newer and make are needed.
# `make PYTHON=python3.12 test` uses another Python.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
EXAMPLE ?= $(firstword $(wildcard fhir_examples/emergency-*/response.json fhir_examples/*/response.json))
FUZZ ?= 100000
VENV := .venv
BIN := $(VENV)/bin
HAPI := conformance/hapi/target/classpath
MEDPLUM := conformance/medplum/node_modules/.package-lock.json
# The extras (of pyproject.toml) that the image has, parted by spaces.
IMAGE_EXTRAS := otel redis
LOCK := $(VENV)-deploy/bin/uv pip compile --upgrade --quiet --generate-hashes --no-annotate \
  --python-version 3.12 --python-platform x86_64-unknown-linux-gnu
IMAGE ?= numbness-triage
BUILDER ?= docker build
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo serve test lint check bench conformance lock sbom image manifests rolling fuzz clean

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

demo: $(VENV)/installed ## Triage one example and print the decision in words
	@echo "numbness-triage triage $(EXAMPLE) --explain"
	@echo
	@$(BIN)/numbness-triage triage $(EXAMPLE) --explain
	@echo
	@echo "As FHIR:   $(BIN)/numbness-triage triage $(EXAMPLE)"
	@echo "Served:    make serve   then open http://127.0.0.1:8080/ or, from another terminal,"
	@echo "           curl --json @$(EXAMPLE) 'http://127.0.0.1:8080/fhir/QuestionnaireResponse/\$$triage'"

serve: $(VENV)/installed ## Serve on http://127.0.0.1:8080
	$(BIN)/numbness-triage serve

test: $(VENV)/installed-test $(VENV)-deploy/tools $(VENV)-checkov/installed ## Run all tests
	$(BIN)/python -m pytest

lint: $(VENV)/installed-test ## Look at style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: lint ## lint, and look at types and at what imports what
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)-bench/installed ## Measure against peers (half an hour); BENCH='--quick --only parts' takes less
	$(VENV)-bench/bin/python -m bench $(BENCH)

conformance: $(VENV)/installed $(HAPI) $(MEDPLUM) ## Ask two other validators about all we write (needs Java, Maven and Node)
	$(BIN)/python -m conformance

lock: $(VENV)-deploy/installed ## Write the lists of hashes that the image is built from anew, with the newest versions allowed
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) $(IMAGE_EXTRAS:%=--extra %) pyproject.toml --output-file deploy/lock/service.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) deploy/lock/build.in --output-file deploy/lock/build.txt

sbom: $(VENV)-deploy/installed ## Write dist/sbom.cdx.json (CycloneDX): what is in the image beside Python and Debian
	$(VENV)-deploy/bin/python deploy/sbom.py dist/sbom.cdx.json

image: ## Build the image: make image BASE_DIGEST=sha256:… IMAGE=registry/name:tag
	$(BUILDER) --tag $(IMAGE) --build-arg BASE_DIGEST=$(BASE_DIGEST) --build-arg REVISION=$$(git rev-parse HEAD) \
	  --build-arg CREATED=$$(git show --no-patch --format=%cI HEAD) \
	  --build-arg SOURCE_DATE_EPOCH=$$(git show --no-patch --format=%ct HEAD) .

manifests: $(VENV)-deploy/installed ## Render the chart with each example of values into dist/manifests
	$(VENV)-deploy/bin/python deploy/render.py dist/manifests

rolling: $(VENV)/installed ## Twenty restarts in turn under load, and how many requests were lost (needs haproxy)
	$(BIN)/python -m deploy.rolling_restart

fuzz: $(VENV)/installed-fuzz ## Attack with FUZZ mutants (100000), then as many guided by coverage; goes on where it was left
	PYTHONPATH=tests $(BIN)/python -m attack --mutants $(FUZZ)
	PYTHONPATH=tests $(BIN)/python -m attack.guided build/attack/guided -runs=$(FUZZ) -max_len=8000

$(HAPI): conformance/hapi/pom.xml $(wildcard conformance/hapi/src/main/java/*.java)
	mvn --batch-mode --quiet --file conformance/hapi/pom.xml compile dependency:build-classpath -Dmdep.outputFile=target/classpath
	@touch $@

$(MEDPLUM): conformance/medplum/package-lock.json
	cd conformance/medplum && npm ci --no-audit --no-fund
	@touch $@

clean: ## Remove the virtual environment and what the tools left
	rm -rf $(VENV) $(VENV)-bench $(VENV)-deploy $(VENV)-checkov bench/peers/cqf/target bench/peers/node/node_modules build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache conformance/hapi/target conformance/medplum/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, and $(PYTHON) is not: name another, as in make PYTHON=python3.12 demo" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml | $(BIN)/python
	$(PIP) install --editable '.[test]'
	@touch $(VENV)/installed $@

$(VENV)-deploy/tools: deploy/debian_tools.sh | $(VENV)-deploy/installed
	deploy/debian_tools.sh
	@touch $@

$(VENV)-deploy/installed: deploy/tools.txt
	$(PYTHON) -m venv $(VENV)-deploy
	$(VENV)-deploy/bin/python -m pip --disable-pip-version-check --quiet install --requirement deploy/tools.txt
	@touch $@

$(VENV)-checkov/installed: deploy/checkov.txt
	$(PYTHON) -m venv $(VENV)-checkov
	$(VENV)-checkov/bin/python -m pip --disable-pip-version-check --quiet install --requirement deploy/checkov.txt
	@touch $@

$(VENV)/installed-fuzz: $(VENV)/installed-test
	$(PIP) install --editable '.[test,fuzz]'
	@touch $@

$(VENV)-bench/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[bench]'
	@touch $@
