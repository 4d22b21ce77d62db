# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# Sourced by what runs in the VM: in_vm CHANNELS SECONDS COMMAND... runs COMMAND in
# the build directory, in a VM without spans (lay.py lays them; VM_OPTIONS asks
# dahdi-vm for some), or skips with a plain reason where it cannot. CHANNELS is how
# many pairs of kewlstart channels there are or will be.
# The guest keeps real time only while it is served: it goes before other work of
# this machine. (Niceness is not enough: it counts within one session only.)
# Kernel and modules are prepared once, in the build directory.
export DAHDI_VM_CACHE=${DAHDI_VM_CACHE:-$BUILD/dahdi-vm}

skip() { echo "1..0 # SKIP $*"; exit 0; }

# TIPRING_VM=later: whoever calls runs `make check-dahdi` when all else is done.
can_run_vm() {
	[ "${TIPRING_VM:-}" != later ] || skip "run after all others"
	[ -z "${TIPRING_QUICK:-}" ] || skip "not inside a package build"
	[ "$(id -u)" = 0 ] || skip "the VM reads all of / and needs root"
	[ "$(uname -m)" = x86_64 ] || skip "the VM is for amd64"
	if grep -q '^#define SANITIZE' "$BUILD/config.h"; then
		skip "run in the build without sanitizers"
	fi
	"$SOURCE/tests/dahdi/dahdi-vm" -P 2>&1 | sed 's/^/# /' >&2
	[ "${PIPESTATUS[0]}" = 0 ] || skip "the VM cannot be prepared, see the log"
}

in_vm() {
	local channels=$1 seconds=$2 first
	shift 2
	cd "$BUILD" || exit 1
	export CHANNELS=$channels CHANNEL_PAIRS=$((channels + 12)) WIRE=dahdi
	first=$(chrt -r 1 true 2>/dev/null && echo chrt -r 1 || echo nice -n -15)
	$first "$SOURCE/tests/dahdi/dahdi-vm" -t "$seconds" \
		${VM_OPTIONS:--m none} -w "$SOURCE" -- "$@"
}

# What the system tests say is spoken here, and what was heard is judged here:
# the emulated processor takes a minute for a sentence.
speak_and_listen() {
	export TIPRING_SPEECH=$BUILD/speech
	python3 "$SOURCE/tests/system/box.py" || skip "espeak-ng is missing"
	TIPRING_EAR=$(mktemp -d "$BUILD/ear.XXXXXX")
	export TIPRING_EAR
	python3 "$SOURCE/tests/system/sound.py" "$BUILD/tests/tools" \
		"$TIPRING_EAR" &
	listener=$!
	trap 'kill $listener; rm -rf "$TIPRING_EAR"' EXIT
}
