# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""baresip as a SIP peer without sound card: it speaks a WAV file and records
what it hears, and is driven over its own TCP control port."""

import contextlib
import glob
import json
import os
import queue
import socket
import threading
import time

import harness
from tap import Fail, check, wait

CONFIG = """\
poll_method epoll
call_local_timeout 120
call_max_calls 8
sip_listen {host}:{sip}
net_interface {interface}
rtp_ports {rtp}-{rtp_last}
rtp_stats no
statmode_default off
audio_source aufile,{speech}
audio_path /nonexistent
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
jitter_buffer_delay 1-10
module_path {modules}
module g711.so
module aufile.so
module sndfile.so
{load}module account.so
module menu.so
module ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {record}
{more}"""


class Baresip:
    """speech: the WAV it sends in each call. It hangs up when the file ends,
    so the file must be longer than the call. answer: takes calls at once."""

    def __init__(self, ws, speech, user="600", answer=True, account="",
                 name="baresip", domain=None, load=(), host="127.0.0.1", net=None,
                 more=""):
        """host: its address; net: what runs it in a namespace (netns.py);
        more: lines of its configuration."""
        self.ws, self.net = ws, net
        path = harness.installed("baresip", "baresip-core")
        modules = sorted(glob.glob("/usr/lib/baresip/modules") +
                         glob.glob("/usr/lib/*/baresip/modules"))
        check(modules, "baresip has no modules; apt install baresip-core")
        # It takes the port above its SIP port for TLS.
        self.sip = harness.free_ports(2)
        rtp = harness.free_ports(32)
        self.control = harness.free_ports(2)
        self.dir = ws.path("%s.%d" % (name, self.sip))
        self.record = os.path.join(self.dir, "record")
        os.makedirs(self.record)
        with open(os.path.join(self.dir, "config"), "w") as f:
            f.write(CONFIG.format(sip=self.sip, host=host,
                                  interface=host.strip("[]"), rtp=rtp, rtp_last=rtp + 31,
                                  speech=speech, modules=modules[0],
                                  control=self.control, record=self.record, more=more,
                                  load="".join("module %s.so\n" % m
                                               for m in load)))
        with open(os.path.join(self.dir, "accounts"), "w") as f:
            f.write("<sip:%s@%s>;answermode=%s;audio_codecs=PCMU;"
                    "dtmfmode=rtpevent%s\n" % (
                        user, domain or "%s:%d" % (host, self.sip),
                        "auto" if answer else "manual",
                        account or ";regint=0"))
        self.process = ws.start(name, (net.inside if net else []) +
                                [path, "-f", self.dir])
        self.events = queue.Queue()
        self.answers = queue.Queue()
        self.socket = wait("control port of baresip", 15, self._connect)
        threading.Thread(target=self._read, daemon=True).start()

    def _connect(self):
        check(self.process.running(), "baresip ended at once:\n" +
              self.process.tail())
        try:
            with self.net or contextlib.nullcontext():
                return socket.create_connection(("127.0.0.1", self.control), 5)
        except OSError:
            return None

    def _read(self):
        self.socket.settimeout(None)
        data = b""
        while True:
            try:
                more = self.socket.recv(65536)
            except OSError:
                return
            if not more:
                return
            data += more
            while b":" in data:
                size, rest = data.split(b":", 1)
                size = int(size.strip(b", \r\n"))
                if len(rest) < size + 1:
                    break
                message = json.loads(rest[:size])
                data = rest[size + 1:]
                message["at"] = time.monotonic()
                (self.events if "event" in message
                 else self.answers).put(message)

    def do(self, command, parameters=""):
        text = json.dumps({"command": command, "params": parameters}).encode()
        self.socket.sendall(b"%d:%s," % (len(text), text))
        try:
            return self.answers.get(timeout=15)
        except queue.Empty:
            raise Fail("baresip does not answer '%s'" % command) from None

    def expect(self, kind, seconds=20):
        """Waits for an event, for instance CALL_ESTABLISHED."""
        end = time.monotonic() + seconds
        seen = []
        while True:
            try:
                event = self.events.get(timeout=max(0.01,
                                                    end - time.monotonic()))
            except queue.Empty:
                raise Fail("baresip: no %s within %g s, but %s" % (
                    kind, seconds, ", ".join(seen) or "nothing")) from None
            if event["type"] == kind:
                return event
            seen.append(event["type"])

    def wait_registered(self, seconds=30):
        """By its log: it may register before it can be asked."""
        wait("registration of baresip", seconds,
             lambda: " 200 OK " in self.process.text())

    def heard(self):
        """The newest recording of what it heard."""
        files = sorted(glob.glob(os.path.join(self.record, "*-dec.wav")),
                       key=os.path.getmtime)
        check(files, "baresip heard nothing")
        return files[-1]

    def forget(self):
        """Drops what was recorded and what happened until now."""
        for path in glob.glob(os.path.join(self.record, "*.wav")):
            os.unlink(path)
        while not self.events.empty():
            self.events.get()
