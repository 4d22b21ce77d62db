# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The bench with a real SIP peer: baresip directly, or beyond kamailio, which
is registrar with digest and proxy; and a call each way over it."""

import os
import time

import baresip
import box
import certs
import harness
import sound

KAMAILIO = """\
#!KAMAILIO
debug=2
log_stderror=yes
children=2
fork=yes
disable_tcp={no_tcp}
auto_aliases=no
listen=udp:{host}:{port}
{listen}loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("auth", "algorithm", "{digest}")
request_route {{
	if (!mf_process_maxfwd_header("10")) {{
		sl_send_reply("483", "Too Many Hops");
		exit;
	}}
	if (has_totag()) {{
		if (loose_route()) {{
			t_relay();
			exit;
		}}
		if (is_method("ACK")) {{
			if (t_check_trans())
				t_relay();
			exit;
		}}
		sl_send_reply("404", "Not Here");
		exit;
	}}
	if (is_method("CANCEL")) {{
		if (t_check_trans())
			t_relay();
		exit;
	}}
	if (is_method("REGISTER")) {{
		# baresip, 600, knows MD5 alone.
		if (("{digest}" == "" || $fU != "600") && !pv_www_authenticate("{host}", "Tipperary-18-miles", "0")) {{
			www_challenge("{host}", "1");
			exit;
		}}
		save("location");
		exit;
	}}
	if (is_method("OPTIONS") && uri == myself && $rU == $null) {{
		sl_send_reply("200", "OK");
		exit;
	}}
	record_route();
	if (!lookup("location")) {{
		sl_send_reply("404", "Not Found");
		exit;
	}}
	t_relay();
}}
"""


class Peers(box.Box):
    """The bench with baresip as 600 in the phone's place. account, modules:
    more of baresip's; trunk: more of the gateway's. tls: both listen for TLS, and
    each verifies the other. tcp: kamailio takes TCP, too. host, net: where the peers are, see netns.py;
    digest: kamailio's, "" MD5; box_parts: of box.config()."""

    def __init__(self, kamailio=False, account="", modules=(), trunk="",
                 tls=False, tcp=False, host="127.0.0.1", net=None, digest="",
                 **box_parts):
        harness.installed("baresip", "baresip-core")
        path = kamailio and harness.installed("kamailio", "kamailio")
        self.proxy = 0
        self.host, self.tls = host, tls
        self.gateway_host = box_parts.pop("gateway_host", "127.0.0.1")
        parts = dict(box_parts, phone=False, ready=False, trunk=trunk)
        outer = harness.Workspace()
        self.outer = outer
        try:
            says = sound.speak(harness.TOOLS, outer.dir, "peer-says",
                               "Good evening, this is the other end speaking.")
            self.peer_says = says
            self.lead = 5
            file = sound.write(outer.path("plays.wav"),
                               sound.silence(self.lead * 1000) +
                               sound.read(says) + sound.silence(90000))
            if kamailio:
                self.proxy = harness.free_ports(2)
                os.mkdir(outer.path("run"))
                self.kamailio_runs = (net.inside if net else []) + [
                    path, "-f", outer.write("kamailio.cfg", KAMAILIO.format(
                        port=self.proxy, host=host, digest=digest,
                        no_tcp="no" if tcp else "yes",
                        listen="listen=tcp:%s:%d\n" % (
                            host, self.proxy) if tcp else "")),
                    "-DD", "-E", "-m", "64", "-M", "8",
                    "-w", outer.path("run"), "-Y", outer.path("run")]
                self.start_kamailio()
                outer.write("secret", "Tipperary-18-miles\n")
                os.chmod(outer.path("secret"), 0o600)
                parts.update(peer=self.proxy, trunk=(
                    'user = "104"; secret_file = "%s"; register = true; %s' %
                    (outer.path("secret"), trunk)))
                self.peer = baresip.Baresip(
                    outer, file, domain="%s:%d" % (host, self.proxy),
                    host=host, net=net,
                    load=modules,
                    account=";auth_pass=Tipperary-18-miles;regint=60" + account)
                self.peer.wait_registered()
            else:
                more = self._tls(parts) if tls else ""
                self.peer = baresip.Baresip(
                    outer, file, account=";regint=0" + account,
                    host=host, net=net,
                    load=modules, more=more)
                parts.update(peer=self.peer.sip + (1 if tls else 0))
            super().__init__(**parts)
            self.gateway.wait_ready()
        except BaseException:
            outer.tails()
            outer.close()
            raise

    def start_kamailio(self):
        self.kamailio = self.outer.start("kamailio", self.kamailio_runs)

    def _tls(self, parts):
        """Certificates for both; what baresip must know."""
        ca = certs.Authority(self.outer)
        own = ca.issue("gateway", "IP:" + self.gateway_host)
        pem = ca.issue("peer", "IP:" + self.host)
        # baresip wants certificate and key in one file.
        with open(pem) as c, open(ca.key("peer")) as k:
            both = self.outer.write("both.pem", c.read() + k.read())
        parts["listen"] = "tls"
        parts["trunk"] += 'transport = "tls";'
        parts["box"] = parts.get("box", "") + (
            'tls = { ca_file = "%s"; certificate_file = "%s"; '
            'key_file = "%s"; };' % (ca.root, own, ca.key("gateway")))
        return "sip_certificate %s\nsip_cafile %s\n" % (both, ca.root)

    def close(self, check_end=True):
        try:
            super().close(check_end)
        finally:
            self.outer.close()

    def talk(self, line, meanwhile=None):
        """The line speaks, then baresip; both ears. Meanwhile something else
        happens."""
        says = self.speech()[0]
        heard = self.ws.path("heard-%.2f.wav" % time.time())
        self.do("record %d %s" % (line, heard))
        self.do("play %d %s" % (line, says))
        if meanwhile:
            meanwhile()
        time.sleep(self.lead + len(sound.read(self.peer_says)) / sound.RATE +
                   1.5)
        self.do("record %d off" % line)
        return says, heard

    def both_heard(self, says, heard):
        self.good(self.peer_says, heard, "the line")
        self.good(says, self.peer.heard(), "baresip")


def line_to_peer(kamailio=False, during=None, **more):
    b = Peers(kamailio, **more)
    try:
        b.do("off-hook 3")
        b.expect(3, "dial-tone")
        b.do("dial 3 600")
        b.peer.expect("CALL_ESTABLISHED", 30)
        says, heard = b.talk(3)
        if during:
            during(b)
        b.do("on-hook 3")
        b.peer.expect("CALL_CLOSED")
        b.gateway.wait_idle()
        b.both_heard(says, heard)
    except BaseException:
        b.ws.tails()
        b.outer.tails()
        b.close(False)
        raise
    b.close()


def peer_to_line(kamailio=False, during=None, **more):
    b = Peers(kamailio, **more)
    try:
        b.peer.do("dial", "sip:104@%s:%d%s" % (
            b.host if b.proxy else b.gateway_host, b.proxy or b.sip,
            ";transport=tls" if b.tls else ""))
        b.expect(4, "ring", 20)
        b.do("off-hook 4")
        b.peer.expect("CALL_ESTABLISHED", 30)
        says, heard = b.talk(4)
        if during:
            during(b)
        b.peer.do("hangup")
        b.peer.expect("CALL_CLOSED")
        b.expect(4, "busy|congestion|dial-tone")
        b.do("on-hook 4")
        b.gateway.wait_idle()
        b.both_heard(says, heard)
    except BaseException:
        b.ws.tails()
        b.outer.tails()
        b.close(False)
        raise
    b.close()
