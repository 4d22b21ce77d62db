#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The system's name servers change while tipringd runs, and what they send is cut
short."""

import sys

import box
import dns
import tap
import wire
from provider import Site, place, resolver
from tap import check, wait

box.quick()
other = dns.Dns(address="127.0.0.3")
third = dns.Dns(address="127.0.0.4")
SERVERS = "nameserver %s\n"


def write(*addresses, options=""):
    """The mounted file, in its place."""
    with open(place.path("resolv.conf"), "w") as f:
        f.write("".join(SERVERS % a for a in addresses) + options)


def restarted(site, *addresses, options=""):
    site.gateway.stop()
    write(*addresses, options=options)
    site.gateway.start()


def servers_that_are_silent_are_left_when_the_file_names_others():
    with Site(servers=1) as s:
        other.mode = "silent"
        restarted(s, "127.0.0.3", "127.0.0.3")
        wait("questions", 20, lambda: other.questions)
        check(not s.trunk()["up"], "up without an address")
        write("127.0.0.1")
        s.wait_up(seconds=60)
        check("resolv.conf has changed: its name servers are asked now" in
              s.gateway.process.text(), "no word in the log")
        s.call_and_end(s.servers[0])


def servers_that_answer_are_left_too():
    with Site(servers=2) as s:
        first, second = s.servers
        restarted(s, "127.0.0.1")
        s.publish(first)
        s.wait_up()
        call = s.call(first)
        other.zone, other.mode = dict(resolver.zone), "good"
        other.zone["_sip._udp.prov.test", dns.SRV] = [
            (10, 0, second.port, "s0.prov.test")]
        write("127.0.0.3")
        wait("the new servers' word", 60, lambda: s.in_use(second))
        check(not call.ended.is_set(), "the running call was cut")
        s.hang_up(call)
        s.call_and_end(second)


def two_servers_become_one_while_a_question_is_under_way():
    with Site(servers=1) as s:
        other.mode = third.mode = "silent"
        restarted(s, "127.0.0.3", "127.0.0.4")
        wait("a question to the second", 40, lambda: third.questions)
        third.zone, third.mode = resolver.zone, "good"
        write("127.0.0.4")
        s.wait_up(seconds=60)
        s.call_and_end(s.servers[0])


def an_answer_that_is_cut_short_is_told_with_its_cure():
    with Site(servers=1) as s:
        resolver.mode = "cut"
        restarted(s, "127.0.0.1")
        wait("word of it", 40, lambda: "DNS cuts its answer for "
             "_sip._udp.prov.test (SRV) short" in s.gateway.process.text())
        check(not s.trunk()["up"], "up without an address")
        said = s.gateway.process.text()
        check('Write "options edns0" into /etc/resolv.conf' in said, said)
        write("127.0.0.1", options="options edns0\n")
        s.wait_up(seconds=60)
        s.call_and_end(s.servers[0])


if __name__ == "__main__":
    if wire.DAHDI:
        print("1..0 # SKIP this test is about names, not lines")
        raise SystemExit(0)
    sys.exit(tap.run([
        servers_that_are_silent_are_left_when_the_file_names_others,
        servers_that_answer_are_left_too,
        two_servers_become_one_while_a_question_is_under_way,
        an_answer_that_is_cut_short_is_told_with_its_cure]))
