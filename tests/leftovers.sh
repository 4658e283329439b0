#!/usr/bin/env bash
# leftovers.sh COMMAND [ARGUMENT...]: runs the command with a folder of its own for temporary files, and fails if it
# leaves something behind: files in that folder, files of this user in /dev/shm, System V memory or semaphores of this
# user, or processes. ./dev test runs CTest through it.
set -euo pipefail

folder=$(mktemp -d "${TMPDIR:-/tmp}/tests.XXXXXX")
chmod 1777 "$folder" # as /tmp: some tests become another user
export TMPDIR=$folder SHMPIX_TEST_RUN=$folder
# Where no session has given one, Qt makes it in the folder for temporary files.
if [ -z "${XDG_RUNTIME_DIR:-}" ]; then
  export XDG_RUNTIME_DIR=$folder/runtime
  mkdir -m 700 "$XDG_RUNTIME_DIR"
fi

existing() {
  find /dev/shm -mindepth 1 -maxdepth 1 -user "$(id -u)" -printf '%p, %TT\n'
  awk -v user="$(id -u)" 'NR > 1 && $8 == user { print "System V memory " $2 ", key " $1 }' /proc/sysvipc/shm
  awk -v user="$(id -u)" 'NR > 1 && $5 == user { print "System V semaphores " $2 ", key " $1 }' /proc/sysvipc/sem
}

# The processes that the command started, directly or not: all of them inherit the variable.
running() {
  local environment process
  for environment in /proc/[0-9]*/environ; do
    process=${environment#/proc/}
    process=${process%/environ}
    # The shells of this script have the environment that they started with.
    ! grep -qzx "SHMPIX_TEST_RUN=$folder" "$environment" 2>/dev/null ||
      echo "process $process: $(tr '\0' ' ' 2>/dev/null <"/proc/$process/cmdline")"
  done
}

# A process that was told to end may take a moment.
wait_for_processes() {
  local end=$((SECONDS + 5))
  while [ -n "$(running)" ] && [ "$SECONDS" -lt "$end" ]; do
    sleep 0.1
  done
}

before=$(existing | sort)
status=0
"$@" || status=$?
wait_for_processes
left=$(
  comm -13 <(echo "$before") <(existing | sort)
  find "$folder" -mindepth 1 -maxdepth 1 ! -path "$folder/runtime" -printf '%p, %TT\n'
  running
)
if [ -n "$left" ]; then
  printf 'The tests left behind:\n%s\n' "$left" >&2
  [ "$status" -ne 0 ] || status=1
fi
rm -rf "$folder"
exit "$status"
