#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Where speech goes to, and whose is taken ("RTP bleed"): the negotiated address; with
nat = true one that is learnt at a negotiation, and nobody else's in mid-call."""

import re
import socket
import struct
import sys
import time

import tap
import ua
from tap import check, wait
from ua import Dialog, same, sdp

CONFIG = ua.CONFIG.replace('name = "in";', 'name = "in"; nat = true;')
check(CONFIG != ua.CONFIG, "ua.CONFIG has changed")
INSIDE = "127.0.0.66"	# what the far end says; nobody is there
NAT, STRANGER = "127.0.0.2", "127.0.0.99"
rig = ua.Rig(CONFIG)


class End:
    """Sends RTP from one address to the gateway's port, and counts what comes."""

    def __init__(self, host, to):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.to, self.sequence = to, 0

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def send(self, count=1):
        for _ in range(count):
            self.sequence += 1
            self.socket.sendto(struct.pack(
                "!BBHII", 0x80, 0, self.sequence, self.sequence * 160, 0xabc) +
                b"\x2a" * 160, ("127.0.0.1", self.to))
            time.sleep(0.02)

    def heard(self, within=0.0):
        """Whether anything came; what has come is taken."""
        self.socket.settimeout(within or 0.001)
        found = False
        while True:
            try:
                self.socket.recv(2048)
            except TimeoutError:
                return found
            found = True
            self.socket.settimeout(0.001)

    def reached(self):
        """It sends until something comes; less than the time to learn."""
        for _ in range(100):
            self.send()
            if self.heard():
                return True
        return False

    def forget(self):
        """What is on its way yet is no sign."""
        time.sleep(0.3)
        self.heard()


class Call:
    """From "in" to "out", which sends all the time: nothing is silent."""

    def __init__(self):
        self.caller = Dialog(rig[2], "600").call(sdp(INSIDE))
        self.called = Dialog(rig[3], invite=rig[3].expect("INVITE"))
        self.out = End("127.0.0.3", int(re.search(
            "m=audio ([0-9]+)", self.called.invite.body)[1]))
        self.called.accept(sdp("127.0.0.3", self.out.port))
        body = self.caller.answered().body
        self.port = int(re.search("m=audio ([0-9]+)", body)[1])

    def end(self, host):
        return End(host, self.port)

    def again(self, host):
        """A re-INVITE with that address."""
        self.caller.send("INVITE", sdp(host, version=2))
        self.caller.invite_sequence = self.caller.sequence
        self.caller.answered()

    def hang_up(self):
        self.caller.hang_up()
        self.called.ended()
        rig.quiet()


def goes_on(end, *others):
    """It gets packets; those others send and get none."""
    for other in others:
        other.forget()
    for _ in range(20):
        for other in others:
            other.send()
            check(not other.heard(), "speech went to a stranger")
    end.heard()
    wait("speech where it went before", 20, end.heard)


def the_far_end_behind_nat_is_found_and_kept():
    call = Call()
    far = call.end(NAT)
    check(far.reached(), "nothing comes back to who sent first")
    goes_on(far, call.end(STRANGER), call.end(NAT))
    call.hang_up()


def a_stranger_who_is_first_gives_way():
    call = Call()
    stranger, far = call.end(STRANGER), call.end(NAT)
    check(stranger.reached(), "an unknown host is not learnt at all")
    check(far.reached(), "the host that SIP comes from does not count more")
    goes_on(far, stranger)
    call.hang_up()


def a_negotiation_learns_anew_and_nothing_else_does():
    call = Call()
    far, moved = call.end(NAT), call.end(NAT)
    check(far.reached(), "nothing comes back")
    goes_on(far, moved)
    call.again("127.0.0.67")
    check(moved.reached(), "nothing is learnt of a re-INVITE")
    goes_on(moved, far)
    call.hang_up()


def without_nat_only_the_negotiated_address_counts():
    call = Call()
    near = End("127.0.0.3", call.out.to)
    wait("speech at the negotiated address", 20, call.out.heard)
    goes_on(call.out, near, End(STRANGER, call.out.to))
    call.hang_up()


def the_gateway_ends_without_a_leak():
    rig.close()


if __name__ == "__main__":
    sys.exit(tap.run([
        the_far_end_behind_nat_is_found_and_kept,
        a_stranger_who_is_first_gives_way,
        a_negotiation_learns_anew_and_nothing_else_does,
        without_nat_only_the_negotiated_address_counts,
        the_gateway_ends_without_a_leak], failed=lambda: rig.ws.tails()))
