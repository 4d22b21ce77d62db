# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Runs the real programs on loopback, in a directory of its own, and ends
exactly those it started. BUILD says where the programs are."""

import ctypes
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

import wire
from tap import Fail, Skip, check, comment, wait
from wire import Wire

BUILD = os.environ.get("BUILD", os.getcwd())
SOURCE = os.environ.get("SOURCE", os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
TOOLS = os.path.join(BUILD, "tests", "tools")
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)
outlive = False		# what is started may go on after this program's end


def go_first():
    """What plays in real time goes before what shares the computer with it,
    where that is allowed. For the calling thread and what it starts."""
    try:
        if wire.DAHDI:	# an emulated processor has too little for both
            os.setpriority(os.PRIO_PROCESS, 0, -10)
        else:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except OSError:
        pass


def _prepare(peer):
    """The parent is the thread that starts: start from the main one. The
    gateway is given no priority that its own service would not give it."""
    if outlive:
        os.setsid()
        return
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if peer:
        go_first()


def program(name):
    path = os.path.join(BUILD, name)
    check(os.access(path, os.X_OK), "%s is not built; run make" % path)
    return path


def installed(name, package):
    """A program of the system, or the test is skipped."""
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not path:
        raise Skip("%s is missing; apt install %s" % (name, package))
    return path


def _free(port):
    for kind in socket.SOCK_DGRAM, socket.SOCK_STREAM:
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


_given = set()


def free_ports(count):
    """The first of COUNT ports in a row, free for UDP and TCP, never given
    twice. Below the kernel's own range, so nothing takes them meanwhile."""
    for _ in range(1000):
        first = random.randrange(10000, 32000 - count) & ~1
        ports = range(first, first + count)
        if not _given.intersection(ports) and all(map(_free, ports)):
            _given.update(ports)
            return first
    raise Fail("no %d free ports in a row on 127.0.0.1" % count)


