#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Limits, emergency calls, registration, and everything that goes wrong:
far ends that vanish, strangers' RTP, garbage, the end in mid-call."""

import os
import random
import re
import socket
import struct
import subprocess
import sys
import threading
import time

import box
import harness
import phone
import sound
import tap
from harness import Background
from tap import check, wait

box.quick()
bench = box.shared


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


def tipring(b, *argv):
    status, out, err = b.gateway.run(*argv)
    check(status == 0, "tipring %s: %s" % (" ".join(argv), err))
    return out


# ------------------------------------------------------------------ limits

def above_the_limit_sip_gets_503_and_a_line_fast_busy():
    b = bench()
    first = b.talk_sip(3)
    tipring(b, "limit", "box", "1")
    try:
        m = b.call_line("104").expect(503)
        check(m.get("retry-after"), "503 without Retry-After")
        b.do("off-hook 4")
        b.pbx.ask("expect 4 dial-tone within 3")
        b.pbx.ask("dial 4 600")
        b.expect(4, "congestion")
        b.do("on-hook 4")
        # The running call is not cut and still carries speech.
        check(not first.ended.is_set(), "the running call was cut")
        b.converse(3, first)
    finally:
        tipring(b, "limit", "box", "none")
    second = b.call_line("104")
    second.expect(180)
    second.cancel()
    second.expect(487)
    b.hang_up(3, first)


def a_trunk_limit_counts_its_calls_only():
    b = bench()
    tipring(b, "limit", "trunk:peer", "0")
    try:
        b.call_line("103").expect(503)
    finally:
        tipring(b, "limit", "trunk:peer", "none")
    call = b.talk_sip(3)
    b.hang_up(3, call)


def no_limit_refuses_an_emergency_call():
    b = bench()
    first = b.talk_sip(3)
    tipring(b, "limit", "box", "1")
    try:
        b.do("off-hook 4")
        b.pbx.ask("expect 4 dial-tone within 3")
        b.do("dial 4 911")
        second = b.phone.expect_call(20)
        check("911" in second.invite.uri, second.invite.start)
        second.answer()
        check(not first.ended.is_set(), "the running call was cut")
        b.hang_up_only(4, second)
    finally:
        tipring(b, "limit", "box", "none")
    b.hang_up(3, first)


def an_emergency_call_takes_over_a_busy_line():
    with box.Box(fxo='answer = "seize";', more=(
        'groups = ( { name = "co"; lines = [ "pbx-1" ]; } );\n'
        'emergency = { numbers = [ "911" ]; via = [ "group:co" ]; };')) as b:
        first = b.call_line("201")
        b.expect(1, "digits 201", 20)
        first.expect(200, within=20)
        b.pbx_answers(1)
        time.sleep(1)
        b.do("forget 1")
        released = Background(b.expect, 1, "on-hook", 20)
        b.do("off-hook 4")
        b.expect(4, "dial-tone")
        b.do("dial 4 911")
        first.wait_ended()
        released.result()
        b.expect(1, "off-hook", 20)
        b.expect(1, "digits 911", 20)
        b.pbx_answers(1)
        heard = b.ws.path("emergency.wav")
        b.do("record 4 " + heard)
        b.do("play 1 " + b.speech()[0])
        b.do("wait-played 1", 60)
        time.sleep(0.5)
        b.do("record 4 off")
        b.good(b.speech()[0], heard, "the emergency caller")
        b.do("on-hook 4")
        b.gateway.wait_idle()
        records = b.gateway.cdr()
        check([r["emergency"] for r in records] == [False, True],
              "records: %s" % records)
        check(re.search("emergency", records[0]["reason"], re.I),
              "the cut call's record does not say why: %s" % records[0])
        check(re.search("emergency .* takes over", b.gateway.process.text()),
              "the log does not say so")


# ----------------------------------------------------------- registration

def it_registers_with_digest_and_refreshes():
    b = bench()
    registrar = box.Phone("reg")
    registrar.accounts = {"1555": "Tipperary, 18 miles"}
    registrar.expires = 8
    ws = b.ws
    ws.write("secret", "Tipperary, 18 miles\n")
    os.chmod(ws.path("secret"), 0o600)
    with_account = dict(ready=False, peer_port=registrar.port, trunk=(
        'user = "1555"; secret_file = "%s"; register = true;' %
        ws.path("secret")))
    try:
        refresh_and_refusal(registrar, with_account)
    finally:
        registrar.close()


