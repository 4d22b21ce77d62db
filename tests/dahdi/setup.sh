#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# README's way from a card to a configuration, with DAHDI's own programs. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
in_vm 4 120 python3 "$SOURCE/tests/system/setup-test.py" \
	from_a_card_to_a_configuration
