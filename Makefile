# The workflow, executable. `make help` lists the targets.
.DEFAULT_GOAL := help
RUN := .venv/run.stamp
DEV := .venv/dev.stamp

.PHONY: help run test check fmt bench faults docs lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

run: $(RUN) ## set up and start the daemon with the sample newsroom; Ctrl-C ends it
	@MONITOR_LOG__FORMAT=console exec .venv/bin/monitor run --sample

test: $(DEV) ## run all tests
	@.venv/bin/pytest -n auto

check: $(DEV) ## lint, format, types and layers: the same as CI
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

fmt: $(DEV) ## format the code and mend what lint can mend
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

bench: $(DEV) ## measure; results go to docs/benchmarks.md by hand
	@.venv/bin/python -m bench

faults: $(DEV) ## the long kill loop
	@MONITOR_TEST_KILLS=100 .venv/bin/pytest tests/faults -s

docs: $(DEV) ## write the generated pages: docs/cli.md, docs/configuration.md, docs/schema/rules.json
	@.venv/bin/python -m tests.docs.generate

lock: ## resolve the newest versions within pyproject.toml's ranges (needs uv)
	@for kind in "" "-dev"; do \
	  printf '%s\n' "# Exact versions with hashes, written by \`make lock\`; no addresses, so that a company mirror works." > requirements$$kind.lock; \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --extra build $${kind:+--extra dev} pyproject.toml >> requirements$$kind.lock || exit 1; \
	done

clean: ## remove the environment, caches and the sample's state in var/
	@rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# An editable install sees a changed entry point only when it is installed again, so pyproject.toml counts too.
$(RUN): requirements.lock pyproject.toml .ci/setup
	@.ci/setup requirements.lock
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml .ci/setup
	@.ci/setup requirements-dev.lock
	@touch $@ $(RUN)