def refresh_and_refusal(registrar, with_account):
    with box.Box(**with_account) as other:
        wait("registration", 30, lambda: registrar.bindings.get("1555"))
        check(str(other.sip) in registrar.bindings["1555"],
              registrar.bindings["1555"])
        other.gateway.wait_ready()
        seen = len(registrar.registers)
        wait("refresh", 30, lambda: len(registrar.registers) > seen)
        # A wrong password: tried again with growing pauses, and told.
        registrar.accounts["1555"] = "changed"
        wait("alarm of the trunk", 60, lambda: not other.gateway.json(
            "trunks")["trunks"][0]["up"], 0.5)
        refused = len(registrar.registers)
        time.sleep(6)
        check(len(registrar.registers) - refused < 8,
              "%d attempts within 6 s after a refusal" %
              (len(registrar.registers) - refused))
        trunk = other.gateway.json("trunks")["trunks"][0]
        check(trunk["why"], "no reason: %s" % trunk)
        registrar.accounts["1555"] = "Tipperary, 18 miles"


def it_unregisters_at_its_end():
    b = bench()
    registrar = box.Phone("reg")
    registrar.accounts = {"1555": "Tipperary, 18 miles"}
    b.ws.write("secret", "Tipperary, 18 miles\n")
    os.chmod(b.ws.path("secret"), 0o600)
    try:
        with box.Box(ready=False, trunk=(
            'user = "1555"; secret_file = "%s"; register = true;' %
            b.ws.path("secret")), peer_port=registrar.port) as other:
            wait("registration", 30, lambda: registrar.bindings)
        wait("end of the registration", 5, lambda: not registrar.bindings)
    finally:
        registrar.close()


# ------------------------------------------------------------ what vanishes

def a_far_end_that_vanishes_is_an_alarm_and_heals():
    b = bench()
    call = b.talk_sip(3)
    ringing = b.call_line("104")
    ringing.expect(180)
    b.pbx.process.kill()
    call.wait_ended()
    ringing.expect(480, 500, 502, 503, 487)
    wait("alarms", 20, lambda: all(
        not line["in_service"] and line["why"]
        for line in b.gateway.lines().values()))
    b.call_line("103").expect(480, 500, 502, 503, 404)
    b.pbx.start()
    b.gateway.wait_ready()
    again = b.talk_sip(3)
    b.converse(3, again)
    b.hang_up(3, again)


class Liar(threading.Thread):
    """The far end of a line that sends what is none of the wire's words."""

    def __init__(self, path, seed):
        super().__init__(daemon=True)
        self.path, self.chance, self.met = path, random.Random(seed), 0
        self.stopped = threading.Event()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.bind(path)
        self.socket.listen(4)
        self.socket.settimeout(0.2)
        self.start()

    def run(self):
        while not self.stopped.is_set():
            try:
                s, _ = self.socket.accept()
            except OSError:
                continue
            self.met += 1
            with s:
                try:
                    s.settimeout(0.2)
                    hello = s.recv(4096)
                    # Its own hello, cut, changed or much too long; and noise.
                    for size in (len(hello) - 1, 3, len(hello),
                                 len(hello) + 64, 4096):
                        data = bytearray((hello * 80)[:size])
                        data[self.chance.randrange(len(data))] ^= 0xff
                        s.send(data)
                    s.send(self.chance.randbytes(48))
                except OSError:
                    pass

    def stop(self):
        self.stopped.set()
        self.join()
        self.socket.close()
        os.unlink(self.path)


def a_far_end_that_talks_nonsense_is_refused():
    b = bench()
    b.pbx.stop()
    liars = [Liar(os.path.join(b.pbx.directory, str(n)), n)
             for n in range(1, 5)]
    try:
        wait("connections", 30, lambda: all(l.met >= 2 for l in liars))
        check(b.gateway.process.running(), "tipringd is gone")
        for line in b.gateway.lines().values():
            check(not line["in_service"] and line["why"],
                  "%s is in service" % line["name"])
        b.call_line("103").expect(404, 480, 500, 502, 503)
    finally:
        for liar in liars:
            liar.stop()
    b.pbx.start()
    b.gateway.wait_ready()
    call = b.talk_sip(3)
    b.hang_up(3, call)


def a_sip_server_that_is_silent_gives_congestion():
    b = bench()
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    try:
        with box.Box(phone=False, ready=False, peer=silent.getsockname()[1],
                        timers="no_response = 1000;") as other:
            wait("lines", 20, lambda: all(
                line["in_service"] for line in other.gateway.lines().values()))
            other.do("off-hook 3")
            other.expect(3, "dial-tone")
            other.do("dial 3 600")
            other.expect(3, "congestion", 30)
            other.do("on-hook 3")
            other.gateway.wait_idle()
    finally:
        silent.close()
    b.gateway.wait_idle()


def rtp_that_stops_ends_the_call():
    b = bench()
    with box.Box(dead=3) as other:
        call = other.talk_sip(3)
        time.sleep(1)
        call.rtp.sending = False
        call.wait_ended(30)
        same("the end", call.end_method, "BYE")
        other.do("on-hook 3")
        other.gateway.wait_idle()
    b.gateway.wait_idle()


