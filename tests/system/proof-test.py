#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A peer at any address proves who it is by Digest; whoever cannot gets no call,
however he tries, and stands in `tipring attackers` and in the log."""

import atexit
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time

import harness
import sound
import tap
from baresip import Baresip
from phone import HASHES, Message, token
from tap import check, wait
from ua import Dialog, Peer, message, same, sdp

SECRET = "Tipperary-18-miles"
CONFIG = """\
country = "us";
fraud = {{ allow = [ "any" ]; }};
log = "debug";
sip = {{ listen = [ "udp:127.0.0.1:{sip}", "tcp:127.0.0.1:{sip}" ];
  realm = "box one"; {sip_more} }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
trunks = (
  {{ name = "roams"; server = "127.0.0.2"; port = 5062; options = 0;
    accept_user = "branch"; accept_secret_file = "{secret}"; }},
  {{ name = "out"; server = "127.0.0.3"; port = {out}; options = 0;
    user = "box"; secret_file = "{secret}"; }}
);
routes = ( {{ from = "trunk:roams"; to = [ "trunk:out" ]; }} );
"""


class Rig:
    def __init__(self):
        self.ws = harness.Workspace()
        try:
            secret = self.ws.write("secret", SECRET + "\n")
            os.chmod(secret, 0o600)
            self.sip, rtp = harness.free_ports(2), harness.free_ports(60)
            self.out = Peer(self.sip, "127.0.0.3")
            self.parts = dict(sip=self.sip, rtp=rtp, rtp_last=rtp + 59,
                              control=self.ws.path("control"),
                              cdr=self.ws.path("cdr.json"), secret=secret,
                              out=self.out.port, sip_more="")
            self.gateway = harness.Gateway(
                self.ws, CONFIG.format(**self.parts), self.ws.path("control"),
                self.ws.path("cdr.json"))
        except BaseException:
            self.ws.tails()
            self.ws.close()
            raise

    def reload(self, **more):
        self.ws.write("tipringd.conf", CONFIG.format(**dict(self.parts, **more)))
        status, out, err = self.gateway.run("reload")
        check(status == 0, out + err)

    def attacker(self, host):
        return next((a for a in self.gateway.ask("attackers")["attackers"]
                     if a["source"] == host), {"requests": 0})

    def close(self):
        self.out.close()
        self.ws.close()


rig = None


def bench():
    global rig
    rig = rig or Rig()
    return rig


def failed():
    global rig
    if rig:
        rig.ws.tails()
        rig.close()
    rig = None


atexit.register(lambda: rig and rig.close())


def after():
    if rig:
        wait("the end of all calls", 20, lambda: not rig.gateway.calls())
        rig.out.forget()


def challenges(m, qop="auth"):
    """Each that a 401 has: algorithm -> its parameters."""
    same("status", m.status, 401)
    found = {}
    for text in m.all("www-authenticate"):
        p = dict((k, quoted or bare) for k, quoted, bare in re.findall(
            r'(\w+)=(?:"([^"]*)"|([^",]+))', text))
        same("realm", p["realm"], "box one")
        same("qop", p["qop"], qop)
        found[p["algorithm"]] = p
    return found


def proof(challenge, algorithm, uri, method="INVITE", user="branch",
          secret=SECRET, count=1, qop=True, body=None):
    def h(text):
        return hashlib.new(HASHES[algorithm], text.encode()).hexdigest()

    cnonce = token()
    a1 = h("%s:%s:%s" % (user, challenge["realm"], secret))
    a2 = h("%s:%s" % (method, uri) + (":" + h(body) if body is not None else ""))
    cover = "auth" if body is None else "auth-int"
    middle = ":%08x:%s:%s:" % (count, cnonce, cover) if qop else ":"
    return ('Digest username="%s", realm="%s", nonce="%s", uri="%s", '
            'response="%s", algorithm=%s%s' % (
                user, challenge["realm"], challenge["nonce"], uri,
                h(a1 + ":" + challenge["nonce"] + middle + a2), algorithm,
                ', cnonce="%s", nc=%08x, qop=%s' % (cnonce, count, cover)
                if qop else ""))


class Stranger(Peer):
    def __init__(self, host="127.0.0.9"):
        super().__init__(bench().sip, host)

    def asked(self, number="600", qop="auth"):
        """A call without proof; the dialog and its challenges."""
        d = Dialog(self, number).call()
        m = d.expect(100, 401)
        check(m.status == 401, "there was a 100 before the challenge")
        self.send(d.request("ACK", sequence=d.invite_sequence,
                            branch=d.branch))
        return d, challenges(m, qop)

    def tries(self, challenge, algorithm="SHA-256", number="600", sent=None,
              **more):
        """Another call, with a proof; sent: its body, if it is not usual."""
        d = Dialog(self, number)
        d.uri = d.target
        return d.call(sent, extra=[("Authorization", proof(
            challenge, algorithm, more.pop("uri", d.target), **more))])

    def refused(self, d, qop="auth"):
        """Challenged again; whether the proof was good but for its nonce."""
        m = d.expect(100, 180, 200, 401)
        again = challenges(m, qop)
        same("algorithms", sorted(again), sorted(HASHES))
        self.send(d.request(
            "ACK", sequence=d.invite_sequence, branch=d.branch))
        return "stale" in again["MD5"], again

    def talks(self, d):
        b = bench()
        called = Dialog(b.out, invite=b.out.expect("INVITE"))
        called.accept()
        d.answered()
        return called


def a_peer_proves_itself_with_each_digest():
    s = Stranger()
    for algorithm in "MD5", "SHA-256", "SHA-512-256":
        _, given = s.asked()
        same("algorithms", list(given), ["SHA-512-256", "SHA-256", "MD5"])
        d = s.tries(given[algorithm], algorithm)
        called = s.talks(d)
        # What belongs to the call needs no proof.
        same("calls", len(bench().gateway.calls()), 1)
        d.hang_up()
        called.ended()
    check(not bench().attacker("127.0.0.9")["requests"],
          "who proved itself counts as an attacker")
    s.close()


def a_nonce_serves_many_calls_each_count_once():
    s = Stranger()
    _, given = s.asked()
    for count in 1, 3, 2:
        d = s.tries(given["MD5"], "MD5", count=count)
        called = s.talks(d)
        d.hang_up()
        called.ended()
    first = s.tries(given["MD5"], "MD5", count=4)
    called = Dialog(bench().out, invite=bench().out.expect("INVITE"))
    s.send(first.sent)		# a retransmission is the same call
    called.accept()
    first.answered()
    invite = first.sent
    first.hang_up()
    called.ended()
    # The very proof of another call, as who overheard it would use it.
    d = Dialog(s, "600").call(extra=[("Authorization", re.search(
        r"^Authorization: (.*)\r$", invite, re.M).group(1))])
    same("stale", s.refused(d)[0], False)
    for count in 4, 2, 0:
        same("stale", s.refused(s.tries(given["MD5"], "MD5", count=count))[0],
             False)
    check(bench().attacker("127.0.0.9")["wrong_passwords"] == 4, "uncounted")
    s.close()


def a_proof_is_for_one_host_one_number_and_one_method():
    s, other = Stranger("127.0.0.10"), Stranger("127.0.0.11")
    _, given = s.asked()
    stale, again = other.refused(other.tries(given["SHA-256"]))
    check(stale, "another host's nonce")
    d = other.tries(again["SHA-256"])
    called = other.talks(d)
    d.hang_up()
    called.ended()
    uri = "sip:600@127.0.0.1:%d" % bench().sip
    same("stale", s.refused(s.tries(given["SHA-256"], number="900", uri=uri))[0],
         False)
    same("stale", s.refused(s.tries(given["SHA-256"], method="OPTIONS"))[0],
         False)
    s.close()
    other.close()


def who_is_wrong_never_learns_why():
    s = Stranger("127.0.0.12")
    answers = []
    for more in ({"secret": "wrong"}, {"user": "nobody"},
                 {"user": "roams"}, {"secret": "wrong", "qop": False}):
        _, given = s.asked()
        d = s.tries(given["SHA-256"], **more)
        m = d.expect(401)
        answers.append(sorted((n, re.sub("[0-9a-f]{64}|=z9hG\\S*", "", v))
                              for n, v in m.headers
                              if n not in ("call-id", "from")))
        s.send(d.request("ACK", sequence=d.invite_sequence, branch=d.branch))
    check(all(a == answers[0] for a in answers), "answers differ: %s" % answers)
    entry = bench().attacker("127.0.0.12")
    same("wrong passwords", entry["wrong_passwords"], 4)
    log = bench().gateway.process.text()
    check(SECRET not in log, "the secret is in the log")
    lines = [line for line in log.splitlines() if
             "stranger 127.0.0.12 refused: wrong user or password, INVITE"
             in line]
    check(lines, "no line in the log")
    s.close()
    # And fail2ban knows them.
    program = harness.installed("fail2ban-regex", "fail2ban")
    ws = bench().ws
    journal = ws.write("journal", "".join(
        "Nov 25 16:00:00 box tipringd[77]: %s\n" % line for line in lines))
    rules = ws.path("tipring-filter.conf")
    shutil.copy(os.path.join(harness.SOURCE, "etc/fail2ban/tipring-filter.conf"),
                rules)
    shutil.copy("/etc/fail2ban/filter.d/common.conf", ws.path("common.conf"))
    done = subprocess.run([program, "-o", "ip", journal, rules], text=True,
                          capture_output=True, timeout=60)
    same("banned", done.stdout.split(), ["127.0.0.12"] * len(lines))


def without_qop_a_nonce_serves_once():
    s = Stranger("127.0.0.13")
    _, given = s.asked()
    d = s.tries(given["MD5"], "MD5", qop=False)
    called = s.talks(d)
    d.hang_up()
    called.ended()
    same("stale", s.refused(s.tries(given["MD5"], "MD5", qop=False))[0], False)
    s.close()


def we_prove_a_body_where_it_is_asked_for():
    b, s = bench(), Stranger("127.0.0.18")
    _, given = s.asked()
    d = s.tries(given["MD5"], "MD5")
    first = Dialog(b.out, invite=b.out.expect("INVITE"))
    first.reply(407, "Who are you", extra=[(
        "Proxy-Authenticate", 'Digest realm="far", nonce="n", '
        'algorithm=SHA-256, qop="auth-int"')])
    b.out.expect("ACK")
    called = Dialog(b.out, invite=b.out.expect("INVITE"))
    m = called.invite
    p = dict(re.findall(r'(\w+)="?([^",]+)"?', m.get("proxy-authorization")))

    def h(text):
        return hashlib.sha256(text.encode()).hexdigest()
    same("qop", p["qop"], "auth-int")
    same("response", p["response"], h(":".join((
        h("box:far:" + SECRET), "n", p["nc"], p["cnonce"], "auth-int",
        h("INVITE:%s:%s" % (p["uri"], h(m.body)))))))
    called.accept()
    d.answered()
    d.hang_up()
    called.ended()
    s.close()


def a_body_is_proved_too_where_we_ask_for_it():
    b, only = bench(), "auth-int"
    b.reload(sip_more='digest_covers = "auth-int";')
    body, other = sdp(), sdp(port=40404)
    # One host is challenged ten times a second at most.
    for host, algorithm in enumerate(("MD5", "SHA-256", "SHA-512-256"), 20):
        s = Stranger("127.0.0.%d" % host)
        _, given = s.asked(qop=only)
        d = s.tries(given[algorithm], algorithm, sent=body, body=body)
        called = s.talks(d)
        d.hang_up()
        called.ended()
        # Who changes the description on the way, or proves no body.
        for count, wrong in enumerate((
                {"body": other}, {"body": ""}, {}, {"qop": False}), 2):
            same("stale", s.refused(s.tries(
                given[algorithm], algorithm, sent=body, count=count, **wrong),
                only)[0], False)
        same("wrong passwords", b.attacker(s.host)["wrong_passwords"], 4)
        s.close()
    # Who may choose.
    s = Stranger("127.0.0.18")
    b.reload(sip_more='digest_covers = "either";')
    _, given = s.asked(qop="auth,auth-int")
    for count, more in enumerate(({"body": body}, {}), 1):
        d = s.tries(given["MD5"], "MD5", sent=body, count=count, **more)
        called = s.talks(d)
        d.hang_up()
        called.ended()
    b.reload()
    _, given = s.asked()
    same("stale", s.refused(s.tries(given["MD5"], "MD5", sent=body,
                                    body=body))[0], False)
    s.close()


def a_flood_of_strangers_is_bounded_and_counted():
    b = bench()
    s = Stranger("127.0.0.14")
    start = time.monotonic()

    def more():
        for _ in range(50):
            s.send(Dialog(s, "900").request("INVITE", sequence=1))
        return b.attacker("127.0.0.14")["requests"] >= 350
    wait("the flood in tipring attackers", 60, more)
    seconds = time.monotonic() - start
    s.socket.settimeout(1)
    answers = 0
    try:
        while s.socket.recv(4096):
            answers += 1
    except TimeoutError:
        pass
    check(1 <= answers <= 10 * (seconds + 3), "%d answers" % answers)
    check(b.gateway.calls() == [], "a stranger has a call")
    check("stranger 127.0.0.14 refused: no proof of who it is" in
          b.gateway.process.text(), "no line in the log")
    s.close()


def over_tcp_too():
    b = bench()
    with socket.socket() as c:
        c.bind(("127.0.0.15", 0))
        c.connect(("127.0.0.1", b.sip))
        c.settimeout(20)
        port, data = c.getsockname()[1], b""

        def ask(sequence, extra=(), method="INVITE"):
            c.sendall(message("%s %s SIP/2.0" % (method, uri), [
                ("Via", "SIP/2.0/TCP 127.0.0.15:%d;branch=z9hG4bK%s%d" % (
                    port, call, sequence)),
                ("From", "<sip:x@y>;tag=1"), ("To", "<%s>" % uri),
                ("Call-ID", call), ("CSeq", "%d %s" % (sequence, method)),
                ("Contact", "<sip:x@127.0.0.15:%d;transport=tcp>" % port),
                ("Max-Forwards", "70")] + list(extra),
                sdp("127.0.0.15") if method == "INVITE" else "").encode())

        def status():
            nonlocal data
            while True:
                if b"\r\n\r\n" not in data:
                    more = c.recv(4096)
                    check(more, "the connection ended")
                    data += more
                    continue
                head, _, data = data.partition(b"\r\n\r\n")
                m = Message(head + b"\r\n\r\n")
                data = data[int(m.get("content-length") or 0):]
                if m.status > 100:
                    return m

        uri = "sip:600@127.0.0.1:%d;transport=tcp" % b.sip
        call = token()
        ask(1)
        given = challenges(status())
        ask(1, method="ACK")
        ask(2, [("Authorization", proof(given["MD5"], "MD5", uri,
                                        secret="wrong"))])
        given = challenges(status())
        check("stale" not in given["MD5"], "stale for a wrong password")
        ask(2, method="ACK")
        ask(3, [("Authorization", proof(given["MD5"], "MD5", uri))])
        called = Dialog(b.out, invite=b.out.expect("INVITE"))
        called.reply(486, "Busy Here")
        b.out.expect("ACK")
        same("status", status().status, 486)
        ask(3, method="ACK")
        b.reload(sip_more='digest_covers = "auth-int";')
        call = token()
        ask(4)
        given = challenges(status(), "auth-int")
        ask(4, method="ACK")
        ask(5, [("Authorization", proof(given["MD5"], "MD5", uri,
                                        body=sdp("127.0.0.15")))])
        called = Dialog(b.out, invite=b.out.expect("INVITE"))
        called.reply(486, "Busy Here")
        b.out.expect("ACK")
        same("status", status().status, 486)
        ask(5, method="ACK")
        b.reload()
    same("wrong passwords", b.attacker("127.0.0.15")["wrong_passwords"], 1)


def sipp_and_baresip_prove_themselves():
    b = bench()
    scenario = open(os.path.join(harness.SOURCE, "tests/system/sipp/"
                                 "in-proof.xml")).read()
    # Both know MD5 alone, and take the first challenge there is.
    b.reload(sip_more='digest = [ "MD5" ];')
    sipp = harness.Sipp(b.ws, scenario, target="127.0.0.1:%d" % b.sip, more=[
        "-i", "127.0.0.16", "-au", "branch", "-ap", SECRET, "-s", "600",
        "-m", "1"])
    called = Dialog(b.out, invite=b.out.expect("INVITE"))
    called.accept()
    called.ended()
    sipp.finish(30)
    # sipp knows to prove a body.
    b.reload(sip_more='digest = [ "MD5" ]; digest_covers = "auth-int";')
    sipp = harness.Sipp(b.ws, scenario, target="127.0.0.1:%d" % b.sip, more=[
        "-i", "127.0.0.19", "-au", "branch", "-ap", SECRET, "-s", "600",
        "-m", "1"])
    called = Dialog(b.out, invite=b.out.expect("INVITE"))
    called.accept()
    called.ended()
    sipp.finish(30)
    b.reload(sip_more='digest = [ "MD5" ];')
    says = sound.write(b.ws.path("says.wav"), sound.silence(60000))
    peer = Baresip(b.ws, says, user="branch", host="127.0.0.17", account=
                   ";auth_user=branch;auth_pass=%s;regint=0" % SECRET)
    peer.do("dial", "sip:600@127.0.0.1:%d" % b.sip)
    called = Dialog(b.out, invite=b.out.expect("INVITE"))
    called.accept()
    peer.expect("CALL_ESTABLISHED")
    peer.do("hangup")
    called.ended()
    b.reload()


def the_gateway_ends_without_a_leak():
    global rig
    bench().gateway.stop()
    rig.close()
    rig = None


if __name__ == "__main__":
    sys.exit(tap.run([
        a_peer_proves_itself_with_each_digest,
        a_nonce_serves_many_calls_each_count_once,
        a_proof_is_for_one_host_one_number_and_one_method,
        who_is_wrong_never_learns_why,
        without_qop_a_nonce_serves_once,
        we_prove_a_body_where_it_is_asked_for,
        a_body_is_proved_too_where_we_ask_for_it,
        a_flood_of_strangers_is_bounded_and_counted,
        over_tcp_too,
        sipp_and_baresip_prove_themselves,
        the_gateway_ends_without_a_leak], after, failed))
