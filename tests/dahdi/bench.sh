#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# make bench-dahdi: figures on real DAHDI channels, inside the VM.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
in_vm 24 300 python3 "$SOURCE/tests/dahdi/bench.py"
