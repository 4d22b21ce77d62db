#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Mailboxes that the gateway subscribes to: what their server tells reaches the
telephones' dial tone, lamp and display, and the operator."""

import os
import sys
import time

import box
import harness
import sound
import tap
import wire
from harness import Background
from phone import Phone, token, uri_of
from tap import check, wait

SUMMARY = "application/simple-message-summary"


class Mailbox:
    """One subscription, as the server has it."""

    def __init__(self, server, m):
        self.server, self.id, self.tag = server, m.get("call-id"), token()
        self.subscriber, self.own = m.get("from"), m.get("to")
        self.target, self.sequence = uri_of(m.get("contact")), 0
        self.user = m.uri.partition(":")[2].partition("@")[0]
        self.refreshed = 0

    def tell(self, body, state="active", event="message-summary"):
        """NOTIFY; the status it was answered."""
        p = self.server
        self.sequence += 1
        return p.transact(p.request(
            "NOTIFY", self.target, "%s;tag=%s" % (self.own, self.tag),
            self.subscriber, self.id, self.sequence, body,
            ["Event: " + event, "Subscription-State: " + state,
             "Content-Type: " + SUMMARY]), ("127.0.0.1", p.gateway)).status


class Server(Phone):
    """A voicemail server. answers: what the next SUBSCRIBEs get instead of 200,
    (status, reason, headers ...) each; knows: dialogs that it has not lost."""

    def __init__(self):
        super().__init__("vm")
        self.boxes, self.seen, self.answers = {}, [], []
        self.route = []			# of the answer that makes the dialog
        self.lasts, self.gateway, self.accounts = 600, 0, {"1555": "Xk3-tests-9"}

    def _take(self, m, source):
        if m.response or m.method != "SUBSCRIBE":
            super()._take(m, source)
            return
        again = [s for s in self.seen if s.get("call-id") == m.get("call-id")
                 and s.sequence() == m.sequence()]
        self.seen.append(m)
        if again:	# answered, and the answer was late
            return
        dialog = self.boxes.get(m.get("call-id"))
        if self.answers:
            status, reason, *more = self.answers.pop(0)
            self.send(self.response(m, status, reason, extra=more, tag=token()),
                      source)
        elif m.tag("to") and not dialog:
            self.send(self.response(m, 481, "Subscription Does Not Exist"), source)
        else:
            dialog = dialog or Mailbox(self, m)
            dialog.refreshed += bool(m.tag("to"))
            self.boxes[dialog.id] = dialog
            lasts = min(self.lasts, int(m.get("expires")))
            self.send(self.response(m, 200, "OK", tag=dialog.tag, extra=[
                "Expires: %d" % lasts] + self.route * (not m.tag("to"))), source)

    def mailbox(self, user, within=30):
        return wait("subscription to " + user, within, lambda: next(
            (b for b in self.boxes.values() if b.user == user), None))

    def asked(self, expires=None):
        return [m for m in self.seen if expires in (None, m.get("expires"))]


def bench(server, trunk="", port=None, **more):
    b = box.Box(phone=False, ready=False, peer=port or server.port,
                trunk='voicemail = "subscribe"; ' + trunk,
                fxs='mwi = [ "stutter", "lamp", "fsk" ];', **more)
    if server:
        server.gateway, b.phone = b.sip, server
    return b


def shown(b, name):
    """What the operator sees of a mailbox."""
    trunk = b.gateway.ask("trunks")["trunks"][0]
    return next((m for m in trunk["mailboxes"] if m["name"] == name), None)


def expect_state(b, name, state):
    return wait("mailbox %s %s" % (name, state), 30, lambda: (
        lambda m: m and m["state"] == state and m)(shown(b, name)))


