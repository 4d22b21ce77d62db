# tests/system: the real programs against each other and against real SIP
# peers on loopback; tests/tools: what they listen with.
noinst_PROGRAMS += tests/tools/audio-match tests/tools/wav8k \
	tests/tools/rtp-end tests/tools/rtp-mirror
tests_tools_rtp_end_SOURCES = tests/tools/rtp-end.c tests/tools/rtp-seal.c \
	tests/tools/rtp-seal.h
tests_tools_rtp_end_LDADD = $(SRTP_LIBS) $(SPANDSP_LIBS)
tests_tools_rtp_mirror_SOURCES = tests/tools/rtp-mirror.c
noinst_HEADERS += tests/tools/fft.h tests/tools/match.h tests/tools/wav.h
tests_tools_audio_match_SOURCES = tests/tools/audio-match.c \
	tests/tools/match.c tests/tools/fft.c tests/tools/wav.c
tests_tools_audio_match_LDADD = -lm
# They compute much: without sanitizers, under which match-test runs.
tests_tools_audio_match_CFLAGS = -std=gnu11 -Wall -Wextra
tests_tools_wav8k_SOURCES = tests/tools/wav8k.c tests/tools/wav.c
tests_tools_wav8k_LDADD = -lm
tests_tools_wav8k_CFLAGS = -std=gnu11 -Wall -Wextra

if HAVE_CMOCKA
check_PROGRAMS += tests/tools/match-test
TESTS += tests/tools/match-test
tests_tools_match_test_SOURCES = tests/tools/match-test.c \
	tests/tools/match.c tests/tools/fft.c tests/tools/wav.c
tests_tools_match_test_LDADD = $(CMOCKA_LIBS) -lm
endif

system_tests = tests/system/house-test.py tests/system/phone-test.py \
	tests/system/package-test.sh \
	tests/system/faults-test.py tests/system/lines-test.py \
	tests/system/calls-test.py tests/system/peers-test.py \
	tests/system/control-test.py tests/system/load-test.py
TESTS += $(system_tests)
EXTRA_DIST += $(system_tests) tests/system/tap.py tests/system/sound.py tests/system/sipp_load.py \
	tests/system/harness.py tests/system/peers.py tests/system/baresip.py tests/system/rtp.py \
	tests/system/rtp_end.py \
	tests/system/phone.py tests/system/wire.py tests/system/box.py tests/system/demo.py

# Those that take longest come first: make begins them in this order.
include tests/system/features.mk
include tests/system/handover.mk
include tests/system/keepalive.mk
include tests/system/srtp.mk
include tests/system/callerid.mk
include tests/system/change.mk
include tests/system/measure.mk
include tests/system/learn.mk
include tests/system/linphone.mk
include tests/system/dialling.mk
include tests/system/pri.mk
include tests/system/release.mk
include tests/system/fraud.mk
include tests/system/nat.mk
include tests/system/attended.mk
include tests/system/mailbox.mk
include tests/system/control.mk
include tests/system/guard.mk
include tests/system/ring.mk
include tests/system/garbage.mk
include tests/system/pri_features.mk
include tests/faults/local.mk
include tests/system/order.mk
