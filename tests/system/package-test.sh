#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
# Builds the Debian package and looks into it.
set -u

if [ -n "${TIPRING_QUICK-}" ]; then
	echo "1..0 # SKIP not inside a package build"
	exit 0
fi
if grep -q 'define SANITIZE 1' "$BUILD/config.h"; then
	echo "1..0 # SKIP the package is built without sanitizers anyway"
	exit 0
fi
for tool in dpkg-buildpackage:dpkg-dev dh:debhelper lintian:lintian; do
	if ! command -v "${tool%:*}" >/dev/null; then
		echo "1..0 # SKIP ${tool%:*} is missing; apt install ${tool#*:}"
		exit 0
	fi
done

# It has time; tests that play in real time beside it have none.
chrt -i -p 0 $$ >/dev/null 2>&1 || renice -n 19 -p $$ >/dev/null 2>&1

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 143' TERM INT HUP
number=0

result() {	# STATUS NAME [FILE with the reason]
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		[ -z "${3-}" ] || tail -n 40 "$3" | sed 's/^/# /'
	fi
}

has() {		# PATH in the package
	[ -e "$tmp/root/$1" ] || { echo "$1 is not there"; return 1; }
}

echo "1..9"
make -C "$BUILD" deb DEB_DIR="$tmp" >"$tmp/make.log" 2>&1
result $? "make deb builds it" "$tmp/make.log"
deb=$(find "$tmp" -maxdepth 1 -name 'tipring_*.deb' -print -quit)
if [ -z "$deb" ]; then
	echo "Bail out! there is no package to look into"
	exit 1
fi

# Root may run lintian only when told so.
root=
[ "$(id -u)" != 0 ] || root=--allow-root
lintian $root --fail-on error --tag-display-limit 0 "$tmp"/*.changes \
	>"$tmp/lintian.log" 2>&1
status=$?
sed 's/^/# /' "$tmp/lintian.log"
result $status "lintian finds no error"

dpkg-deb -x "$deb" "$tmp/root" && dpkg-deb -e "$deb" "$tmp/control"
result $? "it unpacks"

{ has usr/sbin/tipringd && has usr/bin/tipring && has usr/bin/tipring-pbx; } \
	>"$tmp/log"
result $? "the programs are in it" "$tmp/log"

grep -qx /etc/tipring/tipring.conf "$tmp/control/conffiles" 2>"$tmp/log" &&
	"$tmp/root/usr/sbin/tipringd" --check \
		--config "$tmp/root/etc/tipring/tipring.conf" >"$tmp/log" 2>&1
result $? "the configuration is a conffile and passes its check" "$tmp/log"

(for page in man8/tipringd.8 man1/tipring.1 man1/tipring-pbx.1 \
	man5/tipring.conf.5; do
	has "usr/share/man/$page.gz" || exit 1
done) >"$tmp/log"
result $? "the manual pages are in it" "$tmp/log"

unit=$(find "$tmp/root" -name tipring.service -o -name tipringd.service |
	head -n 1)
{ [ -n "$unit" ] && grep -q '^Type=notify' "$unit" &&
	grep -q '^User=tipring' "$unit" &&
	grep -q '^NoNewPrivileges=' "$unit" &&
	grep -q '^ProtectSystem=strict' "$unit" &&
	grep -q '^ExecCondition=.*--require-lines' "$unit"; } >"$tmp/log" 2>&1
result $? "the unit is hardened and waits for a line" "${unit:-$tmp/log}"

# What the unit's condition says of the file as it is installed.
if "$tmp/root/usr/sbin/tipringd" --check --require-lines \
	--config "$tmp/root/etc/tipring/tipring.conf" >"$tmp/log" 2>&1; then
	false
fi
result $? "as installed no line is configured" "$tmp/log"

{ grep -q '^u tipring' "$tmp"/root/usr/lib/sysusers.d/*.conf &&
	has etc/logrotate.d/tipring &&
	has usr/share/doc/tipring/examples &&
	has usr/share/doc/tipring/copyright; } >"$tmp/log" 2>&1
result $? "user, log rotation, examples and licence are in it" "$tmp/log"
