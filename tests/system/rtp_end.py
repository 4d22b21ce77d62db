# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""rtp.Rtp by the program tests/tools/rtp-end, which keeps time where Python
cannot: on an emulated processor."""

import json
import os
import subprocess
import tempfile
import threading

import sound
from harness import TOOLS
from tap import Fail, check


class Rtp:
    def __init__(self):
        self.lock = threading.Lock()
        self.child = subprocess.Popen(
            [os.path.join(TOOLS, "rtp-end")], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.port = self._state()["port"]
        self._event_type, self._remote, self._sending = 101, None, True

    def _ask(self, text):
        with self.lock:
            try:
                self.child.stdin.write(text + "\n")
                self.child.stdin.flush()
                return self.child.stdout.readline()
            except OSError as why:
                raise Fail("rtp-end: %s" % why) from None

    def _do(self, *words):
        answer = self._ask(" ".join(str(w) for w in words)).strip()
        check(answer == "ok", "rtp-end, %s: %s" % (words, answer))

    def _state(self):
        return json.loads(self._ask("state"))

    def close(self):
        self.child.stdin.close()
        self.child.wait(10)
        self.child.stdout.close()

    # ---------------------------------------------------------- settings

    @property
    def remote(self):
        return self._remote

    @remote.setter
    def remote(self, address):
        self._remote = address
        self._do("remote", address[1] if address else 0)

    @property
    def event_type(self):
        return self._event_type

    @event_type.setter
    def event_type(self, number):
        self._event_type = number
        self._do("event", number)

    @property
    def sending(self):
        return self._sending

    @sending.setter
    def sending(self, on):
        self._sending = on
        self._do("send", int(on))

    # ------------------------------------------------------- both ways

    @property
    def received(self):
        return self._state()["received"]

    @property
    def forged(self):
        """Packets whose SRTP is wrong, since forget()."""
        return self._state()["forged"]

    def law(self, payload):
        """0: mu-law, 8: A-law, both ways."""
        self._do("type", payload)

    def keys(self, suite, send, receive):
        """SRTP from now on; keys as in a=crypto."""
        self._do("keys", suite, send, receive)

    def gaps(self):
        """Packets lost and the longest pause in ms, both since forget(). What
        the kernel dropped here, as rtp-end had no turn, was not lost before."""
        state = self._state()
        return max(0, state["lost"] - state["dropped"]), state["longest_ms"]

    @property
    def events(self):
        return [tuple(e) for e in self._state()["events"]]

    @property
    def end_packets(self):
        return self._state()["end_packets"]

    def digits(self):
        return "".join(digit for digit, _ in self.events)

    def forget(self):
        self._do("forget")

    def save(self, path):
        self._do("save", path + ".ulaw")
        with open(path + ".ulaw", "rb") as f:
            return sound.write_ulaw(path, f.read())

    def heard(self):
        """The samples so far."""
        with tempfile.NamedTemporaryFile(suffix=".wav") as f:
            self.save(f.name)
            os.unlink(f.name + ".ulaw")
            return sound.read(f.name)

    def play(self, samples):
        with tempfile.NamedTemporaryFile() as f:
            f.write(sound.to_ulaw(samples))
            f.flush()
            self._do("play", f.name)

    def dial(self, digits, ms=100):
        self._do("dial", digits, ms)

    def busy(self):
        return self._state()["busy"]
