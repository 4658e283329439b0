#!/usr/bin/env bash
# inside.sh CACHE [NAME=VALUE...]: the part of run.sh that runs in separate namespaces. Mounts the file systems that a
# system needs, and runs the project's commands in the root, which install missing packages there.
set -euo pipefail
cache=$1
root=$cache/root
shift

mount --bind "$root" "$root" # a mount of its own: tests make namespaces, and these want that of "/"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp" # as Debian 13 has it
mount --bind "$cache/source" "$root/shmpix"

in_root=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@" chroot "$root")
"${in_root[@]}" dpkg --configure -a # what a run that was killed left half installed
"${in_root[@]}" /shmpix/dev build
# Without network, so that a test does not reach the X server of another run with the same number.
unshare --net "${in_root[@]}" /shmpix/dev test
