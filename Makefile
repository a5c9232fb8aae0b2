# Two commands set everything up on a machine with Python 3.11: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
.PHONY: env run up check test test-slow lint format style layers dependencies types sql schemas staging diagram programs bench faults lock clean

env: .venv/ready

# uv installs the whole lock in seconds; it comes into the environment by pip like any package. Compiling takes half a minute
# once, and saves seconds in every process where Python may not or does not write what it compiled.
.venv/ready: requirements.lock pyproject.toml plugins/federation_demo/pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --system-certs --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python --no-deps --editable . --editable plugins/federation_demo
	$(BIN)/python -m compileall -q plugins
	touch $@

# A client that lies beside the environment, never in it.
.venv/oldest-client/ready: .venv/ready tests/oldest_client.txt
	$(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python --target .venv/oldest-client --require-hashes -r tests/oldest_client.txt
	touch $@

run: env          ## one pass on the six generated platforms (or on HUB_PLATFORMS)
	@$(BIN)/hub run || [ $$? = 1 ]  # 1: something of a city is wrong, as the table says

up: env           ## Airflow with the hub's DAGs, until Ctrl-C
	@exec $(BIN)/python -m federation.airflow.standalone

check: env        ## the fast loop, without servers: format, lint, layers, dependencies, types, unit tests
	@$(MAKE) --no-print-directory -j 2 types format style layers dependencies
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not integration and not slow"

lint: format style layers dependencies types sql

format: env
	$(BIN)/ruff format --check .

style: env
	$(BIN)/ruff check .
	$(BIN)/hadolint dags/Containerfile

layers: env       ## each room imports only what stands below it
	$(BIN)/lint-imports

dependencies: env ## what is imported is declared, what is declared is used
	$(BIN)/deptry plugins dags

types: env
	$(BIN)/mypy

sql: env
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests

diagram: env      ## draw the rooms in plugins/README.md anew from pyproject.toml
	$(BIN)/python tests/support/diagram.py

programs: env     ## what the tests need beside Python, where it can be installed
	@{ command -v openssl && PATH=$$PATH:/usr/sbin command -v sshd && command -v chromium; } >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq openssl openssh-server chromium >/dev/null; } \
	  || echo "openssl, sshd or chromium is missing and cannot be installed here: the SMTP, SFTP or browser tests are skipped"

test: env .venv/oldest-client/ready  ## lint, types, dbt unit tests, and the suite against real parts
	@$(MAKE) --no-print-directory -j 2 types programs format style layers dependencies sql
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

test-slow: env    ## what repeats in whole passes what the suite proves once: more kills, readers, refusals
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow

bench: env        ## 12 million rows against bare scripts, in the same run
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/bench.py

faults: env       ## plant faults of every kind, judge every extract, print what is missed; fails when an aim is
	$(BIN)/python -m federation_demo.faults.measure

schemas: env      ## write expectations/schemas anew from the models of the YAML files
	$(BIN)/python -m federation.cli.schemas

staging: env      ## write dbt's staging models anew from the suites
	$(BIN)/python -m federation.datasets.staging

lock: env         ## compile requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --system-certs --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev --extra demo \
	  pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv .hub
