#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""SIP over TLS: whom we believe, what we show, and what is said when it fails."""

import os
import socket
import ssl
import subprocess
import sys
import time

import box
import certs
import harness
import tap
from tap import check, wait
from tlsbed import Bed, ca_file, trunk
from ua import same
from vitals import Vitals

box.quick()

# ------------------------------------------------------------- what is right

def it_registers_and_sends_the_servers_name():
    with Bed() as b:
        server = b.phone(b.ca.issue("server"))
        server.accounts = {"1555": "a long way to Tipperary"}
        b.start([trunk(server.port, ca_file(b) +
                       'user = "1555"; secret_file = "%s"; register = true;' %
                       b.secret())])
        wait("registration", 20, lambda: server.bindings)
        check(server.names and set(server.names) == {"localhost"},
              "SNI: %s" % server.names)
        # The Contact is where the connection comes from: nobody listens.
        port = server.connections[0].getpeername()[1]
        wait("Contact with the connection's port %d (%s)" % (
            port, server.bindings), 20,
            lambda: ":%d" % port in server.bindings.get("1555", ""))
        check("transport=tls" in server.bindings["1555"], server.bindings)
        b.wait_up()
        version = server.connections[0].version()
        check(version in ("TLSv1.2", "TLSv1.3"), version)
        check(len(server.connections) == 1, "%d connections for one trunk" %
              len(server.connections))


def addresses_and_wildcards_are_matched_as_the_standards_say():
    with Bed() as b:
        address = b.phone(b.ca.issue("address", "IP:127.0.0.1"))
        uri = b.phone(b.ca.issue("uri", "URI:sip:localhost"))
        common = b.phone(b.ca.issue("common", None, common="localhost"))
        b.start([trunk(address.port, ca_file(b), "address", "127.0.0.1"),
                 trunk(uri.port, ca_file(b), "uri"),
                 trunk(common.port, ca_file(b), "common")])
        for name in "address", "uri", "common":
            b.wait_up(name)
        # RFC 6066 section 3: an address is no name for SNI.
        check(not any(address.names), address.names)


def our_certificate_is_shown_and_read_again():
    with Bed() as b:
        first = b.ca.issue("first", "DNS:gate.example", common="first")
        b.ca.issue("second", "DNS:gate.example", common="second")
        server = b.phone(b.ca.issue("server"), trust=b.ca.root)
        b.start([trunk(server.port, ca_file(b) +
                       'tls_certificate_file = "%s"; tls_key_file = "%s";' %
                       (first, b.ca.key("first")))])
        b.wait_up()
        check("first" in str(server.shown), server.shown)
        # Other files under the same names: for the next connection.
        for end in ".pem", ".key":
            os.replace(b.ws.path("second" + end), b.ws.path("first" + end))
        status, out, err = b.gateway.run("reload")
        check(status == 0, err)
        check(len(server.connections) == 1, "the connection was not kept")
        server.connections[0].close()
        wait("another connection", 20, lambda: len(server.shown) > 1)
        check("second" in str(server.shown[-1]), server.shown)
        b.wait_up()
        # A file that cannot be read changes nothing.
        b.ws.write("first.pem", "no certificate\n")
        status, out, err = b.gateway.run("reload")
        check(status != 0 and "first.pem" in err, "%s %s" % (out, err))
        b.wait_up()


OPTIONS = """\
OPTIONS sip:127.0.0.1:{port};transport=tls SIP/2.0
Via: SIP/2.0/TLS 127.0.0.1:{own};branch=z9hG4bK{own}
From: <sip:far@localhost>;tag=far
To: <sip:127.0.0.1>
Call-ID: {own}@localhost
CSeq: 1 OPTIONS
Max-Forwards: 70
Contact: <sip:far@127.0.0.1:{own};transport=tls>
Content-Length: 0

"""


def connect(b, version, name="gate.example"):
    """To the gateway, with this version alone."""
    context = ssl.create_default_context(cafile=b.ca.root)
    context.minimum_version = context.maximum_version = version
    return context.wrap_socket(socket.create_connection(
        ("127.0.0.1", b.sip), 20), server_hostname=name)


