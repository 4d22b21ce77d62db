#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The SIP library's five faults: each is there without its guard, unless
./configure found it cured; the start says so when a guard is not in force; and
they do not harm tipringd."""

import os
import re
import resource
import socket
import subprocess
import sys
import time

import box
import harness
import namespace
import tap
import tlsbed
import wire
from tap import check, comment, wait
from vitals import Vitals, descriptors, memory, sanitized

box.quick()
namespace.enter()

FAULTS = {"names": "SOFIA_ASKS_NO_NAMES", "tls": "SOFIA_FREES_TLS",
          "accept": "SOFIA_PAUSES_ACCEPT", "idle": "SOFIA_CLOSES_IDLE",
          "servers": "SOFIA_BEARS_FEWER"}
GUARDS = {"names": "su_getaddrinfo", "tls": "BIO_free", "accept": "accept"}
CURED, FAULT = 0, 1


def run(name, *arguments):
    done = subprocess.run([harness.program("tests/faults/" + name), *arguments],
                          capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
    return done.returncode, done.stderr.strip().rpartition("\n")[2]


def found_cured():
    with open(os.path.join(harness.BUILD, "config.h")) as f:
        defined = re.findall(r"^#define (SOFIA_\w+) 1$", f.read(), re.M)
    return {fault for fault, name in FAULTS.items() if name in defined}


def exported(name):
    text = subprocess.run(["nm", "-D", "--defined-only", harness.program(name)],
                          capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in text.splitlines()}


def each_fault_is_there_without_its_guard():
    cured = found_cured()
    for fault in FAULTS:
        status, said = run(fault)
        comment(said)
        check(status == (CURED if fault in cured else FAULT),
              "%s: ./configure found it %s" % (
                  said, "cured" if fault in cured else "a fault"))


def name_servers_may_become_fewer():
    with harness.Workspace() as place:
        namespace.replace("/etc/resolv.conf", "", place.dir)
        try:
            status, said = run("with-servers", "/etc/resolv.conf")
        finally:
            namespace.restore("/etc/resolv.conf")
    check(status == CURED, said)


def a_guard_that_is_not_in_force_is_told_at_the_start():
    for fault, name in GUARDS.items():
        said = run("without-" + fault)[1]
        check(said.endswith("--export-dynamic-symbol=" + name) or
              fault in found_cured(), "without %s: %s" % (name, said))


def no_guard_is_left_where_the_library_is_cured():
    check(run("cured")[1] == "all guards are in force", run("cured")[1])
    left = {"su_getaddrinfo", "BIO_free"} & exported("tests/faults/cured")
    check(not left, "still there: %s" % left)
    if not found_cured():
        gone = {"su_getaddrinfo", "BIO_free", "accept"} - exported("tipringd")
        check(not gone, "not in tipringd: %s" % gone)


def start(bed, rate=10000):
    """Listens for TLS and TCP; the trunk is 127.0.0.1."""
    own = bed.ca.issue("own")
    tcp, tls = harness.free_ports(2), harness.free_ports(2)
    bed.start(['{ name = "acme"; server = "127.0.0.1"; port = 9; options = 0; }'],
              listen='"udp:127.0.0.1:%d", "tcp:127.0.0.1:%d", "tls:127.0.0.1:%d" ]'
              '; max_requests = %d; }; #' % (
                  harness.free_ports(2), tcp, tls, rate),
              more='tls = { certificate_file = "%s"; key_file = "%s"; };' % (
                  own, bed.ca.key("own")))
    return tcp, tls


def come_and_go(port, count):
    for _ in range(count):
        s = socket.create_connection(("127.0.0.1", port), 20)
        s.sendall(b"\x16\x03\x01")
        s.shutdown(socket.SHUT_WR)
        while s.recv(64):	# it closes, too
            pass
        s.close()


def connections_that_come_and_go_leave_nothing():
    with tlsbed.Bed() as bed:
        tls = start(bed)[1]
        pid = bed.gateway.process.pid
        come_and_go(tls, 200)
        before = memory(pid)
        come_and_go(tls, 1000)
        grown = memory(pid) - before
        comment("%.1f MiB, %.1f MiB before 1000 more" % (before + grown, before))
        check(grown < 8 or sanitized(pid), "it grew by %.1f MiB" % grown)
        wait("all to be gone", 20, lambda: descriptors(pid) < 40)


def refused(port):
    try:
        come_and_go(port, 1)
    except OSError:
        return True
    return False


def who_connects_too_often_is_refused():
    with tlsbed.Bed() as bed:
        tls = start(bed, 1)[1]
        count = sum(refused(tls) for _ in range(60))
        comment("%d of 60 connections were refused" % count)
        check(0 < count < 60, "%d refused" % count)
        check("too many in a short time" in bed.gateway.process.text(),
              "not in the log")
        wait("a connection", 30, lambda: not refused(tls), 4)


def answers(bed):
    try:
        return bed.gateway.ask("status")
    except tap.Fail:
        return None


def without_descriptors_it_rests():
    with tlsbed.Bed() as bed:
        tcp = start(bed)[0]
        pid = bed.gateway.process.pid
        most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        vitals = Vitals(bed.gateway)
        vitals.stopped.set()
        vitals.join()
        # The reserve is the last one that it has.
        resource.prlimit(pid, resource.RLIMIT_NOFILE,
                         (max(map(int, os.listdir("/proc/%d/fd" % pid))) + 1,
                          most[1]))
        held = []
        for _ in range(40):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", tcp))
            held.append(s)
        wait("the line in the log", 30, lambda: "no file descriptors are left" in
             bed.gateway.process.text())
        time.sleep(2)
        check(descriptors(pid) <= vitals.before[0] + 1, "it has more descriptors")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, most)
        wait("an answer", 30, lambda: answers(bed))
        # A loop that turns has all of a processor.
        vitals.judge("without descriptors", fds=8, mib=64, share=0.3)
        said = bed.gateway.process.text().count("connections are refused")
        check(said == 1, "%d lines in the log" % said)
        for s in held:
            s.close()
        come_and_go(tcp, 1)


if __name__ == "__main__":
    if wire.DAHDI:
        print("1..0 # SKIP this test is about messages, not lines")
        raise SystemExit(0)
    sys.exit(tap.run([
        each_fault_is_there_without_its_guard,
        name_servers_may_become_fewer,
        a_guard_that_is_not_in_force_is_told_at_the_start,
        no_guard_is_left_where_the_library_is_cured,
        connections_that_come_and_go_leave_nothing,
        who_connects_too_often_is_refused,
        without_descriptors_it_rests]))
