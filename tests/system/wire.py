# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""What is between the gateway and tipring-pbx. With WIRE=sim (the default)
lines are sockets. With WIRE=dahdi they are channels of spans that are wired back
to back, as tests/dahdi/lay.py lays them: channel k, an FXS port, to channel
CHANNELS + k, an FXO port. A second pair of spans behind them has four channels of
each kind of signalling. A bench takes a row of lines 1 to COUNT and gives it back
at its end. With SPANS=e1 or t1 there is a pair of primary rate spans instead, 1 the
gateway's, 2 the PBX's."""

import fcntl
import glob
import os
import re
import struct
import subprocess
import time

from tap import Fail, Skip

DAHDI = os.environ.get("WIRE", "sim") == "dahdi"
CHANNELS = int(os.environ.get("CHANNELS", "24"))
APART = 12		# channels of a span of the second pair
SPANS = os.environ.get("SPANS", "")
T1 = SPANS == "t1"
SLOTS = [n for n in range(1, 24 if T1 else 32) if T1 or n != 16]	# B channels
# Where its rows of four begin.
ROWS = {"apart": 0, "ground start": 4, "loop start": 8}
CONF = "/etc/dahdi/system.conf"
SPECIFY = 0x4004da26	# DAHDI_SPECIFY
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


def line(settings):
    """What stands in every line beside these settings: an emulated processor has
    no time for echo cancellers that nobody asked for."""
    return "echo = false;" if DAHDI and "echo" not in settings else ""


def needs_card(why):
    """Ends a test that a simulated line cannot carry."""
    if not DAHDI:
        raise Skip("needs a card's driver: " + why)


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


def devices():
    return glob.glob("/sys/bus/dahdi_devices/devices/*")


def dahdi_cfg(conf):
    subprocess.run(["/usr/sbin/dahdi_cfg", "-c", conf], check=True, timeout=60)


def _tell(device, attribute, text):
    with open(os.path.join(device, attribute), "w") as f:
        f.write(text)


def held(channel):
    """As another program holds it, until this is closed."""
    f = open("/dev/dahdi/channel", "rb+", buffering=0)
    fcntl.ioctl(f, SPECIFY, struct.pack("i", channel))
    return f


def configure(channels=None):
    """The VM's channels as they were at its start, or some of them; the spans are
    there."""
    with open(CONF) as f:
        text = "".join(l for l in f if not l.startswith("dynamic="))
    if channels:
        text = "".join(l for l in text.splitlines(True) if channels.search(l))
    with open("/run/again.conf", "w") as f:
        f.write(text)
    dahdi_cfg("/run/again.conf")


def take_away():
    """The kernel drops all spans, whoever uses their channels."""
    for device in devices():
        for span in _spans(device):
            _tell(device, "unassign_span", span.split(":")[0])


def bring_back():
    for device in devices():
        for span in _spans(device):
            _tell(device, "assign_span", span)
    configure()


class Wire:
    """where: "" or a row's name; count is 4 there."""

    def __init__(self, count=4, where=""):
        self.first = self.count = 0
        self.where = where
        if not DAHDI:
            return
        if where:
            self.first, self.count = 2 * CHANNELS + 1 + ROWS[where], count
            self.far_span = APART
            self._take(set(range(self.first, self.first + count)))
            return
        self.far_span = CHANNELS
        free = [n for n in range(1, CHANNELS + 1) if n not in _taken]
        for first in free:
            row = set(range(first, first + count))
            if row.issubset(free):
                self.first, self.count = first, count
                self._take(row)
                return
        raise Fail("no %d free channels left of %d" % (count, CHANNELS))

    def _take(self, row):
        if row & _taken:
            raise Fail("channels %s are taken" % sorted(row & _taken))
        _taken.update(row)

    def free(self):
        _taken.difference_update(range(self.first, self.first + self.count))
        self.count = 0

    def _fxs(self, n):
        return self.first + n - 1

    def _fxo(self, n):
        return self.far_span + self.first + n - 1

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


# --------------------------------------------- the second pair and the modules

CREATE, DESTROY = 0xc048da50, 0x4048da51	# DAHDI_DYNAMIC_CREATE, _DESTROY
# The last span: its address, its channels.
LAST_SPAN, LAST_CHANNELS = ("0:1", 24 if T1 else 31) if SPANS in ("e1", "t1") else \
    ("1:1", APART)


def _dynamic(code, channels):
    with open("/dev/dahdi/ctl", "rb+", buffering=0) as f:
        fcntl.ioctl(f, code, struct.pack("20s40siii", b"loc",
                                         LAST_SPAN.encode(), channels, 0, 0))


def cut():
    """The last span is pulled out with all its channels; its peer
    hears nothing any more, which is a red alarm after a second or two."""
    for device in devices():
        for span in glob.glob(os.path.join(device, "span-*")):
            with open(os.path.join(span, "desc")) as f:
                mine = "'%s'" % LAST_SPAN in f.read()
            if mine:
                _tell(device, "unassign_span", _spans(device)[0].split(":")[0])
                _dynamic(DESTROY, LAST_CHANNELS)
                _known.pop(device, None)
                return
    raise Fail("there is no span '%s'" % LAST_SPAN)


def mend():
    """It is put back."""
    _dynamic(CREATE, LAST_CHANNELS)
    if LAST_CHANNELS == APART:
        first = 2 * CHANNELS + APART + 1
        starts = [first + n for n in ROWS.values()]
    else:
        starts = range(LAST_CHANNELS + 1, 2 * LAST_CHANNELS + 1)
    configure(re.compile(r"=(mg2,)?(%s)\b" % "|".join(map(str, starts))))


KEPT = "/proc/1/root/modules"


def unload_modules():
    """Every DAHDI module leaves the kernel, as before a new version of a card's
    driver, after take_away. Who looks for the device now and then holds it for a
    moment."""
    end = time.monotonic() + 60
    while _modules():
        for module in _modules():
            done = subprocess.run(["/sbin/rmmod", module], capture_output=True,
                                  text=True, timeout=60)
        if time.monotonic() > end:
            raise Fail("modules stay: %s" % done.stderr)


def _modules():
    with open("/proc/modules") as f:
        return [l.split()[0] for l in f if l.startswith("dahdi")]


def loaded():
    return "dahdi_dynamic_loc" in _modules()


def load_modules():
    """With the spans that CONF has."""
    with open(KEPT + "/dahdi.list") as f:
        for module in f.read().split():
            options = ["auto_assign_spans=1"] if module == "dahdi.ko" else []
            subprocess.run(["/sbin/insmod", os.path.join(KEPT, module)] + options,
                           timeout=60, stderr=subprocess.DEVNULL)
    _known.clear()
    dahdi_cfg(CONF)
