#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The demonstration behind ./quickstart: four simulated lines, the gateway and
a real SIP peer; calls both ways with speech both ways, and what was heard."""

import argparse
import json
import os
import signal
import sys
import time

import baresip
import harness
import sound
import tap

GATEWAY = """\
# Made by ./quickstart.
country = "us";
sip = {{ listen = [ {listen} ]; }};
# Starts with 60 ms, as the programs around it share a busy computer.
rtp = {{ address = "{address}"; ports = [{rtp}, {rtp_last}];
  jitter = [60, 200]; }};
sim = {{ directory = "{lines}"; }};
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};

trunks = (
  {{ name = "peer"; server = "127.0.0.1"; port = {peer}; transport = "udp";
    {accept} }}
);
lines = (
  # FXO ports, towards extensions of a PBX. Ringing calls 600 on the trunk; a
  # call for their number is dialled into the PBX.
  {{ name = "pbx-1"; port = "sim/1"; kind = "fxo"; number = "201";
    trunk = "peer"; ring_to = "600"; dial = "called"; }},
  {{ name = "pbx-2"; port = "sim/2"; kind = "fxo"; number = "202";
    trunk = "peer"; ring_to = "600"; dial = "called"; }},
  # FXS ports, towards telephones or a PBX's trunk ports.
  {{ name = "phone-3"; port = "sim/3"; kind = "fxs"; number = "103";
    trunk = "peer"; digit_map = "[1-9]xx"; }},
  {{ name = "phone-4"; port = "sim/4"; kind = "fxs"; number = "104";
    trunk = "peer"; digit_map = "[1-9]xx"; }}
);
"""
KEPT = "running.json"		# what --keep leaves, for ./quickstart stop
GOOD_MATCH, GOOD_PIECES = 0.4, 0.9	# see tests/tools/match.h


class Demo:
    def __init__(self, ws, options):
        self.ws, self.options = ws, options
        self.begin = time.monotonic()
        self.calls = []

    def say(self, text):
        print("[%5.1f s] %s" % (time.monotonic() - self.begin, text),
              flush=True)

    # ---------------------------------------------------------- the set-up

    def make_speech(self):
        ws = self.ws
        self.line_says = sound.speak(
            harness.TOOLS, ws.dir, "line-says",
            "This is the telephone on the line. One, two, three, four, five.")
        self.sip_says = sound.speak(
            harness.TOOLS, ws.dir, "sip-says",
            "And this is the far end, over the internet. Nine, eight, seven.",
            voice="en+f3")
        # The far end waits until the line has spoken; its file outlasts the
        # call, as baresip hangs up at the end of it.
        spoken = sound.read(self.sip_says)
        self.first = len(sound.read(self.line_says)) / sound.RATE + 1.5
        self.talk = self.first + len(spoken) / sound.RATE + 1.5
        turn = sound.silence(int(self.first * 1000)) + spoken
        self.sip_file = sound.write(ws.path("sip-plays.wav"),
                                    turn + sound.silence(120000))

    def start(self):
        ws, options = self.ws, self.options
        self.say("making two pieces of speech")
        self.make_speech()
        self.say("starting tipring-pbx: lines 1 and 2 are extensions of a "
                 "PBX, 3 and 4 telephones")
        self.pbx = harness.Pbx(ws)
        self.say("starting baresip, the SIP peer, as 600")
        self.peer = baresip.Baresip(ws, self.sip_file)
        self.sip = options.port or harness.free_ports(2)
        rtp = harness.free_ports(40)
        listen = '"udp:127.0.0.1:%d"' % self.sip
        if options.listen:
            listen += ', "udp:%s:%d"' % (options.listen, self.sip)
        self.say("starting tipringd on 127.0.0.1:%d" % self.sip)
        control = ws.path("control")
        self.gateway = harness.Gateway(ws, GATEWAY.format(
            listen=listen, rtp=rtp, rtp_last=rtp + 39,
            address="0.0.0.0" if options.listen else "127.0.0.1",
            lines=self.pbx.directory, control=control, cdr=ws.path("cdr.json"),
            peer=self.peer.sip, accept='accept_from = [ "0.0.0.0/0" ];'
            if options.listen else ""), control, ws.path("cdr.json"))
        self.gateway.wait_ready()

    # ----------------------------------------------------------- the calls

    def ms(self, since, until):
        return max(0, round((until - since) * 1000))

    def listen(self, line_file):
        """Both sides' ears after a call."""
        return (sound.compare(harness.TOOLS, self.sip_says, line_file),
                sound.compare(harness.TOOLS, self.line_says,
                              self.peer.heard()))

    def talk_on(self, line):
        """The line speaks first, then the far end."""
        self.pbx.do("play %d %s" % (line, self.line_says))
        time.sleep(self.talk)

    def line_to_sip(self, line=3):
        file = self.ws.path("line-heard-1.wav")
        self.pbx.do("off-hook %d" % line)
        self.pbx.expect(line, "dial-tone")
        self.say("  line %d: off hook, dial tone heard, dialling 600" % line)
        # The set-up time counts from the beginning of the last digit.
        self.pbx.do("dial %d 60" % line)
        dialled = time.monotonic()
        self.pbx.do("dial %d 0" % line)
        event = self.peer.expect("CALL_ESTABLISHED")
        setup = self.ms(dialled, event["at"])
        self.say("  baresip answered; both speak")
        self.pbx.do("record %d %s" % (line, file))
        self.talk_on(line)
        self.pbx.do("record %d off" % line)
        self.pbx.do("on-hook %d" % line)
        self.peer.expect("CALL_CLOSED")
        return setup, file

    def sip_to_line(self, line=4):
        file = self.ws.path("line-heard-2.wav")
        ringing = harness.Background(self.pbx.expect, line, "ring", 15)
        began = time.monotonic()
        self.peer.do("dial", "sip:10%d@127.0.0.1:%d" % (line, self.sip))
        ringing.result()
        setup = self.ms(began, time.monotonic())
        self.say("  line %d rings, answering" % line)
        self.pbx.do("record %d %s" % (line, file))
        self.pbx.do("off-hook %d" % line)
        self.peer.expect("CALL_ESTABLISHED")
        self.say("  answered; both speak")
        self.talk_on(line)
        self.pbx.do("record %d off" % line)
        self.peer.do("hangup")
        self.peer.expect("CALL_CLOSED")
        self.pbx.expect(line, "busy|congestion|dial-tone|silence")
        self.pbx.do("on-hook %d" % line)
        return setup, file

    def one_call(self, direction, place):
        self.say("calling %s" % direction)
        done = len(self.gateway.cdr())
        self.peer.forget()
        call = {"direction": direction, "result": "failed", "setup_ms": None,
                "heard_by_line": None, "heard_by_sip": None, "release": ""}
        self.calls.append(call)
        try:
            call["setup_ms"], file = place()
            self.gateway.wait_idle()
            records = self.gateway.cdr()
            tap.check(len(records) > done, "no call detail record was written")
            last = records[-1]
            call["release"] = "%s (by %s)" % (last["reason"],
                                              last["released_by"])
            heard = self.listen(file)
        except tap.Fail as why:
            call["release"] = call["release"] or str(why)
            self.say("  failed: %s" % why)
            self.ws.tails()
            return
        for key, ear in zip(("heard_by_line", "heard_by_sip"), heard):
            call[key] = {"level_dbm0": ear["level_dbm0"],
                         "match": ear["match"]}
        for key, ear in zip(("line", "SIP"), heard):
            if ear["gaps"]:
                self.say("  %s did not hear it all: %s" % (key, ear))
        if all(ear["match"] >= GOOD_MATCH and ear["pieces"] >= GOOD_PIECES
               for ear in heard):
            call["result"] = "ok"

    # ---------------------------------------------------------- the report

    def table(self):
        def ear(heard):
            if not heard:
                return "nothing"
            return "%.1f dBm0, match %.2f" % (heard["level_dbm0"],
                                              heard["match"])
        rows = [("direction", "result", "set-up", "heard by line",
                 "heard by SIP", "release")]
        for c in self.calls:
            rows.append((c["direction"], c["result"],
                         "-" if c["setup_ms"] is None
                         else "%d ms" % c["setup_ms"],
                         ear(c["heard_by_line"]), ear(c["heard_by_sip"]),
                         c["release"]))
        widths = [max(len(row[i]) for row in rows) for i in range(6)]
        print()
        for row in rows:
            print("  ".join(t.ljust(w) for t, w in zip(row, widths)).rstrip())
        print(flush=True)

    def run(self):
        self.start()
        self.one_call("line-to-sip", self.line_to_sip)
        self.one_call("sip-to-line", self.sip_to_line)
        self.table()
        return all(c["result"] == "ok" for c in self.calls)

    def leave(self):
        """Tells what to do with what keeps running."""
        with open(os.path.join(harness.BUILD, KEPT), "w") as f:
            json.dump({"directory": self.ws.dir, "programs": [
                {"pid": p.pid, "exe": os.readlink("/proc/%d/exe" % p.pid)}
                for p in self.ws.processes if p.running()]}, f)
        build = harness.BUILD
        print(HINTS.format(
            sip=self.sip, host=self.options.listen or "127.0.0.1",
            tipring="%s/tipring --socket %s" % (build, self.gateway.control),
            pbx=self.pbx.control, directory=self.ws.dir, build=build),
            flush=True)


