#!/bin/sh
# Installs nginx on Debian, if it is missing. Fails if that is not possible.
set -eu
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null && exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo 'nginx is missing' >&2; exit 1; }
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends nginx >/dev/null