class Process:
    def __init__(self, name, argv, log, env=None, stdin=None, peer=True):
        self.name, self.log = name, log
        with open(log, "ab") as out:
            self.child = subprocess.Popen(
                argv, stdin=stdin or subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, preexec_fn=lambda: _prepare(peer),
                env=dict(os.environ, **(env or {})))
        self.pid = self.child.pid

    def running(self):
        return self.child.poll() is None

    def text(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def tail(self, lines=30):
        """The end, or what a sanitizer has to say from its beginning."""
        text = self.text().splitlines()
        for n, line in enumerate(text):
            if "ERROR: AddressSanitizer" in line or "runtime error:" in line:
                return "\n".join(text[max(0, n - 10):n + 90])
        return "\n".join(text[-lines:])

    def wait(self, seconds):
        """Its exit status; Fail when it does not end."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Fail("%s did not end within %g s" % (self.name, seconds)) \
                from None

    def stop(self, seconds=15):
        if self.running():
            self.child.terminate()
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return None

    def kill(self):
        self.child.kill()
        self.child.wait()


class Workspace:
    """A temporary directory and the processes that work in it."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="tipring-test.")
        self.processes = []
        self.wires = []
        self.count = 0
        self.keep = False

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, text):
        path = self.path(name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def start(self, name, argv, **more):
        self.count += 1
        log = self.path("%s.%d.log" % (name, self.count))
        process = Process(name, argv, log, **more)
        self.processes.append(process)
        return process

    def tails(self):
        for p in self.processes:
            comment("---- %s (%s), end of %s" % (
                p.name, "running" if p.running() else
                "status %s" % p.child.returncode, os.path.basename(p.log)))
            comment(p.tail())

    def close(self):
        for p in reversed(self.processes):
            p.stop(10)
        for wire in self.wires:
            wire.free()
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.close()


def checked_stop(process, seconds=15):
    """Ends a program of ours; it must end by itself, with status 0 and without
    a word from the sanitizers."""
    status = process.stop(seconds)
    check(status is not None,
          "%s did not end within %g s of TERM" % (process.name, seconds))
    check(not SANITIZER.search(process.text()),
          "%s: the sanitizer reports\n%s" % (process.name, process.tail(60)))
    check(status == 0, "%s ended with status %d:\n%s" % (
        process.name, status, process.tail(5)))


class Pbx:
    """tipring-pbx: lines `fxs` give battery (the gateway's FXO ports), lines
    `fxo` are phones (the gateway's FXS ports). Both are like "1-2" or "".
    There are `count` lines; where: see wire.py."""

    def __init__(self, ws, fxs="1-2", fxo="3-4", directory=None, more=(),
                 count=4, where=""):
        self.wire = Wire(count, where)
        ws.wires.append(self.wire)
        self.ws, self.more = ws, more
        self.fxs = self.wire.far(fxs, "fxs")
        self.fxo = self.wire.far(fxo, "fxo")
        self.directory = directory or ws.path("lines")
        os.makedirs(self.directory, exist_ok=True)
        self.control = ws.path("pbx.sock")
        self.start()

    def start(self):
        argv = [program("tipring-pbx"), "--directory", self.directory,
                "--control", self.control]
        if self.fxs:
            argv += ["--fxs", self.fxs]
        if self.fxo:
            argv += ["--fxo", self.fxo]
        if os.path.exists(self.control):
            os.unlink(self.control)
        self.process = self.ws.start("tipring-pbx", argv + list(self.more))

        def ready():
            check(self.process.running(), "tipring-pbx ended at once:\n" +
                  self.process.tail())
            return self._connect()
        wait("control socket of tipring-pbx", 15, ready).close()

    def _connect(self):
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(self.control)
            return s
        except OSError:
            s.close()
            return None

    def ask(self, command, seconds=40):
        """One command; the answer's text."""
        s = self._connect()
        check(s, "tipring-pbx does not listen on %s" % self.control)
        with s:
            s.settimeout(seconds)
            s.sendall(command.encode() + b"\n")
            answer = b""
            try:
                while not answer.endswith(b"\n"):
                    more = s.recv(4096)
                    if not more:
                        break
                    answer += more
            except TimeoutError:
                raise Fail("tipring-pbx: no answer to '%s' within %g s" %
                           (command, seconds)) from None
        return answer.decode().strip()

    def do(self, command, seconds=40):
        answer = self.ask(command, seconds)
        check(answer.startswith("ok"),
              "tipring-pbx: %s: %s" % (command, answer or "no answer"))
        return answer

    def expect(self, line, event, within=15):
        return self.do("expect %s %s within %g" % (line, event, within),
                       within + 20)

    def stop(self):
        checked_stop(self.process)


class Background(threading.Thread):
    """A call whose result is wanted later; result() raises what it raised."""

    def __init__(self, fn, *args, **more):
        super().__init__(daemon=True)
        self.job, self.value, self.error = (fn, args, more), None, None
        self.start()

    def run(self):
        fn, args, more = self.job
        try:
            self.value = fn(*args, **more)
        except Exception as why:
            self.error = why

    def result(self, seconds=60):
        self.join(seconds)
        check(not self.is_alive(), "still waiting after %g s" % seconds)
        if self.error:
            raise self.error
        return self.value


class Gateway:
    """tipringd with a configuration; `tipring` is how it is asked."""

    def __init__(self, ws, config, control, cdr="", name="tipringd", env=None):
        self.ws, self.control, self.name, self.env = ws, control, name, env
        self.cdr_file = cdr
        self.config = ws.write(name + ".conf", config)
        self.start()

    def start(self, ready=True):
        self.process = self.ws.start(self.name, [
            program("tipringd"), "--config", self.config, "--foreground"],
            peer=False, env=self.env)
        if not ready:
            return

        def answers():
            check(self.process.running(), "tipringd ended at once:\n" +
                  self.process.tail())
            return os.path.exists(self.control) and self.run("status")[0] == 0
        wait("answer from tipringd", 30, answers, 0.2)

    def run(self, *argv, as_json=False):
        done = subprocess.run(
            [program("tipring"), "--socket", self.control] +
            (["--json"] if as_json else []) + list(argv),
            capture_output=True, text=True, timeout=30,
            stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def json(self, *argv):
        status, out, err = self.run(*argv, as_json=True)
        check(status == 0, "tipring %s: %s" % (" ".join(argv), err.strip()))
        try:
            return json.loads(out)
        except ValueError:
            raise Fail("tipring --json %s printed no JSON: %s" % (
                " ".join(argv), out[:200])) from None

    def ask(self, command):
        """A reply of the control socket itself, which is what `tipring` asks:
        starting a program takes an emulated processor a second."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(30)
            try:
                s.connect(self.control)
                s.sendall(json.dumps({"cmd": command}).encode() + b"\n")
                answer = b""
                while not answer.endswith(b"\n"):
                    more = s.recv(65536)
                    check(more, "tipringd gave half an answer to " + command)
                    answer += more
            except OSError as why:
                raise Fail("control socket, %s: %s" % (command, why)) from None
        return json.loads(answer)

    def lines(self):
        return {line["name"]: line for line in self.ask("lines")["lines"]}

    def calls(self):
        return self.ask("calls")["calls"]

    def cdr(self):
        """The call detail records of the file, oldest first."""
        try:
            with open(self.cdr_file) as f:
                return [json.loads(line) for line in f]
        except FileNotFoundError:
            return []

    def not_ready(self):
        return ["line %s: %s" % (name, line["why"] or line["state"])
                for name, line in self.lines().items()
                if not line["in_service"]] + [
                    "trunk %s: %s" % (t["name"], t["why"])
                    for t in self.ask("trunks")["trunks"] if not t["up"]]

    def wait_ready(self, seconds=40):
        """Every line in service and idle, every trunk up."""
        try:
            wait("readiness", seconds, lambda: not self.not_ready(), 0.2)
        except Fail:
            raise Fail("not ready after %g s: %s" % (
                seconds, "; ".join(self.not_ready()))) from None
        self.wait_idle()

    def not_idle(self):
        return ["%s: %s" % (name, line["state"])
                for name, line in self.lines().items()
                if line["state"] != "idle"]

    def wait_idle(self, seconds=20):
        """Every line on hook and idle, no call left."""
        try:
            wait("quiet", seconds,
                 lambda: not self.not_idle() and not self.calls(), 0.2)
        except Fail:
            raise Fail("not idle after %g s: %s; calls: %s" % (
                seconds, ", ".join(self.not_idle()) or "all lines idle",
                self.calls())) from None

    def stop(self, seconds=15):
        checked_stop(self.process, seconds)


class Sipp:
    """sipp with a scenario given as text. Its port also echoes RTP."""

    def __init__(self, ws, scenario, more=(), port=None, target=None,
                 name="sipp"):
        self.ws, self.name = ws, name
        self.port = port or free_ports(2)
        self.media = free_ports(6)
        argv = [installed("sipp", "sip-tester"), "-sf",
                ws.write("%s.%d.xml" % (name, self.port), scenario),
                "-i", "127.0.0.1", "-p", str(self.port), "-mi", "127.0.0.1",
                "-mp", str(self.media), "-nostdin", "-rtp_echo",
                "-trace_err", "-error_file", ws.path("%s.%d.err" %
                                                     (name, self.port)),
                "-timeout", "300", "-timeout_error",
                # A machine that stands still is none of its business.
                "-watchdog_minor_maxtriggers", "1000000",
                "-watchdog_major_maxtriggers", "1000000"] + list(more)
        if target:
            argv.append(target)
        self.process = ws.start(name, argv, env={"TERM": "dumb"})

    def finish(self, seconds):
        status = self.process.wait(seconds)
        errors = ""
        path = self.ws.path("%s.%d.err" % (self.name, self.port))
        if os.path.exists(path):
            with open(path, errors="replace") as f:
                errors = f.read()[-1500:]
        check(status == 0, "sipp ended with status %d\n%s\n%s" % (
            status, errors, self.process.tail(15)))
