#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Whom TLS trusts: the system's issuers, and names with a wildcard. In a network
and with files of its own."""

import os
import shutil
import subprocess
import sys

import harness
import namespace
import tap
from tap import check, wait
from tlsbed import Bed, ca_file, trunk

HOSTS = "127.0.0.1 localhost sip.example.test a.b.example.test example.test\n"


def the_systems_issuers_are_believed():
    with Bed() as b:
        store = b.ws.path("store")
        os.mkdir(store)
        known = b.phone(b.ca.issue("known"))
        other = b.phone(type(b.ca)(b.ws, "other").issue("stranger"))
        shutil.copy(b.ca.root, os.path.join(store, "root.pem"))
        subprocess.run([b.ca.openssl, "rehash", store], check=True)
        subprocess.run(["mount", "--bind", store, "/etc/ssl/certs"], check=True)
        try:
            b.start([trunk(known.port), trunk(other.port, name="other")])
            b.wait_up()
            wait("a word about the issuer", 20,
                 lambda: "issuer" in b.trunk("other")["why"])
            check(not b.trunk("other")["up"], "an unknown issuer is believed")
        finally:
            subprocess.run(["umount", "/etc/ssl/certs"], check=True)


def a_wildcard_counts_where_it_may_and_for_one_label():
    with Bed() as b:
        wild = b.ca.issue("wild", "DNS:*.example.test")

        def to(name, host, more=""):
            return trunk(b.phone(wild).port, ca_file(b) + more, name, host)
        allowed = "tls_wildcards = true;"
        b.start([to("strict", "sip.example.test"),
                 to("wild", "sip.example.test", allowed),
                 to("deep", "a.b.example.test", allowed),
                 to("bare", "example.test", allowed)])
        b.wait_up("wild")
        for name in "strict", "deep", "bare":
            wait("a word about the name of " + name, 20,
                 lambda: "name" in b.trunk(name)["why"] or
                 "certificate" in b.trunk(name)["why"])
            check(not b.trunk(name)["up"], "trunk %s is up" % name)
        check(b.trunk("wild")["up"], "trunk wild went down")


namespace.enter()
place = harness.Workspace()
namespace.replace("/etc/hosts", HOSTS, place.dir)
try:
    status = tap.run([the_systems_issuers_are_believed,
                      a_wildcard_counts_where_it_may_and_for_one_label])
finally:
    place.close()
sys.exit(status)