def gaps(b, line):
    """How often the tone that it hears when it picks up is broken for a tenth of
    a second, as a stuttering one is."""
    heard = b.ws.path("dial-%.3f.wav" % time.time())
    b.do("record %d %s" % (line, heard))
    b.do("off-hook %d" % line)
    b.expect(line, "dial-tone")
    time.sleep(1.5)
    b.do("record %d off" % line)
    b.do("on-hook %d" % line)
    b.gateway.wait_idle()
    step, count, quiet, began = sound.RATE // 100, 0, 0, False
    samples = sound.read(heard)
    for i in range(0, len(samples) - step, step):
        if max(map(abs, samples[i:i + step])) < 200:
            quiet += 1
            continue
        count += began and 7 <= quiet <= 14
        began, quiet = True, 0
    return count


def messages_are_asked_for_and_shown():
    server = Server()
    with bench(server) as b:
        waiting = server.mailbox("103")
        server.mailbox("104")
        status = [waiting.tell("Messages-Waiting: yes\r\n"
                               "Voice-Message: 2/8 (0/2)\r\n")]
        check(status == [200], status)
        b.expect(3, "lamp on", 30)
        expect_state(b, "103", "subscribed")
        b.do("monitor 3 on")
        seen = gaps(b, 3)
        check(seen >= 4, "no stutter dial tone: %d gaps" % seen)
        b.expect(3, "messages on", 60)
        check(gaps(b, 4) < 3, "a line without messages stutters")
        lines = b.gateway.lines()
        check(lines["phone-3"]["messages"] ==
              {"waiting": True, "new": 2, "old": 8}, lines["phone-3"])
        check("messages" not in lines["phone-4"], lines["phone-4"])
        for command, words in (("lines", ("MESSAGES", "2 new, 8 old")),
                               ("trunks", ("mailbox 103", "subscribed"))):
            out = b.gateway.run(command)[1]
            check(all(w in out for w in words), out)
        waiting.tell("Messages-Waiting: no\r\n")
        b.expect(3, "lamp off", 30)
        check(gaps(b, 3) < 3, "it stutters on")
        b.expect(3, "messages off", 60)
        check("none" in b.gateway.run("lines")[1], b.gateway.run("lines")[1])
        b.do("monitor 3 off")
        b.gateway.stop()
        left = {m.get("call-id") for m in server.asked("0")}
        check(left == set(server.boxes), "not all were unsubscribed: %s" % left)


def a_server_that_starts_anew_is_asked_anew():
    server = Server()
    server.lasts = 2
    with bench(server) as b:
        first = server.mailbox("103")
        first.tell("Messages-Waiting: no\r\n")
        wait("refresh", 30, lambda: first.refreshed)
        server.boxes.clear()	# and knows no dialog
        second = server.mailbox("103")
        check(second.id != first.id, "the old dialog is back")
        server.lasts = 600
        second.tell("Messages-Waiting: yes\r\n")
        b.expect(3, "lamp on", 30)
        # One that nobody has, and one that is over.
        check(first.tell("Messages-Waiting: no\r\n") == 481, "an old dialog is taken")
        second.tell("", "terminated;reason=timeout")
        del server.boxes[second.id]
        server.mailbox("103").tell("Messages-Waiting: no\r\n")
        b.expect(3, "lamp off", 30)


def what_follows_goes_by_the_recorded_route():
    server, proxy = Server(), Server()
    proxy.boxes, server.lasts, proxy.lasts = server.boxes, 2, 2
    server.route = ["Record-Route: <sip:127.0.0.1:%d;lr>" % proxy.port]
    with bench(server) as b:
        asked = server.mailbox("103")
        asked.tell("Messages-Waiting: no\r\n")
        wait("two refreshes", 40, lambda: asked.refreshed > 1)
        b.gateway.stop()
        past = [m.start for m in server.seen if m.tag("to")]
        check(not past, "past the proxy: %s" % past)
        check(all("lr" in m.get("route") for m in proxy.seen), "no Route")
        check(proxy.asked("0"), "not unsubscribed")
    proxy.close()


