#!/usr/bin/env bash
# leftovers.sh COMMAND [ARGUMENT...]: runs the command with a folder for temporary files of its own, and fails when
# something is left afterwards that was not there before: files in that folder or of this user in /dev/shm, System V
# memory and semaphores of this user, processes. ./dev test runs CTest through it.
set -euo pipefail

folder=$(mktemp -d "${TMPDIR:-/tmp}/shmpix-tests.XXXXXX")
chmod 1777 "$folder" # as /tmp: some tests become another user
export TMPDIR=$folder SHMPIX_TEST_RUN=$folder

there() {
  find /dev/shm -mindepth 1 -maxdepth 1 -user "$(id -u)"
  awk -v user="$(id -u)" 'NR > 1 && $8 == user { print "System V memory " $2 }' /proc/sysvipc/shm
  awk -v user="$(id -u)" 'NR > 1 && $5 == user { print "System V semaphores " $2 }' /proc/sysvipc/sem
}

# What the command started and what they started, by the variable that all of them inherit.
running() {
  local environment process
  for environment in /proc/[0-9]*/environ; do
    process=${environment#/proc/}
    process=${process%/environ}
    # Not the shells of this script, whose own environment is that of before.
    ! grep -qzx "SHMPIX_TEST_RUN=$folder" "$environment" 2>/dev/null ||
      echo "process $process: $(tr '\0' ' ' 2>/dev/null <"/proc/$process/cmdline")"
  done
}

# A process that was told to end may take a moment.
ended() {
  local end=$((SECONDS + 5))
  while [ -n "$(running)" ] && [ "$SECONDS" -lt "$end" ]; do
    sleep 0.1
  done
}

before=$(there | sort)
status=0
"$@" || status=$?
ended
left=$(
  comm -13 <(echo "$before") <(there | sort)
  find "$folder" -mindepth 1 -maxdepth 1
  running
)
if [ -n "$left" ]; then
  printf 'The tests left behind:\n%s\n' "$left" >&2
  [ "$status" -ne 0 ] || status=1
fi
rm -rf "$folder"
exit "$status"
