#!/bin/sh
# Installs Debian's Chromium where it is missing. Only root can.
set -eu
command -v chromium >/dev/null && exit 0
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium >/dev/null
