#!/bin/sh
# Says whether there is a Chromium, or one can be installed.
command -v chromium >/dev/null && exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && exit 0
echo "there is no chromium, and only root can install it" >&2
exit 1
