# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""tipringd between a PBX with a primary rate span and a SIP phone."""

import cmath
import math
import re
import time

import box
import harness
import phone
import rtp_end
import sound
import wire
from harness import TOOLS, Gateway, Pbx, Workspace
from tap import check, wait

phone.Rtp = rtp_end.Rtp			# Python has no time for many

CONFIG = """\
country = "{country}";
log = "debug";
sip = {{ listen = [ "udp:127.0.0.1:{sip}" ]; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
sim = {{ directory = "{lines}"; }};
state_directory = "";
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
timers = {{ {timers} }};
{box}
trunks = (
  {{ name = "peer"; server = "127.0.0.1"; port = {peer}; options = 0;
    {trunk} }}
);
spans = (
  {{ name = "pbx"; port = "{port}"; role = "{role}";
    switch = "{switch}"; calls_to = "peer"; numbers = [ "5551xxx" ]; {span} }}
);
{more}
"""
SPAN = "dahdi/span/1" if wire.DAHDI else "sim/span/pbx"
FAR_SPAN = ":dahdi/span/2" if wire.DAHDI else ""
# T1 where nothing else is told.
COUNTRY, SWITCH = ("us", "ni2") if wire.T1 else ("de", "euroisdn")
# The numbers that the tests dial are premium ones somewhere.
BOX = 'fraud = { allow = [ "any" ]; };' if wire.T1 else ""
OTHER = {"network": "user", "user": "network"}


class Bench:
    """What is given goes into CONFIG."""

    def __init__(self, calls=32, env=None, **parts):
        if wire.DAHDI:
            drop(True)		# the spans have room for one
        self.ws = Workspace()
        self.parts = dict(dict(country=COUNTRY, timers="ring = 30;", box=BOX,
                               trunk="", role="network", switch=SWITCH,
                               port=SPAN, span="", more=""), **parts)
        try:
            self.pbx = Pbx(self.ws, fxs="", fxo="", count=0, more=[
                "--country", self.parts["country"], "--log", "--span",
                "pbx=%s:%s%s" % (OTHER[self.parts["role"]],
                                 self.parts["switch"], FAR_SPAN)])
            self.phone = phone.Phone()
            self.sip = harness.free_ports(2)
            rtp = harness.free_ports(2 * calls)
            self.config_file = self.ws.path("tipring.conf")
            self.parts.update(
                sip=self.sip, rtp=rtp, rtp_last=rtp + 2 * calls - 1,
                lines=self.pbx.directory, control=self.ws.path("control"),
                cdr=self.ws.path("cdr.json"), peer=self.phone.port)
            self.gateway = Gateway(self.ws, CONFIG.format(**self.parts),
                                   self.parts["control"], self.parts["cdr"],
                                   env=env)
            self.wait_up()
            self.expect(1, "link-up", 40)
        except BaseException:
            self.ws.tails()
            self.ws.close()
            raise

    def span(self):
        return next(t for t in self.gateway.ask("trunks")["trunks"]
                    if t["name"] == "pbx")

    def wait_up(self):
        def up():
            s = self.span()
            return s["up"] and re.match(r"(\d+) of \1 ", s["address"])
        wait("the span to be up with all B channels free", 40, up)

    def do(self, command, seconds=40):
        return self.pbx.do(command, seconds)

    def expect(self, line, event, within=20):
        return self.pbx.expect("pbx.b%d" % line, event, within)

    def to_sip(self, line=1, number="089123", more=""):
        """The PBX calls; the call as the SIP phone got it."""
        self.call_out("pbx.b%d %s from 5551001 %s" % (line, number, more))
        return self.phone.expect_call()

    def call_out(self, what):
        """The PBX's side of the link can be up later than the gateway's: each
        waits for the UA that answers its own SABME. So can its end of the call
        before."""
        def called():
            answer = self.pbx.ask("call " + what)
            check(answer.startswith("ok") or "D channel is down" in answer or
                  "has a call" in answer, answer)
            return answer.startswith("ok")
        wait("the PBX to call", 40, called)

    def to_pbx(self, number="5551234", line=1, **more):
        """The SIP phone calls an extension of the PBX."""
        self.do("forget pbx.b%d" % line)
        call = self.phone.call(number, self.sip, **more)
        self.expect(line, "setup " + number)
        return call

    def quiet(self):
        """All is over and every B channel free again."""
        self.gateway.wait_idle()
        self.wait_up()

    def last_cdr(self, count):
        wait("the record", 20, lambda: len(self.gateway.cdr()) > count)
        return self.gateway.cdr()[-1]

    def speech(self):
        if not hasattr(self, "_speech"):
            self._speech = box.make_speech(self.ws.path())
        return self._speech

    def close(self, check_end=True):
        try:
            if check_end:
                self.gateway.stop()
                self.pbx.stop()
        finally:
            self.phone.close()
            self.ws.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, why, trace):
        if kind:
            self.ws.tails()
        self.close(check_end=not kind)


MULAW = 'codecs = [ "PCMU" ];'		# what the tests' RTP end speaks
_bench = None


def bench():
    global _bench
    if not _bench:
        _bench = Bench(trunk=MULAW)
    return _bench


def drop(check_end=False):
    global _bench
    b, _bench = _bench, None
    if b:
        b.close(check_end)


def failed():
    if _bench:
        _bench.ws.tails()
    drop()


def after():
    if _bench:
        for slot in wire.SLOTS:
            _bench.pbx.ask("release pbx.b%d" % slot)
        for call in list(_bench.phone.calls.values()):
            call.close()
        _bench.phone.calls.clear()
        _bench.quiet()


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


def converse(b, line, call):
    """Both speak by turns; what each heard is what was said."""
    pbx_says, sip_says = b.speech()
    heard = [b.ws.path("%s-%.3f.wav" % (who, time.time()))
             for who in ("pbx", "sip")]
    port = "pbx.b%d" % line
    call.rtp.forget()
    b.do("record %s %s" % (port, heard[0]))
    b.do("play %s %s" % (port, pbx_says))
    b.do("wait-played " + port, 60)
    call.rtp.play(sound.silence(300) + sound.read(sip_says))
    wait("end of what SIP says", 60, lambda: not call.rtp.busy())
    time.sleep(wire.TAIL)
    b.do("record %s off" % port)
    call.rtp.save(heard[1])
    for who, reference, got in (("the PBX", sip_says, heard[0]),
                                ("SIP", pbx_says, heard[1])):
        ear = sound.compare(TOOLS, reference, got)
        check(ear["pieces"] >= 0.85 and ear["match"] >= wire.MATCH,
              "%s did not hear what was said: %s" % (who, ear))


def amplitude(samples, hz):
    """Of a sine of that frequency, by one term of a Fourier transform."""
    turn = cmath.exp(-2j * math.pi * hz / 8000)
    total, at = 0j, 1 + 0j
    for s in samples:
        total += s * at
        at *= turn
    return 2 * abs(total) / max(1, len(samples))


def heard(call, hz):
    """The last half second is that tone and no other."""
    last = call.rtp.heard()[-4000:]
    if len(last) < 4000:
        return False
    power = math.sqrt(2 * sum(s * s for s in last) / len(last))
    return power > 500 and amplitude(last, hz) > 0.8 * power


def the_shared_bench_ends_well():
    drop(True)
