#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# All suites that run on real DAHDI channels, in one VM, one after the other; or
# those that are named. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
speak_and_listen
in_vm 24 3600 bash "$SOURCE/tests/dahdi/guest.sh" "$@" 9>&- |
	python3 "$SOURCE/tests/dahdi/merge.py"
