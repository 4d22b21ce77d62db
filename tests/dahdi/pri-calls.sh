#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# A PBX with a primary rate span, all B channels in calls. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
VM_OPTIONS="-m pri"
in_vm 31 300 python3 "$SOURCE/tests/dahdi/pri-calls.py"