# ------------------------------------------------------------------ strangers

def rtp_from_strangers_is_not_heard():
    b = bench()
    call = b.talk_sip(3)
    time.sleep(1)
    heard = b.ws.path("strangers.wav")
    noise = sound.to_ulaw(sound.sine(1000, -6, 20))
    stop = threading.Event()

    def strangers():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sequence = 0
        while not stop.wait(0.02):
            sequence += 1
            s.sendto(struct.pack("!BBHII", 0x80, 0, sequence & 0xffff,
                                 sequence * 160, 0xbad) + noise,
                     call.rtp.remote)
            s.sendto(random.randbytes(random.randrange(1, 200)),
                     call.rtp.remote)
        s.close()
    thread = threading.Thread(target=strangers, daemon=True)
    thread.start()
    try:
        b.converse(3, call)
        b.do("record 3 " + heard)
        time.sleep(2)
        b.do("record 3 off")
    finally:
        stop.set()
        thread.join()
    loud = sound.level(harness.TOOLS, heard)
    check(loud < -35, "the strangers were heard, at %g dBm0" % loud)
    b.hang_up(3, call)


def voice_follows_a_reinvite_and_the_old_address_is_a_stranger():
    b = bench()
    call = b.talk_sip(3)
    b.converse(3, call)
    old, call.rtp = call.rtp, phone.Rtp()
    try:
        call.reinvite("sendrecv")
        # It goes on sending, loudly: that must not be mixed in or taken.
        old.play(sound.sine(1000, -6, 20000))
        b.converse(3, call)
        seen = old.received
        time.sleep(1)
        same("packets at the old address", old.received, seen)
        b.hang_up(3, call)
    finally:
        old.close()


GARBAGE = [
    b"", b"\r\n\r\n", b"\0" * 500, b"INVITE", b"INVITE sip:x SIP/2.0\r\n\r\n",
    b"SIP/2.0 200 OK\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"INVITE sip:103@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
    b"silent.invalid;maddr=silent.invalid;branch=z9hG4bKx\r\nFrom: <sip:a@b>;"
    b"tag=1\r\nTo: <sip:103@127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n"
    b"Content-Length: 99999\r\n\r\nv=0",
    b"BYE sip:103@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch="
    b"z9hG4bKy\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:103@127.0.0.1>;tag=2\r\n"
    b"Call-ID: 1\r\nCSeq: 4294967295 BYE\r\nContent-Length: -1\r\n\r\n",
]


def sip_garbage_does_no_harm():
    b = bench()
    call = b.talk_sip(3)
    text = b.phone.request("INVITE", "sip:104@127.0.0.1:%d" % b.sip,
                           "<sip:600@127.0.0.1>;tag=9",
                           "<sip:104@127.0.0.1>", "garbage", 1,
                           call.sdp()).encode()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    chance = random.Random(1)
    for number in range(1500):
        if number % 3 == 0:
            packet = chance.choice(GARBAGE)
        else:
            packet = bytearray(text)
            for _ in range(chance.randrange(1, 20)):
                packet[chance.randrange(len(packet))] = chance.randrange(256)
            packet = bytes(packet[:chance.randrange(1, len(packet) + 1)])
        s.sendto(packet, ("127.0.0.1", b.sip))
        if number % 50 == 0:
            time.sleep(0.02)
    s.close()
    check(b.gateway.process.running(), "tipringd is gone")
    wait("answer to OPTIONS", 20, lambda: b.phone.transact(b.phone.request(
        "OPTIONS", "sip:127.0.0.1:%d" % b.sip, "<sip:600@127.0.0.1>;tag=1",
        "<sip:127.0.0.1:%d>" % b.sip, "options-2", 1),
        ("127.0.0.1", b.sip)).status == 200)
    b.converse(3, call)
    b.hang_up_only(3, call)
    # Whole requests among the garbage may ring a telephone for a while.
    b.gateway.wait_idle(60)


# ------------------------------------------------------- operator and start

def an_unknown_command_is_told_so():
    b = bench()
    s = socket.socket(socket.AF_UNIX)
    s.connect(b.control)
    s.settimeout(10)
    for line in b'{"cmd":"frobnicate"}\n', b"not json\n", b"[1]\n", \
            b'{"cmd":17}\n':
        s.sendall(line)
        answer = b""
        while not answer.endswith(b"\n"):
            more = s.recv(4096)
            check(more, "the connection was closed after %r" % line)
            answer += more
        check(b'"error"' in answer, "%r was answered %r" % (line, answer))
    s.close()
    s = socket.socket(socket.AF_UNIX)
    s.connect(b.control)
    try:
        s.sendall(b"x" * 2000000)	# one line without an end
    except OSError:
        pass		# it need not read all of it
    s.close()
    tipring(b, "status")


