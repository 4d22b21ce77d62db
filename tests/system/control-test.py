# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The operator's side of a real tipringd: every command, the control socket
itself, reload, start-up and end. Nobody holds the lines' other ends, and no
SIP server is there: what does not work must be told."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import harness
import tap
from harness import Gateway, Workspace, program
from tap import Fail, check, wait

CONFIG = """\
country = "us";
max_calls = {max_calls};
sip = {{ listen = [ "udp:127.0.0.1:{sip}" ]; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
sim = {{ directory = "{dir}/lines"; }};
control = "{dir}/control";
cdr = {{ file = "{dir}/cdr.json"; journal = false; }};
trunks = (
  {{ name = "peer"; server = "127.0.0.1"; port = {peer}; options = 5;
    max_calls = 2; }}
);
lines = (
  {{ name = "pbx-1"; port = "sim/1"; kind = "fxo"; number = "201";
    trunk = "peer"; ring_to = "600"; }},
  {{ name = "phone-2"; port = "sim/2"; kind = "fxs"; number = "102";
    trunk = "peer"; display_name = "Büro"; }}{lines}
);
groups = ( {{ name = "all"; lines = [ "phone-2" ]; hunt = "circular"; }} );
{more}
"""

ws = Workspace()
os.mkdir(ws.path("lines"))
ports = dict(sip=harness.free_ports(2), rtp=harness.free_ports(20),
             peer=harness.free_ports(2), dir=ws.dir)
ports["rtp_last"] = ports["rtp"] + 19


def config(**parts):
    return CONFIG.format(**dict(dict(ports, max_calls=2, lines="", more=""),
                                **parts))


gateway = Gateway(ws, config(), ws.path("control"), ws.path("cdr.json"))


def raw():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(10)
    s.connect(gateway.control)
    return s, s.makefile("r", encoding="utf-8")


def ask(request):
    """One request as bytes or as an object; the reply."""
    s, replies = raw()
    with s, replies:
        if not isinstance(request, bytes):
            request = json.dumps(request).encode()
        s.sendall(request + b"\n")
        return json.loads(replies.readline())


def tipring(*argv, status=0, **more):
    got, out, err = gateway.run(*argv, **more)
    check(got == status, "tipring %s: status %d, not %d\n%s%s" % (
        " ".join(argv), got, status, out, err))
    return out if status == 0 else err


