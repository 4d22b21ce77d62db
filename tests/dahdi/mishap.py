# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The switch of mishap.so, see mishap.c."""

import mmap
import os
import struct

import harness

SHORT_READS, NO_AUDIO = 1, 2
YELLOW, RED, BLUE = 1 << 2, 1 << 3, 1 << 4	# DAHDI_ALARM_*, as <dahdi/user.h>


class Mishap:
    """env is what a tipringd needs for it."""

    def __init__(self):
        path = os.path.join("/run", "mishap")
        with open(path, "wb") as f:
            f.write(bytes(4096))
        self.file = open(path, "r+b")
        self.switch = mmap.mmap(self.file.fileno(), 4096)
        self.env = {"MISHAP": path,
                    "LD_PRELOAD": harness.program("tests/dahdi/mishap.so")}

    def channel(self, channel, what, events=0, calm=1):
        self.switch[0:16] = struct.pack("iiii", channel, what, events, calm)

    def alarm(self, alarms):
        self.switch[16:20] = struct.pack("i", alarms)

    def well(self):
        self.switch[0:20] = bytes(20)

    def left(self):
        return struct.unpack("i", self.switch[8:12])[0]
