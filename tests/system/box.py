# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The bench that most tests share: tipringd between tipring-pbx and a SIP
phone that does what it is told. Lines 1 and 2 are extensions of the PBX (the
gateway has FXO ports there), 3 and 4 telephones (FXS ports)."""

import atexit
import os
import time

import harness
import sound
import wire
from harness import Gateway, Pbx, Workspace
from phone import Phone
from tap import Fail, check, comment, wait

CONFIG = """\
country = "us";
log = "debug";
sip = {{ listen = [ "{listen}:{own}:{sip}" ]; }};
rtp = {{ address = "{rtp_address}"; ports = [{rtp}, {rtp_last}]; dead = {dead};
  {jitter} }};
sim = {{ directory = "{lines}"; }};
state_directory = "{state}";
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
timers = {{ {timers} }};
{box}
trunks = (
  {{ name = "peer"; server = "{server}"; port = {peer}; options = 0;
    {trunk} }}
);
lines = (
  {{ name = "pbx-1"; port = "{port1}"; kind = "fxo"; number = "201";
    trunk = "peer"; ring_to = "600"; {fxo} {wire_fxo} }},
  {{ name = "pbx-2"; port = "{port2}"; kind = "fxo"; number = "202";
    trunk = "peer"; ring_to = "600"; {fxo} {wire_fxo} }},
  {{ name = "phone-3"; port = "{port3}"; kind = "fxs"; number = "103";
    display_name = "Reception"; trunk = "peer";
    digit_map = "[1-9]xx|911"; {fxs} {wire_fxs} }},
  {{ name = "phone-4"; port = "{port4}"; kind = "fxs"; number = "104";
    trunk = "peer"; digit_map = "[1-9]xx|911"; {fxs} {wire_fxs} }}
  {lines_more}
);
{more}
"""
KIND = {1: "fxo", 2: "fxo", 3: "fxs", 4: "fxs"}


def config(**parts):
    """CONFIG with these parts, the rest as usual."""
    usual = dict({"port%d" % n: "sim/%d" % n for n in KIND},
                 wire_fxo=wire.line(parts.get("fxo", "")),
                 wire_fxs=wire.line(parts.get("fxs", "")), jitter=wire.JITTER, dead=30, timers="ring = 30;", box="", trunk="", fxo="",
                 fxs="", more="", state="", lines_more="", peer=5060,
                 listen="udp", own="127.0.0.1", rtp_address="127.0.0.1", server="127.0.0.1")
    return CONFIG.format(**dict(usual, **parts))


def make_speech(directory):
    return (sound.speak(harness.TOOLS, directory, "line-says",
                        "One two three, this is the line speaking."),
            sound.speak(harness.TOOLS, directory, "sip-says",
                        "Good morning from the other side of the wire.",
                        voice="en+f3"))


class Unheard(Fail):
    """Somebody did not hear what was said."""


def again(job, *args, times=3, **more):
    """JOB's result. A computer that stands still for half a second spoils what
    is heard now and then, a gateway that loses voice does it every time."""
    for left in range(times - 1, -1, -1):
        try:
            return job(*args, **more)
        except Unheard as why:
            if not left:
                raise
            comment("again: %s" % why)


class Box:
    def __init__(self, phone=True, where="", env=None, pbx=None, **parts):
        self.ws = Workspace()
        try:
            self.pbx = Pbx(self.ws, where=where, **(pbx or {}))
            self.phone = Phone() if phone else None
            self.sip = harness.free_ports(2)
            self.control = self.ws.path("control")
            self.cdr_file = self.ws.path("cdr.json")
            rtp = harness.free_ports(60)
            if callable(parts.get("lines_more")):
                parts["lines_more"] = parts["lines_more"](self.pbx.wire)
            self.parts = dict(parts, sip=self.sip, rtp=rtp, rtp_last=rtp + 59,
                              lines=self.pbx.directory, control=self.control,
                              cdr=self.cdr_file,
                              **{"port%d" % n: self.pbx.wire.port(n, kind)
                                 for n, kind in KIND.items()})
            if phone:
                self.parts["peer"] = parts.get("peer_port", self.phone.port)
            self.gateway = Gateway(self.ws, config(**self.parts), self.control,
                                   self.cdr_file, env=env)
            if parts.get("ready", True):
                self.gateway.wait_ready()
        except BaseException:
            self.ws.tails()
            self.ws.close()
            raise

    def close(self, check_end=True):
        """Ends all; what ours leave behind is judged."""
        try:
            if check_end:
                self.gateway.stop()
                self.pbx.stop()
        finally:
            if self.phone:
                self.phone.close()
            self.ws.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, why, trace):
        """After a failure it tells what the programs said instead."""
        if kind:
            self.ws.tails()
        self.close(check_end=not kind)

    # ------------------------------------------------------- shorthands

    def do(self, command, seconds=40):
        return self.pbx.do(command, seconds)

    def expect(self, line, event, within=15):
        return self.pbx.expect(line, event, within)

    def call_sip(self, line=3, number="600"):
        """A telephone dials; the call as the SIP phone got it."""
        self.do("off-hook %d" % line)
        self.expect(line, "dial-tone")
        self.do("dial %d %s" % (line, number))
        return self.phone.expect_call()

    def talk_sip(self, line=3, number="600"):
        call = self.call_sip(line, number)
        call.ring()
        time.sleep(0.5)
        call.answer()
        return call

    def call_line(self, number="103", **more):
        return self.phone.call(number, self.sip, **more)

    def talk_line(self, line=3):
        """The SIP phone calls a telephone, which answers."""
        call = self.call_line("10%d" % line)
        call.expect(180)
        self.expect(line, "ring")
        self.do("off-hook %d" % line)
        call.expect(200)
        return call

    def hang_up_only(self, line, call):
        """The line hangs up and SIP is told."""
        self.do("on-hook %d" % line)
        call.wait_ended()

    def hang_up(self, line, call):
        self.hang_up_only(line, call)
        self.gateway.wait_idle()

    def pbx_answers(self, line):
        """The extension that the gateway dialled is picked up."""
        self.do("off-hook %d" % line)

    def pbx_busy(self, line):
        """... or is busy."""
        self.do("busy %d" % line)

    def last_cdr(self, count):
        """The record after the first COUNT."""
        wait("call detail record", 15,
             lambda: len(self.gateway.cdr()) > count)
        return self.gateway.cdr()[count]

    # ----------------------------------------------------------- speech

    def speech(self):
        """Two pieces that have nothing in common: the line's, SIP's."""
        if not hasattr(self, "_speech"):
            self._speech = make_speech(self.ws.dir)
        return self._speech

    def greet(self, line):
        """Says enough to be taken for an answer."""
        said = sound.read(self.speech()[0]) + sound.read(self.speech()[1])
        self.do("play %d %s" % (line, sound.write(
            self.ws.path("greeting.wav"), said)))

    def converse(self, line, call, seconds=None):
        """Both speak by turns; checks what each heard. The line's, SIP's."""
        line_says, sip_says = self.speech()
        stamp = time.time()
        line_heard = self.ws.path("line-heard-%.3f.wav" % stamp)
        sip_heard = self.ws.path("sip-heard-%.3f.wav" % stamp)
        call.rtp.forget()
        self.do("record %d %s" % (line, line_heard))
        self.do("play %d %s" % (line, line_says))
        self.do("wait-played %d" % line, 60)
        call.rtp.play(sound.silence(500) + sound.read(sip_says))
        wait("end of what SIP says", 60, lambda: not call.rtp.busy())
        time.sleep(wire.TAIL)
        self.do("record %d off" % line)
        call.rtp.save(sip_heard)
        return (self.good(sip_says, line_heard, "the line"),
                self.good(line_says, sip_heard, "SIP"))

    def lines_talk(self, one, other):
        """What is said on a line is heard on the other."""
        says = self.speech()[0]
        heard = self.ws.path("heard-by-%d.wav" % other)
        self.do("record %d %s" % (other, heard))
        self.do("play %d %s" % (one, says))
        self.do("wait-played %d" % one, 60)
        time.sleep(wire.TAIL)
        self.do("record %d off" % other)
        self.good(says, heard, "line %d" % other, match=0.25)

    def good(self, reference, heard, who, match=wire.MATCH, pieces=0.85):
        # A busy machine makes the jitter buffer move in mid-sentence: what
        # counts is that every piece is there, in its order.
        ear = sound.compare(harness.TOOLS, reference, heard)
        if ear["pieces"] < pieces or ear["match"] < match:
            raise Unheard("%s did not hear what was said: %s" % (who, ear))
        check(-45 < ear["level_dbm0"] < -5,
              "%s heard it at %g dBm0" % (who, ear["level_dbm0"]))
        return ear


_shared = None


def shared():
    """One bench for many tests; made anew after a failed one."""
    global _shared
    if not _shared:
        _shared = Box()
    return _shared


def drop(check_end=False):
    global _shared
    if _shared:
        box, _shared = _shared, None
        box.close(check_end)


def after():
    """What every test on the shared bench must leave behind."""
    if _shared:
        _shared.gateway.wait_idle()
        _shared.do("forget *")


def failed():
    if _shared:
        _shared.ws.tails()
    drop()


def close_the_shared_bench():
    """The programs end by themselves, without a leak."""
    drop(True)


def quick():
    """Inside a package build the system tests are left out."""
    if os.environ.get("TIPRING_QUICK"):
        print("1..0 # SKIP not inside a package build")
        raise SystemExit(0)


atexit.register(drop)

if __name__ == "__main__":	# fills TIPRING_SPEECH
    with Workspace() as place:
        make_speech(place.dir)