def who_listens_takes_1_2_and_1_3_alone():
    with Bed() as b:
        server = b.phone(b.ca.issue("server"))
        own = b.ca.issue("own", "DNS:gate.example")
        b.sip = harness.free_ports(2)
        b.start([trunk(server.port, ca_file(b))],
                listen='"tls:127.0.0.1:%d"' % b.sip,
                more='tls = { certificate_file = "%s"; key_file = "%s"; };' % (
                    own, b.ca.key("own")))
        b.wait_up()
        for version in "-tls1", "-tls1_1":
            # Its own level would keep openssl from asking for these.
            done = subprocess.run(
                [b.ca.openssl, "s_client", version, "-cipher",
                 "ALL:@SECLEVEL=0", "-connect", "127.0.0.1:%d" % b.sip],
                capture_output=True, text=True, stdin=subprocess.DEVNULL)
            check(done.returncode != 0 and
                  "alert protocol version" in done.stderr, "%s: %s" % (
                      version, done.stdout + done.stderr))
        for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
            # The chain and the name are right, or this raises.
            with connect(b, version) as c:
                c.sendall(OPTIONS.format(
                    port=b.sip, own=c.getsockname()[1]).encode())
                answer = c.recv(65536)
                check(answer.startswith(b"SIP/2.0 200 "), answer)
        # What is no TLS harms nobody.
        with socket.create_connection(("127.0.0.1", b.sip), 20) as c:
            c.sendall(OPTIONS.format(port=b.sip, own=5061).encode())
            check(not c.recv(65536).startswith(b"SIP"), "SIP without TLS")
        connect(b, ssl.TLSVersion.TLSv1_3).close()
        b.wait_up()


# ----------------------------------------------------------------- what is not

def faults_are_told_in_words():
    with Bed() as b:
        other = certs.Authority(b.ws, "other")
        servers = {
            "expired": (b.phone(b.ca.issue(
                "expired", start="20200101000000Z", end="20210101000000Z")),
                "its certificate expired on 2021-01-01 00:00 UTC"),
            "early": (b.phone(b.ca.issue(
                "early", start="20900101000000Z", end="20910101000000Z")),
                "its certificate is not yet valid, only from 2090-01-01"),
            "name": (b.phone(b.ca.issue(
                "name", "DNS:one.example,DNS:two.example")),
                "its certificate is for one.example, two.example, not for "
                "localhost"),
            # A common name beside a subjectAltName counts for nothing.
            "common": (b.phone(b.ca.issue("cn", "DNS:one.example",
                                          common="localhost")),
                       "its certificate is for one.example, not for localhost"),
            "issuer": (b.phone(other.issue("stranger")),
                       "unknown issuer, \"Tests other\""),
            "chain": (b.phone(b.ca.issue("alone", chain=False)),
                      "unknown issuer, \"Tests middle\""),
            "stalled": (b.phone(stall=True), "the handshake timed out"),
            "plain": (b.phone(plain=True), "does not speak TLS"),
            "client": (b.phone(b.ca.issue("strict"), trust=b.ca.root),
                       "certificate of ours"),
        }
        refused = harness.free_ports(2)
        trunks = [trunk(s.port, ca_file(b), name)
                  for name, (s, words) in servers.items()]
        trunks.append(trunk(refused, ca_file(b), "refused"))
        b.start(trunks)
        told = dict((name, words) for name, (s, words) in servers.items())
        told["refused"] = "refused"
        for name, words in told.items():
            try:
                wait(words, 20, lambda: words in b.trunk(name)["why"])
            except tap.Fail:
                raise tap.Fail("trunk %s does not say '%s' but %s" % (
                    name, words, b.trunk(name))) from None
            check(not b.trunk(name)["up"], "trunk %s is up" % name)
        vitals = Vitals(b.gateway)
        tried = [s for s, words in servers.values() if s.failed]
        before = [s.failed for s in tried]
        wait("two more tries of each", 60, lambda: all(
            s.failed > n + 1 for s, n in zip(tried, before)))
        vitals.judge("TLS that fails", fds=2 * len(told), mib=16, share=0.3)
        log = b.gateway.process.text()
        for name, words in told.items():
            check(words in log, "the log does not say '%s'" % words)
            said = [line for line in log.splitlines() if
                    "trunk %s: TLS with" % name in line]
            check(len(said) == 1, "told again at each try: %s" % said)
        check(not any(s.told for s, words in servers.values()),
              "a request was sent")
        servers["client"][0].context.verify_mode = ssl.CERT_NONE
        b.wait_up("client", 40)
        same("told when it came back", b.gateway.process.text().count(
            "trunk client: TLS with 127.0.0.1:%d works again" %
            servers["client"][0].port), 1)


if __name__ == "__main__":
    sys.exit(tap.run([
        it_registers_and_sends_the_servers_name,
        addresses_and_wildcards_are_matched_as_the_standards_say,
        our_certificate_is_shown_and_read_again,
        who_listens_takes_1_2_and_1_3_alone,
        faults_are_told_in_words]))
