#!/usr/bin/env bash
# Builds and tests the project on Debian 13 (Qt 6.8) in a separate root. Called by ./dev test-debian13. All files are in
# ${XDG_CACHE_HOME:-~/.cache}/shmpix/debian13, which may be removed at any time: the root, and a copy of the sources
# with their build, so that the next run builds only the changes. Mounts, processes and System V objects are in
# namespaces that end with this process, however it ends.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# The environment variables that the programs inside get.
kept=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY TERM \
            CMAKE_BUILD_PARALLEL_LEVEL CTEST_PARALLEL_LEVEL; do
  [ -z "${!name:-}" ] || kept+=("$name=${!name}")
done

cache=${XDG_CACHE_HOME:-$HOME/.cache}/shmpix/debian13
if [ "$(id -u)" -ne 0 ]; then
  exec sudo env "XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache}" "${kept[@]}" "$PWD/tools/debian13/run.sh"
fi

# The Debian mirror that this machine uses. Empty on other systems, where debootstrap has a default.
mirror() {
  (
    . /etc/os-release
    [ "$ID" = debian ] || exit 0
    [ -n "$(apt-get indextargets)" ] || apt-get update -qq >&2 # it names no mirror before
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
      awk -v release="$VERSION_CODENAME" '$1 == release && $2 == "main" && !found { print $3; found = 1 }'
  )
}

# Created with another name, so that a failed attempt is never mistaken for a root.
make_root() {
  local address
  address=$(mirror)
  rm -rf --one-file-system "$cache/root.new"
  unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
    debootstrap --variant=minbase --include=ca-certificates trixie "$cache/root.new" ${address:+"$address"}
  printf '#!/bin/sh\nexit 101\n' >"$cache/root.new/usr/sbin/policy-rc.d" # packages start no services there
  chmod 755 "$cache/root.new/usr/sbin/policy-rc.d"
  mkdir -p "$cache/root.new/shmpix"
  mv -T "$cache/root.new" "$cache/root"
}

# How to reach the mirror: the fetch settings of this machine's apt, without its install settings.
copy_network_settings() {
  cp -L /etc/resolv.conf /etc/hosts "$cache/root/etc/"
  apt-config dump | grep '^Acquire::' >"$cache/root/etc/apt/apt.conf.d/90-host"
}

mkdir -p "$cache"
exec 9>"$cache/lock"
flock --nonblock 9 || { echo "Waiting for another run in $cache to end." && flock 9; }
[ -d "$cache/root" ] || make_root
copy_network_settings
# Compares contents, not times: a different file counts as new even if it comes from an older tree.
rsync --recursive --links --perms --checksum --delete --filter=':- .gitignore' --exclude=/.git ./ "$cache/source/"
exec unshare --mount --propagation private --pid --ipc --fork --kill-child \
  "$cache/source/tools/debian13/inside.sh" "$cache" "${kept[@]}"
