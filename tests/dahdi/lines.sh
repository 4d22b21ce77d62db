#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# The system tests of what lines do: pulses, hookflash, glare, breaks, ports
# that go and come back. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
speak_and_listen
in_vm 8 300 python3 "$SOURCE/tests/system/lines-test.py"
