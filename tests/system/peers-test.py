#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Real SIP peers: baresip directly, and baresip beyond kamailio, which is
registrar with digest and proxy."""

import sys

import box
import tap
from peers import line_to_peer, peer_to_line

box.quick()


def a_line_calls_baresip():
    line_to_peer(False)


def baresip_calls_a_line():
    peer_to_line(False)


def a_line_calls_baresip_through_kamailio():
    line_to_peer(True)


def baresip_calls_a_line_through_kamailio():
    peer_to_line(True)


if __name__ == "__main__":
    sys.exit(tap.run([
        a_line_calls_baresip, baresip_calls_a_line,
        a_line_calls_baresip_through_kamailio,
        baresip_calls_a_line_through_kamailio]))
