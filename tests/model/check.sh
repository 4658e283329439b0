#!/usr/bin/env bash
# Searches the model of the slot protocol (slots.pml) exhaustively, and sees the search find an error wherever one of the
# protocol's rules is taken away. Half a minute and 800 MB; needs spin and gcc.
set -euo pipefail
model=$(realpath "$(dirname "${BASH_SOURCE[0]}")")/slots.pml
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# search NAME PAN_OPTIONS SPIN_OPTIONS...: prints how many errors and states there are.
search() {
  local name=$1 pan_options=$2
  shift 2
  spin -a "$@" "$model" >spin.out || { cat spin.out >&2; exit 1; }
  # shellcheck disable=SC2086
  gcc -O2 -DVECTORSZ=2048 -DMEMLIM=2000 $([[ $pan_options == *-a* ]] || echo -DSAFETY) -o pan pan.c
  # shellcheck disable=SC2086
  ./pan -m1000000 $pan_options >pan.out
  if grep -qE 'depth too small|MEMLIM' pan.out; then # not exhaustive
    grep -vE '^$' pan.out >&2
    exit 1
  fi
  errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.out)
  printf '%-20s errors: %s, states:%s\n' "$name" "$errors" "$(sed -n 's/ states, stored.*//p' pan.out)"
}

must_hold() {
  search "$@"
  [ "$errors" = 0 ] || { cat pan.out >&2; exit 1; }
}

must_fail() {
  search "without $1" "$2" "${@:3}" "-D$1"
  [ "$errors" = 1 ] || { echo "The search has not noticed that a rule is missing: $1." >&2; exit 1; }
}

must_hold whole "" -DFRAMES=4
must_hold live "-a -f" -DFRAMES=3 -DLIVE
for rule in NO_ODD NO_RELEASE_FENCE NO_RELEASE NO_RECHECK NO_ACQUIRE_FENCE; do
  must_fail "$rule" "" -DFRAMES=4
done
for rule in LATE_LOOK EMPTY_MOVE; do
  must_fail "$rule" "-a -f" -DFRAMES=3 -DLIVE
done
