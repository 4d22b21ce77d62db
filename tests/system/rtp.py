# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""An RTP end for tests: sends mu-law and RFC 4733 digits at its own pace and
keeps everything it gets, placed by timestamp."""

import random
import socket
import struct
import threading
import time

import sound
from harness import free_ports, go_first

DIGITS = "0123456789*#ABCD!"	# by RFC 4733 event; ! is a hookflash
FRAME = 160		# samples, 20 ms
SILENCE = b"\xff" * FRAME


class Rtp:
    def __init__(self):
        self.port = free_ports(2)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.settimeout(0.2)
        self.remote = None
        self.event_type = 101
        self.ssrc = random.getrandbits(32)
        self.sequence = random.getrandbits(15)
        self.stamp = random.getrandbits(31)
        self.lock = threading.Lock()
        self.to_play = b""
        self.to_dial = []
        self.sending = True
        self.closed = False
        self.frames = {}	# timestamp -> mu-law octets
        self.events = []	# (digit, duration in samples) once ended
        self.end_packets = {}	# timestamp of an event -> end packets seen
        self.received = 0
        self.last = 0.0		# when something came
        self.threads = [threading.Thread(target=t, daemon=True)
                        for t in (self._receive, self._send)]
        for thread in self.threads:
            thread.start()

    def close(self):
        self.closed = True
        for thread in self.threads:
            thread.join(5)
        self.socket.close()

    # ---------------------------------------------------------- receiving

    def _receive(self):
        while not self.closed:
            try:
                packet, _ = self.socket.recvfrom(2048)
            except (TimeoutError, OSError):
                continue
            if len(packet) < 12 or packet[0] >> 6 != 2:
                continue
            kind = packet[1] & 127
            _, stamp = struct.unpack("!HI", packet[2:8])
            with self.lock:
                self.received += 1
                self.last = time.monotonic()
                if kind == 0:
                    self.frames[stamp] = packet[12:]
                elif kind == self.event_type and len(packet) >= 16:
                    self._event(stamp, packet[12:16])

    def _event(self, stamp, payload):
        code, flags, duration = struct.unpack("!BBH", payload)
        if not flags & 0x80 or code >= len(DIGITS):
            return
        seen = self.end_packets.get(stamp, 0)
        self.end_packets[stamp] = seen + 1
        if not seen:
            self.events.append((DIGITS[code], duration))

    def digits(self):
        return "".join(digit for digit, _ in self.events)

    def forget(self):
        with self.lock:
            self.frames, self.events, self.end_packets = {}, [], {}

    def heard(self):
        """Samples in the order of their timestamps, gaps silent. A stream
        that starts anew (another source) is put behind the old one."""
        return sound.from_ulaw(self.heard_ulaw())

    def heard_ulaw(self):
        with self.lock:
            frames = list(self.frames.items())
        out, first, base = bytearray(), None, 0
        for stamp, octets in frames:
            if first is None or not -80000 < stamp - first < 8000000:
                first, base = stamp, len(out)
            at = base + stamp - first
            if at < 0:
                continue
            if len(out) < at + len(octets):
                out.extend(b"\xff" * (at + len(octets) - len(out)))
            out[at:at + len(octets)] = octets
        return out

    def save(self, path):
        return sound.write_ulaw(path, self.heard_ulaw())

    # ------------------------------------------------------------ sending

    def play(self, samples):
        octets = sound.to_ulaw(samples)
        with self.lock:
            self.to_play += octets + b"\xff" * (-len(octets) % FRAME)

    def dial(self, digits, ms=100):
        with self.lock:
            self.to_dial += [(DIGITS.index(d), max(1, ms // 20))
                             for d in digits]

    def busy(self):
        with self.lock:
            return bool(self.to_play or self.to_dial)

    def _packet(self, kind, payload, stamp, marker=False):
        self.sequence = self.sequence + 1 & 0xffff
        if self.remote and self.sending:
            try:
                self.socket.sendto(struct.pack(
                    "!BBHII", 0x80, kind | (0x80 if marker else 0),
                    self.sequence, stamp & 0xffffffff, self.ssrc) + payload,
                    self.remote)
            except OSError:
                pass

    def _send(self):
        go_first()
        due = time.monotonic()
        event, step, pause = None, 0, 0
        while not self.closed:
            due += 0.02
            time.sleep(max(0, due - time.monotonic()))
            self.stamp += FRAME
            with self.lock:
                if not event and self.to_dial and not pause:
                    event, step = self.to_dial.pop(0), 0
                    start = self.stamp
                elif not event:
                    frame, self.to_play = (self.to_play[:FRAME] or SILENCE,
                                           self.to_play[FRAME:])
            if not event:
                pause = max(0, pause - 1)
                self._packet(0, frame, self.stamp)
                continue
            code, steps = event
            step += 1
            last = step >= steps
            payload = struct.pack("!BBH", code, 10 | (0x80 if last else 0),
                                  step * FRAME)
            for _ in range(3 if last else 1):
                self._packet(self.event_type, payload, start, step == 1)
            if last:
                event, pause = None, 5
