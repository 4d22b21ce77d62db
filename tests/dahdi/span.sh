#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# The DAHDI driver's spans, D channel and B channels, inside the VM. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
VM_OPTIONS="-m pri"
in_vm 31 240 tests/dahdi/span-test
