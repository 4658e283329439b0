#!/usr/bin/env bash
# The long tests of live frames, in a tree that is already built; called by `./dev soak`. Takes about an hour and a
# quarter on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export QT_QPA_PLATFORM=offscreen QTEST_FUNCTION_TIMEOUT=7200000

echo "Model of the slot protocol"
tests/model/check.sh

echo "Killed writers and readers, frames flat out"
SHMPIX_KILLS=10000 build/tests/tests_live tst_livekills
echo "Frames for long"
SHMPIX_FRAMES=5000000 build/tests/tests_live tst_livefootprint

echo "Fuzz targets, five minutes each"
tests/fuzz/run.sh 300

echo "The receiver's window, ten minutes of 4K"
build/tests/shmpix-live-bench build/soak.json build/bench window-long
