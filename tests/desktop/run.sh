#!/usr/bin/env bash
# run.sh SCRIPT [ARGUMENT...]: runs a Python script that drives windows, on an X server and a message bus of its own.
set -euo pipefail
export QT_SCALE_FACTOR="${QT_SCALE_FACTOR:-1}" NO_AT_BRIDGE=0
unset WAYLAND_DISPLAY

# The server chooses its number itself, so that two that start at the same time never share one.
folder=$(mktemp -d)
mkfifo "$folder/display"
Xvfb -displayfd 3 -screen 0 1840x700x24 -nolisten tcp 3>"$folder/display" 2>"$folder/messages" &
server=$!
trap 'kill "$server" 2>/dev/null || cat "$folder/messages" >&2; wait "$server" || true; rm -r "$folder"' EXIT
read -r number <"$folder/display"

# The system's interpreter has the accessibility bindings; another one in PATH may lack them.
DISPLAY=:$number dbus-run-session -- /usr/bin/python3 "$@"
