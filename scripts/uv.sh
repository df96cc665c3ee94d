#!/bin/sh
# Run uv in the clone: the uv on PATH, otherwise one that this script puts into the clone's own .venv.
set -eu
cd "$(dirname "$0")/.."
export UV_PYTHON_DOWNLOADS=never
# In another encoding uv and the Pythons that it asks do not agree on a path with letters that are not ASCII, and wait.
export LC_ALL=C.UTF-8

say() { echo "setup: $*" >&2; }
fail() { say "$@"; exit 1; }
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Older ones do not understand the settings in pyproject.toml.
uv_is_new_enough() {
    # shellcheck disable=SC2046  # "uv 0.13.9" as the words uv, 0, 13, 9
    set -- $(uv --version 2>/dev/null | tr . ' ')
    [ "${2:-0}" -gt 0 ] || [ "${3:-0}" -ge 11 ]
}

# The Python to build .venv on: $PYTHON, python3, or the newest one by name.
find_python() {
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if is_new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    fail "${PYTHON:-python3} is not Python 3.11 or newer. Install one, or name it: make PYTHON=/path/to/python3 …"
}

# Debian keeps the venv module in a package of its own.
ensure_venv_module() {
    if "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        return
    fi
    package="python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "$1 cannot make virtual environments. Install its venv module (Debian: apt-get install $package) or uv."
    fi
    say "installing $package"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "$package"; } >&2
}

if [ -d .venv ] && ! is_new_enough .venv/bin/python; then
    say "the Python of .venv is gone or too old: making .venv anew"
    rm -rf .venv
fi
if [ ! -d .venv ]; then
    UV_PYTHON="$(find_python)"
    export UV_PYTHON
fi

if uv_is_new_enough; then
    exec uv "$@"
fi
if [ ! -x .venv/bin/uv ]; then
    if [ ! -d .venv ]; then
        ensure_venv_module "$UV_PYTHON"
        say "making .venv with $UV_PYTHON"
        "$UV_PYTHON" -m venv .venv
    elif ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        ensure_venv_module .venv/bin/python
        .venv/bin/python -m ensurepip >/dev/null
    fi
    say "no uv (0.11 or newer) on PATH: putting it into .venv"
    .venv/bin/python -m pip --quiet --disable-pip-version-check install 'uv>=0.11'
fi
unset UV_PYTHON
exec .venv/bin/uv "$@"
