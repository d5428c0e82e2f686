# Sourced by ./run and ./test: a Python that will do, .venv with the locked requirements, and what the tests need.
# POSIX sh; a fresh Debian has no make, curl or pip.

PYTHON_NEEDED="3.11"
# Many processes start: each module is compiled by the first of them, whatever the environment says.
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
is_root() { [ "$(id -u)" = 0 ]; }
has() { command -v "$1" >/dev/null 2>&1; }
has_apt() { is_root && has apt-get; }

apt_install() {
    say "Installing $* …"
    apt_log=$(mktemp)
    if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } \
        >"$apt_log" 2>&1 </dev/null; then
        rm -f "$apt_log"
    else
        tail -n 3 "$apt_log" >&2
        rm -f "$apt_log"
        return 1
    fi
}

# The one PYTHON names; else Debian's own where what it lacks can be installed (its build runs the tests in a tenth less time
# than one that was compiled here); else what PATH says.
find_python() {
    debians=""
    if has_apt; then debians=/usr/bin/python3; fi
    for candidate in ${PYTHON:-} $debians python3 python3.14 python3.13 python3.12 python3.11; do
        if has "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# What .venv was made from: rebuilt when any of it changes.
stamp_of() {
    "$1" - "$2" <<'PY'
import hashlib, pathlib, sys
lock = hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest()
print(sys.executable, sys.version.split()[0], sys.argv[1], lock)
PY
}

make_venv() {
    rm -rf .venv
    if "$1" -m venv .venv >/dev/null 2>&1; then return; fi
    rm -rf .venv
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if has_apt; then
        apt_install "python$version-venv" || fail "python$version-venv could not be installed: see the lines above."
        "$1" -m venv .venv || fail "The virtual environment could not be made: see the lines above."
    elif has apt-get; then
        fail "Python's venv module is missing: run \`sudo apt-get install python$version-venv\`, then this again."
    else
        fail "Python's venv module is missing: install a complete Python $PYTHON_NEEDED or newer, then run this again."
    fi
}

install_locked() {
    say "Installing the locked requirements (once) …"
    pip_log=$(mktemp)
    export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 UV_LINK_MODE=copy
    if .venv/bin/python -m pip install -q --disable-pip-version-check uv >"$pip_log" 2>&1 \
        && .venv/bin/uv pip install -q --compile-bytecode --python .venv/bin/python --require-hashes -r "$1" >>"$pip_log" 2>&1; then
        rm -f "$pip_log"
    elif .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$1" >>"$pip_log" 2>&1; then
        rm -f "$pip_log"
    else
        tail -n 3 "$pip_log" >&2
        rm -f "$pip_log"
        fail "The requirements could not be installed: check the internet connection and the free disk space, then run this again."
    fi
}

# prepare LOCK: .venv holds what LOCK names. A .venv that is a link is somebody else's and is used as it is. The
# developers' lock holds everything ./run needs, so ./run does not undo what ./test installed.
prepare() {
    if [ -L .venv ]; then return; fi
    python=$(find_python) || fail "Python $PYTHON_NEEDED or newer is needed: install it (Debian: apt-get install python3), or name it with PYTHON=/path/to/python3."
    stamp=$(stamp_of "$python" "$1")
    if [ "$1" = requirements.txt ] && [ -f .venv/stamp ] && [ "$(cat .venv/stamp)" = "$(stamp_of "$python" requirements-dev.txt)" ]; then
        return
    fi
    if [ ! -f .venv/stamp ] || [ "$(cat .venv/stamp)" != "$stamp" ]; then
        make_venv "$python"
        install_locked "$1"
        printf '%s\n' "$stamp" >.venv/stamp
    fi
}

# The browser and the real Redis. Without root the wheel's Valkey stands in for Redis, and a browser has to be there. Debian's
# headless shell is the same browser without windows, at two thirds of the work; where there is none, the whole one will do.
browser() { command -v chromium-headless-shell || command -v chromium; }

install_for_tests() {
    if has_apt; then
        [ -n "${CHROMIUM:-}" ] || has chromium-headless-shell || apt_install chromium-headless-shell \
            || has chromium || apt_install chromium || say "Could not install: chromium."
        [ -n "${REDIS_URL:-}" ] || has redis-server || apt_install redis-server || say "Could not install: redis-server."
    fi
    if [ -z "${CHROMIUM:-}" ]; then
        CHROMIUM=$(browser) || fail "A browser is needed: run \`sudo apt-get install chromium-headless-shell\` (or set CHROMIUM to the path of one), then this again."
        export CHROMIUM
    fi
}
