#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Our address beyond a NAT, by a name and by STUN, as two providers are told it; and
that it changes, as those of most private customers do each day."""

import re
import socket
import struct
import sys
import threading

import box
import dns
import tap
import wire
from provider import ACCOUNT, Server, Site, resolver
from tap import check, wait

box.quick()
BEFORE, AFTER = "127.0.0.41", "127.0.0.42"


class Stun(threading.Thread):
    """Says that everybody is at `address` (RFC 5389)."""

    def __init__(self):
        super().__init__(daemon=True)
        self.address = BEFORE
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            data, source = self.socket.recvfrom(600)
            value = bytes(x ^ y for x, y in zip(
                socket.inet_aton(self.address), data[4:8]))
            self.socket.sendto(struct.pack(
                "!HH16sHHBBH4s", 0x101, 12, data[4:20], 0x20, 8, 0, 1,
                source[1] ^ 0x2112, value), source)


def contacts(server):
    """What it was told: hosts of each REGISTER, - before one that is left."""
    return [" ".join(("-" if "expires=0" in c else "") + re.search(
        r"@([0-9.]+)", c)[1] for c in ",".join(m.all("contact")).split(","))
        for m in server.registers]


def description(text):
    return re.search(r"^c=IN IP4 (\S+)", text, re.M)[1]


def the_address_outside_is_told_and_followed():
    named, stunned, stun = Server(), Server(), Stun()
    with Site(servers=[named, stunned], trunks="""
            {{ name = "prov"; server = "127.0.0.1"; port = {0};
              public_address = "dyn.test"; options = 0; {2} }},
            {{ name = "stunned"; server = "127.0.0.1"; port = {1};
              public_address = "stun:127.0.0.1:{3}"; options = 0; {2} }}
            """.format(named.port, stunned.port, ACCOUNT, stun.port)) as s:
        resolver.zone["dyn.test", dns.A] = [BEFORE]
        for name in "prov", "stunned":
            s.wait_up(name)
        for server in named, stunned:
            wait("a REGISTER from outside", 40,
                 lambda: BEFORE in " ".join(contacts(server)))
        call = s.call(named)
        check(description(call.invite.body) == BEFORE, call.invite.body)
        check(BEFORE in call.invite.get("contact"), call.invite.headers)

        # The second takes no more than one contact at a time.
        stunned.registrar = lambda m: (400, "One Contact Alone") if \
            "expires=0" in str(m.all("contact")) else None
        stun.address = AFTER
        resolver.zone["dyn.test", dns.A] = [AFTER]
        for server in named, stunned:
            wait("a REGISTER from the new address", 60,
                 lambda: AFTER in " ".join(contacts(server)))
        wait("the one contact", 20, lambda: contacts(stunned)[-1] == AFTER)
        s.wait_up("stunned")
        wait("word to the call", 20, lambda: description(
            call.remote_sdp) == AFTER)
        check(not call.ended.is_set(), "the running call was cut")
        s.hang_up(call)
        for server in named, stunned:
            check("%s -%s" % (AFTER, BEFORE) in contacts(server), contacts(server))
        call = s.call(named)
        check(description(call.invite.body) == AFTER, call.invite.body)
        s.hang_up(call)


if __name__ == "__main__":
    if wire.DAHDI:
        print("1..0 # SKIP this test is about addresses, not lines")
        raise SystemExit(0)
    sys.exit(tap.run([the_address_outside_is_told_and_followed]))
