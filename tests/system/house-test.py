#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The rules of the house: who may include what, how long things may be."""

import json
import os
import re
import shutil
import subprocess
import sys

import tap
from tap import Skip, check

SOURCE = os.environ.get("SOURCE", os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", ".."))
TREES = ("src", "drivers", "include", "tests", "etc", "debian")
LONGEST_FILE, LONGEST_FUNCTION = 600, 80
LICENCE = "SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception"

# A library's headers, and where alone they may be used.
LIBRARIES = {
    r"sofia-sip/": ("src/sip/",),
    r"spandsp(\.h|/)": ("src/media/", "src/pbx/"),
    r"libpri\.h": ("src/isdn/", "src/pbx/"),
    r"dahdi/user\.h": ("drivers/dahdi/",),
    r"dahdi/tonezone\.h": ("src/config/country.c",),
    r"libconfig\.h": ("src/config/",),
    r"srtp2?/": ("src/media/",),
    r"openssl/": ("src/sip/",),
    r"jansson\.h": ("src/ops/", "src/cli/"),
}
# Rooms, and the rooms whose headers each may include; "tipring" is
# include/tipring, the contracts.
ROOMS = {
    "base": {"base", "tipring"},
    "config": {"config", "base", "tipring"},
    "core": {"core", "config", "base", "tipring"},
    "media": {"media", "core", "config", "base", "tipring"},
    "sip": {"sip", "core", "config", "base", "tipring"},
    "isdn": {"isdn", "core", "config", "base", "tipring"},
    "ops": {"ops", "core", "config", "base", "tipring"},
    "drivers": {"drivers", "config", "base", "tipring"},
    "gateway": {"gateway", "sip", "isdn", "media", "ops", "drivers", "core",
                "config", "base", "tipring"},
    "cli": {"cli", "base", "tipring"},
    "pbx": {"pbx", "drivers", "config", "base", "tipring"},
}
# core has no input, no output, no thread and no clock of its own.
IMPURE = re.compile(r"<(unistd|poll|pthread|time|fcntl|netdb|signal|stdio_ext|"
                    r"sys/(socket|time|epoll|stat|types|un|mman)|arpa/inet)\.h>")
IMPURE_CALL = re.compile(r"\b(clock_gettime|gettimeofday|time|fopen|open|read|"
                         r"write|socket|send|recv|poll|select|usleep|sleep|"
                         r"printf|fprintf|perror|getenv|rand|random)\s*\(")
# Words about how it came to be have no place in it.
FOREIGN = re.compile("|".join(["/" + "work/", r"\.\./" + "shared",
                               "issue" + " 2", "Clau" + "de", "A" + "I session",
                               "as an " + "AI"]))


def files(*endings):
    for tree in TREES:
        for where, inside, names in os.walk(os.path.join(SOURCE, tree)):
            inside[:] = [d for d in inside if d not in (
                "__pycache__", ".deps", ".libs")]
            for name in sorted(names):
                if name.endswith(endings):
                    path = os.path.join(where, name)
                    yield os.path.relpath(path, SOURCE)


def read(path):
    with open(os.path.join(SOURCE, path), errors="replace") as f:
        return f.read()


def includes(path):
    for number, line in enumerate(read(path).splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1), line


def none(faults):
    check(not faults, "\n".join(faults[:40]))


def libraries_stay_in_their_rooms():
    faults, seen = [], 0
    for path in files(".c", ".h"):
        seen += 1
        if path.startswith("tests/"):
            continue
        for number, name, _ in includes(path):
            for library, places in LIBRARIES.items():
                if re.match(library, name) and not path.startswith(places):
                    faults.append("%s:%d: %s belongs in %s alone" % (
                        path, number, name, " and ".join(places)))
    check(seen > 50, "only %d sources found below %s" % (seen, SOURCE))
    none(faults)


def room_of(path):
    if path.startswith("drivers/"):
        return "drivers"
    found = re.match(r"src/(\w+)/", path)
    return found.group(1) if found else None


def rooms_call_down_only():
    faults = []
    for path in files(".c", ".h"):
        room = room_of(path)
        if path.startswith("include/"):
            room, allowed = "the contracts", {"tipring", "base"}
        elif room:
            check(room in ROOMS, "%s: a room that is not in this test" % path)
            allowed = ROOMS[room]
        else:
            continue
        for number, name, line in includes(path):
            target = name.split("/")[0] if "/" in name else None
            if '"' in line and target in set(ROOMS) | {"tipring"} \
                    and target not in allowed:
                faults.append("%s:%d: %s must not include %s" % (
                    path, number, room, name))
            elif '"' in line and target not in set(ROOMS) | {"tipring", None} \
                    and not os.path.exists(os.path.join(
                        SOURCE, os.path.dirname(path), name)):
                faults.append("%s:%d: %s is in no room" % (path, number, name))
    none(faults)


def strip_comments(text):
    """Comments and strings blanked, lines kept."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(\\.|[^"\\\n])*"',
                  lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def core_is_pure():
    faults = []
    for path in files(".c", ".h"):
        if not path.startswith("src/core/"):
            continue
        text = read(path)
        for number, line in enumerate(text.splitlines(), 1):
            if IMPURE.search(line):
                faults.append("%s:%d: %s" % (path, number, line.strip()))
        for number, line in enumerate(strip_comments(text).splitlines(), 1):
            call = IMPURE_CALL.search(line)
            if call and not re.match(r"\s*#|.*(->|\.|\*)\s*" +
                                     call.group(1), line):
                faults.append("%s:%d: %s" % (path, number, line.strip()))
    none(faults)


def nothing_outside_drivers_asks_which_driver_it_is():
    faults = []
    for path in files(".c", ".h"):
        if path.startswith(("src/core/", "src/media/", "src/gateway/",
                            "src/ops/", "src/sip/")):
            text = read(path)
            for number, line in enumerate(text.splitlines(), 1):
                if re.search(r'strn?cmp\([^)]*"(sim|dahdi)[/"]', line):
                    faults.append("%s:%d: %s" % (path, number, line.strip()))
    none(faults)


def files_are_short():
    none(["%s: %d lines, at most %d" % (path, lines, LONGEST_FILE)
          for path in files(".c", ".h", ".py", ".sh")
          for lines in [read(path).count("\n")] if lines > LONGEST_FILE])


def functions_are_short():
    ctags = shutil.which("ctags")
    if not ctags or "json" not in subprocess.run(
            [ctags, "--list-features"], capture_output=True, text=True).stdout:
        raise Skip("ctags with JSON is missing; apt install universal-ctags")
    paths = list(files(".c"))
    out = subprocess.run(
        [ctags, "--output-format=json", "--fields=+ne", "--c-kinds=f",
         "-o", "-"] + paths, capture_output=True, text=True, cwd=SOURCE,
        check=True, timeout=120).stdout
    faults, seen = [], 0
    for line in out.splitlines():
        tag = json.loads(line)
        if "end" not in tag:
            continue
        seen += 1
        lines = tag["end"] - tag["line"] + 1
        if lines > LONGEST_FUNCTION:
            faults.append("%s:%d: %s() has %d lines, at most %d" % (
                tag["path"], tag["line"], tag["name"], lines,
                LONGEST_FUNCTION))
    check(seen > 100, "ctags found only %d functions" % seen)
    none(faults)


def sources_name_their_licence():
    none([path + ": the first lines have no '%s'" % LICENCE
          for path in files(".c", ".h", ".py", ".sh")
          if LICENCE not in "\n".join(read(path).splitlines()[:3])])


def nothing_tells_of_its_making():
    faults = []
    names = list(files(".c", ".h", ".py", ".sh", ".mk", ".conf", ".scn",
                       ".1", ".5", ".8", ".service"))
    names += [n for n in ("README", "HACKING", "NEWS", "quickstart",
                          "configure.ac", "Makefile.am") if
              os.path.exists(os.path.join(SOURCE, n))]
    for path in names:
        for number, line in enumerate(read(path).splitlines(), 1):
            if FOREIGN.search(line):
                faults.append("%s:%d: %s" % (path, number, line.strip()))
    none(faults)


def scenarios_have_golden_output():
    scenarios = [p for p in files(".scn") if p.startswith("tests/scenario/")]
    check(len(scenarios) >= 40, "only %d scenarios, 40 are promised" %
          len(scenarios))
    beside = set(files(".out", ".golden", ".expected"))
    none([p + " has no golden output beside it" for p in scenarios
          if not any(p[:-4] + e in beside or p + e in beside
                     for e in (".out", ".golden", ".expected"))])


def the_readme_names_files_that_exist():
    examples = set(os.path.basename(p) for p in files(".conf")
                   if p.startswith("etc/examples/"))
    named = set(re.findall(r"^ +([a-z-]+\.conf)  ", read("README"), re.M))
    none(["README: there is no etc/examples/" + n for n in named - examples] +
         ["README does not name etc/examples/" + n for n in examples - named])


if __name__ == "__main__":
    sys.exit(tap.run([
        libraries_stay_in_their_rooms, rooms_call_down_only, core_is_pure,
        nothing_outside_drivers_asks_which_driver_it_is, files_are_short,
        functions_are_short, sources_name_their_licence,
        nothing_tells_of_its_making, scenarios_have_golden_output,
        the_readme_names_files_that_exist]))
