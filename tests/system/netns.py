# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Network namespaces for tests: this program moves into one of its own, others
hang on it by veth pairs. They vanish with the programs in them."""

import ctypes
import os
import subprocess

from harness import installed
from tap import Skip, check, wait

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True)
    check(done.returncode == 0, "%s: %s" % (" ".join(argv), done.stderr))
    return done.stdout


def ip(text):
    return run(installed("ip", "iproute2"), *text.split())


def leave():
    """Into an empty namespace, where nothing of others is met."""
    if os.geteuid() or _libc.unshare(_CLONE_NEWNET):
        raise Skip("network namespaces need root")
    ip("link set lo up")


class Net:
    """A namespace beside ours. `with net:` sockets are made in it."""

    def __init__(self):
        self.holder = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", "echo; exec cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.pid = self.holder.pid
        self.inside = ["nsenter", "-t", str(self.pid), "-n", "--"]
        self.ip("link set lo up")

    def ip(self, text):
        return run(*self.inside, installed("ip", "iproute2"), *text.split())

    def run(self, *argv):
        return run(*self.inside, *argv)

    def _enter(self, path):
        fd = os.open(path, os.O_RDONLY)
        try:
            check(_libc.setns(fd, _CLONE_NEWNET) == 0, "setns failed")
        finally:
            os.close(fd)

    def __enter__(self):
        self.back = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self._enter("/proc/%d/ns/net" % self.pid)

    def __exit__(self, *why):
        check(_libc.setns(self.back, _CLONE_NEWNET) == 0, "setns failed")
        os.close(self.back)

    def close(self):
        self.holder.stdin.close()
        self.holder.wait()


def cable(name, a, b):
    """A veth pair: NAME-a in A and NAME-b in B; None: ours."""
    ip("link add %s-a type veth peer name %s-b" % (name, name))
    for net, end in ((a, "a"), (b, "b")):
        if net:
            ip("link set %s-%s netns %d" % (name, end, net.pid))
        (net.ip if net else ip)("link set %s-%s up" % (name, end))


def settled(net=None):
    """IPv6 addresses have passed their duplicate check."""
    wait("addresses", 10,
         lambda: "tentative" not in (net.ip if net else ip)("-6 addr"))
