# For developers. The two commands of the README, ./run and ./test, need none of this.

PYTHON = .venv/bin/python
COMPILE = uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock"

.PHONY: help lint fmt test bench faults shots lock

help:  ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

lint:  ## every check that needs no test, as in ./test
	@devstack/lint.sh

fmt:  ## format code and templates, sort imports
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format --quiet .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

test:  ## all checks and tests
	@./test

bench:  ## the budgets of docs, as ratios measured in one run
	@$(PYTHON) -m benchmarks

faults:  ## minutes of 2,000 people at work while everything breaks, and a count of every row and mail
	@$(PYTHON) -m tests.faults.storm

shots:  ## every picture of the README and docs/guide, of the demo company that ./run has started
	@$(PYTHON) -m tests.browser.shots

lock:  ## pin requirements*.in with hashes
	@PATH="$$PWD/.venv/bin:$$PATH" $(COMPILE) requirements.in -o requirements.txt
	@PATH="$$PWD/.venv/bin:$$PATH" $(COMPILE) requirements-dev.in -o requirements-dev.txt