def tipringd(*argv, seconds=20):
    done = subprocess.run([program("tipringd")] + list(argv), text=True,
                          capture_output=True, timeout=seconds,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def has(text, *parts):
    for part in parts:
        check(part in text, "'%s' is missing in:\n%s" % (part, text))


# ---------------------------------------------------------------- commands

def status_tells_what_does_not_work():
    wait("faults", 10, lambda: len(gateway.json("status")["faults"]) == 3)
    text = tipring("status")
    has(text, "tipringd", "0 of 2 in service", "0 of 1 up", "line pbx-1:",
        "trunk peer:", gateway.config)
    j = gateway.json("status")
    check(j["pid"] == gateway.process.pid, "another pid: %s" % j)
    check(j["lines"] == {"total": 2, "in_service": 0, "in_use": 0,
                         "busied_out": 0}, j["lines"])
    check(j["memory_kb"] > 1000, "memory_kb: %s" % j["memory_kb"])
    check(all(f["why"] for f in j["faults"]), "a fault without reason: %s" %
          j["faults"])


def lines_are_listed_with_their_reason():
    has(tipring("lines"), "LINE", "pbx-1", "sim/1", "fxo", "phone-2", "102")
    lines = gateway.lines()
    check(set(lines) == {"pbx-1", "phone-2"}, lines)
    for line in lines.values():
        check(not line["in_service"] and line["why"], line)
    check(lines["phone-2"]["group"] == "all", lines["phone-2"])


def calls_trunks_and_groups_are_listed():
    check(tipring("calls") == "no calls\n", tipring("calls"))
    check(gateway.calls() == [], "there are calls")
    has(tipring("trunks"), "TRUNK", "peer", "down", "0/2")
    trunk, = gateway.json("trunks")["trunks"]
    check(trunk["limit"]["max"] == 2 and not trunk["up"], trunk)
    has(tipring("groups"), "all", "circular")
    group, = gateway.json("groups")["groups"]
    check((group["lines"], group["in_service"]) == (1, 0), group)


def limits_change_at_run_time():
    def limits():
        return {l["what"]: l for l in gateway.json("limit")["limits"]}
    has(tipring("limit"), "box", "trunk:peer", "group:all")
    check(limits()["box"]["max"] == 2, limits())
    has(tipring("limit", "box", "1"), "box")
    tipring("limit", "trunk:peer", "in", "2")
    tipring("limit", "trunk:peer", "out", "1")
    tipring("limit", "group:all", "none")
    now = limits()
    check(now["box"]["max"] == 1, now)
    check((now["trunk:peer"]["max"], now["trunk:peer"]["max_in"],
           now["trunk:peer"]["max_out"]) == (2, 2, 1), now)
    check(now["group:all"]["max"] == -1, now)
    has(tipring("limit", "trunk:nobody", "3", status=1), "no trunk:nobody")
    has(tipring("limit", "box", "many", status=2), "number of calls or none",
        "usage:")
    has(tipring("limit", "box", "up", "3", status=2), "in or out")
    has(tipring("limit", "box", status=2), "usage:")
    has(ask({"cmd": "limit", "what": "box", "max": -2})["error"], "100000")
    has(ask({"cmd": "limit", "what": "box", "max": "3"})["error"], "100000")
    has(ask({"cmd": "limit", "max": 3})["error"], "what")
    tipring("limit", "box", "2")


def a_line_is_busied_out_and_returned():
    tipring("busy-out", "pbx-1")
    check(gateway.lines()["pbx-1"]["busied_out"], "it is not busied out")
    check(gateway.json("status")["lines"]["busied_out"] == 1, "not counted")
    tipring("return", "pbx-1")
    check(not gateway.lines()["pbx-1"]["busied_out"], "it was not returned")
    has(tipring("busy-out", "nobody", status=1), "no line nobody")
    has(tipring("return", status=2), "usage: tipring return LINE")
    text = gateway.process.text()
    has(text, "asks {\"cmd\":\"busy-out\",\"line\":\"pbx-1\"}", "uid %d" %
        os.getuid())


def hanging_up_needs_a_call():
    has(tipring("hangup", "99", status=1), "no call 99")
    has(tipring("hangup", "x", status=2), "usage:")
    has(ask({"cmd": "hangup", "call": "1"})["error"], "number of a call")


def watch_tells_changes():
    s, replies = raw()
    with s, replies:
        s.sendall(b'{"cmd":"watch"}\n')
        check(json.loads(replies.readline())["ok"], "watch was refused")
        tipring("busy-out", "phone-2")
        event = json.loads(replies.readline())
        check(event["event"] == "line" and event["name"] == "phone-2" and
              event["busied_out"], event)
        # The same connection still takes commands.
        s.sendall(b'{"cmd":"return","line":"phone-2","id":5}\n')
        seen = [json.loads(replies.readline()) for _ in range(2)]
        check(any(x.get("id") == 5 and x["ok"] for x in seen), seen)
        check(any(x.get("event") == "line" for x in seen), seen)
    child = subprocess.Popen([program("tipring"), "--socket", gateway.control,
                              "watch"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    try:
        has(child.stderr.readline(), "watching")
        tipring("busy-out", "phone-2")
        has(child.stdout.readline(), "line phone-2:")
        tipring("return", "phone-2")
    finally:
        child.kill()
        child.communicate()


def records_are_shown_newest_last():
    check(tipring("cdr") == "no call records\n", "it has calls to show")
    record = ('{"call":%d,"start":"2026-11-23T07:10:50.250Z","answer":null,'
              '"from":"peer","to":"pbx-1","calling_number":"%d",'
              '"calling_name":"B\\u00fcro","called_number":"201","cause":17,'
              '"released_by":"pbx-1","reason":"busy tone","talk_s":0.0}\n')
    with open(gateway.cdr_file, "w") as f:
        for i in range(1, 31):
            f.write(record % (i, 5550000 + i))
        f.write("torn\n")
    out = tipring("cdr", "--last", "3")
    has(out, "START", "5550030", "Büro", "busy tone")
    check("5550028" not in out, out)	# the torn line is one of the three
    check(out.index("5550029") < out.index("5550030"), "not newest last")
    out = tipring("cdr", "--last", "0", "--file", gateway.cdr_file,
                  as_json=True)
    check(len(out.splitlines()) == 30, out)
    check(json.loads(out.splitlines()[0])["call"] == 1, out)
    has(tipring("cdr", "--last", "x", status=2), "usage:")
    os.unlink(gateway.cdr_file)
    has(tipring("cdr", status=1), "cdr.json", "made with the first call")


def help_is_there():
    has(tipring(), "busy-out LINE", "--json")
    check(tipring() == tipring("--help"), "help differs")
    has(tipring("frobnicate", status=2), "unknown command frobnicate", "lines")
    has(tipring("--frob", status=2), "unknown option --frob")
    for command in "status", "lines", "calls", "trunks", "reload", "watch":
        has(tipring(command, "surplus", status=2), "takes no argument")


def without_daemon_the_cure_is_told():
    done = subprocess.run([program("tipring"), "--socket", ws.path("none"),
                           "status"], capture_output=True, text=True)
    check(done.returncode == 1, done.returncode)
    has(done.stderr, "does not run", "systemctl start tipring")


# ------------------------------------------------------------------ socket

def garbage_is_answered():
    for sent, part in (
            (b"hello", "not JSON: column 5"),
            (b'{"cmd": "lines"', "not JSON"),
            (b"[]", "not a JSON object"),
            (b"\xff\x00\x01", "not JSON"),
            (b"{}", "\"cmd\" is missing; known: status, lines"),
            (b'{"cmd":7}', "\"cmd\" is missing"),
            (b'{"cmd":"dance"}', "unknown command \"dance\"; known: status"),
            (b'{"cmd":"busy-out"}', "\"line\" must be"),
            (b'{"cmd":"busy-out","line":["pbx-1"]}', "\"line\" must be"),
            (b'{"cmd":"hangup","call":1e99}', "number of a call"),
            (b"[" * 5000, "not JSON")):
        reply = ask(sent)
        check(reply["ok"] is False, reply)
        has(reply["error"], part)
    s, replies = raw()
    with s, replies:
        s.sendall(b"x" * 65536)
        has(replies.readline(), "at most 65536 bytes")
        check(replies.readline() == "", "the connection lives on")
    tipring("status")


def a_client_that_never_reads_holds_nobody_up():
    s, replies = raw()
    with s, replies:
        s.setblocking(False)
        try:
            for _ in range(20000):
                s.send(b'{"cmd":"lines"}\n')
        except BlockingIOError:
            pass
        begin = time.monotonic()
        tipring("status")
        check(time.monotonic() - begin < 5, "status waited for it")


def the_socket_is_not_for_everybody():
    mode = os.stat(gateway.control).st_mode & 0o777
    check(mode == 0o600, "mode %o without control_group" % mode)


# ------------------------------------------------------------------ reload

def reload_adds_and_removes_lines():
    ws.write("tipringd.conf", config(max_calls=3, lines=""",
  { name = "phone-3"; port = "sim/3"; kind = "fxs"; number = "103";
    trunk = "peer"; }"""))
    has(tipring("reload"), "in force")
    check(set(gateway.lines()) == {"pbx-1", "phone-2", "phone-3"},
          gateway.lines())
    check(gateway.json("status")["limit"]["max"] == 3, "the limit is not new")
    has(tipring("status"), "reloaded")
    ws.write("tipringd.conf", config())
    gateway.process.child.send_signal(signal.SIGHUP)
    wait("line to go", 5, lambda: set(gateway.lines()) == {"pbx-1", "phone-2"})
    check(gateway.json("status")["limit"]["max"] == 2, "the limit is not new")


def a_bad_file_changes_nothing():
    before = gateway.lines()
    ws.write("tipringd.conf", config(more="max_call = 3;\nrtp_port = 5;"))
    err = tipring("reload", status=1)
    has(err, "nothing has changed", "tipringd.conf:", "max_call", "rtp_port")
    reply = ask({"cmd": "reload"})
    check(len(reply["errors"]) == 2, reply)
    check(all(e.startswith(gateway.config + ":") for e in reply["errors"]),
          reply)
    gateway.process.child.send_signal(signal.SIGHUP)
    wait("log of the refused reload", 5,
         lambda: gateway.process.text().count("was not taken") >= 3)
    os.rename(gateway.config, gateway.config + ".away")
    has(tipring("reload", status=1), "tipringd.conf")
    os.rename(gateway.config + ".away", gateway.config)
    check(set(gateway.lines()) == set(before), "lines changed")
    ws.write("tipringd.conf", config())
    tipring("reload")


def many_reloads_leave_nothing_behind():
    fds = "/proc/%d/fd" % gateway.process.pid
    tipring("reload")
    time.sleep(0.5)
    before = len(os.listdir(fds))
    for i in range(20):
        ws.write("tipringd.conf", config(max_calls=1 + i % 2, lines="" if i % 2
                 else ', { name = "phone-3"; port = "sim/3"; kind = "fxs"; '
                 'number = "103"; trunk = "peer"; }'))
        tipring("reload")
    ws.write("tipringd.conf", config())
    tipring("reload")
    wait("descriptors to go", 5, lambda: len(os.listdir(fds)) <= before + 1)


# ---------------------------------------------------------- start and check

def check_tells_every_error():
    good = ws.write("good.conf", config())
    bad = ws.write("bad.conf", config(max_calls=0, more="colour = 1;\n"
                                      "emergency = { numbers = 911; };"))
    empty = ws.write("empty.conf", "country = \"us\";\n")
    status, out, err = tipringd("--check", "--config", good)
    check((status, err) == (0, ""), (status, out, err))
    check(out == "%s: ok, 2 lines, 1 trunk\n" % good, out)
    check(tipring("check", good) == out, "tipring check differs")
    status, out, err = tipringd("--check", "--config", bad)
    check(status == 1 and not out, (status, out))
    places = [line for line in err.splitlines() if line.startswith(bad + ":")]
    check(len(places) >= 2, err)
    has(err, "colour")
    tipring("check", bad, status=1)
    check(tipringd("--check", "--config", empty)[0] == 0, "empty is no error")
    status, _, err = tipringd("--check", "--require-lines", "--config", empty)
    check(status == 1, status)
    has(err, "no line is configured")
    has(tipringd("--check", "--config", ws.path("nowhere"))[2], "nowhere")
    unknown = ws.write("unknown.conf", config(lines=""",
  { name = "x"; port = "cow/1"; kind = "fxs"; number = "9"; trunk = "peer"; }"""))
    status, _, err = tipringd("--check", "--config", unknown)
    check(status == 1, err)
    has(err, unknown + ":", "cow")


def options_are_checked():
    check(tipringd("--frob")[0] == 2, "--frob")
    check(tipringd("surplus")[0] == 2, "surplus")
    status, _, err = tipringd("--log", "loud")
    check(status == 2, status)
    has(err, "error, warning, info or debug")
    status, out, _ = tipringd("--version")
    check(status == 0 and out.startswith("tipringd "), out)
    has(tipringd("--help")[1], "--check", "SIGHUP")


def a_broken_configuration_does_not_start():
    bad = ws.write("broken.conf", "lines = (\n  { name = \"x\", },\n);\n")
    status, _, err = tipringd("--config", bad)
    check(status == 1, status)
    has(err, bad + ":2:")


def a_second_one_is_refused():
    other = ws.write("second.conf", config(sip=harness.free_ports(2)))
    status, _, err = tipringd("--config", other)
    check(status == 3, (status, err))
    has(err, "another tipringd runs", gateway.control)
    tipring("status")


def a_port_in_use_is_named():
    text = config().replace(ws.path("control"), ws.path("control2"))
    other = ws.write("in-use.conf", text)
    status, _, err = tipringd("--config", other)
    check(status == 3, (status, err))
    has(err, "127.0.0.1:%d" % ports["sip"], "in use")
    check(not os.path.exists(ws.path("control2")), "its socket was left")


def a_socket_left_by_a_crash_is_replaced():
    gateway.process.kill()
    check(os.path.exists(gateway.control), "it cleaned up after SIGKILL?")
    gateway.start()
    has(gateway.process.text(), "replaced")


def terminates_within_three_seconds():
    s, replies = raw()		# a connected client does not delay it
    begin = time.monotonic()
    gateway.process.child.send_signal(signal.SIGTERM)
    status = gateway.process.wait(10)
    took = time.monotonic() - begin
    s.close()
    text = gateway.process.text()
    check(status == 0, "status %d\n%s" % (status, gateway.process.tail()))
    check(not harness.SANITIZER.search(text), gateway.process.tail(60))
    check(took < 3, "it took %.1f s" % took)
    check(not os.path.exists(gateway.control), "the socket was left")
    gateway.start()


def int_ends_it_as_well():
    gateway.process.child.send_signal(signal.SIGINT)
    check(gateway.process.wait(10) == 0, gateway.process.tail())
    check(not harness.SANITIZER.search(gateway.process.text()),
          gateway.process.tail(60))


def systemd_is_told():
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(ws.path("notify"))
    notify.settimeout(10)
    seen = []

    def told(*parts):
        """Reads on until each part was there."""
        while not all(any(part in text for text in seen) for part in parts):
            try:
                seen.append(notify.recv(4096).decode())
            except TimeoutError:
                raise Fail("systemd was told %s, not %s" % (seen, parts)) \
                    from None
        seen.clear()

    child = ws.start("tipringd", [program("tipringd"), "--config",
                                  gateway.config], env={
        "NOTIFY_SOCKET": ws.path("notify"), "WATCHDOG_USEC": "900000"})
    told("READY=1", "STATUS=0 of 2 lines in service, 0 of 1 trunks up, 0 calls")
    told("WATCHDOG=1")
    child.child.send_signal(signal.SIGHUP)
    told("RELOADING=1", "MONOTONIC_USEC=", "READY=1")
    child.child.send_signal(signal.SIGTERM)
    told("STOPPING=1")
    check(child.wait(10) == 0, child.tail())
    notify.close()


TESTS = [
    status_tells_what_does_not_work, lines_are_listed_with_their_reason,
    calls_trunks_and_groups_are_listed, limits_change_at_run_time,
    a_line_is_busied_out_and_returned, hanging_up_needs_a_call,
    watch_tells_changes, records_are_shown_newest_last, help_is_there,
    without_daemon_the_cure_is_told, garbage_is_answered,
    a_client_that_never_reads_holds_nobody_up, the_socket_is_not_for_everybody,
    reload_adds_and_removes_lines, a_bad_file_changes_nothing,
    many_reloads_leave_nothing_behind, check_tells_every_error,
    options_are_checked, a_broken_configuration_does_not_start,
    a_second_one_is_refused, a_port_in_use_is_named,
    a_socket_left_by_a_crash_is_replaced, terminates_within_three_seconds,
    int_ends_it_as_well, systemd_is_told,
]

try:
    code = tap.run(TESTS, failed=ws.tails)
finally:
    ws.close()
sys.exit(code)
