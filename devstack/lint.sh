#!/bin/sh
# Every check that needs no test; ./test and `make lint` both run it. Each step says its name only when it fails.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
out=$(mktemp)
trap 'rm -f "$out"' EXIT
failed=0

step() {
    name=$1
    shift
    if "$@" >"$out" 2>&1; then return; fi
    printf '✗ %s\n' "$name"
    cat "$out"
    failed=1
}

# Production settings with values of no consequence: the checks read them, nothing connects.
production() {
    env DJANGO_SETTINGS_MODULE=config.settings.prod SECRET_KEY="lint-$$-$(od -An -N40 -tx1 /dev/urandom | tr -d ' \n')" \
        PUBLIC_URL=https://wayleave.example DATABASE_URL=postgres:///lint REDIS_URL=redis://localhost/0 "$@"
}

templates() { find templates -name '*.html' -exec djade --check --target-version 5.2 {} +; }

step "ruff" ruff check --quiet .
step "ruff format" ruff format --check --quiet .
step "import order" lint-imports --no-logo
step "templates" templates
step "mypy" mypy .
step "pending migrations" production python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
step "check --deploy" production python manage.py check --deploy --fail-level WARNING

if [ "$failed" = 0 ]; then printf 'lint: all good\n'; fi
exit "$failed"
