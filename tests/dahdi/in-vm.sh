# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# Sourced by what runs in the VM: in_vm CHANNELS SECONDS COMMAND... runs COMMAND in
# the build directory, in a VM that has so many pairs of kewlstart channels and a
# second pair of spans (see spans; VM_OPTIONS asks dahdi-vm for others), or skips
# with a plain reason where it cannot.
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

# spans CHANNELS: the first pair is kewlstart; each span of the second has four
# channels of kewlstart, of ground start and of loop start. The last have no
# canceller of the kernel's.
spans() {
	local n=$1 pair=0 first=$((2 * $1 + 1)) fx
	for pair in 0 1; do
		for end in 0 1; do
			echo "dynamic=loc,$pair:$end,$((pair ? 12 : n)),0"
		done
	done
	echo "fxoks=1-$n"
	echo "fxsks=$((n + 1))-$((2 * n))"
	echo "echocanceller=mg2,1-$n"
	echo "echocanceller=mg2,$((n + 1))-$((2 * n))"
	for fx in fxo fxs; do
		echo "${fx}ks=$first-$((first + 3))"
		echo "echocanceller=mg2,$first-$((first + 3))"
		echo "${fx}gs=$((first + 4))-$((first + 7))"
		echo "echocanceller=mg2,$((first + 4))-$((first + 7))"
		echo "${fx}ls=$((first + 8))-$((first + 11))"
		first=$((first + 12))
	done
	echo "loadzone=us"
	echo "defaultzone=us"
}

in_vm() {
	local channels=$1 seconds=$2 options=${VM_OPTIONS:-} first
	shift 2
	cd "$BUILD" || exit 1
	export CHANNELS=$channels CHANNEL_PAIRS=$((channels + 12)) WIRE=dahdi
	export TIPRING_TIMES=1
	if [ -z "$options" ]; then
		spans "$channels" >"$BUILD/dahdi-spans.conf"
		options="-f $BUILD/dahdi-spans.conf"
	fi
	first=$(chrt -r 1 true 2>/dev/null && echo chrt -r 1 || echo nice -n -15)
	$first "$SOURCE/tests/dahdi/dahdi-vm" -t "$seconds" \
		$options -w "$SOURCE" -- "$@"
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
