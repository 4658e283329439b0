#!/usr/bin/env bash
# run.sh SCRIPT [ARGUMENT...]: runs a Python script that controls windows, with a separate X server and message bus.
set -euo pipefail
export QT_SCALE_FACTOR="${QT_SCALE_FACTOR:-1}" NO_AT_BRIDGE=0
unset WAYLAND_DISPLAY
# The system's interpreter has the accessibility bindings, which another interpreter in PATH may lack.
python=/usr/bin/python3
exec "$python" "$(dirname "${BASH_SOURCE[0]}")/virtualscreen.py" dbus-run-session -- "$python" "$@"