HINTS = """\
Everything keeps running. Call in with a softphone on this machine, without
registering:
  sip:103@{host}:{sip} or 104    rings a telephone (lines 3 and 4)
  sip:201@{host}:{sip} or 202    seizes an extension of the PBX and dials

Play the telephones and the PBX, one command a line:
  {build}/tipring-pbx --connect {pbx}
    ring 1 from 5551234      the PBX rings line 1; the gateway calls 600
    off-hook 3               lift a telephone ...
    dial 3 600               ... and call baresip
    help                     all commands

Watch the gateway:
  {tipring} status
  {tipring} watch
  {tipring} cdr

Its configuration, records and logs are in {directory}.
Stop it all with: ./quickstart stop
"""


def stop_kept():
    """Ends what --keep left, by process number, and only what is still the
    same program."""
    path = os.path.join(harness.BUILD, KEPT)
    try:
        with open(path) as f:
            kept = json.load(f)
    except FileNotFoundError:
        print("Nothing was left running.")
        return
    for program in reversed(kept["programs"]):
        try:
            # "(deleted)" when it was built anew meanwhile.
            exe = os.readlink("/proc/%d/exe" % program["pid"])
            if exe.removesuffix(" (deleted)") == program["exe"]:
                os.kill(program["pid"], signal.SIGTERM)
                print("stopped %s (%d)" % (os.path.basename(program["exe"]),
                                           program["pid"]))
        except OSError:
            pass
    os.unlink(path)
    print("Configuration, records and logs stay in %s." % kept["directory"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stop", action="store_true")
    parser.add_argument("--listen", metavar="ADDRESS", default="")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    if options.stop:
        stop_kept()
        return 0
    harness.outlive = options.keep
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda n, frame: sys.exit(128 + n))
    good = False
    with harness.Workspace() as ws:
        demo = Demo(ws, options)
        try:
            good = demo.run()
        except (tap.Fail, tap.Skip) as why:
            print("quickstart: %s" % why, file=sys.stderr)
            ws.tails()
        if options.keep and good:
            demo.leave()
            ws.keep, ws.processes = True, []
        elif good and not options.json:
            print("Both calls went through; all programs have ended.\n"
                  "  ./quickstart --keep    leaves them running, to call in yourself\n"
                  "  README                 from a telephone card to the first call")
        if options.json:
            print(json.dumps({"calls": demo.calls}), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
