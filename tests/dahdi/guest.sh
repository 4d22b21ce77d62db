#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# guest.sh [SUITE...]: what check.sh runs inside the VM, in the build directory.
# Each suite is TAP between lines that name it.
set -u
set -m
export CMOCKA_MESSAGE_OUTPUT=TAP
tests=$SOURCE/tests

driver()  { tests/dahdi/driver-test; }
# 24 lines in calls for a minute, each octet told from any other.
load()    {
	tests/dahdi/load ./tipringd 24 60 24 >/tmp/load 2>/tmp/load.err
	sed 's/^/# /' /tmp/load.err
	python3 "$tests/dahdi/judge.py" /tmp/load 24
}
# README's way from a card to a configuration, with DAHDI's own programs.
setup()   { python3 "$tests/system/setup-test.py" from_a_card_to_a_configuration; }
calls()   { python3 "$tests/system/calls-test.py"; }
lines()   { python3 "$tests/system/lines-test.py"; }
signals() { python3 "$tests/dahdi/signals-test.py"; }
faults()  { python3 "$tests/dahdi/faults-test.py"; }

[ $# -gt 0 ] || set -- driver load setup calls lines signals faults
for suite; do
	echo "# suite $suite"
	$suite &
	pid=$!
	# One that hangs must not cost the others their turn.
	( sleep 600; kill -- -$pid ) >/dev/null 2>&1 &
	guard=$!
	disown $guard
	wait $pid
	echo "# end $suite $?"
	kill -- -$guard 2>/dev/null
done
