#!/bin/sh
# Make sure that programs are there, each named as its Debian package is: system_packages.sh PROGRAM…
# As root with apt-get they are installed; otherwise the missing ones are named, and the exit status is 1.
set -eu

missing=
for program in "$@"; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing$missing with apt-get" >&2
    # shellcheck disable=SC2086  # several words on purpose
    if { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing; } >&2
    then
        exit 0
    fi
fi
echo "setup: missing:$missing. Install with: sudo apt-get install$missing" >&2
exit 1
