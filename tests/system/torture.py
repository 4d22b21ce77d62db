# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Reads torture/*.sip, which is in the notation of RFC 4475, 2."""

import os
import re

SDP = """\
v=0
o=mhandley 29739 7272939 IN IP4 {0}
s=-
c=IN IP4 {0}
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC"""
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torture")


class Torture:
    """name, data, statuses: the right answers, and may_drop: or none."""

    def __init__(self, head, lines):
        self.name, *right = head.split()
        self.statuses = {int(r) for r in right if r != "-"}
        self.may_drop = "-" in right
        self.data = _octets(lines)
        found = re.search(rb"^(?:call-id|i)\s*:\s*(.*?)\r$", self.data,
                          re.I | re.M)
        self.call_id = found.group(1) if found else None
        # What an answer to it repeats.
        self.mark = self.call_id or re.search(rb"branch=[^;\r]*",
                                              self.data).group(0)

    def renamed(self, call_id):
        """Itself, with another Call-ID."""
        self.data = self.data.replace(self.call_id, call_id, 1)
        self.call_id = self.mark = call_id
        return self

    def over(self, transport):
        """As it is sent by TRANSPORT, which its topmost Via must tell."""
        return re.sub(rb"^((?:via|v)\s*:\s*SIP\s*/\s*\d\.0\s*/\s*)\w+",
                      rb"\g<1>" + transport, self.data, count=1,
                      flags=re.I | re.M)

    def right(self, status):
        """0: none came"""
        return status in self.statuses if status else self.may_drop


def _octets(lines):
    text = "\n".join(lines) + "\n"
    text = re.sub(r"<allOneLine>\n(.*?)\n</allOneLine>",
                  lambda m: m.group(1).replace("\n", ""), text, flags=re.S)
    text = re.sub(r"<repeat count=(\d+)>(.*?)</repeat>",
                  lambda m: int(m.group(1)) * m.group(2), text)
    text = re.sub(r"<sdp>(.*?)</sdp>", lambda m: SDP.format(m.group(1)), text)
    data = text.replace("\n", "\r\n").encode("ascii")
    data = re.sub(rb"<hex>([0-9A-F]*)</hex>",
                  lambda m: bytes.fromhex(m.group(1).decode()), data)
    body = data.partition(b"\r\n\r\n")[2]
    return data.replace(b"<length>", b"%d" % len(body))


def read(name):
    """The messages of torture/NAME.sip. Where the RFC has one Call-ID (and one
    branch) for several, the later are renamed: a message must not be taken for
    another one's retransmission."""
    with open(os.path.join(HERE, name + ".sip"), encoding="ascii") as f:
        entries = re.split(r"^== ", f.read(), flags=re.M)[1:]
    messages, ids = [], set()
    for n, entry in enumerate(entries):
        m = Torture(*_parts(entry))
        messages.append(m.renamed(b"%d.%s" % (n, m.call_id))
                        if m.call_id in ids else m)
        ids.add(m.call_id)
    return messages


def _parts(entry):
    head, _, message = entry.partition("\n")
    return head, message.removesuffix("\n").split("\n")
