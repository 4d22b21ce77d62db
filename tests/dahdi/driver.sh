#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# The DAHDI driver's test program, inside the VM. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
VM_OPTIONS="-E mg2"
in_vm 4 240 tests/dahdi/driver-test
