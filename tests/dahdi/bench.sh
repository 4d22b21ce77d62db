#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# make bench-dahdi: figures on real DAHDI channels, inside the VM: 24 lines with
# all times, 60 lines for audio that is missing and what they cost.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# The second pair of spans would cost what 60 lines have not.
VM_OPTIONS="-c 24"
in_vm 24 500 tests/dahdi/load ./tipringd 24 30 24 figures >"$dir/24" || exit 1
VM_OPTIONS="-c 60"
in_vm 60 300 tests/dahdi/load ./tipringd 60 30 60 idle >"$dir/60" || exit 1
python3 "$SOURCE/tests/dahdi/judge.py" --figures "$dir/24" "$dir/60"