def a_refusal_is_told_in_words():
    server = Server()
    server.answers = [(489, "Bad Event"), (404, "Not Found")]
    with bench(server) as b:
        wait("two refusals", 30, lambda: len(server.asked()) >= 2)
        for name in "103", "104":
            m = expect_state(b, name, "refused")
            check(m["last_error"] in ("489 Bad Event", "404 Not Found") and
                  m["next_s"] == -1, m)
        said = b.gateway.process.text()
        for words in ('set voicemail = "notify"', "set the line's mailbox",
                      "given up until the configuration is loaded again"):
            check(words in said, "not said: " + words)
        # Unsolicited ones are still taken.
        check(server.transact(server.request(
            "NOTIFY", "sip:103@127.0.0.1:%d" % b.sip, "<sip:vm@x>;tag=1",
            "<sip:103@x>", token(), 1, "Messages-Waiting: yes\r\n",
            ["Event: message-summary", "Subscription-State: active",
             "Content-Type: " + SUMMARY]), ("127.0.0.1", b.sip)).status == 200,
            "unsolicited NOTIFY is refused")
        b.expect(3, "lamp on", 30)
        check(len(server.asked()) == 2, "asked again")
        b.gateway.run("reload")
        server.mailbox("103").tell("Messages-Waiting: no\r\n")
        b.expect(3, "lamp off", 30)


def it_registers_first_and_proves_who_it_is():
    server = Server()
    with harness.Workspace() as ws:
        secret = ws.write("secret", "Xk3-tests-9\n")
        os.chmod(secret, 0o600)
        server.answers = [(401, "Unauthorized", 'WWW-Authenticate: Digest '
                           'realm="tests", nonce="n%d", qop="auth"' % n)
                          for n in (1, 2)]
        with bench(server, 'register = true; user = "1555"; secret_file = "%s";'
                   % secret) as b:
            for user in "103", "104":
                server.mailbox(user).tell("Messages-Waiting: yes\r\n")
            b.expect(3, "lamp on", 30)
            check(server.registers, "not registered")
            for m in server.asked():
                check("sip:1555@" in m.get("from"), m.get("from"))
            proved = [m for m in server.asked() if m.get("authorization")]
            check(proved and all('username="1555"' in m.get("authorization")
                                 for m in proved), "no proof")


def sipp_serves_as_voicemail():
    with harness.Workspace() as ws:
        scenario = open(os.path.join(harness.SOURCE, "tests/system/sipp/"
                                     "mailbox.xml")).read()
        sipp = harness.Sipp(ws, scenario, more=["-m", "1"])
        with bench(None, port=sipp.port, more="", wire_fxs='mailbox = "103";') as b:
            seen = Background(b.pbx.expect, 3, "lamp on", 30)
            seen.result()
            b.expect(3, "lamp off", 30)
            sipp.finish(40)


def nonsense_is_told():
    server = Server()
    for trunk, line, words in (
            ('voicemail = "ask";', "", "voicemail"),
            ('voicemail = "subscribe";', 'kind = "fxo";', "no fxs line has")):
        with harness.Workspace() as ws:
            path = ws.write("bad.conf", 'country = "us";\ntrunks = ( { name = "p"; '
                            'server = "127.0.0.1"; %s } );\nlines = ( { name = "a"; '
                            'port = "sim/1"; trunk = "p"; number = "1"; %s } );\n' %
                            (trunk, line or 'kind = "fxs";'))
            done = harness.subprocess.run(
                [harness.program("tipringd"), "--check", "--config", path],
                capture_output=True, text=True, timeout=60)
            check(done.returncode and words in done.stdout + done.stderr,
                  "%s: %s" % (trunk, done.stdout + done.stderr))
    server.close()


if __name__ == "__main__":
    box.quick()
    if wire.DAHDI:
        print("1..0 # SKIP this test is about messages, not lines")
        sys.exit(0)
    sys.exit(tap.run([
        messages_are_asked_for_and_shown,
        a_server_that_starts_anew_is_asked_anew,
        what_follows_goes_by_the_recorded_route,
        a_refusal_is_told_in_words,
        it_registers_first_and_proves_who_it_is,
        sipp_serves_as_voicemail,
        nonsense_is_told]))
