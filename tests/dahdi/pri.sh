#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# The system tests of calls with a PBX's primary rate span, gateway on one span and
# PBX on the other. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
speak_and_listen
VM_OPTIONS="-m pri"
in_vm 31 400 python3 "$SOURCE/tests/system/pri-test.py"
