# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Speech to send and the ear that compares it with what was heard."""

import glob
import hashlib
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import time
import wave

from tap import Fail, Skip, check

RATE = 8000


def _ulaw_tables():
    decode = []
    for octet in range(256):
        code = ~octet & 255
        value = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
        decode.append(-value if code & 128 else value)
    # Samples from 0 up, by runs of one code (G.711): 8 long in the first segment,
    # twice as long in each next one; the first run begins at -4, the last does not
    # end. In steps of a sample an emulated processor takes a second for them.
    up = b"".join(bytes([~code & 255]) * (8 << (code >> 4))
                  for code in range(128))[4:]
    up += up[-1:] * (32768 - len(up))
    down = bytes(code & 127 for code in up[1:] + up[-1:])
    return up + down[::-1], decode


_ENCODE, _DECODE = _ulaw_tables()
_DECODE16 = [struct.pack("<h", value) for value in _DECODE]


def to_ulaw(samples):
    return bytes(_ENCODE[s & 65535] for s in samples)


def from_ulaw(octets):
    return [_DECODE[o] for o in octets]


def write_ulaw(path, octets):
    """A WAV file of mu-law octets, without a loop over samples."""
    return _write(path, b"".join(map(_DECODE16.__getitem__, octets)))


def read(path):
    with wave.open(path) as f:
        check((f.getnchannels(), f.getsampwidth(), f.getframerate()) ==
              (1, 2, RATE), path + ": not 8 kHz mono 16 bit")
        data = f.readframes(f.getnframes())
    return list(struct.unpack("<%dh" % (len(data) // 2), data))


def _write(path, data):
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(RATE)
        f.writeframes(data)
    return path


def write(path, samples):
    return _write(path, struct.pack("<%dh" % len(samples), *samples))


def silence(ms):
    return [0] * (ms * RATE // 1000)


def sine(hz, dbm0, ms):
    peak = 32768 * 10 ** ((dbm0 - 3.14) / 20)
    return [int(peak * math.sin(2 * math.pi * hz * i / RATE))
            for i in range(ms * RATE // 1000)]


def speak(tools, directory, name, text, level=-16, voice="en-us", pitch=50):
    """Makes DIRECTORY/NAME.wav of spoken text. tools: where wav8k is. With
    TIPRING_SPEECH in the environment what was once made is kept there: an
    emulated processor takes a minute for a sentence."""
    kept, out = os.environ.get("TIPRING_SPEECH"), os.path.join(
        directory, name + ".wav")
    if kept:
        key = hashlib.sha1(repr((text, level, voice, pitch)).encode())
        kept = os.path.join(kept, key.hexdigest() + ".wav")
        if not os.path.exists(kept):
            os.makedirs(os.path.dirname(kept), exist_ok=True)
            _make(tools, kept, text, level, voice, pitch)
        shutil.copy(kept, out)
    else:
        _make(tools, out, text, level, voice, pitch)
    return out


def _make(tools, out, text, level, voice, pitch):
    if not shutil.which("espeak-ng"):
        raise Skip("espeak-ng is missing; apt install espeak-ng")
    raw = out + ".22k"
    new = out + ".new"
    subprocess.run(["espeak-ng", "-v", voice, "-p", str(pitch), "-w", raw, text],
                   check=True, timeout=60, stdin=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    subprocess.run([os.path.join(tools, "wav8k"), str(level), raw, new],
                   check=True, timeout=60)
    os.unlink(raw)
    os.rename(new, out)


def _match(tools, options, files):
    """audio-match's answer. With TIPRING_EAR in the environment it runs
    elsewhere: a directory in which somebody answers, for an emulated processor
    takes many seconds for it."""
    ear = os.environ.get("TIPRING_EAR")
    if ear:
        return json.loads(_ask_ear(ear, options, files))
    done = subprocess.run(
        [os.path.join(tools, "audio-match")] + options + files,
        capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Fail(done.stderr.strip())
    return json.loads(done.stdout)


_asked = 0


def _ask_ear(ear, options, files):
    global _asked
    _asked += 1
    base = os.path.join(ear, "%d-%d" % (os.getpid(), _asked))
    names = []
    for i, path in enumerate(files):
        names.append("%s.%d.wav" % (base, i))
        shutil.copyfile(path, names[-1])
    with open(base + ".new", "w") as f:
        f.write(json.dumps(options + names))
    os.rename(base + ".new", base + ".ask")
    end = time.monotonic() + 120
    while not os.path.exists(base + ".told"):
        check(time.monotonic() < end, "nobody judges what was heard")
        time.sleep(0.1)
    with open(base + ".told") as f:
        return f.read()


def listen(tools, ear):
    """The other side of that: judges until it is killed."""
    while True:
        for ask in glob.glob(os.path.join(ear, "*.ask")):
            with open(ask) as f:
                argv = json.load(f)
            os.unlink(ask)
            base = ask[:-len(".ask")]
            done = subprocess.run([os.path.join(tools, "audio-match")] + argv,
                                  capture_output=True, text=True, timeout=300)
            with open(base + ".new", "w") as f:
                f.write(done.stdout)
            os.rename(base + ".new", base + ".told")
            for path in glob.glob(base + ".*.wav"):
                os.unlink(path)
        time.sleep(0.05)


def _range(from_ms, to_ms):
    return ["--from", str(from_ms)] + (
        [] if to_ms is None else ["--to", str(to_ms)])


def compare(tools, reference, heard, from_ms=0, to_ms=None):
    """What audio-match says of HEARD, as a dictionary."""
    return _match(tools, _range(from_ms, to_ms), [reference, heard])


def level(tools, heard, from_ms=0, to_ms=None):
    return _match(tools, ["--level"] + _range(from_ms, to_ms),
                  [heard])["level_dbm0"]


if __name__ == "__main__":	# TOOLS DIRECTORY
    listen(sys.argv[1], sys.argv[2])
