#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Distinctive ringing: by Alert-Info, by caller, by route; caller ID comes with
each, in the pause that has room for it."""

import sys

import harness
import tap
import wire
from harness import Background
from phone import Phone
from tap import Skip

CONFIG = """\
country = "us";
log = "debug";
sip = { listen = [ "udp:127.0.0.1:%d" ]; };
rtp = { address = "127.0.0.1"; ports = [%d, %d]; };
sim = { directory = "%s"; };
state_directory = "";
control = "%s";
cdr = { file = "%s"; journal = false; };
trunks = ( { name = "peer"; server = "127.0.0.1"; port = %d; options = 0; } );
lines = ( %s );
cadences = (
  { name = "external"; ring = [ 400, 200, 400, 2000 ]; },
  { name = "Internal"; ring = [ 1000, 300, 300, 3000 ]; }
);
ringing = ( { calling = "5551234"; cadence = "Bellcore-dr3"; } );
routes = (
  { from = "trunk:peer"; called = "x05"; to = [ "line:phone-5" ];
    cadence = "bellcore-dr4"; }
);
"""

# line: what the call says of it, who calls, how it rings
CALLS = {
    1: ("<http://127.0.0.1/Bellcore-dr2>", "5550001", "800/400/800"),
    2: ("<http://example.net/x>;info=alert-external", "5550002", "400/200/400"),
    3: ("<http://127.0.0.1/Bellcore-dr2>", "5551234", "400/200/400/200/800"),
    4: ("<urn:alert:source:internal>", "5550004", "1000/300/300"),
    5: ("Bellcore-dr2", "5550005", "300/200/1000/200/300"),
    6: ("<http://example.net/nobody-knows.wav>", "5550006", "2000"),
}


def every_call_rings_as_it_should():
    with harness.Workspace() as ws:
        sip, rtp = harness.free_ports(2), harness.free_ports(40)
        phone = Phone()
        pbx = harness.Pbx(ws, fxs="20", fxo="1-6")
        lines = ", ".join(
            '{ name = "phone-%d"; port = "sim/%d"; kind = "fxs"; '
            'number = "10%d"; trunk = "peer"; }' % (n, n, n) for n in CALLS)
        cdr = ws.path("cdr.json")
        gateway = harness.Gateway(ws, CONFIG % (
            sip, rtp, rtp + 39, pbx.directory, ws.path("control"), cdr,
            phone.port, lines), ws.path("control"), cdr)
        gateway.wait_ready()
        # A client of its own for each: what it waits for comes at any time.
        heard = {n: Background(pbx.expect, n, "caller " + who, 40)
                 for n, (_, who, _) in CALLS.items()}
        calls = {n: phone.call("10%d" % n, sip, extra=["Alert-Info: " + info],
                               sender="<sip:%s@127.0.0.1>" % who)
                 for n, (info, who, _) in CALLS.items()}
        try:
            for n, (_, who, cadence) in CALLS.items():
                pbx.expect(n, "cadence " + cadence, 40)
                heard[n].result()
        except BaseException:
            ws.tails()
            raise
        for call in calls.values():
            call.cancel()
            call.expect(487)
        gateway.wait_idle(30)
        gateway.stop()
        pbx.stop()
        phone.close()


if __name__ == "__main__":
    if wire.DAHDI:
        raise Skip("it looks at the simulated line's ringing")
    sys.exit(tap.run([every_call_rings_as_it_should]))
