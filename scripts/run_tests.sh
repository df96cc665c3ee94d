#!/bin/sh
# Run the whole suite: run_tests.sh MISSING [OPTION…]
# MISSING names the packages that are not there ('' when all are); the tests that need them are skipped, so not all is well.
# The last line tells which it is, and so does the exit status: 0 all passed, 1 something failed, 3 something is missing.
set -eu
cd "$(dirname "$0")/.."
missing="$1"
shift

# Until the suite makes its environment itself: before Python 3.13 a path is read in the encoding of the locale.
export LC_ALL=C.UTF-8

echo 'test: pytest'
if ! .venv/bin/pytest -q -n auto --dist worksteal "$@"; then
    echo 'test: failed' >&2
    exit 1
fi
if [ "$missing" ]; then
    echo "test: all that could run has passed; missing: $missing" >&2
    exit 3
fi
