#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# The DAHDI driver's test program, inside the VM. TAP.
set -u
skip() { echo "1..0 # SKIP $*"; exit 0; }

[ -z "${TIPRING_QUICK-}" ] || skip "not inside a package build"
[ "$(id -u)" = 0 ] || skip "the VM reads all of / and needs root"
[ "$(uname -m)" = x86_64 ] || skip "the VM is for amd64"
grep -q '^#define SANITIZE' "$BUILD/config.h" &&
	skip "run in the build without sanitizers"
"$SOURCE/tests/dahdi/dahdi-vm" -P 2>&1 | sed 's/^/# /' >&2
[ "${PIPESTATUS[0]}" = 0 ] || skip "the VM cannot be prepared, see the log"

cd "$BUILD" || exit 1
export CHANNELS=4
exec "$SOURCE/tests/dahdi/dahdi-vm" -t 240 -c "$CHANNELS" -w "$SOURCE" -- \
	tests/dahdi/driver-test
