#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# guest.sh [SUITE...]: what check.sh runs inside the VM, in the build directory: the
# suites named, `analog` or `isdn` for all of a kind, or all. Each suite is TAP
# between lines that name it. Those on the same spans stand together: other spans
# cost some seconds.
set -u
set -m
# The system's own programs. What somebody's shell puts before them, as pyenv does
# a script before python3, costs the emulated processor 8 s at each start.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export CMOCKA_MESSAGE_OUTPUT=TAP
tests=$SOURCE/tests
analog="driver load setup calls lines release features dialling measure signals
	faults"
isdn="span pri_setup pri pri_hold pri_channel pri_names pri_span pri_calls
	pri_faults t1_setup t1_calls t1_switches"

driver()  { tests/dahdi/driver-test; }
# 24 lines in calls for a minute, each octet told from any other.
load()    {
	tests/dahdi/load ./tipringd 24 60 24 >/tmp/load 2>/tmp/load.err
	python3 "$tests/dahdi/judge.py" /tmp/load 24 /tmp/load.err
}
# README's way from a card to a configuration, with DAHDI's own programs.
setup()   { python3 "$tests/system/setup-test.py" from_a_card_to_a_configuration; }
calls()   { python3 "$tests/system/calls-test.py"; }
lines()   { python3 "$tests/system/lines-test.py"; }
release() { python3 "$tests/system/release-test.py"; }
# Of these what a card does; the rest is call control, whatever the lines are.
features() {
	python3 "$tests/system/features-test.py" \
		a_call_is_held_for_another_and_taken_back \
		hanging_up_connects_the_two_others \
		a_waiting_call_is_announced_and_taken close_the_shared_bench
}
dialling() {
	python3 "$tests/system/dialling-test.py" a_hotline_calls_at_once \
		a_map_is_complete_at_once without_a_map_a_pause_ends_the_number \
		a_caller_dials_a_pin_and_a_number the_programs_end
}
measure() {
	python3 "$tests/system/measure-test.py" real_lines_are_measured \
		a_line_in_use_is_not_measured close_the_shared_bench
}
signals() { python3 "$tests/dahdi/signals-test.py"; }
faults()  { python3 "$tests/dahdi/faults-test.py"; }

span()        { tests/dahdi/span-test; }
pri_setup()   { python3 "$tests/system/setup-test.py" from_a_span_to_a_configuration; }
pri()         { python3 "$tests/system/pri-test.py"; }
pri_hold()    { python3 "$tests/system/pri-hold-test.py"; }
pri_channel() { python3 "$tests/system/pri-channel-test.py"; }
pri_names()   { python3 "$tests/system/pri-name-test.py"; }
pri_span()    { python3 "$tests/system/pri-span-test.py"; }
pri_calls()   { python3 "$tests/system/pri-calls-test.py"; }
pri_faults()  { python3 "$tests/dahdi/pri-faults-test.py"; }

t1_setup()    { pri_setup; }
t1_calls()    { pri_calls; }
t1_switches() {
	python3 "$tests/system/pri-span-test.py" \
		both_roles_and_every_switch_carry_a_call
}

layout_of() {
	case $1 in
	span|pri*) echo e1 ;;
	t1*)       echo t1 ;;
	*)         echo analog ;;
	esac
}

laid=
# lay LAYOUT
lay() {
	export SPANS=$1
	[ "$1" != "$laid" ] || return 0
	laid=
	python3 "$tests/dahdi/lay.py" "$1" && laid=$1
}

# run SUITE: status 0 when all of it passed.
run() {
	local suite=$1 pid guard status
	echo "# suite $suite"
	if ! lay "$(layout_of "$suite")"; then
		echo "# end $suite 2"
		return 1
	fi
	( set -o pipefail; "$suite" | tee "/tmp/$suite.tap" ) &
	pid=$!
	# One that hangs must not cost the others their turn.
	( sleep 600; kill -- -$pid ) >/dev/null 2>&1 &
	guard=$!
	disown $guard
	wait $pid
	status=$?
	echo "# end $suite $status"
	kill -- -$guard 2>/dev/null
	[ $status = 0 ] && ! grep -q '^not ok' "/tmp/$suite.tap" && return
	laid=		# who knows what it left
	return 1
}

[ $# -gt 0 ] || set -- analog isdn
again=()
for suite in $(for word; do case $word in
	analog) echo "$analog" ;;
	isdn)   echo "$isdn" ;;
	*)      echo "$word" ;;
	esac; done)
do
	run "$suite" || again+=("$suite")
done
# An emulated machine stalls when its host does: a few suites that failed run once
# more, and that run counts. More than a few are no accident.
[ ${#again[@]} -gt 3 ] || for suite in "${again[@]}"; do
	run "$suite"
done
