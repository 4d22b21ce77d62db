# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""What is between the gateway and tipring-pbx. With WIRE=sim (the default)
lines are sockets. With WIRE=dahdi they are channels of two spans that are
wired back to back, as dahdi-vm makes them: channel k, an FXS port, to channel
CHANNELS + k, an FXO port. A bench takes a row of lines 1 to COUNT of them and
gives it back at its end."""

import glob
import os
import subprocess

from tap import Fail, Skip

DAHDI = os.environ.get("WIRE", "sim") == "dahdi"
CHANNELS = int(os.environ.get("CHANNELS", "24"))
# In every line: an emulated processor has no time for echo cancellers.
LINE = "echo = false;" if DAHDI else ""
DEVICES = "/sys/bus/dahdi_devices/devices/*"
# The tests' own SIP phone cannot keep time on it either.
JITTER = "jitter = [200, 800];" if DAHDI else "jitter = [60, 200];"
TAIL = 2.5 if DAHDI else 1.0	# s until the last of a sentence is heard
# The whole of what was heard over what was said. Other speech has 0.1; each slip
# of an emulated machine shifts the rest of the sentence. The pieces are judged
# alike on both wires.
MATCH = 0.25 if DAHDI else 0.35
_taken = set()


def needs_sim(why):
    """Ends a test that a loop span cannot carry."""
    if DAHDI:
        raise Skip("loop spans cannot: " + why)


def sip_only():
    """Ends a test in which no line does anything: once is enough."""
    if DAHDI:
        raise Skip("no line takes part; it runs on simulated ones")


def _numbers(lines):
    """"1-2,5" as a list."""
    for part in filter(None, lines.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


_known = {}


def _spans(device):
    """"1:1:1": the span's place on its card, its number, its first channel; as
    they were when this was first asked."""
    if device not in _known:
        _known[device] = []
        for span in sorted(glob.glob(os.path.join(device, "span-*"))):
            values = []
            for name in "local_spanno", "basechan":
                with open(os.path.join(span, name)) as f:
                    values.append(f.read().strip())
            values.insert(1, span.rpartition("-")[2])
            _known[device].append(":".join(values))
    return _known[device]


def _tell(device, attribute, text):
    with open(os.path.join(device, attribute), "w") as f:
        f.write(text)


def configure():
    """The VM's channels as they were at its start; the spans are there."""
    with open("/etc/dahdi/system.conf") as f:
        text = "".join(l for l in f if not l.startswith("dynamic="))
    with open("/run/again.conf", "w") as f:
        f.write(text)
    subprocess.run(["/usr/sbin/dahdi_cfg", "-c", "/run/again.conf"],
                   check=True, timeout=60)


class Wire:
    def __init__(self, count=4):
        self.first = self.count = 0
        if not DAHDI:
            return
        free = [n for n in range(1, CHANNELS + 1) if n not in _taken]
        for first in free:
            row = set(range(first, first + count))
            if row.issubset(free):
                self.first, self.count = first, count
                _taken.update(row)
                return
        raise Fail("no %d free channels left of %d" % (count, CHANNELS))

    def free(self):
        _taken.difference_update(range(self.first, self.first + self.count))
        self.count = 0

    def _fxs(self, n):
        return self.first + n - 1

    def _fxo(self, n):
        return CHANNELS + self.first + n - 1

    def port(self, n, kind):
        """The gateway's port of line n."""
        if not DAHDI:
            return "sim/%d" % n
        return "dahdi/%d" % (self._fxs(n) if kind == "fxs" else self._fxo(n))

    def far(self, lines, kind):
        """The same lines as tipring-pbx is told; kind is its own."""
        if not DAHDI:
            return lines
        return ",".join("%d=dahdi/%d" % (n, self._fxs(n) if kind == "fxs"
                                         else self._fxo(n))
                        for n in _numbers(lines))

    def take_away(self):
        """The kernel drops all spans, whoever uses their channels."""
        for device in glob.glob(DEVICES):
            for span in _spans(device):
                _tell(device, "unassign_span", span.split(":")[0])

    def bring_back(self):
        for device in glob.glob(DEVICES):
            for span in _spans(device):
                _tell(device, "assign_span", span)
        configure()
