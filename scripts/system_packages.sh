#!/bin/sh
# Make sure that Debian packages are there: system_packages.sh PACKAGE[=TEST]…
# A package is there when TEST succeeds, a command of the shell; without one, when a program of its name is found.
# As root with apt-get they are installed; otherwise it says how, their names alone go to standard output, and the exit
# status is 1.
set -eu

missing_of() {
    missing=
    for wanted in "$@"; do
        package="${wanted%%=*}"
        test="command -v $package"
        [ "$package" = "$wanted" ] || test="${wanted#*=}"
        sh -c "$test" >/dev/null 2>&1 || missing="$missing $package"
    done
}

missing_of "$@"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing$missing with apt-get" >&2
    # shellcheck disable=SC2086  # several words on purpose
    if { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing; } >&2
    then
        missing_of "$@"
        [ -n "$missing" ] || exit 0
    fi
fi
echo "setup: missing:$missing. Install with: sudo apt-get install$missing" >&2
case "$missing" in
*python3-tk*) echo "setup: python3-tk is for the system's Python: another one (make PYTHON=…) brings its own tkinter" >&2 ;;
esac
echo "${missing# }"
exit 1
