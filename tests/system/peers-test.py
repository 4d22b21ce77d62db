#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Real SIP peers: baresip directly, and baresip beyond kamailio, which is
registrar with digest and proxy."""

import socket
import sys

import box
import tap
from peers import line_to_peer, peer_to_line
from phone import Message
from tap import check
from ua import message

box.quick()


def a_line_calls_baresip():
    line_to_peer(False)


def baresip_calls_a_line():
    peer_to_line(False)


def a_line_calls_baresip_through_kamailio():
    line_to_peer(True)


def baresip_calls_a_line_through_kamailio():
    def asks_for_sha256(b):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(20)
            s.sendto(message("REGISTER sip:127.0.0.1 SIP/2.0", [
                ("Via", "SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bKa" %
                 s.getsockname()[1]), ("Call-ID", "a"), ("CSeq", "1 REGISTER"),
                ("From", "<sip:104@127.0.0.1>;tag=1"), ("Max-Forwards", "70"),
                ("To", "<sip:104@127.0.0.1>")]).encode(),
                ("127.0.0.1", b.proxy))
            answer = Message(s.recv(4096))
        check("SHA-256" in answer.get("www-authenticate"), answer.headers)
    # We are registered, so we have answered it.
    peer_to_line(True, digest="SHA-256", during=asks_for_sha256)


if __name__ == "__main__":
    sys.exit(tap.run([
        a_line_calls_baresip, baresip_calls_a_line,
        a_line_calls_baresip_through_kamailio,
        baresip_calls_a_line_through_kamailio]))
