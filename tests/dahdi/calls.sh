#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# The system tests' calls over real DAHDI channels: each to its end by either
# side, at every stage, both ways, both kinds of port. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
speak_and_listen
in_vm 8 400 python3 "$SOURCE/tests/system/calls-test.py"