def hangup_and_busy_out_do_what_they_say():
    b = bench()
    call = b.talk_sip(3)
    number = b.gateway.calls()[0]["call"]
    tipring(b, "busy-out", "phone-3")
    check(not call.ended.is_set(), "busy-out cut a running call")
    tipring(b, "hangup", str(number))
    call.wait_ended()
    b.do("on-hook 3")
    wait("line out of service", 15,
         lambda: not b.gateway.lines()["phone-3"]["in_service"])
    b.call_line("103").expect(480, 486, 502, 503)
    tipring(b, "return", "phone-3")
    b.gateway.wait_ready()
    again = b.talk_sip(3)
    b.hang_up(3, again)


def the_records_are_shown():
    b = bench()
    call = b.talk_sip(3)
    b.hang_up(3, call)
    out = tipring(b, "cdr")
    check("phone-3" in out and "600" in out, out)


def a_port_in_use_is_named():
    b = bench()
    text = box.config(**dict(b.parts, control=b.ws.path("other"),
                             lines=b.ws.path("none"),
                             cdr=b.ws.path("other.cdr")))
    path = b.ws.write("second.conf", text)
    done = subprocess.run([harness.program("tipringd"), "--config", path,
                           "--foreground"], capture_output=True, text=True,
                          timeout=30)
    check(done.returncode not in (0, -11, -6),
          "it started, status %d" % done.returncode)
    check(str(b.sip) in done.stderr + done.stdout,
          "the port is not named: " + done.stderr[-500:])


def a_broken_configuration_is_refused_with_its_place():
    b = bench()
    path = b.ws.write("broken.conf", 'country = "us";\nfrobnicate = 1;\n'
                      'lines = ( { name = "a"; port = 7; } );\n')
    done = subprocess.run([harness.program("tipringd"), "--check", "--config",
                           path], capture_output=True, text=True, timeout=30)
    same("status", done.returncode, 1)
    errors = done.stderr + done.stdout
    check(path + ":2:" in errors and path + ":3:" in errors, errors)


def reload_keeps_the_running_call():
    b = bench()
    call = b.talk_sip(3)
    with open(b.gateway.config) as f:
        text = f.read()
    with open(b.gateway.config, "w") as f:
        f.write(text.replace('number = "104"', 'number = "105"'))
    tipring(b, "reload")
    check(not call.ended.is_set(), "the call was cut by the reload")
    b.converse(3, call)
    b.hang_up(3, call)
    b.call_line("104").expect(404)
    other = b.call_line("105")
    other.expect(180)
    other.cancel()
    other.expect(487)
    with open(b.gateway.config, "w") as f:
        f.write("nonsense = ;\n")
    status, out, err = b.gateway.run("reload")
    check(status != 0 and ":1:" in out + err, "a bad file: %s%s" % (out, err))
    same("number", b.gateway.lines()["phone-4"]["number"], "105")
    with open(b.gateway.config, "w") as f:
        f.write(text)
    tipring(b, "reload")
    b.gateway.wait_ready()


def term_in_calls_releases_every_line():
    b = box.Box()
    try:
        first = b.talk_sip(3)
        b.do("ring 1 from 5551111")
        second = b.phone.expect_call(30)
        second.answer()
        b.expect(1, "off-hook")
        ringing = b.call_line("104")
        ringing.expect(180)
        gone = Background(b.expect, 1, "on-hook", 20)
        time.sleep(0.3)
        began = time.monotonic()
        b.gateway.stop()
        took = time.monotonic() - began
        check(took < 3.5, "it took %.1f s to end" % took)
        gone.result()
        first.wait_ended(5)
        second.wait_ended(5)
        b.do("on-hook 3")
        b.pbx.stop()
    finally:
        b.close(check_end=False)


if __name__ == "__main__":
    sys.exit(tap.run([
        above_the_limit_sip_gets_503_and_a_line_fast_busy,
        a_trunk_limit_counts_its_calls_only,
        no_limit_refuses_an_emergency_call,
        an_emergency_call_takes_over_a_busy_line,
        it_registers_with_digest_and_refreshes,
        it_unregisters_at_its_end,
        a_far_end_that_vanishes_is_an_alarm_and_heals,
        a_far_end_that_talks_nonsense_is_refused,
        a_sip_server_that_is_silent_gives_congestion,
        rtp_that_stops_ends_the_call,
        rtp_from_strangers_is_not_heard,
        voice_follows_a_reinvite_and_the_old_address_is_a_stranger,
        sip_garbage_does_no_harm,
        an_unknown_command_is_told_so,
        hangup_and_busy_out_do_what_they_say,
        the_records_are_shown,
        a_port_in_use_is_named,
        a_broken_configuration_is_refused_with_its_place,
        reload_keeps_the_running_call,
        term_in_calls_releases_every_line,
        box.close_the_shared_bench], box.after, box.failed))
