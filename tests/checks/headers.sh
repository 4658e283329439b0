#!/usr/bin/env bash
# headers.sh HEADER...: compiles each header separately, because precompiled headers hide missing includes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

printf '%s\0' "$@" |
  xargs -0 -P "$(nproc)" -I '{}' "${CXX:-c++}" -std=c++20 -fsyntax-only -fPIC -Wall -Wextra -Werror -I . \
    $(pkg-config --cflags Qt6Widgets Qt6Test) -DQT_NO_CAST_FROM_ASCII -DQT_NO_KEYWORDS -include '{}' -x c++ /dev/null
