#!/bin/bash
# Run a command on a machine that nobody has prepared:
# fresh_machine.sh SUITE [--as person] [--with 'PACKAGE…'] [--or-fail] [COMMAND]
#
# That is Debian's base system of that name (bookworm, trixie, sid, …) with git, make and python3 and nothing else, in a
# folder; a clone of what is committed here, in a path with a space and letters that are not ASCII; an empty environment,
# no standard input. COMMAND is a line for sh, by default the README's two commands. `--as person` runs it without root.
#
# It needs root, debootstrap and leave to mount. Where one of them is missing it says so and runs COMMAND in a bare
# environment here, as it does for the suite `here`; with --or-fail its exit status is then 4 instead. Base systems (half a minute and 0.5 GB each) and what was downloaded are kept in $FRESH, by default
# ~/.cache/chatcore-fresh; remove a folder there to have it made anew. $MIRROR is where Debian's packages come from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SYSTEM_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PLACE='a chat · zażółć'
COMMAND='make demo </dev/null && make test'
who=root packages='' substitute=here
suite=${1:?which suite of Debian? bookworm, trixie, sid, …}
shift
while [ $# -gt 0 ]; do
    case $1 in
    --as) who=$2; shift 2 ;;
    --with) packages=$2; shift 2 ;;
    --or-fail) substitute='exit 4'; shift ;;
    *) COMMAND=$1; shift ;;
    esac
done
store=${FRESH:-${XDG_CACHE_HOME:-$HOME/.cache}/chatcore-fresh}
base=$store/$suite

main() {
    [ -z "$(git status --porcelain)" ] || say 'what is not committed is left out'
    mkdir -p "$store"
    run=$(mktemp -d "$store/run.XXXXXX")
    trap 'rm -rf --one-file-system "$run"' EXIT
    if [ "$suite" = here ]; then
        here
    elif can_make_machines && ensure_base; then
        # In namespaces of its own: at its end nothing stays mounted, and nothing goes on running.
        export run store base suite who packages SYSTEM_PATH PLACE COMMAND
        export -f on_a_fresh_machine inside install share
        unshare --mount --pid --fork --kill-child bash -euo pipefail -c on_a_fresh_machine </dev/null
    else
        $substitute
    fi
}

can_make_machines() {
    [ "$(id -u)" = 0 ] || { say 'only root can make a fresh machine'; return 1; }
    scripts/system_packages.sh debootstrap >/dev/null || return 1
    unshare --mount --pid --fork mount -t proc proc /proc 2>/dev/null || { say 'nothing can be mounted here'; return 1; }
}

ensure_base() {
    exec 9>"$base.lock"
    flock 9
    [ ! -e "$base/.made" ] || return 0
    say "making a base system of $suite, once"
    rm -rf --one-file-system "$base"
    make_base >"$base.log" 2>&1 || { say "no base system of $suite can be had: $(tail -n 1 "$base.log")"; return 1; }
    touch "$base/.made"
}

make_base() {
    timeout 900 debootstrap --variant=minbase "$suite" "$base" ${MIRROR:+"$MIRROR"} &&
        echo 'Acquire::Check-Valid-Until "false";' >"$base/etc/apt/apt.conf.d/99fresh" && # a mirror may lag behind
        cp /etc/resolv.conf /etc/hosts "$base/etc/" &&
        install "$base" git make python3 ca-certificates &&
        trust_whom_we_trust &&
        inside "$base" /root useradd --create-home person
}

# Certificate authorities that somebody has added to this machine: without them no package may be had in its network.
trust_whom_we_trust() {
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$base/usr/local/share/ca-certificates" {} + &&
        inside "$base" /root update-ca-certificates
}

inside() {
    local root=$1 home=$2
    shift 2
    chroot "$root" /usr/bin/env -i PATH="$SYSTEM_PATH" HOME="$home" "$@"
}

install() {
    local root=$1
    shift
    inside "$root" /root apt-get -qq update &&
        inside "$root" /root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"
}

on_a_fresh_machine() {
    local machine=$run/machine home=/root person=/home/person as=()
    local clone=$person/$PLACE
    [ "$who" = root ] || { home=$person; as=(setpriv --reuid=person --regid=person --init-groups); }
    cp -a --reflink=auto "$base" "$machine"
    cp /etc/resolv.conf /etc/hosts "$machine/etc/"
    git clone -q --no-hardlinks . "$machine$clone"
    mount -t proc proc "$machine/proc"
    mount --rbind /dev "$machine/dev"
    share "$suite.packages" /var/cache/apt/archives
    share "$suite.cache.$who" "$home/.cache"
    inside "$machine" /root chown -R "$who:" "$clone"
    inside "$machine" /root chown "$who:" "$home/.cache"
    # shellcheck disable=SC2086  # several words on purpose
    [ -z "$packages" ] || install "$machine" $packages >/dev/null
    # shellcheck disable=SC2016  # expanded by the inner shell
    inside "$machine" "$home" "${as[@]}" sh -c 'cd "$1" && eval "$2"' fresh "$clone" "$COMMAND"
}

# What was downloaded for one machine is there for the next.
share() {
    mkdir -p "$store/$1" "$machine$2"
    mount --bind "$store/$1" "$machine$2"
}

here() {
    say "running in a bare environment here, as $(id -un)"
    mkdir -p "$run/home" "$store/here"
    ln -s "$store/here" "$run/home/.cache"
    git clone -q --no-hardlinks . "$run/$PLACE"
    (cd "$run/$PLACE" && exec /usr/bin/env -i PATH="$SYSTEM_PATH:$PATH" HOME="$run/home" sh -c "$COMMAND" </dev/null)
}

say() { echo "fresh: $*" >&2; }

main
