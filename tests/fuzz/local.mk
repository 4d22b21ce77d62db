# Fuzz targets, one list each. A target is one file with
# LLVMFuzzerTestOneInput(); NAME-fuzz-test is that file with driver.c, which
# runs the seeds and bounded mutations of them as a TAP test, and NAME-fuzz is
# the same under clang's libFuzzer (--enable-fuzz).
EXTRA_DIST += tests/fuzz/seeds
noinst_HEADERS += tests/fuzz/driver.h
include tests/fuzz/config.mk
include tests/fuzz/digits.mk
include tests/fuzz/sdp.mk
include tests/fuzz/knock.mk
include tests/fuzz/q931.mk
include tests/fuzz/rtp.mk
include tests/fuzz/sim.mk
include tests/fuzz/stun.mk
