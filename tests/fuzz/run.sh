#!/usr/bin/env bash
# Runs the fuzz targets of the built preset "fuzz", each for a number of seconds, one per processor at a time:
#   run.sh SECONDS [TARGET...]
# Starts with corpus/ and the inputs that earlier runs added to build-fuzz/corpus. If something was found, exits with 1
# and names the file that reproduces it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=$1
shift
mapfile -t targets < build-fuzz/tests/targets
[ $# -eq 0 ] || targets=("$@")
found=build-fuzz/found
mkdir -p "$found" build-fuzz/corpus

TMPDIR=$(mktemp -d)
export TMPDIR found seconds
trap 'rm -rf "$TMPDIR"' EXIT
export QT_QPA_PLATFORM=offscreen UBSAN_OPTIONS=print_stacktrace=1

run_target() {
  local target=$1 program=build-fuzz/tests/fuzz_$1 log=$found/$1.log corpus=build-fuzz/corpus/$1 result='nothing found'
  mkdir -p "$corpus"
  local before status=0 executions
  before=$(find "$corpus" -type f | wc -l)
  "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -malloc_limit_mb=256 -print_final_stats=1 \
    -artifact_prefix="$found/$target-" "$corpus" "tests/fuzz/corpus/$target" > "$log" 2>&1 || status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  if [ "$status" -ne 0 ]; then
    result="FOUND; $log has it"
    local file
    file=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
    [ -z "$file" ] || result="FOUND; repeat it with: $program $file"
  fi
  printf '%-12s %10s executions, %5s new inputs: %s\n' "$target" "${executions:-?}" \
    "$(($(find "$corpus" -type f | wc -l) - before))" "$result"
  [ "$status" -eq 0 ]
}
export -f run_target

printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_target {}' || {
  echo "Something was found: files and logs are in $found."
  exit 1
}
