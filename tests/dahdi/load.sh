#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
#
# 24 lines at once for a minute, on 24 DAHDI channels. They talk in the VM; what
# each heard is judged outside, where the processor is a real one. TAP.
set -u
. "$SOURCE/tests/dahdi/in-vm.sh"
can_run_vm
test=$SOURCE/tests/system/load-test.py
export TIPRING_SPEECH=$BUILD/speech
dir=$(mktemp -d "$BUILD/load.XXXXXX")
trap 'rm -rf "$dir"' EXIT
python3 "$test" --speak "$dir" || skip "espeak-ng is missing"

echo 1..28
(in_vm 24 400 python3 "$test" --keep "$dir") | sed '/^1\.\./d' >"$dir/talk"
sed '/^not ok\|^ok/d' "$dir/talk"
{ grep '^ok\|^not ok' "$dir/talk"
  python3 "$test" --judge "$dir" | sed '/^1\.\./d'; } |
awk '/^(not )?ok [0-9]/ { sub(/ok [0-9]+/, "ok " ++n) } { print }
	END { exit n != 28 }'
