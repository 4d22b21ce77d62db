# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A DNS server of a few lines, as bad as a test wants it."""

import socket
import struct
import threading

A, CNAME, AAAA, SRV, NAPTR = 1, 5, 28, 33, 35


def _name(name):
    return b"".join(bytes([len(l)]) + l.encode() for l in name.split(".") if l
                    ) + b"\0"


def _text(text):
    return bytes([len(text)]) + text.encode()


class Dns(threading.Thread):
    """zone: {(name, type): [data]}; data: an address, (priority, weight, port,
    target), (order, preference, services, replacement) or, for a CNAME, the name
    that it stands for. mode: "good", "silent", "servfail" or "cut": TC and no
    record to who does not take longer answers by EDNS0."""

    def __init__(self, zone=None, ttl=1, address="127.0.0.1"):
        super().__init__(daemon=True)
        self.zone, self.ttl, self.mode = dict(zone or {}), ttl, "good"
        self.questions = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.start()

    def _data(self, kind, data):
        if kind == A:
            return socket.inet_aton(data)
        if kind == AAAA:
            return socket.inet_pton(socket.AF_INET6, data)
        if kind == CNAME:
            return _name(data)
        if kind == SRV:
            return struct.pack("!HHH", *data[:3]) + _name(data[3])
        return struct.pack("!HH", *data[:2]) + _text("s") + \
            _text(data[2]) + _text("") + _name(data[3])

    def run(self):
        while True:
            question, source = self.socket.recvfrom(4096)
            try:
                answer = self._answer(question)
            except (IndexError, struct.error):
                continue
            if answer:
                self.socket.sendto(answer, source)

    def _answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind, = struct.unpack("!H", question[at + 1:at + 3])
        name = ".".join(labels).lower()
        self.questions.append((name, kind))
        if self.mode == "silent":
            return None
        alias = self.zone.get((name, CNAME))
        owner = _name(alias[0]) if alias else b"\xc0\x0c"
        found = [(owner, kind, data) for data in self.zone.get(
            (alias[0] if alias else name, kind), [])]
        if alias:
            found.insert(0, (b"\xc0\x0c", CNAME, alias[0]))
        code = 2 if self.mode == "servfail" else 0 if any(
            n == name for n, _ in self.zone) else 3
        cut = self.mode == "cut" and question[10:12] == b"\0\0"
        if code or cut:
            found = []
        answer = question[:2] + struct.pack(
            "!HHHHH", 0x8580 | (0x200 if cut else code), 1, len(found), 0, 0)
        answer += question[12:at + 5]
        for owner, kind, data in found:
            rdata = self._data(kind, data)
            answer += owner + struct.pack("!HHIH", kind, 1, self.ttl,
                                          len(rdata)) + rdata
        return answer
