#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Who is no trunk gets nothing: no answer, no 100, no call, and a line in
`tipring attackers` and in the log, which fail2ban understands."""

import os
import re
import shutil
import socket
import subprocess
import sys

import box
import harness
import tap
from tap import Skip, check, wait

bench = box.shared
SCANNER = "friendly-scanner"


class Stranger:
    """Sends from an address of its own on loopback."""

    def __init__(self, b, host):
        self.box, self.host, self.count = b, host, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.port = self.socket.getsockname()[1]

    def text(self, method="INVITE", called="9011442079460000", agent=SCANNER,
             more=""):
        self.count += 1
        return ("%s sip:%s@127.0.0.1:%d SIP/2.0\r\n"
                "Via: SIP/2.0/UDP %s:%d;rport;branch=z9hG4bK%d\r\n"
                "From: <sip:100@%s>;tag=1\r\nTo: <sip:%s@127.0.0.1>\r\n"
                "Call-ID: %d-%s\r\nCSeq: 1 %s\r\nMax-Forwards: 70\r\n"
                "Contact: <sip:100@%s:%d>\r\nUser-Agent: %s\r\n%s"
                "Content-Length: 0\r\n\r\n" % (
                    method, called, self.box.sip, self.host, self.port,
                    self.count, self.host, called, self.count, self.host,
                    method, self.host, self.port, agent, more))

    def send(self, text):
        self.socket.sendto(text.encode("latin-1"), ("127.0.0.1", self.box.sip))

    def answer(self, seconds):
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(4096).decode()
        except TimeoutError:
            return ""

    def entry(self):
        return next((a for a in self.box.gateway.json("attackers")["attackers"]
                     if a["source"] == self.host), None)

    def seen(self, count):
        return wait("the stranger in tipring attackers", 20, lambda: (
            self.entry() or {"requests": 0})["requests"] >= count and
            self.entry())


def a_stranger_hears_nothing_and_is_listed():
    b = bench()
    s = Stranger(b, "127.0.0.2")
    for method in "INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE", "ACK":
        s.send(s.text(method))
    s.send(s.text(called="900"))
    entry = s.seen(5)
    check(not s.answer(0.5), "the stranger was answered")
    check(entry["methods"] == ["INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE"],
          "methods: %s" % entry["methods"])
    check(entry["user_agents"] == [SCANNER], "agents: %s" % entry)
    check(entry["called"] == ["9011442079460000", "900"], "called: %s" % entry)
    check(entry["first"] and entry["last"] >= entry["first"], str(entry))
    check(b.gateway.calls() == [], "a stranger has a call")
    status, text, _ = b.gateway.run("attackers")
    check(status == 0 and "127.0.0.2" in text and SCANNER in text, text)
    # The trunk is served as before.
    call = b.call_line("103")
    call.expect(180)
    call.cancel()
    call.expect(487)


def its_words_forge_nothing():
    b = bench()
    s = Stranger(b, "127.0.0.3")
    s.send(s.text(agent='x" \x1b[31m sip: stranger 127.0.0.1 refused: '
                  + "y" * 5000))
    s.send("\x00\xff" * 700)
    s.send(s.text(called="%00;drop'" + "9" * 300))
    s.seen(3)
    shown = b.gateway.run("attackers")[1]
    check("\x1b" not in shown, "control characters are shown")
    check(all(len(line) < 1024 for line in b.gateway.process.text().split("\n")
              if "stranger" in line), "an endless line")


def the_log_is_bounded():
    b = bench()
    s = Stranger(b, "127.0.0.4")
    for _ in range(200):
        s.send(s.text("OPTIONS"))
    s.seen(100)
    lines = b.gateway.process.text().count("stranger 127.0.0.4 refused")
    check(1 <= lines <= 30, "%d lines of 200 requests" % lines)


def fail2ban_finds_the_address():
    b = bench()
    s = Stranger(b, "127.0.0.5")
    s.send(s.text(agent='" sip: stranger 127.0.0.99 refused: '))
    s.seen(1)
    program = harness.installed("fail2ban-regex", "fail2ban")
    lines = [line for line in b.gateway.process.text().splitlines()
             if "stranger 127.0.0.5 " in line]
    check(lines, "no line in the log")
    log = b.ws.write("journal", "".join(
        "Nov 25 16:00:00 box tipringd[77]: %s\n" % line for line in lines) +
        "Nov 25 16:00:01 box tipringd[77]: trunk peer: up\n")
    rules = b.ws.path("tipring.conf")
    shutil.copy(os.path.join(harness.SOURCE, "etc/fail2ban/tipring-filter.conf"),
                rules)
    # Its common.conf stands where fail2ban is installed.
    for name in "common.conf",:
        shutil.copy("/etc/fail2ban/filter.d/" + name, b.ws.path(name))
    done = subprocess.run([program, "-o", "ip", log, rules], text=True,
                          capture_output=True, timeout=60)
    check(done.stdout.split() == ["127.0.0.5"] * len(lines), "fail2ban: %s%s" % (
        done.stdout, done.stderr))


def the_nftables_example_loads():
    program = harness.installed("nft", "nftables")
    path = os.path.join(harness.SOURCE, "etc/nftables/tipring.nft")
    argv = [program, "-c", "-f", path]
    if os.geteuid():
        raise Skip("nft -c wants root")
    done = subprocess.run(["unshare", "-n"] + argv, text=True,
                          capture_output=True, timeout=60)
    if "Operation not permitted" in done.stderr or "Protocol" in done.stderr:
        raise Skip("no nftables in this kernel: " + done.stderr.strip())
    check(done.returncode == 0, done.stderr)


def it_listens_only_where_its_trunks_need_it():
    b = bench()
    ports = set()
    inodes = {os.readlink("/proc/%d/fd/%s" % (b.gateway.process.pid, fd))
              for fd in os.listdir("/proc/%d/fd" % b.gateway.process.pid)}
    for table, state in ("udp", "07"), ("tcp", "0A"), ("udp6", "07"), \
            ("tcp6", "0A"):
        with open("/proc/net/" + table) as f:
            for line in list(f)[1:]:
                fields = line.split()
                if fields[3] == state and "socket:[%s]" % fields[9] in inodes:
                    ports.add((table, int(fields[1].split(":")[1], 16)))
    check(ports == {("udp", b.sip)}, "open: %s" % sorted(ports))


def strangers_can_be_told_403():
    box.close_the_shared_bench()
    with box.Box(box='') as b:
        config = open(b.gateway.config).read().replace(
            "sip = {", 'sip = { strangers = "403";')
        b.ws.write("tipringd.conf", config)
        status, out, err = b.gateway.run("reload")
        check(status == 0, out + err)
        s = Stranger(b, "127.0.0.2")
        s.send(s.text("INVITE", more="v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKq\r\n"))
        answer = s.answer(20)
        check(answer.startswith("SIP/2.0 403"), "answer: %r" % answer)
        check(re.search(r"^Via: .*;rport=%d;.*received=127.0.0.2\r$" % s.port,
                        answer, re.M), answer)
        check("192.0.2.1" in answer and "CSeq: 1 INVITE" in answer and
              re.search("^To: .*;tag=", answer, re.M), answer)
        s.send(s.text("ACK"))
        s.send("SIP/2.0 200 OK\r\n\r\n")
        check(not s.answer(0.5), "an ACK or a response was answered")
        s.seen(2)


if __name__ == "__main__":
    sys.exit(tap.run([
        a_stranger_hears_nothing_and_is_listed,
        its_words_forge_nothing,
        the_log_is_bounded,
        fail2ban_finds_the_address,
        the_nftables_example_loads,
        it_listens_only_where_its_trunks_need_it,
        strangers_can_be_told_403], None, box.failed))
