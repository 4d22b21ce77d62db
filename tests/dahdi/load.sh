#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# 24 lines in calls at once for a minute, on 24 DAHDI channels, each octet told
# from any other. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
result=$(mktemp)
trap 'rm -f "$result" "$result.err"' EXIT
in_vm 24 240 tests/dahdi/load ./tipringd 24 60 24 >"$result" 2>"$result.err"
sed 's/^/# /' "$result.err"
python3 "$SOURCE/tests/dahdi/judge.py" "$result" 24
