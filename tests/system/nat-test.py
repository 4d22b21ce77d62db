#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Between networks: behind a NAT, and over IPv6. The gateway is in a namespace of
its own, kamailio and baresip in another one, and a third one masquerades between
them."""

import os
import socket
import struct
import sys
import threading

import box
import netns
import tap
from harness import SOURCE, Gateway, Pbx, Workspace, installed
from peers import Peers, line_to_peer, peer_to_line
from tap import check, wait
from ua import Dialog, Peer

box.quick()

PROVIDER = "203.0.113.10"
PUBLIC = "203.0.113.1"


class Stun(threading.Thread):
    """A STUN server: says where a request came from (RFC 5389)."""

    def __init__(self, net, host):
        super().__init__(daemon=True)
        with net:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 3478))
        self.asked = 0
        self.start()

    def run(self):
        while True:
            try:
                data, source = self.socket.recvfrom(600)
            except OSError:
                return
            if len(data) != 20 or data[:8] != b"\0\1\0\0\x21\x12\xa4\x42":
                continue
            self.asked += 1
            # Others' answers come first, and must not be believed.
            for wrong in True, False:
                mapped = struct.pack(
                    "!HHBBH4s", 0x20, 8, 0, 1, source[1] ^ 0x2112, bytes(
                        x ^ y for x, y in zip(socket.inet_aton(
                            "198.51.100.66" if wrong else source[0]),
                            data[4:8])))
                head = data[8:19] + b"x" if wrong else data[8:20]
                self.socket.sendto(b"\1\1" + struct.pack("!H", len(mapped)) +
                                   data[4:8] + head + mapped, source)


class Nets:
    """NAT: masqueraded; else both are on one cable."""

    def __init__(self, nat):
        self.all = []
        self.provider = self.new()
        self.nat = self.new() if nat else None
        netns.cable("in", None, self.nat or self.provider)
        netns.ip("addr add 192.168.77.2/24 dev in-a")
        if not nat:
            self.provider.ip("addr add 192.168.77.1/24 dev in-b")
            self.provider.ip("addr add %s/32 dev in-b" % PROVIDER)
            netns.ip("route add default via 192.168.77.1")
            return
        netns.cable("out", self.nat, self.provider)
        self.nat.ip("addr add 192.168.77.1/24 dev in-b")
        self.nat.ip("addr add %s/24 dev out-a" % PUBLIC)
        self.provider.ip("addr add %s/24 dev out-b" % PROVIDER)
        netns.ip("route add default via 192.168.77.1")
        self.nat.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.nat.run(installed("nft", "nftables"),
                     "add table ip nat; add chain ip nat post { type nat hook "
                     "postrouting priority 100; }; add rule ip nat post oifname"
                     " out-a masquerade; "
                     # As such boxes do; what it kept of an early packet from
                     # outside would take the port from ours.
                     "add table ip guard; add chain ip guard in { type filter "
                     "hook input priority 0; }; add rule ip guard in iifname "
                     "out-a ct state new drop")

    def new(self):
        self.all.append(netns.Net())
        return self.all[-1]

    def __enter__(self):
        return self

    def __exit__(self, *why):
        for net in self.all:
            net.close()
        # It goes with the other end's namespace, and takes its time for it.
        wait("end of in-a", 20, lambda: "in-a" not in netns.ip("link"))


def outside_parts(nets, trunk):
    return dict(host=PROVIDER, net=nets.provider, server=PROVIDER,
                own="0.0.0.0", rtp_address="0.0.0.0", trunk=trunk,
                kamailio=True)


def behind_nat_by_stun():
    with Nets(True) as nets:
        stun = Stun(nets.provider, PROVIDER)

        def outside(b):
            check(stun.asked, "nobody asked the STUN server")
            log = b.gateway.process.text()
            check("our address outside is %s" % PUBLIC in log,
                  "the address outside is unknown")
            check("198.51.100.66" not in log, "a false answer was believed")
        # The far end calls: what it needs is the Contact registered.
        peer_to_line(during=outside, **outside_parts(
            nets, 'public_address = "stun:%s";' % PROVIDER))
        stun.socket.close()


def behind_nat_by_a_fixed_address():
    with Nets(True) as nets:
        line_to_peer(**outside_parts(
            nets, 'public_address = "%s";' % PUBLIC))


def the_example(nets, ws, pbx):
    """etc/examples/behind-nat.conf, as it is but for names, files and driver."""
    with open(os.path.join(SOURCE, "etc", "examples", "behind-nat.conf")) as f:
        text = f.read()
    secret = ws.write("secret", "Tipperary-18-miles\n")
    os.chmod(secret, 0o600)
    for old, new in (("sip.provider.example", PROVIDER),
                     ("stun.provider.example", PROVIDER),
                     ("/etc/tipring/acme.secret", secret),
                     ('"dahdi/1"', '"sim/1"')):
        check(old in text, "the example has no " + old)
        text = text.replace(old, new)
    return Gateway(ws, text + 'control = "%s"; sim = { directory = "%s"; };\n'
                   'cdr = { file = ""; journal = false; };\n'
                   'state_directory = "";\n' % (
                       ws.path("control"), pbx.directory), ws.path("control"))


def the_example_behind_nat_works():
    with Nets(True) as nets, Workspace() as ws:
        stun = Stun(nets.provider, PROVIDER)
        with nets.provider:
            provider = Peer(5060, PROVIDER, 5060)
        provider.gateway = (PUBLIC, 5060)
        pbx = Pbx(ws, fxs="", fxo="1", count=1)
        gateway = the_example(nets, ws, pbx)
        try:
            while True:
                m = provider.expect("REGISTER", "OPTIONS", within=30)
                # The answer finds back by the way that the request took.
                contact = m.get("contact")
                provider.reply(m, 200, "OK", extra=[
                    ("Contact", contact + ";expires=60")])
                if m.method == "REGISTER" and "@%s:" % PUBLIC in contact:
                    break
            call = Dialog(provider, "15551230000")
            call.target = contact.strip("<>")
            call.remote = "<sip:+15551230000@%s>" % PROVIDER
            call.call()
            pbx.expect(1, "ring", 20)
            pbx.do("off-hook 1")
            m = call.answered()
            check("c=IN IP4 %s\r\n" % PUBLIC in m.body, m.body)
            check("@%s:" % PUBLIC in m.get("contact"), m.get("contact"))
            call.hang_up()
            pbx.do("on-hook 1")
            gateway.wait_idle()
            gateway.stop()
            pbx.process.stop()
        except BaseException:
            ws.tails()
            raise
        finally:
            provider.close()
            stun.socket.close()


def over_ipv6_alone():
    with Nets(False) as nets:
        netns.ip("addr flush dev in-a")
        nets.provider.ip("addr flush dev in-b")
        netns.ip("addr add 2001:db8:77::2/64 dev in-a nodad")
        nets.provider.ip("addr add 2001:db8:77::1/64 dev in-b nodad")
        netns.settled()
        netns.settled(nets.provider)
        line_to_peer(host="[2001:db8:77::1]", net=nets.provider,
                     server="2001:db8:77::1", own="[::]", rtp_address="::")


if __name__ == "__main__":
    try:
        netns.leave()
    except tap.Skip as why:
        print("1..0 # SKIP %s" % why)
        sys.exit(0)
    sys.exit(tap.run([behind_nat_by_stun, behind_nat_by_a_fixed_address,
                      the_example_behind_nat_works, over_ipv6_alone]))
